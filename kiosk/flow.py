"""The visitor's way through the kiosk, pure: `step(model, given)` → the next model and effects.

Every input passes here, one at a time; what the screens show is `frames.frame_of(model)`.
"""

from dataclasses import replace
from datetime import datetime

from config.settings import Settings
from kiosk import inputs as i
from kiosk import model as m
from kiosk.inputs import Input
from kiosk.model import Model
from kiosk.panel import Panel
from kiosk.patience import asks_presence, has_news, rests
from kiosk.steps import appointment, coming, helping, keypad, replies, technician, walk_in
from kiosk.steps.moves import Step, Steps

SETTLE_SECONDS = 0.3
"""After the picture changed, touches are too early to be meant for it: the second half of a double
tap, or one touch that two input drivers report. So is the same touch again."""


def begin(settings: Settings, seconds: float, now: datetime) -> Model:
    """The kiosk as it starts: it knows nothing of the centre's day yet."""
    window, scanner = settings.kiosk.window, settings.kiosk.scanner.kind != "none"
    panel = Panel(window.width, window.height, window.diagonal_inches)
    language = settings.site.languages[0]
    return Model(settings, language, seconds, now, panel, scanner=scanner, present_at=seconds)


def step(model: Model, given: Input) -> Step:
    """The next model, and what is to be done now. An input that does not fit changes nothing."""
    if isinstance(given, i.Touch):
        meant = _is_meant(model, given)
        model = _noted(model, _touched(model, given, meant))
        if not meant:
            return model, ()
    after, effects = _STEPS[type(given)](model, given)
    return _noted(model, _as_offered(after)), effects


def _is_meant(model: Model, given: i.Touch) -> bool:
    """A touch of a screen that rests only wakes it."""
    if rests(model):
        return isinstance(given, i.SetEase)
    between = model.settings.kiosk.double_strike_seconds
    same = given == model.struck and model.seconds - model.struck_at < between
    return not same and model.seconds - model.changed_at >= SETTLE_SECONDS


def _touched(model: Model, given: i.Touch, meant: bool) -> Model:
    model = replace(model, present_at=model.seconds)
    if not meant or isinstance(given, i.StillHere):
        return model
    return replace(model, struck=given, struck_at=model.seconds)


def _noted(before: Model, after: Model) -> Model:
    """When the picture changes, its time starts anew. The question's coming moves no button that
    was meant; its going does."""
    answered = asks_presence(before) and not asks_presence(after)
    if _picture(after) == _picture(before) and not answered:
        return after
    moved = after.screen != before.screen
    present_at = after.seconds if moved else after.present_at
    easing = after.easing and not moved
    return replace(after, changed_at=after.seconds, present_at=present_at, easing=easing)


def _picture(model: Model) -> tuple[object, ...]:
    """What moves the buttons. Letters that are typed do not."""
    screen = model.screen
    if isinstance(screen, m.TypeCode | m.EnterPin):
        screen = type(screen)()
    over = model.help_shown, model.easing, has_news(model), rests(model)
    return screen, model.language, model.serves, over, model.ease, model.out_of_service


def _as_offered(model: Model) -> Model:
    """The visitor chooses anew when the catalogue has lost what is shown."""
    match model.screen:
        case m.Services(institution):
            there = model.offer.institution(institution) is not None
        case m.Situation(situation):
            there = model.offer.situation(situation) is not None
        case m.Channel(service):
            there = model.offer.service(service) is not None
        case _:
            there = True
    return model if there else replace(model, screen=m.Institutions())


_STEPS: Steps = {
    **coming.STEPS,
    **walk_in.STEPS,
    **appointment.STEPS,
    **keypad.STEPS,
    **replies.STEPS,
    **helping.STEPS,
    **technician.STEPS,
}

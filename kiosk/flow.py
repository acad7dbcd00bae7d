"""The visitor's way through the kiosk, pure: `step(model, given)` → the next model and effects.

Every input passes here, one at a time; what the screens show is `frames.frame_of(model)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.settings import Settings
from kiosk import model as m
from kiosk.model import Effect, Input, Model
from messaging.booking_code import ForeignCodeError, OtherCentreError, booking_digest, code_in_qr
from messaging.messages import InstitutionView, RefusalView, Reply, ServiceView
from queue_core.commands import CheckIn, TakeTicket
from queue_core.model import Kind
from queue_core.refusals import RefusalCode

SETTLE_SECONDS = 0.3
"""After the picture changed, touches are too early to be meant for it: the second half of a double
tap, or one touch that two input drivers report."""

WARN_SECONDS = 10
"""So long before a screen goes away the visitor is asked."""

FAIL_SAFE_SECONDS = 10

Step = tuple[Model, tuple[Effect, ...]]


def begin(settings: Settings, seconds: float, now: datetime) -> Model:
    """The kiosk as it starts: it knows nothing of the centre's day yet."""
    return Model(settings, settings.site.languages[0], seconds, now)


def step(model: Model, given: Input) -> Step:
    """The next model, and what is to be done now. An input that does not fit changes nothing."""
    if isinstance(given, m.Touch):
        settled = model.seconds - model.changed_at >= SETTLE_SECONDS
        model = _noted(model, replace(model, present_at=model.seconds))
        if not settled:
            return model, ()
    after, effects = _STEPS[type(given)](model, given)
    return _noted(model, after), effects


def cut_off(model: Model) -> bool:
    """Whether nothing can be asked of the queue now. Who has a number or an answer keeps it."""
    return isinstance(model.screen, m.Calm) and not (model.connected and model.catalogue)


def asks_presence(model: Model) -> bool:
    """Whether the screen will go away soon, so that the visitor is asked to touch it."""
    seconds = _patience(model)
    if seconds is None or isinstance(model.screen, m.Start | m.FailSafe) or cut_off(model):
        return False
    return model.seconds - model.present_at >= seconds - min(WARN_SECONDS, seconds / 2)


def walk_in_services(institution: InstitutionView) -> tuple[ServiceView, ...]:
    """What a visitor without an appointment can choose."""
    return tuple(each for each in institution.services if each.walk_in)


def _noted(before: Model, after: Model) -> Model:
    """When the picture changes, its time starts anew. The question's coming moves no button that
    was meant; its going does."""
    answered = asks_presence(before) and not asks_presence(after)
    if _picture(after) == _picture(before) and not answered:
        return after
    moved = after.screen != before.screen
    present_at = after.seconds if moved else after.present_at
    return replace(after, changed_at=after.seconds, present_at=present_at)


def _picture(model: Model) -> tuple[object, ...]:
    return model.screen, model.language, model.connected


def _patience(model: Model) -> float | None:
    """Seconds until the screen goes away by itself; None while an answer is awaited."""
    match model.screen:
        case m.Working():
            return None
        case m.FailSafe():
            return FAIL_SAFE_SECONDS
        case m.TicketReady():
            return model.settings.kiosk.ticket_seconds
        case _:
            return model.settings.kiosk.idle_seconds


def _show(model: Model, screen: m.Screen) -> Step:
    return replace(model, screen=screen), ()


def _stay(model: Model, given: object) -> Step:
    return model, ()


def _done(model: Model, given: m.Done) -> Step:
    fits = isinstance(model.screen, m.TicketReady | m.Message)
    return _for_the_next_visitor(model) if fits else (model, ())


def _for_the_next_visitor(model: Model) -> Step:
    return _show(replace(model, language=model.settings.site.languages[0]), m.Start())


def _tick(model: Model, given: m.Tick) -> Step:
    model = replace(model, seconds=given.seconds, now=given.now)
    patience = _patience(model)
    if patience is not None and model.seconds - model.present_at >= patience:
        return _for_the_next_visitor(model)
    return model, ()


def _choose_language(model: Model, given: m.ChooseLanguage) -> Step:
    known = given.language in model.settings.site.languages
    return (replace(model, language=given.language) if known else model), ()


def _have_appointment(model: Model, given: m.HaveAppointment) -> Step:
    return _show(model, m.ShowCode()) if isinstance(model.screen, m.Start) else (model, ())


def _need_service(model: Model, given: m.NeedService) -> Step:
    fits = isinstance(model.screen, m.Start | m.ShowCode | m.Message)
    return _show(model, m.Institutions()) if fits else (model, ())


def _choose_institution(model: Model, given: m.ChooseInstitution) -> Step:
    chosen = model.institution(given.institution)
    if chosen is None or not isinstance(model.screen, m.Institutions):
        return model, ()
    if not chosen.open:
        return _show(model, m.Message(chosen, model.screen))
    if not walk_in_services(chosen):
        refusal = RefusalView(code=RefusalCode.APPOINTMENT_NEEDED)
        return _show(model, m.Message(refusal, model.screen))
    return _show(model, m.Services(chosen.id))


def _choose_service(model: Model, given: m.ChooseService) -> Step:
    if not isinstance(model.screen, m.Services):
        return model, ()
    command = TakeTicket(given.service, model.language)
    return replace(model, screen=m.Working(model.screen)), (m.SendCommand(command),)


def _more(model: Model, given: m.More) -> Step:
    if isinstance(model.screen, m.Institutions | m.Services):
        return _show(model, replace(model.screen, page=given.page))
    return model, ()


def _back(model: Model, given: m.Back) -> Step:
    match model.screen:
        case m.Services():
            return _show(model, m.Institutions())
        case m.Message(back=back):
            return _show(model, back)
        case m.Institutions() | m.ShowCode():
            return _show(model, m.Start())
        case _:
            return model, ()


def _start_again(model: Model, given: m.StartAgain) -> Step:
    fits = isinstance(model.screen, m.Calm | m.Message)
    return _show(model, m.Start()) if fits else (model, ())


def _scanned(model: Model, given: m.Scanned) -> Step:
    back = _scans_for(model.screen)
    if back is None or not model.connected:
        return model, ()
    try:
        code = code_in_qr(given.text, model.settings.site.id)
    except ForeignCodeError:
        return _show(model, m.Message(m.Notice.FOREIGN_CODE, back))
    except OtherCentreError:
        return _show(model, m.Message(m.Notice.OTHER_CENTRE, back))
    digest = booking_digest(model.settings.site.booking_secret, code)
    command = CheckIn(digest, model.language)
    return replace(model, screen=m.Working(back)), (m.SendCommand(command),)


def _scans_for(screen: m.Screen) -> m.Calm | None:
    """The screen to come back to after a scan; None where a scan is not taken."""
    match screen:
        case m.Working() | m.FailSafe():
            return None
        case m.Message(back=back):
            return back
        case m.TicketReady():  # the next visitor
            return m.Start()
        case _:
            return screen


def _reply_came(model: Model, given: m.ReplyCame) -> Step:
    reply = given.reply
    if not isinstance(model.screen, m.Working):
        return model, _without_ghost(reply)
    if reply.ticket:
        return replace(model, screen=m.TicketReady(reply.ticket)), (m.PrintTicket(reply.ticket),)
    refusal = reply.refusal or RefusalView(code=RefusalCode.MODULE_FAULT)
    return _show(model, m.Message(refusal, model.screen.back))


def _without_ghost(reply: Reply) -> tuple[Effect, ...]:
    walked_in = reply.ticket and reply.ticket.kind is Kind.WALK_IN
    return (m.CancelTicket(reply.ticket.id),) if reply.ticket and walked_in else ()


def _no_reply(model: Model, given: m.NoReply) -> Step:
    # The module may have given a ticket, or may do so yet; a ticket's id is its command's. Who is
    # checked in stays so: that booking holder is here and asks the staff now.
    walked_in = isinstance(given.command, TakeTicket)
    effects = (m.CancelTicket(given.command_id),) if walked_in else ()
    if isinstance(model.screen, m.Working):
        model = replace(model, screen=m.Message(m.Notice.NO_REPLY, model.screen.back))
    return model, effects


def _catalogue_came(model: Model, given: m.CatalogueCame) -> Step:
    model = replace(model, catalogue=given.catalogue)
    gone = isinstance(model.screen, m.Services) and not model.institution(model.screen.institution)
    return _show(model, m.Institutions()) if gone else (model, ())


def _connection(model: Model, given: m.Connection) -> Step:
    return replace(model, connected=given.connected), ()


def _paper_came(model: Model, given: m.PaperCame) -> Step:
    if isinstance(model.screen, m.TicketReady) and model.screen.ticket.id == given.ticket:
        return _show(model, replace(model.screen, outcome=given.outcome))
    return model, ()


def _failed(model: Model, given: m.Failed) -> Step:
    return _show(model, m.FailSafe())


_STEPS: Mapping[type[Any], Callable[[Model, Any], Step]] = {
    m.ChooseLanguage: _choose_language,
    m.HaveAppointment: _have_appointment,
    m.NeedService: _need_service,
    m.ChooseInstitution: _choose_institution,
    m.ChooseService: _choose_service,
    m.More: _more,
    m.Back: _back,
    m.StartAgain: _start_again,
    m.Done: _done,
    m.StillHere: _stay,
    m.Scanned: _scanned,
    m.ReplyCame: _reply_came,
    m.NoReply: _no_reply,
    m.CatalogueCame: _catalogue_came,
    m.Connection: _connection,
    m.PaperCame: _paper_came,
    m.Tick: _tick,
    m.Failed: _failed,
}

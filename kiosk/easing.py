"""How the visitor wants the screens: the buttons on every screen, and the panel they open. Pure."""

from dataclasses import replace

from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.panel import LOUDEST, Ease
from kiosk.views import Choice, Choices, Ticket, View
from texts import Language


def ease_buttons(model: Model, language: Language) -> tuple[Choice, ...]:
    """For every screen: the way to the panel, and *say again* while the screens are spoken."""
    if isinstance(model.screen, m.FailSafe):
        return ()
    say_again = Choice("say_again", language.text("Say again"), i.SayAgain())
    ease = Choice("ease", language.text("Larger letters"), i.Easier())
    return (*(() if model.easing else (ease,)), *((say_again,) if model.ease.voice else ()))


def ease_choices(beneath: View, model: Model, language: Language) -> Choices:
    """What can be had. Each choice acts at once, so that its effect is seen or heard. A number that
    is `beneath` stays in sight: it may be nowhere else."""
    ease = model.ease
    offered = [
        _switch("large", language.text("Larger letters"), ease),
        _switch("contrast", language.text("Yellow letters on black"), ease),
    ]
    if model.can_speak:
        offered.append(_switch("voice", language.text("Read the screens aloud"), ease))
    if ease.voice:
        offered.append(_volume(model, language))
    if model.panel.tall:
        offered.append(_switch("low", language.text("All buttons lower"), ease))
    heading = language.text("What would help you?")
    detail = language.text("It holds until you leave.")
    if isinstance(beneath, Ticket):
        heading, detail = language.text("Your number is {number}.", number=beneath.number), heading
    return Choices(heading, detail, tuple(offered))


def ease_foot(language: Language) -> tuple[Choice, ...]:
    """The way back from the panel."""
    return (Choice("ease_done", language.text("Continue"), i.Easier(open=False)),)


def _volume(model: Model, language: Language) -> Choice:
    """A step louder; after the loudest comes the quietest."""
    volume = model.ease.volume
    pressed = i.SetEase(replace(model.ease, volume=volume % LOUDEST + 1))
    title = language.text("Volume: {volume} of {loudest}", volume=volume, loudest=LOUDEST)
    return Choice("ease:volume", title, pressed)


def _switch(name: str, title: str, ease: Ease) -> Choice:
    on = getattr(ease, name)
    return Choice(f"ease:{name}", title, i.SetEase(replace(ease, **{name: not on})), on=on)

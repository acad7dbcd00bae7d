"""The bell at the desk."""

from dataclasses import replace

from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.model import Model
from kiosk.steps.moves import Step, Steps
from queue_core.commands import AskHelp

RING_AGAIN_SECONDS = 60
"""Somebody is on the way: the bell does not ring again so soon."""

NEWS_SECONDS = 30
"""So long whoever went on is told, over any screen, that somebody is coming."""


def _call_help(model: Model, given: i.CallHelp) -> Step:
    if isinstance(model.screen, m.FailSafe | m.EnterPin | m.Maintenance):
        return model, ()
    model = replace(model, help_shown=True)
    rung = model.bell in {m.Bell.RINGING, m.Bell.HEARD, m.Bell.ANSWERED}
    if rung and model.seconds - model.bell_at < RING_AGAIN_SECONDS:
        return model, ()
    if not model.connected:
        return replace(model, bell=m.Bell.BROKEN), ()
    model = replace(model, bell=m.Bell.RINGING, bell_at=model.seconds)
    return model, (e.SendCommand(AskHelp()),)


def somebody_comes(model: Model) -> Model:
    """A clerk has said so: whoever went on is told over any screen."""
    seconds = 0 if model.help_shown else NEWS_SECONDS
    news_until = model.seconds + seconds
    return replace(model, bell=m.Bell.ANSWERED, bell_at=model.seconds, news_until=news_until)


def rang(model: Model, *, heard: bool) -> Model:
    """The desk has heard the bell, or has not."""
    return replace(model, bell=m.Bell.HEARD if heard else m.Bell.BROKEN)


STEPS: Steps = {
    i.CallHelp: _call_help,
}

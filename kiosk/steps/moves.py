"""What many steps do: show a screen, ask the queue, begin anew for the next visitor."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk import effects as e
from kiosk import model as m
from kiosk.effects import Effect
from kiosk.model import Model
from kiosk.panel import PLAIN
from kiosk.patience import first_language
from queue_core.commands import Command

Step = tuple[Model, tuple[Effect, ...]]
Steps = Mapping[type[Any], Callable[[Model, Any], Step]]


def show(model: Model, screen: m.Screen) -> Step:
    """This screen, at once."""
    return replace(model, screen=screen), ()


def ask(model: Model, command: Command, back: m.Calm) -> Step:
    """Ask the queue module, or without it what is known here; `back` is where a refusal leads."""
    effect = e.SendCommand(command) if model.connected else e.AnswerAlone(command)
    return replace(model, screen=m.Working(back, command)), (effect,)


def for_the_next_visitor(model: Model) -> Step:
    """The first screen, and nothing of the visitor before."""
    language = first_language(model)
    model = replace(model, language=language, help_shown=False, ease=PLAIN, easing=False)
    return show(model, m.Start())

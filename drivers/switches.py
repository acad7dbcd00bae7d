"""What may happen around a simulated device, as data: page and command line list it themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from texts import Language

Words = Callable[[Language], str]


@dataclass(frozen=True, slots=True)
class Position:
    """What a switch can be turned to."""

    words: Words
    take: Callable[[], None]


def _nowhere() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Switch:
    """`now` gives the name of its position; "" where none lasts, as with a button."""

    words: Words
    positions: Mapping[str, Position]
    now: Callable[[], str] = _nowhere


Switches = Mapping[str, Switch]

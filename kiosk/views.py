"""What a screen shows, as data: `frames` makes it of the model, `screens` draws it.

A choice's `action` is its stable name for tests and demonstrations, e.g. ``institution:vsaa``.
"""

from dataclasses import dataclass

from kiosk.model import Touch


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press. `available` false: it looks closed, but answers why."""

    action: str
    title: str
    pressed: Touch
    detail: str = ""
    available: bool = True


@dataclass(frozen=True, slots=True)
class Choices:
    """One question and its answers, at most MOST_CHOICES."""

    heading: str
    detail: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence, and where there is one, the way on."""

    heading: str
    sentence: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowCode:
    """How to show the code."""

    heading: str
    sentence: str
    help: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """The number. The first of `lines` is what the visitor wants to know first. `paper` says what
    became of the paper, `warning` that there is none; where there is nothing to say, it is empty,
    and so is `service`."""

    heading: str
    number: str
    service: str
    lines: tuple[str, ...]
    paper: str
    warning: bool


View = Choices | Notice | ShowCode | Ticket


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole screen. `question` asks whether the visitor is still here, when it is time to."""

    centre: str
    view: View
    foot: tuple[Choice, ...]
    question: str = ""

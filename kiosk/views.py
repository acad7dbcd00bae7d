"""What a screen shows, as data: `frames` makes it of the model, `screens` draws it.

A choice's `action` is its stable name for tests and demonstrations, e.g. ``institution:vsaa``.
"""

from dataclasses import dataclass, field

from kiosk.inputs import Touch
from kiosk.panel import PLAIN, Ease, Panel


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press. `available` false: it looks closed, but answers why. `on`: what it
    switches is on, or off."""

    action: str
    title: str
    pressed: Touch
    detail: str = ""
    available: bool = True
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """One question and its answers, at most MOST_CHOICES. `note` is quiet, under them."""

    heading: str
    detail: str
    choices: tuple[Choice, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Nobody is here; `sentence` is large, in all languages, each in a paragraph."""

    heading: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence, and where there is one, the way on."""

    heading: str
    sentence: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowCode:
    """How to show the code, and what to do without it."""

    heading: str
    sentence: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Keypad:
    """Something to type. `typed` is what is to be seen of it, in groups or as dots; `keys` stand in
    reading order, `controls` (delete, go on) by themselves."""

    heading: str
    sentence: str
    typed: str = field(repr=False)
    keys: tuple[Choice, ...]
    controls: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """A scale, from the worst to the best, one touch each; `worst` and `best` name its ends."""

    heading: str
    sentence: str
    scores: tuple[Choice, ...]
    worst: str
    best: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """The number. The first of `lines` is what the visitor wants to know first. `paper` says what
    became of the paper, and in a line of its own what to do; `warning` that there is none. `qr` is
    a QR code's text, to be photographed. Where there is nothing to say, each is empty, and so is
    `service`."""

    heading: str
    number: str
    service: str
    lines: tuple[str, ...]
    paper: str
    warning: bool
    qr: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One thing that was looked at, and how it is."""

    name: str
    words: str
    good: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a technician sees; `log` are the last lines, the newest at the end."""

    heading: str
    lines: tuple[ReportLine, ...]
    log: tuple[str, ...]
    choices: tuple[Choice, ...]


View = Choices | Invitation | Notice | ShowCode | Keypad | Rating | Ticket | Report


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole screen. `foot` leads on and back, `tools` are the same everywhere. `question` asks
    whether the visitor needs more time, when it is time to; `foot` answers it. `news` is a line
    that needs no answer."""

    centre: str
    view: View
    foot: tuple[Choice, ...]
    question: str
    tools: tuple[Choice, ...]
    panel: Panel
    ease: Ease = PLAIN
    news: str = ""

    def choices(self) -> tuple[Choice, ...]:
        """All that can be pressed, in reading order."""
        return (*choices_in(self.view), *self.foot, *self.tools)


def choices_in(view: View) -> tuple[Choice, ...]:
    """What can be pressed there, in reading order."""
    match view:
        case Keypad():
            return (*view.keys, *view.controls)
        case Rating():
            return view.scores
        case Invitation():
            return ()
        case _:
            return view.choices

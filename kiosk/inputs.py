"""What can happen at the kiosk: touches, and all that comes from elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime

from drivers.printer import PrintOutcome
from kiosk.maintenance import SelfTest
from kiosk.panel import Ease, Panel
from messaging.messages import CatalogueState, Reply
from queue_core.commands import Command


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Speak this language."""

    language: str


@dataclass(frozen=True, slots=True)
class HaveAppointment:
    """The visitor has an appointment."""


@dataclass(frozen=True, slots=True)
class NeedService:
    """The visitor has none."""


@dataclass(frozen=True, slots=True)
class ChooseInstitution:
    """This institution."""

    institution: str


@dataclass(frozen=True, slots=True)
class TellSituation:
    """The visitor does not know the institution."""


@dataclass(frozen=True, slots=True)
class ChooseSituation:
    """This has happened."""

    situation: str


@dataclass(frozen=True, slots=True)
class ChooseService:
    """This service."""

    service: str


@dataclass(frozen=True, slots=True)
class ChooseChannel:
    """At the public computer, or at the counter."""

    computer: bool


@dataclass(frozen=True, slots=True)
class Easier:
    """Choose how the screens shall be; `open` false: that is chosen."""

    open: bool = True


@dataclass(frozen=True, slots=True)
class SetEase:
    """The screens shall be so."""

    ease: Ease


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Say this screen once more."""


@dataclass(frozen=True, slots=True)
class More:
    """The other choices that do not fit on one screen."""

    page: int


@dataclass(frozen=True, slots=True)
class ByHand:
    """The code shall be typed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the keypad."""

    character: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Erase:
    """The last character was wrong."""


@dataclass(frozen=True, slots=True)
class EraseAll:
    """All of them were."""


@dataclass(frozen=True, slots=True)
class Enter:
    """What is typed is whole."""


@dataclass(frozen=True, slots=True)
class Score:
    """The visit was as good as this, 1 to 10."""

    score: int


@dataclass(frozen=True, slots=True)
class PrintAgain:
    """The paper did not come out, or not whole."""


@dataclass(frozen=True, slots=True)
class CallHelp:
    """Somebody shall come."""


@dataclass(frozen=True, slots=True)
class TouchName:
    """The centre's name was touched: five times are a technician's sign."""


@dataclass(frozen=True, slots=True)
class Look:
    """The kiosk shall look at itself once more."""


@dataclass(frozen=True, slots=True)
class TryPrinter:
    """The printer shall print something."""


@dataclass(frozen=True, slots=True)
class Serve:
    """Serve visitors, or be out of service."""

    visitors: bool


@dataclass(frozen=True, slots=True)
class Restart:
    """The program shall begin anew."""


@dataclass(frozen=True, slots=True)
class Back:
    """One screen back."""


@dataclass(frozen=True, slots=True)
class StartAgain:
    """To the first screen, in the same language."""


@dataclass(frozen=True, slots=True)
class Done:
    """The visitor has finished."""


@dataclass(frozen=True, slots=True)
class StillHere:
    """The screen was touched anywhere."""


Touch = (
    ChooseLanguage
    | HaveAppointment
    | NeedService
    | ChooseInstitution
    | TellSituation
    | ChooseSituation
    | ChooseService
    | ChooseChannel
    | Easier
    | SetEase
    | SayAgain
    | More
    | ByHand
    | Key
    | Erase
    | EraseAll
    | Enter
    | Score
    | PrintAgain
    | CallHelp
    | TouchName
    | Look
    | TryPrinter
    | Serve
    | Restart
    | Back
    | StartAgain
    | Done
    | StillHere
)


@dataclass(frozen=True, slots=True)
class Scanned:
    """The scanner read this text."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScannerThere:
    """The scanner is there, or lost."""

    there: bool


@dataclass(frozen=True, slots=True)
class SomebodyThere:
    """The presence sensor sees somebody before the kiosk, or nobody."""

    there: bool


@dataclass(frozen=True, slots=True)
class ReplyCame:
    """The answer to this command."""

    reply: Reply
    command: Command


@dataclass(frozen=True, slots=True)
class NoReply:
    """This command was given up."""

    command_id: str
    command: Command


@dataclass(frozen=True, slots=True)
class AnsweredAlone:
    """What the kiosk itself says to this command; None: nothing. `command_id`: under which the
    queue module was asked before, if it was."""

    reply: Reply | None
    command: Command
    command_id: str = ""


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """The kiosk can give numbers by itself, or no longer."""

    there: bool


@dataclass(frozen=True, slots=True)
class CatalogueCame:
    """What the centre offers, anew."""

    catalogue: CatalogueState


@dataclass(frozen=True, slots=True)
class Connection:
    """The broker is reached, or lost."""

    connected: bool


@dataclass(frozen=True, slots=True)
class PaperCame:
    """What became of the paper of this ticket."""

    ticket: str
    outcome: PrintOutcome


@dataclass(frozen=True, slots=True)
class PinChecked:
    """Whether the PIN was right; `wait`: seconds until another one is looked at."""

    right: bool
    wait: int = 0


@dataclass(frozen=True, slots=True)
class SelfTested:
    """What the kiosk found when it looked at itself."""

    found: SelfTest


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes; given before every other input too, so that the model's time is right."""

    seconds: float
    now: datetime


@dataclass(frozen=True, slots=True)
class VoiceThere:
    """Whether there is sound to speak with."""

    there: bool


@dataclass(frozen=True, slots=True)
class PanelThere:
    """The window's size has become known, or is another."""

    panel: Panel


@dataclass(frozen=True, slots=True)
class Failed:
    """An exception was caught."""


Input = (
    Touch
    | Scanned
    | ScannerThere
    | SomebodyThere
    | ReplyCame
    | NoReply
    | AnsweredAlone
    | OwnNumbers
    | CatalogueCame
    | Connection
    | PaperCame
    | PinChecked
    | SelfTested
    | VoiceThere
    | PanelThere
    | Tick
    | Failed
)

"""What the kiosk's flow speaks of: screens, the model, what can happen, what is to be done."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.settings import Settings
from drivers.printer import PrintOutcome
from messaging.messages import CatalogueState, InstitutionView, RefusalView, Reply, TicketView
from queue_core.commands import Command

# Where the visitor is. ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Nobody is here yet."""


@dataclass(frozen=True, slots=True)
class Institutions:
    """Choosing an institution; `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Services:
    """Choosing a service of one institution."""

    institution: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class ShowCode:
    """Asked for the QR code of the appointment."""


Calm = Start | Institutions | Services | ShowCode


@dataclass(frozen=True, slots=True)
class Working:
    """A command is under way, sent from the screen `back`."""

    back: Calm


@dataclass(frozen=True, slots=True)
class TicketReady:
    """The visitor has a number; `outcome` tells of the paper, None while it is printed."""

    ticket: TicketView
    outcome: PrintOutcome | None = None


class Notice(StrEnum):
    """What the kiosk itself has to say."""

    NO_REPLY = "no_reply"
    FOREIGN_CODE = "foreign_code"
    OTHER_CENTRE = "other_centre"


@dataclass(frozen=True, slots=True)
class Message:
    """A notice, a refusal or a closed institution, and the screen to go back to."""

    about: Notice | RefusalView | InstitutionView
    back: Calm


@dataclass(frozen=True, slots=True)
class FailSafe:
    """Something went wrong inside; the staff help."""


Screen = Calm | Working | TicketReady | Message | FailSafe


@dataclass(frozen=True, slots=True)
class Model:
    """All that the kiosk knows. `seconds` are monotonic, `now` is the aware time of day."""

    settings: Settings = field(repr=False)
    language: str
    seconds: float
    now: datetime
    screen: Screen = Start()
    catalogue: CatalogueState | None = None
    connected: bool = False
    changed_at: float = 0.0
    present_at: float = 0.0

    def institution(self, identifier: str) -> InstitutionView | None:
        """The institution as the catalogue has it now."""
        offered = self.catalogue.institutions if self.catalogue else ()
        return next((each for each in offered if each.id == identifier), None)


# What can happen. -----------------------------------------------------------------------------


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
class ChooseService:
    """This service."""

    service: str


@dataclass(frozen=True, slots=True)
class More:
    """The other choices that do not fit on one screen."""

    page: int


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
    | ChooseService
    | More
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
class ReplyCame:
    """The answer to the command under way."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class NoReply:
    """This command was given up."""

    command_id: str
    command: Command


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
class Tick:
    """Time passes; given before every other input too, so that the model's time is right."""

    seconds: float
    now: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """An exception was caught."""


Input = (
    Touch | Scanned | ReplyCame | NoReply | CatalogueCame | Connection | PaperCame | Tick | Failed
)


# What is to be done. --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SendCommand:
    """Ask the queue module, and give the answer back as ReplyCame or NoReply."""

    command: Command


@dataclass(frozen=True, slots=True)
class CancelTicket:
    """Nobody has seen this ticket: nobody shall wait with it. No answer is awaited."""

    ticket: str


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print it, and give the outcome back as PaperCame."""

    ticket: TicketView


Effect = SendCommand | CancelTicket | PrintTicket

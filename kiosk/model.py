"""What the kiosk's flow speaks of: screens, the model, what can happen, what is to be done."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.settings import Settings
from drivers.printer import PrintOutcome
from kiosk.maintenance import SelfTest
from kiosk.offer import Offer
from kiosk.panel import PLAIN, Ease, Panel
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
class Situations:
    """Saying what has happened, for who does not know the institution."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """Choosing a service for what has happened."""

    situation: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """The service can be had at the counter or at the public computer."""

    service: str
    back: Services | Situation


@dataclass(frozen=True, slots=True)
class ShowCode:
    """Asked for the QR code of the appointment."""


@dataclass(frozen=True, slots=True)
class TypeCode:
    """Typing the code of the appointment. `too_short`: it was sent off before it was whole."""

    typed: str = field(default="", repr=False)
    too_short: bool = False


@dataclass(frozen=True, slots=True)
class RateVisit:
    """The visit of this ticket is over: how was it?"""

    ticket: TicketView


Calm = (
    Start
    | Institutions
    | Services
    | Situations
    | Situation
    | Channel
    | ShowCode
    | TypeCode
    | RateVisit
)


@dataclass(frozen=True, slots=True)
class Working:
    """A command is under way, sent from the screen `back`."""

    back: Calm
    command: Command


@dataclass(frozen=True, slots=True)
class TicketReady:
    """The visitor has a number; `outcome` tells of the paper, None while it is printed."""

    ticket: TicketView
    outcome: PrintOutcome | None = None


@dataclass(frozen=True, slots=True)
class TicketFound:
    """How the ticket that was held to the scanner stands now."""

    ticket: TicketView


@dataclass(frozen=True, slots=True)
class Thanks:
    """The visit is rated, now or `before`."""

    before: bool = False


class Notice(StrEnum):
    """What the kiosk itself has to say."""

    NO_NUMBER = "no_number"
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
    """Something went wrong inside; the staff help. `number`: what the visitor has already."""

    number: str = ""


@dataclass(frozen=True, slots=True)
class EnterPin:
    """Behind the hidden gesture. `checking` until the PIN was looked at; `wait`: seconds that no
    PIN is looked at, after too many wrong ones."""

    typed: str = field(default="", repr=False)
    checking: bool = False
    wrong: bool = False
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A technician looks after the kiosk; `found` is None until it has looked at itself."""

    found: SelfTest | None = None


Screen = (
    Calm
    | Working
    | TicketReady
    | TicketFound
    | Thanks
    | Message
    | FailSafe
    | EnterPin
    | Maintenance
)


class Bell(StrEnum):
    """The bell at the desk, as far as the kiosk knows."""

    QUIET = "quiet"
    RINGING = "ringing"
    HEARD = "heard"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Model:
    """All that the kiosk knows. `seconds` are monotonic, `now` is the aware time of day.

    `help_shown` and `easing` (how shall the screens be?) lie over the screen, which goes on
    beneath. `struck` is the last touch.
    """

    settings: Settings = field(repr=False)
    language: str
    seconds: float
    now: datetime
    panel: Panel
    screen: Screen = Start()
    ease: Ease = PLAIN
    easing: bool = False
    can_speak: bool = False
    catalogue: CatalogueState | None = None
    connected: bool = False
    scanner: bool = True
    out_of_service: bool = False
    help_shown: bool = False
    bell: Bell = Bell.QUIET
    rung_at: float = -math.inf
    changed_at: float = 0.0
    present_at: float = 0.0
    struck: "Touch | None" = field(default=None, repr=False)
    struck_at: float = -math.inf
    name_touched_at: tuple[float, ...] = ()

    @property
    def offer(self) -> Offer:
        """What can be had without an appointment, as the catalogue has it now."""
        return Offer(self.catalogue, self.settings.site.computer_service)


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
    | ReplyCame
    | NoReply
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
    """Print it, and give the outcome back as PaperCame. `again`: it was printed before."""

    ticket: TicketView
    again: bool = False


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Compare the PIN, and give the answer back as PinChecked."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TestSelf:
    """Look at the kiosk's parts, and give what was found back as SelfTested."""


@dataclass(frozen=True, slots=True)
class PrintTrial:
    """Print a ticket that is nobody's, and then look at the kiosk's parts again."""


@dataclass(frozen=True, slots=True)
class RestartProgram:
    """End, so that the supervisor starts the program anew."""


@dataclass(frozen=True, slots=True)
class SpeakAgain:
    """Say the whole screen."""


Effect = (
    SendCommand
    | CancelTicket
    | PrintTicket
    | CheckPin
    | TestSelf
    | PrintTrial
    | RestartProgram
    | SpeakAgain
)

"""Where a visitor can be, and all that the kiosk knows."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.settings import Settings
from drivers.printer import PrintOutcome
from kiosk.inputs import Touch
from kiosk.maintenance import SelfTest
from kiosk.offer import Offer
from kiosk.panel import PLAIN, Ease, Panel
from messaging.messages import CatalogueState, InstitutionView, RefusalView, TicketView
from queue_core.commands import Command


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
    UNCHECKED = "unchecked"
    NOT_NOW = "not_now"


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
    ANSWERED = "answered"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Model:
    """All that the kiosk knows. `seconds` are monotonic, `now` is the aware time of day.

    `help_shown` and `easing` (how shall the screens be?) lie over the screen, which goes on
    beneath. `bell_at`: when it was rung, or answered. `news_until`: so long it is said over
    any screen that somebody is coming. `connected`: the queue module is there. `own_numbers`: the
    kiosk can give numbers by itself. `somebody`: a sensor sees one. `struck` is the last touch.
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
    own_numbers: bool = False
    scanner: bool = True
    somebody: bool = False
    out_of_service: bool = False
    help_shown: bool = False
    bell: Bell = Bell.QUIET
    bell_at: float = -math.inf
    news_until: float = -math.inf
    changed_at: float = 0.0
    present_at: float = 0.0
    struck: Touch | None = field(default=None, repr=False)
    struck_at: float = -math.inf
    name_touched_at: tuple[float, ...] = ()

    @property
    def serves(self) -> bool:
        """Whether visitors get numbers, from the queue module or of the kiosk's own."""
        return self.connected or self.own_numbers

    @property
    def help_asked_at(self) -> datetime | None:
        """Since when staff know that somebody here asks for help; None when nobody does."""
        asking = self.catalogue.help if self.catalogue else ()
        unit = self.settings.unit.id
        return next((each.at for each in asking if each.unit == unit), None)

    @property
    def offer(self) -> Offer:
        """What can be had without an appointment, as the catalogue has it now."""
        return Offer(self.catalogue, self.settings.site.computer_service)

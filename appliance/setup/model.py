"""Where a unit is on its way from the first power-on to the green page. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from appliance.card import Card
from appliance.enrolment import Joined
from appliance.hubs import Hub
from config.load import Problem
from messaging.messages import SelfTestReport

NO_FILE = "none"
"""In place of the sums, of a card without a file: whoever set the unit up typed a code."""

PAGE_SECONDS, AMBER_SECONDS, UNSEEN_SECONDS = 180.0, 600.0, 5.0
"""So long the page stays by itself: all is well; something is to be put right; nobody sees it."""


class State(StrEnum):
    """Where the unit is."""

    LOOKING = "looking"
    DAMAGED = "damaged"
    MISTAKEN = "mistaken"
    NETWORK = "network"
    CLOCK = "clock"
    HUB = "hub"
    CODE = "code"
    JOINING = "joining"
    APPLYING = "applying"
    TESTING = "testing"
    PAGE = "page"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the hub gave when the unit joined, and a digest of the code it was given for."""

    joined: Joined
    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is on the card: `sums` of its files; and what the unit knows: `applied` are the sums of
    what was set up last, "" for a unit that is new; `signer`: whose updates it takes."""

    card: Card | None
    problems: tuple[Problem, ...]
    sums: str
    applied: str
    kept: Kept | None
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """`lack` says what of the network is missing, `refused` why the hub said no, `damage` why
    it cannot go on; each is a code, or "". Seconds are monotonic."""

    seconds: float
    since: float
    began: float
    state: State = State.LOOKING
    found: Found | None = None
    lack: str = ""
    address: str = ""
    hubs: tuple[Hub, ...] = ()
    hub: str = ""
    code: str = ""
    refused: str = ""
    damage: str = ""
    kept: Kept | None = None
    report: SelfTestReport | None = None
    watched: bool = False

    @property
    def card(self) -> Card | None:
        return self.found.card if self.found else None

    @property
    def worked_before(self) -> bool:
        return bool(self.found and self.found.applied)

    @property
    def ends_at(self) -> float:
        """When the page goes away by itself."""
        well = self.report is not None and not self.report.bad
        stays = PAGE_SECONDS if well else AMBER_SECONDS
        return self.since + (stays if self.watched else UNSEEN_SECONDS)

"""What happens to a unit that is being set up."""

from dataclasses import dataclass

from appliance.enrolment import Joined
from appliance.hubs import Hub
from appliance.setup.model import Found
from config.load import Problem
from messaging.messages import SelfTestReport


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A screen shows all this, or none does."""

    there: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """The card was read."""

    found: Found


@dataclass(frozen=True, slots=True)
class Failed:
    """The card, or the unit's memory, cannot be read or written ("memory"); or a hub cannot let
    units in, for this reason."""

    damage: str


@dataclass(frozen=True, slots=True)
class NetworkIs:
    """`lack` as in Model; without any there is an `address`."""

    lack: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class ClockIs:
    """Whether somebody sets the clock."""

    right: bool


@dataclass(frozen=True, slots=True)
class HubsAre:
    """All that are heard now."""

    hubs: tuple[Hub, ...]


@dataclass(frozen=True, slots=True)
class HasJoined:
    """The hub has let the unit in."""

    joined: Joined


@dataclass(frozen=True, slots=True)
class Refused:
    """It has not; or nobody answered."""

    why: str


@dataclass(frozen=True, slots=True)
class Applied:
    """All settings are in place."""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """The card and the centre that the unit has joined do not go together."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """None: the self-test itself came to nothing."""

    report: SelfTestReport | None


@dataclass(frozen=True, slots=True)
class ChooseHub:
    """A person says which."""

    hub: str


@dataclass(frozen=True, slots=True)
class GiveCode:
    """A person has typed it."""

    code: str


@dataclass(frozen=True, slots=True)
class Again:
    """A person has put something right."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """A person has seen the page; or wants the unit to work as before."""


Said = ChooseHub | GiveCode | Again | GoOn
Input = (
    Tick
    | Watched
    | Looked
    | Failed
    | NetworkIs
    | ClockIs
    | HubsAre
    | HasJoined
    | Refused
    | Applied
    | Contradicted
    | Tested
    | Said
)

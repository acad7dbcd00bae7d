"""What is to be done for it: each effect after the one before; `acts.py` does it."""

from dataclasses import dataclass

from appliance.card import Card
from appliance.setup.model import Kept


@dataclass(frozen=True, slots=True)
class Look:
    """Read the card → Looked."""


@dataclass(frozen=True, slots=True)
class OpenScreen:
    """Show all this, where there is a screen."""


@dataclass(frozen=True, slots=True)
class PutNetwork:
    """The card's network, in place of the one that is kept until all is in place."""

    card: Card


@dataclass(frozen=True, slots=True)
class WatchNetwork:
    """→ NetworkIs, as often as it changes. `address`: that of the card; "": it is to be given."""

    wifi: bool
    address: str


@dataclass(frozen=True, slots=True)
class WatchClock:
    """→ ClockIs, as often as it changes."""


@dataclass(frozen=True, slots=True)
class WatchHubs:
    """→ HubsAre, as often as it changes."""


@dataclass(frozen=True, slots=True)
class Join:
    """→ HasJoined or Refused. Without a card, the hub is to say what the unit is."""

    hub: str
    code: str
    card: Card | None


@dataclass(frozen=True, slots=True)
class Apply:
    """Everything in its place, and what others wait for started → Applied."""

    card: Card | None
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Test:
    """→ Tested."""

    role: str


@dataclass(frozen=True, slots=True)
class Remember:
    """This card was applied, and its result is told on it."""

    sums: str


@dataclass(frozen=True, slots=True)
class Tell:
    """What is wrong with the card is told on it, and as a fault. `why`, a code as in Model, where
    there is no mistake in it."""

    why: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """The network as it was."""


@dataclass(frozen=True, slots=True)
class Start:
    """The unit's programs, once this screen has gone."""


Effect = (
    Look
    | OpenScreen
    | PutNetwork
    | WatchNetwork
    | WatchClock
    | WatchHubs
    | Join
    | Apply
    | Test
    | Remember
    | Tell
    | PutBack
    | Start
)

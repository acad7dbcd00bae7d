"""Whether a new version is taken, when, and who has the turn. Pure.

A version is counters between dots, ``1.12.3``; the first that differs decides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from queue_core.centre import Hours

PORT = 8885
"""Where the hub offers them."""

BEFORE_OPENING = timedelta(minutes=45)
"""Installed, started, tried, and if need be back in the old version: two trials of the longest."""

AFTER_CLOSING = timedelta(minutes=60)
"""Who has a ticket is still served."""

ENOUGH = timedelta(minutes=30)
"""So long a unit is on when nobody needs it, to have an update then."""

NIGHTS = 2
"""A unit that was off for so many is off each night."""

LONGEST_LOOK = timedelta(days=40)

TURN = timedelta(minutes=60)
"""After so long somebody else has the turn, whatever became of the unit."""

FORGOTTEN = timedelta(days=3)
"""A unit that did not ask for so long is off, and nobody waits for it."""

LONGEST_WAIT = timedelta(days=7)
"""Then the hub takes the version also where a unit has not."""

FIRST_WAIT = timedelta(minutes=30)
"""By then each unit that is on has asked a hub that was started."""


class State(StrEnum):
    """How far an update is; what is told of it."""

    WAITING = "waiting"
    """For the centre to close, or for its turn."""
    INSTALLING = "installing"
    INSTALLED = "installed"
    """In the other slot: it is started next."""
    TRYING = "trying"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    """The unit runs what it ran before."""


class Reason(StrEnum):
    """Why an update came to nothing, or what else is to be known of it."""

    DOWNGRADED = "downgraded"
    """An older version, which somebody meant."""

    OLDER = "older"
    SAME = "same"
    OTHER_MACHINE = "other_machine"
    UNTRUSTED = "untrusted"
    """Not signed by those whom this card trusts, or damaged."""
    TRIED_BEFORE = "tried_before"
    CENTRE_OPEN = "centre_open"
    NO_ROOM = "no_room"
    NOT_WRITTEN = "not_written"
    CUT_OFF = "cut_off"
    """The power, in the middle."""
    NOT_STARTED = "not_started"
    """The new version did not come up by itself."""
    DISK = "disk"
    PROGRAM = "program"
    """One of its programs did not come up."""
    HUB = "hub"
    """It found its hub no more."""


RETRIED = frozenset({Reason.HUB, Reason.CUT_OFF})
"""Of these the version need not be the cause."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What somebody brings. `compatible`: the kind of machine that it is for."""

    version: str
    compatible: str


@dataclass(frozen=True, slots=True)
class Running:
    """What this unit runs. `tried`: versions from which it came back."""

    version: str
    compatible: str
    tried: frozenset[str] = frozenset()


def refusal(
    bundle: Bundle, running: Running, *, downgrade: bool = False, again: bool = False
) -> Reason | None:
    """Why it is not taken, if it is not. `downgrade`: an older one is meant; `again`: one that was
    tried before is."""
    if bundle.compatible != running.compatible:
        return Reason.OTHER_MACHINE
    if bundle.version == running.version:
        return Reason.SAME
    if not downgrade and ordered(bundle.version) <= ordered(running.version):
        return Reason.OLDER
    if not again and bundle.version in running.tried:
        return Reason.TRIED_BEFORE
    return None


def ordered(version: str) -> tuple[int, ...]:
    """By which versions are compared."""
    return tuple(int(each) for each in re.findall(r"\d{1,9}", version))


def may_begin(hours: Iterable[Hours], zone: tzinfo, now: datetime) -> bool:
    """Whether nobody needs the unit now, nor until a trial would be over."""
    return not any(begins < now < ends for begins, ends in _needed(hours, zone, now, now))


def is_awake(hours: Sequence[Hours], zone: tzinfo, now: datetime, on_for: timedelta) -> bool:
    """Whether a unit that is on for so long could have an update in this time."""
    begins = now - ENOUGH
    return on_for >= ENOUGH and all(may_begin(hours, zone, each) for each in (begins, now))


def sleeps(hours: Iterable[Hours], zone: tzinfo, awake: datetime | None, now: datetime) -> bool:
    """Whether a unit is switched off whenever nobody needs it. `awake`: when it was last known to
    be on in such a time; None: nobody looked yet."""
    if awake is None:
        return False
    since = max(awake, now - LONGEST_LOOK)
    nights, begins = 0, None
    for opens, closes in sorted(_needed(hours, zone, since, now)):
        if begins and since <= begins and begins + ENOUGH <= opens <= now:
            nights += 1
        begins = max(begins, closes) if begins else closes
    return nights >= NIGHTS


def _needed(
    hours: Iterable[Hours], zone: tzinfo, first: datetime, last: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When visitors need a unit, around these moments."""
    day = first.astimezone(zone).date() - timedelta(days=1)
    count = (last - first).days + 4
    for each in hours:
        for ahead in range(count):
            for opens, closes in each.on(day + timedelta(days=ahead), zone):
                yield opens - BEFORE_OPENING, closes + AFTER_CLOSING


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit, when it asked last: what it runs, and what it came back from."""

    version: str
    tried: str
    at: datetime

    def is_done_with(self, version: str) -> bool:
        """Whether it needs no turn for this version, or no more."""
        return self.tried == version or ordered(self.version) >= ordered(version)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose it is, and how long at most."""

    unit: str
    until: datetime


@dataclass(slots=True)
class Turns:
    """One unit at a time; the hub itself is the last. `since`: when the hub got `version`; `up`:
    since when units can ask."""

    version: str
    since: datetime
    up: datetime
    asked: dict[str, Asked] = field(default_factory=dict)
    whose: Turn | None = None

    def ask(self, unit: str, asked: Asked, *, closed: bool, sleeps: bool = False) -> bool:
        """Whether it is this unit's turn; it has it until it is done, or its time is over. One that
        `sleeps` has it by day, and is not done before it was switched on again."""
        self.asked[unit] = asked
        if asked.is_done_with(self.version):
            if self.whose and self.whose.unit == unit:
                self.whose = None
            return False
        if not (closed or sleeps) or not self._is_free_for(unit, asked.at):
            return False
        if self.whose is None or self.whose.unit != unit:
            self.whose = Turn(unit, asked.at + (FORGOTTEN if sleeps else TURN))
        return True

    def is_hubs(self, now: datetime) -> bool:
        """Whether all others have it, or cannot have it."""
        if now - self.up < FIRST_WAIT:
            return False
        if now - self.since >= LONGEST_WAIT:
            return True
        waiting = [each for each in self.asked.values() if not each.is_done_with(self.version)]
        return all(now - each.at >= FORGOTTEN for each in waiting)

    def _is_free_for(self, unit: str, now: datetime) -> bool:
        if self.whose is None or self.whose.unit == unit:
            return True
        return not now < self.whose.until <= now + FORGOTTEN

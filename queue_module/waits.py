"""How long people will wait: service times learned from the log, ranges reckoned in idle moments.

Nobody waits for a range: whoever takes a ticket is told the newest one, which is at most a moment
old in a centre and a few seconds in a crowd.
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime

from queue_core.centre import Centre
from queue_core.events import Recorded, TicketServed
from queue_core.life import Status
from queue_core.model import State, WaitRange
from queue_core.outlook import Foreseen, planned_breaks
from queue_core.service_times import ServiceTimes, learn_from
from queue_core.waiting import Ranges, ranges

MOST_WAITING = 200
"""With more, no range is reckoned: it would be late and of no use to anybody."""

RENEW_SECONDS = 10.0
"""Waits change as time passes, without anything happening."""

SHARE = 0.2
"""Of the module's time, at most, goes into ranges."""

NOTHING = Ranges({}, {})


class Waits:
    """The newest ranges for `centre`; `times` are what was learned. Moments: monotonic seconds."""

    def __init__(self, centre: Centre, chance: random.Random) -> None:
        self.centre, self._chance = centre, chance
        self.times = ServiceTimes.prior({s.id: s.expected for s in centre.services.values()})
        self._ranges = NOTHING
        self._sequence = -1
        self._renew_at = self._rest_until = 0.0

    def go_by(self, centre: Centre) -> None:
        """The centre is another one from now on; what was learned stays."""
        prior = ServiceTimes.prior({s.id: s.expected for s in centre.services.values()})
        self.centre, self.times = centre, ServiceTimes({**prior.services, **self.times.services})
        self._sequence = -1

    @property
    def left(self) -> Mapping[str, WaitRange | None]:
        """Ticket → the wait that is left."""
        return self._ranges.tickets

    @property
    def newcomers(self) -> Mapping[str, WaitRange | None]:
        """Service → what to tell a walk-in who comes now; None where no open counter serves it."""
        return self._ranges.newcomers

    def learn(self, recorded: Recorded, state: State) -> None:
        """Take a visit that ended into account; `state` is the one after the event."""
        if isinstance(recorded.event, TicketServed):
            self.times = learn_from(self.times, state.tickets[recorded.event.ticket])

    def is_due(self, state: State, now: float) -> bool:
        """Whether it is time to reckon again."""
        changed = state.sequence != self._sequence or now >= self._renew_at
        return changed and now >= self._rest_until

    def reckon(self, state: State, at: datetime, monotonic: Callable[[], float]) -> None:
        """Reckon all ranges as of `at`, then leave the rest of the time to the queue."""
        began = monotonic()
        waiting = sum(t.status is Status.WAITING for t in state.living.values())
        few = waiting <= MOST_WAITING
        foreseen = Foreseen(planned_breaks(self.centre, self.centre.local(at).date()))
        self._ranges = (
            ranges(self.centre, state, self.times, at, self._chance, foreseen) if few else NOTHING
        )
        self._sequence, self._renew_at = state.sequence, began + RENEW_SECONDS
        ended = monotonic()
        self._rest_until = ended + (ended - began) * (1 / SHARE - 1)

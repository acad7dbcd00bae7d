"""Numbers that a kiosk may give by itself while it cannot reach the queue.

They are lent in blocks from the upper half of a series, the highest free block first; numbers given
here come from below and pass over what is lent. No block meets another of a day from yesterday on,
or from which on the queue was kept, nor a number that somebody has: so no two living tickets get
one number, whoever gave them.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from queue_core.centre import Centre
from queue_core.model import Lease, State, label

MOST_IN_BLOCK = 50
BLOCKS = 10
"""A block is at most this part of a series."""

REMEMBERED = timedelta(days=8)
"""So long a number that a kiosk gave is known to be its own."""


def needed(centre: Centre, state: State, unit: str, journal: str, today: date) -> Iterator[Lease]:
    """What the unit is to be lent now: for today and the next day that opens, where fewer than half
    of a block is left. Where no block is free, nothing."""
    size = min(MOST_IN_BLOCK, centre.last_number // BLOCKS)
    if size == 0:
        return
    leases = state.leases
    for day in (today, centre.next_day(today)):
        for series in sorted({each.series for each in centre.services.values()}):
            own = (x for x in leases if (x.unit, x.journal, x.day) == (unit, journal, day))
            left = sum(_left(state, each) for each in own if each.series == series)
            first = _free_block(centre, state, leases, series, size, today)
            if 2 * left < size and first:
                lease = Lease(unit, journal, day, series, first, first + size - 1)
                leases = (*leases, lease)
                yield lease


def lent(state: State, series: str) -> set[int]:
    """Numbers of the series that nobody gives here: those of leases from yesterday on."""
    return _lent(state.leases, series, _since(state, state.day or date.max))


def lease_of(state: State, unit: str, series: str, number: int, day: date) -> Lease | None:
    """The unit's lease with this number: that of `day`, else the latest. None: not its number."""
    own = [x for x in state.leases if x.unit == unit and x.has(series, number)]
    return max(own, key=lambda each: (each.day == day, each.day), default=None)


def issue_time(
    centre: Centre, state: State, lease: Lease, told: datetime, now: datetime
) -> datetime:
    """When a kiosk gave a number of this lease, as far as its clock is to be believed.

    A moment before the lease's day or later than now is a clock that is wrong: it counts as now, so
    that it wins nothing. One unit's numbers keep the order in which it merges them.
    """
    begins = datetime.combine(lease.day, time(), centre.timezone)
    plausible = told if begins <= told <= now else now
    return min(now, max(plausible, state.merged.get(lease.unit, plausible)))


def _left(state: State, lease: Lease) -> int:
    numbers = range(lease.first, lease.last + 1)
    return sum(label(lease.series, each) not in state.numbers for each in numbers)


def _free_block(
    centre: Centre, state: State, leases: tuple[Lease, ...], series: str, size: int, today: date
) -> int | None:
    """The first number of the highest block that meets nobody's number."""
    taken = _lent(leases, series, _since(state, today))
    lowest = max(centre.last_number // 2, state.last_numbers.get(series, 0))
    for first in range(centre.last_number - size + 1, lowest, -size):
        block = range(first, first + size)
        if taken.isdisjoint(block) and not any(label(series, n) in state.numbers for n in block):
            return first
    return None


def _since(state: State, today: date) -> date:
    yesterday = today - timedelta(days=1)
    return min(yesterday, state.kept_day or yesterday)


def _lent(leases: tuple[Lease, ...], series: str, since: date) -> set[int]:
    current = (each for each in leases if each.series == series and each.day >= since)
    return {number for each in current for number in range(each.first, each.last + 1)}

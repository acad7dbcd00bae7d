"""How long people will wait, as an honest range: the queue is played forward many times.

Each run calls by the rules of `calling`, with the counters now open, service times drawn from what
was learned, and the slot holders who are expected. A visitor who would come now is played along
without taking anybody's turn, or keeping a counter free.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from queue_core.centre import Centre
from queue_core.forward import Run
from queue_core.model import State, WaitRange
from queue_core.outlook import Foreseen, look, new_id, waiting
from queue_core.service_times import Chance, ServiceTimes

RUNS = 100
"""The tenth shortest of so many waits is near enough to the tenth percentile."""

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9

AS_USUAL = Foreseen()

STEP = 5
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """By ticket id, and by service for a walk-in who would come now.

    None where no open counter serves it.
    """

    tickets: Mapping[str, WaitRange | None]
    newcomers: Mapping[str, WaitRange | None]


def ranges(
    centre: Centre,
    state: State,
    times: ServiceTimes,
    now: datetime,
    chance: Chance,
    foreseen: Foreseen = AS_USUAL,
) -> Ranges:
    """The ranges of all who wait at the aware moment `now`, and of a newcomer to each service."""
    outlook = look(centre, state, times, now, foreseen)
    waits: list[list[float]] = [[] for _ in outlook.places]
    for _ in range(RUNS):
        for place, seconds in enumerate(Run(outlook, chance).waits()):
            waits[place].append(seconds)
    found = {p.ticket.id: _range(w) for p, w in zip(outlook.places, waits, strict=True)}
    return Ranges(
        {each.id: found.get(each.id) for each in waiting(state)},
        {s.id: found.get(new_id(s.id)) for s in centre.services.values() if s.walk_in},
    )


def in_five_minute_steps(wait: WaitRange) -> tuple[int, int]:
    """Whole minutes for visitors, rounded outwards: (0, 5) is "less than 5 minutes"."""
    low = int(wait.low.total_seconds() // 60) // STEP * STEP
    high = ceil(wait.high.total_seconds() / 60 / STEP) * STEP
    return low, max(high, low + STEP)


def _range(waits: list[float]) -> WaitRange:
    ordered = sorted(waits)
    last = len(ordered) - 1
    low, middle, high = (
        timedelta(seconds=ordered[round(share * last)]) for share in (LOW, MIDDLE, HIGH)
    )
    return WaitRange(low, middle, high)

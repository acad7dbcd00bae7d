"""A day to play: who comes when and for what, and which counters are open.

Shares of visits by hour and by institution are those of the national papers on the centres. The
rest is assumption, in the open: `Habits`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from math import log, sqrt
from random import Random

from queue_core.centre import Centre

HOURLY_SHARE = {8: 4.5, 9: 11.0, 10: 13.5, 11: 14.79, 12: 12.0, 13: 12.0, 14: 11.5, 15: 10.5,
                16: 8.0, 17: 2.2}  # fmt: skip
"""Percent of visits by hour: 14.79 from 11 to 12, under 5 before 9 and after 17 are the source's;
the others are drawn smoothly between them."""

INSTITUTION_SHARE = {"vsaa": 46.0, "vid": 30.0}
"""Percent of services; what remains is shared evenly by the other institutions."""

SERVICE_SHARE = {"vsaa-slimiba": 31.5, "vid-deklaracija": 10.7}
"""Percent of all services, where known; an institution's others share evenly what it has left."""

SLOT_GRID = timedelta(minutes=20)
"""From one bookable moment to the next."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What is assumed of visitors and clerks.

    Shares are of 1. `early` and `spread`: mean and standard deviation of a slot holder's arrival
    before the slot, minutes. `variation`: of a service time, standard deviation to mean;
    `misjudged`: how far a day's mean may be from the expected time (standard deviation of its log).
    """

    slot_share: float = 0.4
    slots_missed: float = 0.10
    walk_ins_gone: float = 0.02
    early: float = 9.0
    spread: float = 8.0
    variation: float = 0.5
    misjudged: float = 0.1
    break_minutes: int = 30


ASSUMED = Habits()


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor, or a booking whose holder never came (`arrives_at` None).

    `starts_at`: the slot, None for a walk-in. `takes`: from call to finish. `comes_after`: from
    call to the counter; None: called, and gone.
    """

    service: str
    arrives_at: datetime | None
    takes: timedelta
    comes_after: timedelta | None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A counter is open from `opens` to `closes`."""

    counter: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """Visits in any order; at `closes_at` the doors close and those inside are still served.

    `means`: what each service takes on average on this day, where it was drawn.
    """

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    closes_at: datetime
    means: Mapping[str, timedelta] = field(default_factory=dict)


def generate(
    centre: Centre,
    day: date,
    load: float,
    rng: Random,
    habits: Habits = ASSUMED,
) -> Day:
    """A day on which the work expected is `load` times the time that the counters are open."""
    return _Maker(centre, day, rng, habits).make(load)


def shifts_of(centre: Centre, day: date, break_minutes: int = 30) -> tuple[Shift, ...]:
    """When each counter is open: as planned, or, where nothing is planned, while anything that it
    serves is, with a break around noon, one by one."""
    centre = without_computer(centre)
    shifts: list[Shift] = []
    for position, counter in enumerate(centre.counters.values()):
        if counter.hours:
            planned = counter.hours.on(day, centre.timezone)
            shifts += [Shift(counter.id, opens, closes) for opens, closes in planned]
            continue
        hours = [centre.hours_of(each).on(day, centre.timezone) for each in counter.serves]
        opens = min((o for each in hours for o, _ in each), default=None)
        closes = max((c for each in hours for _, c in each), default=None)
        if opens is None or closes is None:
            continue
        if shifts:
            opens = max(opens, datetime.combine(day, time(9), centre.timezone))
            closes = min(closes, datetime.combine(day, time(17), centre.timezone))
        pause = timedelta(minutes=break_minutes)
        noon = datetime.combine(day, time(12), centre.timezone) + pause * (position % 6)
        if opens < noon and noon + pause < closes:
            shifts += [Shift(counter.id, opens, noon), Shift(counter.id, noon + pause, closes)]
        else:
            shifts.append(Shift(counter.id, opens, closes))
    return tuple(shifts)


def with_counter_from(centre: Centre, day: Day, opens: time) -> tuple[Centre, Day]:
    """The same visits with one more counter, like the first one, open from `opens` to the end."""
    first = next(iter(centre.counters.values()))
    extra = replace(first, id="extra", sign="+", hours=None)
    start = datetime.combine(day.closes_at.date(), opens, day.closes_at.tzinfo)
    counters = {**centre.counters, extra.id: extra}
    shift = Shift(extra.id, start, day.closes_at)
    return replace(centre, counters=counters), replace(day, shifts=(*day.shifts, shift))


def without_computer(centre: Centre) -> Centre:
    """The centre less its public computer: the papers say nothing of who comes to that."""
    services = {k: v for k, v in centre.services.items() if k != centre.computer_service}
    given_by = {each.institution for each in services.values()}
    counters = {
        each.id: replace(each, serves=each.serves & set(services))
        for each in centre.counters.values()
        if each.serves & set(services)
    }
    institutions = {k: v for k, v in centre.institutions.items() if k in given_by}
    return replace(centre, services=services, institutions=institutions, counters=counters)


def open_to_all(centre: Centre, number: int) -> Centre:
    """The centre with this many counters, each serving everything."""
    first = next(iter(centre.counters.values()))
    serves = frozenset(centre.services)
    counters = {
        str(n): replace(first, id=str(n), sign=str(n), serves=serves, hours=None)
        for n in range(1, number + 1)
    }
    return replace(centre, counters=counters)


class _Maker:
    def __init__(self, centre: Centre, day: date, rng: Random, habits: Habits) -> None:
        centre = without_computer(centre)
        self._centre, self._day, self._rng, self._habits = centre, day, rng, habits
        self._shifts = shifts_of(centre, day, habits.break_minutes)
        if not self._shifts:
            raise ValueError(f"nothing is open on {day}")
        self._opens = min(each.opens for each in self._shifts)
        self._closes = max(each.closes for each in self._shifts)
        self._factor = {
            each: rng.lognormvariate(0, habits.misjudged) for each in sorted(centre.services)
        }
        self._served = {s for c in centre.counters.values() for s in c.serves}
        self._slots = self._bookable()

    def make(self, load: float) -> Day:
        services = self._centre.services
        capacity = sum((each.closes - each.opens for each in self._shifts), timedelta())
        work, visits = timedelta(), list[Visit]()
        while work < capacity * load:
            visit = self._booked() if self._by_appointment() else self._walk_in()
            visits.append(visit)
            if visit.arrives_at is not None:
                work += services[visit.service].expected * self._factor[visit.service]
        means = {each: services[each].expected * self._factor[each] for each in self._factor}
        return Day(tuple(visits), self._shifts, self._closes, means)

    def _by_appointment(self) -> bool:
        return bool(self._slots) and self._rng.random() < self._habits.slot_share

    def _walk_in(self) -> Visit:
        while True:
            arrives_at = self._moment()
            services = [s for s in self._open_at(arrives_at) if self._centre.services[s].walk_in]
            if services:
                break
        weights = [_weight(self._centre, each) for each in services]
        service = self._rng.choices(services, weights)[0]
        gone = self._rng.random() < self._habits.walk_ins_gone
        return self._visit(service, arrives_at, None, gone=gone)

    def _booked(self) -> Visit:
        starts_at, service = self._slots.pop()
        if self._rng.random() < self._habits.slots_missed:
            return self._visit(service, None, starts_at)
        before = self._rng.gauss(self._habits.early, self._habits.spread)
        arrives_at = max(self._opens, starts_at - timedelta(minutes=before))
        return self._visit(service, arrives_at, starts_at)

    def _visit(
        self,
        service: str,
        arrives_at: datetime | None,
        starts_at: datetime | None,
        gone: bool = False,
    ) -> Visit:
        variance = log(1 + self._habits.variation**2)
        drawn = self._rng.lognormvariate(-variance / 2, sqrt(variance)) * self._factor[service]
        takes = max(timedelta(minutes=1), self._centre.services[service].expected * drawn)
        comes_after = timedelta(seconds=self._rng.uniform(15, 60))
        return Visit(service, arrives_at, takes, None if gone else comes_after, starts_at)

    def _moment(self) -> datetime:
        """A moment of the day drawn from the hourly shares, while the doors are open."""
        while True:
            hour = self._rng.choices(list(HOURLY_SHARE), list(HOURLY_SHARE.values()))[0]
            start = datetime.combine(self._day, time(hour), self._centre.timezone)
            moment = start + timedelta(seconds=self._rng.uniform(0, 3600))
            if self._opens <= moment < self._closes:
                return moment

    def _open_at(self, moment: datetime) -> list[str]:
        return [
            each for each in sorted(self._served) if self._centre.hours_of(each).open_at(moment)
        ]

    def _bookable(self) -> list[tuple[datetime, str]]:
        """Slots on the grid, shuffled; at once at most half as many as counters are open."""
        slots: list[tuple[datetime, str]] = []
        moment = self._opens
        while moment < self._closes - SLOT_GRID:
            offered = [s for s in self._open_at(moment) if not self._centre.services[s].walk_in]
            counters = sum(each.opens <= moment < each.closes for each in self._shifts)
            for _ in range((counters + 1) // 2 if offered else 0):
                slots.append((moment, self._rng.choice(offered)))
            moment += SLOT_GRID
        self._rng.shuffle(slots)
        return slots


def _weight(centre: Centre, service: str) -> float:
    if service in SERVICE_SHARE:
        return SERVICE_SHARE[service]
    institution = centre.services[service].institution
    others = [i for i in centre.institutions if i not in INSTITUTION_SHARE]
    left = INSTITUTION_SHARE.get(
        institution, (100 - sum(INSTITUTION_SHARE.values())) / max(1, len(others))
    )
    alike = [s for s in centre.services.values() if s.institution == institution and s.walk_in]
    left -= sum(SERVICE_SHARE.get(each.id, 0.0) for each in alike)
    return left / sum(each.id not in SERVICE_SHARE for each in alike)

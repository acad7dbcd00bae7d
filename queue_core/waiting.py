"""How long people will wait, as an honest range: the queue is played forward many times.

Each run calls by the rules of `calling`, with the counters now open, service times drawn from what
was learned, and the slot holders who are expected. A visitor who would come now is played along
without taking anybody's turn. Who comes later is left out: the earliest due are called first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from math import ceil

from queue_core.calling import (
    is_early,
    may_call,
    order_key,
    promise_to_slot_holder,
    promise_to_walk_in,
)
from queue_core.centre import Centre, Service
from queue_core.life import Status
from queue_core.model import Booking, CounterStatus, Kind, State, Ticket
from queue_core.service_times import Chance, ServiceTime, ServiceTimes

RUNS = 200
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9

SHOW_UP = 0.9
"""The share of slot holders who come."""

COMES_BEFORE = timedelta(minutes=8)
COMES_SPREAD = timedelta(minutes=7)
"""Slot holders come so long before the slot, on average, with this standard deviation."""

TRIES = 20
"""So often is the coming of a slot holder drawn until it is not in the past."""

LATEST = timedelta(minutes=20)
"""A slot holder who is later than this is not expected."""

LOOK_AHEAD = timedelta(hours=4)
"""Bookings later than this touch nobody who waits now."""

STEP = 5
"""Minutes."""

NOT_YET_NUMBERED = 1_000_000
"""The number of a place that has none yet: after all that have."""

_NOT_YET = -1.0
"""Has not been called."""

_Key = tuple[datetime, datetime, str, int]


@dataclass(frozen=True, slots=True)
class WaitRange:
    """The wait that is left: one in ten is shorter than `low`, one in ten longer than `high`."""

    low: timedelta
    middle: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True)
class Ranges:
    """By ticket id, and by service for a walk-in who would come now.

    None where no open counter serves it.
    """

    tickets: Mapping[str, WaitRange | None]
    newcomers: Mapping[str, WaitRange | None]


def ranges(
    centre: Centre, state: State, times: ServiceTimes, now: datetime, chance: Chance
) -> Ranges:
    """The ranges of all who wait at the aware moment `now`, and of a newcomer to each service."""
    outlook = _look(centre, state, times, now)
    waits: list[list[float]] = [[] for _ in outlook.places]
    for _ in range(RUNS):
        for place, seconds in enumerate(_Run(outlook, chance).waits()):
            waits[place].append(seconds)
    found = {p.id: _range(w) for p, w in zip(outlook.places, waits, strict=True)}
    return Ranges(
        {each.id: found.get(each.id) for each in _waiting(state)},
        {s.id: found.get(_new_id(s.id)) for s in centre.services.values() if s.walk_in},
    )


def in_five_minute_steps(wait: WaitRange) -> tuple[int, int]:
    """Whole minutes for visitors, rounded outwards: (0, 5) is "less than 5 minutes"."""
    low = int(wait.low.total_seconds() // 60) // STEP * STEP
    high = ceil(wait.high.total_seconds() / 60 / STEP) * STEP
    return low, max(high, low + STEP)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a visitor was told at a moment."""

    ticket: str
    at: datetime
    range: WaitRange


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a day's promises came out.

    `coverage`: the share of waits inside the range, 0–1; `width`: the mean width of a range;
    `error`: the mean distance between the middle and the wait.
    """

    promises: int
    coverage: float
    width: timedelta
    error: timedelta


def accuracy(promises: Iterable[Promise], tickets: Mapping[str, Ticket]) -> Accuracy | None:
    """The promises against the calls that followed; None if nobody was called."""
    kept = [
        (each.range, call.at - each.at)
        for each in promises
        if each.ticket in tickets and (call := tickets[each.ticket].call) and call.at >= each.at
    ]
    if not kept:
        return None
    nothing, count = timedelta(), len(kept)
    return Accuracy(
        promises=count,
        coverage=sum(r.low <= wait <= r.high for r, wait in kept) / count,
        width=sum((r.high - r.low for r, _ in kept), nothing) / count,
        error=sum((abs(wait - r.middle) for r, wait in kept), nothing) / count,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in line. `begins`: seconds until it is no longer early; `new`: takes no turn."""

    id: str
    service: str
    key: _Key
    counters: tuple[int, ...]
    begins: float
    new: bool = False


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What every run starts from; a counter goes by its index among the open ones.

    `busy`: the service at each counter and the seconds spent on it, None at a free one.
    `lines`: the places that each counter may call, the first one last, without the early ones.
    """

    centre: Centre
    now: datetime
    times: ServiceTimes
    counters: tuple[str, ...]
    busy: tuple[tuple[str, float] | None, ...]
    booked: tuple[Booking, ...]
    places: tuple[_Place, ...] = ()
    lines: tuple[tuple[int, ...], ...] = ()

    def place(self, ticket: Ticket, at: datetime, new: bool = False) -> _Place:
        """The ticket's place in line from the moment `at` on."""
        counters = tuple(
            n for n, each in enumerate(self.counters) if may_call(self.centre, each, ticket)
        )
        begins = ticket.counts_from if is_early(ticket, at) else at
        seconds = (begins - self.now).total_seconds()
        return _Place(ticket.id, ticket.service, order_key(ticket), counters, seconds, new)

    def booked_place(self, booking: Booking, comes: float) -> _Place:
        """The place of a slot holder who comes after so many seconds."""
        at = self.now + timedelta(seconds=comes)
        counts_from, due_at = promise_to_slot_holder(self.centre, booking, at)
        service = self.centre.services[booking.service]
        return self.place(_ticket(service, Kind.SLOT, at, counts_from, due_at), at)


def _look(centre: Centre, state: State, times: ServiceTimes, now: datetime) -> _Outlook:
    counters = tuple(c for c in centre.counters if state.counters.get(c) is CounterStatus.OPEN)
    outlook = _Outlook(
        centre=centre,
        now=now,
        times=times,
        counters=counters,
        busy=tuple(_busy(state, each, now) for each in counters),
        booked=tuple(each for each in state.bookings.values() if _touches(centre, each, now)),
    )
    waiting = [outlook.place(each, now) for each in _waiting(state)]
    new = [
        outlook.place(_newcomer(each, now), now, new=True)
        for each in centre.services.values()
        if each.walk_in
    ]
    places = tuple(sorted((p for p in waiting + new if p.counters), key=lambda place: place.key))
    lines = [
        tuple(n for n, p in enumerate(places) if counter in p.counters and p.begins <= 0)
        for counter in range(len(counters))
    ]
    return replace(outlook, places=places, lines=tuple(each[::-1] for each in lines))


def _waiting(state: State) -> list[Ticket]:
    return [each for each in state.tickets.values() if each.status is Status.WAITING]


def _touches(centre: Centre, booking: Booking, now: datetime) -> bool:
    """Whether its holder may still come and is in somebody's way."""
    soon = now - LATEST < booking.starts_at < now + LOOK_AHEAD
    return soon and booking.ticket is None and booking.service in centre.services


def _busy(state: State, counter: str, now: datetime) -> tuple[str, float] | None:
    ticket = state.tickets.get(state.at_counter.get(counter, ""))
    if ticket is None or ticket.call is None:
        return None
    return ticket.service, (now - ticket.call.at).total_seconds()


def _newcomer(service: Service, now: datetime) -> Ticket:
    return _ticket(service, Kind.WALK_IN, now, *promise_to_walk_in(service, now))


def _ticket(
    service: Service, kind: Kind, at: datetime, counts_from: datetime, due_at: datetime
) -> Ticket:
    """A ticket that is not there yet."""
    return Ticket(
        id=_new_id(service.id),
        series=service.series,
        number=NOT_YET_NUMBERED,
        service=service.id,
        kind=kind,
        language="",
        arrived_at=at,
        counts_from=counts_from,
        due_at=due_at,
    )


def _new_id(service: str) -> str:
    return f"new {service}"


def _range(waits: list[float]) -> WaitRange:
    ordered = sorted(waits)
    last = len(ordered) - 1
    low, middle, high = (
        timedelta(seconds=ordered[round(share * last)]) for share in (LOW, MIDDLE, HIGH)
    )
    return WaitRange(low, middle, high)


class _Run:
    """One way in which the queue may go on from now; seconds count from now."""

    def __init__(self, outlook: _Outlook, chance: Chance) -> None:
        self._outlook = outlook
        self._chance = chance
        self._times: dict[str, ServiceTime] = {}
        self._places = list(outlook.places)
        self._called = [_NOT_YET] * len(outlook.places)
        self._lines = [list(each) for each in outlook.lines]
        self._later: list[list[tuple[_Key, int]]] = [[] for _ in outlook.counters]
        self._coming = [(p.begins, n) for n, p in enumerate(self._places) if p.begins > 0]
        self._early = [n for _, n in self._coming]
        for each in outlook.booked:
            self._expect(each)
        heapify(self._coming)

    def waits(self) -> list[float]:
        """Seconds until each place of the outlook is called."""
        free = [(self._rest(each), n) for n, each in enumerate(self._outlook.busy)]
        heapify(free)
        left = len(self._outlook.places)
        while left:
            now, counter = heappop(free)
            self._admit(now)
            n = self._next(counter)
            if n is not None:
                self._called[n] = now
                left -= n < len(self._outlook.places)
                heappush(free, (now + self._keeps(self._places[n]), counter))
            elif self._coming:
                heappush(free, (self._coming[0][0], counter))
        return self._called[: len(self._outlook.places)]

    def _next(self, counter: int) -> int | None:
        """The place that `calling.next_for` would choose."""
        line, later, called = self._lines[counter], self._later[counter], self._called
        while line and called[line[-1]] != _NOT_YET:
            line.pop()
        while later and called[later[0][1]] != _NOT_YET:
            heappop(later)
        if line and not (later and later[0][0] < self._places[line[-1]].key):
            return line[-1]
        if later:
            return later[0][1]
        return self._next_early(counter)

    def _next_early(self, counter: int) -> int | None:
        early = [
            n
            for n in self._early
            if self._called[n] == _NOT_YET and counter in self._places[n].counters
        ]
        return min(early, key=lambda n: self._places[n].key, default=None)

    def _admit(self, now: float) -> None:
        """Those who came, or whose slot began, by now."""
        while self._coming and self._coming[0][0] <= now:
            at, n = heappop(self._coming)
            place = self._places[n]
            if place.begins > at:
                self._early.append(n)
                heappush(self._coming, (place.begins, n))
            elif self._called[n] == _NOT_YET:
                for counter in place.counters:
                    heappush(self._later[counter], (place.key, n))

    def _expect(self, booking: Booking) -> None:
        """Draw whether and when its holder comes, knowing that it was not before now."""
        comes = self._comes((booking.starts_at - self._outlook.now).total_seconds())
        if comes is None:
            return
        place = self._outlook.booked_place(booking, comes)
        if place.counters:
            self._coming.append((comes, len(self._places)))
            self._places.append(place)
            self._called.append(_NOT_YET)

    def _comes(self, start: float) -> float | None:
        for _ in range(TRIES):
            if self._chance.random() >= SHOW_UP:
                return None
            middle = start - COMES_BEFORE.total_seconds()
            comes = self._chance.gauss(middle, COMES_SPREAD.total_seconds())
            if comes > 0:
                return comes
        return None

    def _keeps(self, place: _Place) -> float:
        """Seconds for which it keeps the counter."""
        return 0.0 if place.new else self._time(place.service).draw(self._chance)

    def _rest(self, busy: tuple[str, float] | None) -> float:
        if busy is None:
            return 0.0
        service, spent = busy
        return self._time(service).draw_rest(self._chance, spent)

    def _time(self, service: str) -> ServiceTime:
        if service not in self._times:
            self._times[service] = self._outlook.times.of(service).drawn(self._chance)
        return self._times[service]

"""What the queue looks like from one moment on: who waits, who is expected, who works.

Made once for all runs of `forward`. Seconds count from that moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from queue_core.calling import (
    Key,
    is_early,
    is_patient,
    last_moment,
    may_call,
    order_key,
    promise_to_slot_holder,
    promise_to_walk_in,
)
from queue_core.centre import Centre, Service
from queue_core.life import Status
from queue_core.model import Booking, CounterStatus, Kind, State, Ticket
from queue_core.service_times import ServiceTimes

LATEST = timedelta(minutes=20)
"""A slot holder who is later than this is not expected."""

LOOK_AHEAD = timedelta(hours=4)
"""Bookings later than this touch nobody who waits now."""

NOT_YET_NUMBERED = 1_000_000
"""The number of a place that has none yet: after all that have."""

Lines = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Break:
    """A counter is to rest from `starts` to `ends`, and to work after; who is at it is finished."""

    counter: str
    starts: datetime
    ends: datetime


def planned_breaks(centre: Centre, day: date) -> tuple[Break, ...]:
    """Until counters open on that day, and between their hours; who is late to close, serves on."""
    breaks: list[Break] = []
    for counter in centre.counters.values():
        closed = datetime.combine(day, time(), centre.timezone)
        for opens, closes in counter.hours.on(day, centre.timezone) if counter.hours else ():
            breaks.append(Break(counter.id, closed, opens))
            closed = closes
    return tuple(breaks)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is known or assumed of the time to come.

    `show_up`: the share (0–1) of slot holders who come, `comes_before` the slot on average, with
    the standard deviation `comes_spread`. Walk-ins go on coming as in the last `recent`.
    """

    breaks: tuple[Break, ...] = ()
    show_up: float = 0.9
    comes_before: timedelta = timedelta(minutes=8)
    comes_spread: timedelta = timedelta(minutes=8)
    recent: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket in line. `begins`: seconds until it is no longer early; `new`: takes no turn.

    `key`, `last` and `patient` are those of `calling`.
    """

    ticket: Ticket
    key: Key
    last: datetime
    patient: bool
    counters: tuple[int, ...]
    begins: float
    new: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What every run starts from; a counter goes by its index in `counters`.

    `busy`: the visitor at each counter. `rests`: each counter's breaks.
    `lines`: the places that each counter may call, the first one last, without the early ones:
    those without a slot's promise, and those with one. `kinds`: how many services are in each.
    `recent`: what walk-ins came for of late.
    """

    centre: Centre
    now: datetime
    times: ServiceTimes
    foreseen: Foreseen
    counters: tuple[str, ...]
    busy: tuple[Ticket | None, ...]
    rests: tuple[tuple[tuple[float, float], ...], ...]
    booked: tuple[Booking, ...]
    recent: tuple[Service, ...]
    places: tuple[Place, ...] = ()
    lines: tuple[Lines, ...] = ()
    kinds: tuple[tuple[int, int], ...] = ()

    def place(self, ticket: Ticket, at: datetime, new: bool = False) -> Place:
        """The ticket's place in line from the moment `at` on."""
        counters = tuple(
            n for n, each in enumerate(self.counters) if may_call(self.centre, each, ticket)
        )
        begins = ticket.counts_from if is_early(ticket, at) else at
        return Place(
            ticket=ticket,
            key=order_key(ticket),
            last=last_moment(self.centre, ticket),
            patient=is_patient(ticket),
            counters=counters,
            begins=self.seconds(begins),
            new=new,
        )

    def booked_place(self, booking: Booking, comes: float) -> Place:
        """The place of a slot holder who comes after so many seconds."""
        at = self.moment(comes)
        counts_from, due_at = promise_to_slot_holder(self.centre, booking, at)
        service = self.centre.services[booking.service]
        return self.place(_ticket(service, Kind.SLOT, at, counts_from, due_at), at)

    def walk_in_place(self, service: Service, comes: float, new: bool = False) -> Place:
        """The place of a walk-in who comes after so many seconds."""
        at = self.moment(comes)
        promise = promise_to_walk_in(service, at)
        return self.place(_ticket(service, Kind.WALK_IN, at, *promise), at, new)

    def back(self, counter: int, now: float) -> float:
        """When the counter takes visitors: now, or at the end of its break."""
        for starts, ends in self.rests[counter]:
            if starts <= now < ends:
                return ends
        return now

    def moment(self, seconds: float) -> datetime:
        """So many seconds from now."""
        return self.now + timedelta(seconds=seconds)

    def seconds(self, moment: datetime) -> float:
        """From now to the moment."""
        return (moment - self.now).total_seconds()


def look(
    centre: Centre, state: State, times: ServiceTimes, now: datetime, foreseen: Foreseen
) -> Outlook:
    """The outlook from the state at the aware moment `now`."""
    counters = tuple(c for c in centre.counters if _works(state, c, now, foreseen))
    bare = Outlook(
        centre=centre,
        now=now,
        times=times,
        foreseen=foreseen,
        counters=counters,
        busy=tuple(state.tickets.get(state.at_counter.get(each, "")) for each in counters),
        rests=tuple(_rests(state, each, now, foreseen) for each in counters),
        booked=tuple(each for each in state.bookings.values() if _touches(centre, each, now)),
        recent=tuple(_recent(centre, state, now, foreseen.recent)),
    )
    places = [bare.place(each, now) for each in waiting(state)]
    places += [bare.walk_in_place(s, 0.0, new=True) for s in centre.services.values() if s.walk_in]
    places = sorted((each for each in places if each.counters), key=lambda place: place.key)
    lines = [_lines(places, counter) for counter in range(len(counters))]
    return replace(
        bare,
        places=tuple(places),
        lines=tuple(lines),
        kinds=tuple((_services(places, hasty), _services(places, slots)) for hasty, slots in lines),
    )


def waiting(state: State) -> list[Ticket]:
    """All who wait, in no order."""
    return [each for each in state.living.values() if each.status is Status.WAITING]


def new_id(service: str) -> str:
    """The id of a ticket that is not there yet."""
    return f"new {service}"


def _works(state: State, counter: str, now: datetime, foreseen: Foreseen) -> bool:
    """Whether it is open, or on a break that was foreseen."""
    return state.counters.get(counter) is CounterStatus.OPEN or any(
        each.counter == counter and each.starts <= now < each.ends for each in foreseen.breaks
    )


def _rests(
    state: State, counter: str, now: datetime, foreseen: Foreseen
) -> tuple[tuple[float, float], ...]:
    """Its breaks; without one through which it works."""
    return tuple(
        ((each.starts - now).total_seconds(), (each.ends - now).total_seconds())
        for each in foreseen.breaks
        if each.counter == counter and each.ends > now
        if not _works_through(state, each, now)
    )


def _works_through(state: State, rest: Break, now: datetime) -> bool:
    """Whether the counter is open and free although its break began, or has called since."""
    if now < rest.starts or state.counters.get(rest.counter) is not CounterStatus.OPEN:
        return False
    busy = state.tickets.get(state.at_counter.get(rest.counter, ""))
    return busy is None or busy.call is None or busy.call.at >= rest.starts


def _lines(places: Sequence[Place], counter: int) -> Lines:
    own = [n for n, p in enumerate(places) if counter in p.counters and p.begins <= 0][::-1]
    hasty, slots = ([n for n in own if places[n].patient is each] for each in (False, True))
    return tuple(hasty), tuple(slots)


def _services(places: Sequence[Place], line: Iterable[int]) -> int:
    """For how many services real tickets are in the line."""
    return len({places[n].ticket.service for n in line if not places[n].new})


def _touches(centre: Centre, booking: Booking, now: datetime) -> bool:
    """Whether its holder may still come and is in somebody's way."""
    soon = now - LATEST < booking.starts_at < now + LOOK_AHEAD
    return soon and booking.ticket is None and booking.service in centre.services


def _recent(centre: Centre, state: State, now: datetime, recent: timedelta) -> list[Service]:
    came = [
        each
        for each in state.tickets.values()
        if each.kind is not Kind.SLOT
        and now - recent < each.arrived_at <= now
        and each.service in centre.services
    ]
    return [centre.services[each.service] for each in sorted(came, key=order_key)]


def _ticket(
    service: Service, kind: Kind, at: datetime, counts_from: datetime, due_at: datetime
) -> Ticket:
    return Ticket(
        id=new_id(service.id),
        series=service.series,
        number=NOT_YET_NUMBERED,
        service=service.id,
        kind=kind,
        language="",
        arrived_at=at,
        counts_from=counts_from,
        due_at=due_at,
    )

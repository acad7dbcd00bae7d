"""What a day comes to: counts, and nobody's ticket. docs/figures.md says what each one means.

Three tables of sums, so that the rows of any hours, days, services and counters can be added up.
All hours are of the centre's clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from queue_core.life import LEFT_OVERNIGHT, Status
from queue_core.model import CounterStatus, GivenService, Kind, State, Stay, Ticket

Row = dict[str, str | int]
"""Column → text or whole number."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of sums: `key` names the columns of text that make a row one of its kind, and `sums`
    those of whole numbers."""

    name: str
    key: tuple[str, ...]
    sums: tuple[str, ...]


MINUTES = (5, 10, 20, 30, 60)
"""`waited_5`: called within five minutes; `waited_10`: later, within ten; and so on."""

VISITS = Table(
    "visits",
    ("day", "hour", "service", "counter", "kind"),
    (
        "tickets",
        "served",
        "cancelled",
        "missed",  # called last without coming
        "never_called",
        "unfinished",  # called, and at the day's end set aside, sent on or still at a counter
        "called",
        "called_in_time",  # first, by the moment that was promised to its kind
        "called_late",  # the others
        "wait_seconds",  # from the arrival to the first call, of all who were called
        *(f"waited_{minutes}" for minutes in MINUTES),
        "waited_longer",
        "serving_seconds",  # from the last call to the finish, of all who were served
        "promises",  # of waits, to those who were called then
        "promises_kept",  # called within the range that was told
        "promise_error_seconds",  # between the middle of the range and the wait
        "slots",  # holders of appointments who came in time and were called
        "slots_punctual",  # of those, called by the promise after the slot's start
        "slot_seconds",  # of those, from the slot's start, or the arrival if later, to the call
        "computer_offered",
        "computer_chosen",
        "ratings",
        "rating_sum",
    ),
)
"""A ticket is in the hour of its arrival, and at the counter that called last ("" for none)."""

WORK = Table(
    "work",
    ("day", "hour", "service", "counter", "channel", "e_service"),
    (
        "records",  # a visit or a contact, counted once, at the first of its services
        "count",
    ),
)
"""What was accounted for, in the hour in which it was done. `e_service`: "yes" or "no"."""

COUNTERS = Table("counters", ("day", "counter"), ("open_seconds", "paused_seconds", "busy_seconds"))
"""How counters were used; `busy_seconds`: with a visitor there, or awaited after a call."""

TABLES = (VISITS, WORK, COUNTERS)

Figures = Mapping[str, Sequence[Row]]
"""Table's name → its rows of one day."""


def figures_of(evening: State, zone: tzinfo, under_way: Set[Status] = LEFT_OVERNIGHT) -> Figures:
    """The rows of the state's day, without the visits that are `under_way`: who keeps a place
    overnight counts on the last day."""
    over = [t for t in evening.tickets.values() if t.status not in under_way]
    day = str(evening.day)
    return {
        VISITS.name: list(_visits(day, evening, over, zone)),
        WORK.name: list(_work(day, evening, zone)),
        COUNTERS.name: list(_counters(day, evening)),
    }


def _visits(day: str, state: State, tickets: Iterable[Ticket], zone: tzinfo) -> Iterator[Row]:
    cells = dict[tuple[str, ...], list[Ticket]]()
    for ticket in tickets:
        hour = _hour(ticket.arrived_at, zone)
        counter = ticket.call.counter if ticket.call else ""
        cells.setdefault((hour, ticket.service, counter, ticket.kind.value), []).append(ticket)
    for key, among in sorted(cells.items()):
        sums = dict(zip(VISITS.sums, _sums(state, among), strict=True))
        yield dict(zip(VISITS.key, (day, *key), strict=True)) | sums


def _sums(state: State, tickets: Sequence[Ticket]) -> tuple[int, ...]:
    served = sum(t.status is Status.SERVED for t in tickets)
    cancelled = sum(t.status is Status.CANCELLED for t in tickets)
    missed = sum(_missed(ticket) for ticket in tickets)
    never_called = sum(t.call is None and t.status is not Status.CANCELLED for t in tickets)
    in_time = sum(_in_time(ticket) for ticket in tickets)
    waits = [(t.call.first_at - t.arrived_at, t.promised) for t in tickets if t.call]
    told = [(wait, promise) for wait, promise in waits if promise]
    marks = [ticket.rated for ticket in tickets if ticket.rated is not None]
    slots = [each for each in tickets if _came_to_slot(state, each)]
    return (
        len(tickets),
        served,
        cancelled,
        missed,
        never_called,
        len(tickets) - served - cancelled - missed - never_called,
        len(waits),
        in_time,
        len(waits) - in_time,
        sum(_seconds(wait) for wait, _ in waits),
        *_histogram([wait for wait, _ in waits]),
        sum(_serving_seconds(ticket) for ticket in tickets),
        len(told),
        sum(promise.low <= wait <= promise.high for wait, promise in told),
        sum(_seconds(abs(wait - promise.middle)) for wait, promise in told),
        len(slots),
        sum(_in_time(ticket) for ticket in slots),
        sum(_slot_seconds(ticket) for ticket in slots),
        sum(ticket.offered for ticket in tickets),
        sum(bool(ticket.instead_of) for ticket in tickets),
        len(marks),
        sum(marks),
    )


def _work(day: str, state: State, zone: tzinfo) -> Iterator[Row]:
    cells = dict[tuple[str, ...], list[int]]()

    def add(at: datetime, counter: str, given: Sequence[GivenService]) -> None:
        for place, each in enumerate(given):
            online = "yes" if each.e_service else "no"
            key = (_hour(at, zone), each.service, counter, each.channel.value, online)
            cell = cells.setdefault(key, [0, 0])
            cell[0] += place == 0
            cell[1] += each.count

    for ticket in state.tickets.values():
        if ticket.status is Status.SERVED and ticket.call and ticket.ended_at:
            add(ticket.ended_at, ticket.call.counter, ticket.given)
    for account in state.accounts.values():
        add(account.at, account.counter, account.given)
    for key, sums in sorted(cells.items()):
        keyed = dict(zip(WORK.key, (day, *key), strict=True))
        yield keyed | dict(zip(WORK.sums, sums, strict=True))


def _counters(day: str, state: State) -> Iterator[Row]:
    stays = defaultdict[str, list[Stay]](list)
    for ticket in state.tickets.values():
        for stay in ticket.stays:
            stays[stay.counter].append(stay)
    for counter, times in sorted(state.counter_times.items()):
        ends = (stay.ended for stay in stays[counter])
        times = times.until(max(ends, default=times.since))  # of one that nobody closed
        spent = (times.spent.get(each, timedelta()) for each in _THERE)
        opened, paused = map(_seconds, spent)
        busy = _seconds(sum((each.ended - each.began for each in stays[counter]), timedelta()))
        yield {
            "day": day,
            "counter": counter,
            "open_seconds": opened,
            "paused_seconds": paused,
            "busy_seconds": min(busy, opened + paused),  # a closing may lie before an undo
        }


_THERE = (CounterStatus.OPEN, CounterStatus.PAUSED)


def _missed(ticket: Ticket) -> bool:
    return (ticket.expired_from or ticket.status) in {Status.CALLED, Status.NO_SHOW}


def _came_to_slot(state: State, ticket: Ticket) -> bool:
    booking = state.bookings.get(ticket.booking or "")
    in_time = booking is not None and ticket.counts_from <= booking.starts_at
    return ticket.kind is Kind.SLOT and ticket.call is not None and in_time


def _in_time(ticket: Ticket) -> bool:
    return ticket.call is not None and ticket.call.first_at <= ticket.due_at


def _slot_seconds(ticket: Ticket) -> int:
    """Nobody who is called early has waited for the slot."""
    began = max(ticket.counts_from, ticket.arrived_at)
    return _seconds(max(timedelta(), ticket.call.first_at - began)) if ticket.call else 0


def _histogram(waits: Sequence[timedelta]) -> list[int]:
    bounds = [timedelta(minutes=each) for each in MINUTES]
    within = [0, *(sum(wait <= bound for wait in waits) for bound in bounds), len(waits)]
    return [more - fewer for fewer, more in pairwise(within)]


def _serving_seconds(ticket: Ticket) -> int:
    if ticket.status is not Status.SERVED or not ticket.call or not ticket.ended_at:
        return 0
    return _seconds(ticket.ended_at - ticket.call.at)


def _hour(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H}"


def _seconds(time: timedelta) -> int:
    return round(time.total_seconds())

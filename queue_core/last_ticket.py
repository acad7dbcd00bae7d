"""Whether who comes now can still be served today: the last ticket is given before closing.

Reckoned from the service times that are expected, so that the same state always says the same.
Walk-ins only: a slot is a promise. A kiosk cut off knows nobody who waits, and goes by the clock.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from queue_core.calling import may_call, order_key
from queue_core.centre import Centre, Hours, Service
from queue_core.life import Status
from queue_core.model import CounterStatus, State, Ticket

ZERO = timedelta()


def can_be_served(centre: Centre, state: State, service: Service, now: datetime) -> bool:
    """Whether a walk-in may still have a ticket at the aware moment `now`, while it is open."""
    fits = _fits(centre, service, centre.local(now), _work(centre, state, now))
    return fits and not tickets_ended(state, now)


def tickets_ended(state: State, now: datetime) -> bool:
    """Whether staff have decided to give no more tickets today."""
    return state.tickets_end is not None and now >= state.tickets_end


def given_out(centre: Centre, state: State, now: datetime) -> frozenset[str]:
    """The institutions that are open and have no ticket left today, for any walk-in service."""
    local, work = centre.local(now), _work(centre, state, now)
    walk_in = [each for each in centre.services.values() if each.walk_in]
    given = () if tickets_ended(state, now) else walk_in
    still = {each.institution for each in given if _fits(centre, each, local, work)}
    ended = {each.institution for each in walk_in} - still
    return frozenset(each for each in ended if centre.institutions[each].hours.open_at(local))


def opens_another_day(hours: Hours, local: datetime) -> datetime | None:
    """When it opens after the local day."""
    return hours.next_opening(datetime.combine(local.date(), time.max, local.tzinfo))


def _fits(centre: Centre, service: Service, local: datetime, work: Mapping[str, timedelta]) -> bool:
    waits = [each for name, each in work.items() if service.id in centre.counters[name].serves]
    needed = min(waits) + service.expected if waits else ZERO
    needed = max(needed, centre.last_ticket)
    return not needed or needed <= _time_left(centre.hours_of(service.id), local)


def _time_left(hours: Hours, local: datetime) -> timedelta:
    """How long it is still open on this day, without its breaks."""
    intervals = hours.on(local.date(), local.tzinfo) if local.tzinfo else []
    return sum((max(closes - max(opens, local), ZERO) for opens, closes in intervals), ZERO)


def _work(centre: Centre, state: State, now: datetime) -> dict[str, timedelta]:
    """Counters where somebody works → how long all who are before a newcomer will keep them; none
    where it does not matter."""
    if not centre.last_ticket_fits:
        return {}
    work = {
        counter: _busy(centre, state, counter, now)
        for counter in centre.counters
        if state.counters.get(counter, CounterStatus.CLOSED) is not CounterStatus.CLOSED
    }
    waiting = (each for each in state.living.values() if each.status is Status.WAITING)
    for ticket in sorted(waiting, key=order_key):
        able = [each for each in work if may_call(centre, each, ticket)]
        _add(work, able, _expected(centre, ticket))
    for service, length in _booked(centre, state, now):
        _add(work, [each for each in work if service in centre.counters[each].serves], length)
    return work


def _add(work: dict[str, timedelta], able: list[str], length: timedelta) -> None:
    if able:
        work[min(able, key=work.__getitem__)] += length


def _busy(centre: Centre, state: State, counter: str, now: datetime) -> timedelta:
    ticket = state.tickets.get(state.at_counter.get(counter, ""))
    if ticket is None or ticket.call is None:
        return ZERO
    return max(_expected(centre, ticket) - (now - ticket.call.at), ZERO)


def _expected(centre: Centre, ticket: Ticket) -> timedelta:
    service = centre.services.get(ticket.service)
    return service.expected if service else ZERO


def _booked(centre: Centre, state: State, now: datetime) -> Iterator[tuple[str, timedelta]]:
    """Slot holders of today who are still to come."""
    today = centre.local(now).date()
    for each in state.bookings.values():
        is_late = each.starts_at + centre.late_tolerance < now
        if each.ticket is None and not is_late and centre.local(each.starts_at).date() == today:
            yield each.service, timedelta(minutes=each.minutes)

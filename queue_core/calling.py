"""Who is called next: earliest due date first, with the reason said.

Every waiting ticket has a promise with a time on it (its due time). Calling the earliest due
minimises the greatest lateness (J. R. Jackson, 1955). Ties go to the earlier arrival, then to the
lower number. A slot holder who is early waits for the slot, unless nobody else waits.
"""

from datetime import datetime

from queue_core.centre import Centre, Service
from queue_core.life import Status
from queue_core.model import Booking, CallReason, CallRule, Kind, State, Ticket

Promise = tuple[datetime, datetime]
"""From when the waiting counts, and when the ticket is due."""


def promise_to_walk_in(service: Service, now: datetime) -> Promise:
    """A walk-in's waiting counts from now."""
    return now, now + service.walk_in_target


def promise_to_slot_holder(centre: Centre, booking: Booking, now: datetime) -> Promise:
    """On time or early: from the slot's start. Later than the tolerance: as a walk-in, from now."""
    service = centre.services[booking.service]
    if now <= booking.starts_at + centre.late_tolerance:
        return booking.starts_at, booking.starts_at + service.slot_target
    return promise_to_walk_in(service, now)


def order_key(ticket: Ticket) -> tuple[datetime, datetime, str, int]:
    """Tickets are called in ascending order of this."""
    return ticket.due_at, ticket.arrived_at, ticket.series, ticket.number


def is_early(ticket: Ticket, now: datetime) -> bool:
    """Whether it is a slot holder whose slot has not begun."""
    return ticket.kind is Kind.SLOT and now < ticket.counts_from


def waiting_in_order(state: State, now: datetime) -> list[Ticket]:
    """All who wait, in the order in which they would be called; the early ones at the end."""
    waiting = (t for t in state.tickets.values() if t.status is Status.WAITING)
    return sorted(waiting, key=lambda ticket: (is_early(ticket, now), *order_key(ticket)))


def may_call(centre: Centre, counter: str, ticket: Ticket) -> bool:
    """Whether this counter serves what the ticket is for."""
    return (
        ticket.service in centre.counters[counter].serves
        and (ticket.for_counter or counter) == counter
    )


def next_for(
    centre: Centre, state: State, counter: str, now: datetime
) -> tuple[Ticket, CallReason] | None:
    """The ticket that the counter calls next, and why; None if it has nobody to call."""
    choice = [t for t in waiting_in_order(state, now) if may_call(centre, counter, t)]
    if not choice:
        return None
    first, others = choice[0], choice[1:]
    return first, _reason(first, others[0] if others else None, now)


def _reason(first: Ticket, following: Ticket | None, now: datetime) -> CallReason:
    if is_early(first, now):
        rule = CallRule.EARLY_NOBODY_ELSE
    elif following is None:
        rule = CallRule.ONLY_ONE
    else:
        rule = CallRule.EARLIEST_DUE
    return CallReason(
        rule=rule,
        due_at=first.due_at,
        next_number=following.label if following else None,
        next_due_at=following.due_at if following else None,
    )

"""Numbers that kiosks give by themselves: lent, merged, and right even where a reply was late."""

from datetime import datetime

from queue_core import commands as c
from queue_core import events as e
from queue_core.calling import (
    promise_to_slot_holder,
    promise_to_walk_in,
)
from queue_core.leases import REMEMBERED, issue_time, lease_of, needed
from queue_core.life import LEFT_OVERNIGHT, Verb, after
from queue_core.model import (
    Kind,
    State,
    Ticket,
    label,
)
from queue_core.refusals import RefusalCode, Refused
from queue_core.rules.case import Case, Rules

LONGEST_ID = 80
"""Characters in an id that a kiosk made: of its store, of a command."""


def _lease_numbers(case: Case, command: c.LeaseNumbers) -> tuple[e.Event, ...]:
    if not 8 <= len(command.journal) <= LONGEST_ID:
        raise Refused(RefusalCode.BAD_VALUE)
    today = case.centre.local(case.now).date()
    leases = needed(case.centre, case.state, case.sender, command.journal, today)
    return tuple(
        e.NumbersLeased(each.unit, each.journal, each.day, each.series, each.first, each.last)
        for each in leases
    )


def _merge_ticket(case: Case, command: c.MergeTicket) -> tuple[e.Event, ...]:
    """Never refused because something is closed by now: the visitor has the number."""
    is_id = 1 <= len(command.ticket) <= LONGEST_ID and ":" not in command.ticket
    if command.issued_at.tzinfo is None or not is_id:  # ids with a colon are the module's own
        raise Refused(RefusalCode.BAD_VALUE)
    is_near = abs(command.issued_at - case.now) < REMEMBERED
    told = command.issued_at if is_near else case.now
    day = case.centre.local(told).date()
    lease = lease_of(case.state, case.sender, command.series, command.number, day)
    if lease is None or _is_anothers(case.state, command):
        raise Refused(RefusalCode.NUMBER_NOT_LEASED)
    issued_at = issue_time(case.centre, case.state, lease, told, case.now)
    since = case.state.kept_day or case.centre.local(case.now).date()
    lives = case.centre.local(issued_at).date() >= since
    known = case.state.tickets.get(command.ticket)
    if known:
        return _corrected(known, command, issued_at, lives=lives)
    before = case.state.answer_to(command.ticket)
    if before and before.ticket:  # it was taken the day before, and is over
        return ()
    case.known_service(command.service)
    taken = _merged(case, command, issued_at)
    return (taken,) if lives else (taken, e.TicketExpired(taken.ticket))


def _is_anothers(state: State, command: c.MergeTicket) -> bool:
    """Whether this number of a living ticket, or of one of the day, is somebody else's."""
    holder = state.numbers.get(label(command.series, command.number))
    return holder not in {None, command.ticket}


def _corrected(
    known: Ticket, command: c.MergeTicket, issued_at: datetime, *, lives: bool
) -> tuple[e.Event, ...]:
    """Where the command came so late that its visitor was here on another day, nobody waits."""
    if (known.series, known.number) == (command.series, command.number):
        return ()
    corrected = e.NumberCorrected(known.id, command.series, command.number, issued_at)
    waits = after(known.status, Verb.CORRECT) in LEFT_OVERNIGHT
    return (corrected, e.TicketExpired(known.id)) if waits and not lives else (corrected,)


def _merged(case: Case, command: c.MergeTicket, issued_at: datetime) -> e.TicketTaken:
    """A booking that is unknown or used by now makes no place of its own: one without."""
    service = case.centre.services[command.service]
    booking = case.state.bookings.get(command.booking or "")
    if booking and (booking.ticket or booking.service != command.service):
        booking = None
    counts_from, due_at = (
        promise_to_slot_holder(case.centre, booking, issued_at)
        if booking
        else promise_to_walk_in(service, issued_at)
    )
    return e.TicketTaken(
        ticket=command.ticket,
        series=command.series,
        number=command.number,
        service=service.id,
        kind=Kind.SLOT if booking else Kind.WALK_IN,
        language=case.language(command.language),
        counts_from=counts_from,
        due_at=due_at,
        booking=booking.id if booking else None,
        offered=command.offered,
        instead_of=command.instead_of if command.instead_of in case.centre.services else "",
        issued_at=issued_at,
    )


RULES: Rules = {
    c.LeaseNumbers: _lease_numbers,
    c.MergeTicket: _merge_ticket,
}

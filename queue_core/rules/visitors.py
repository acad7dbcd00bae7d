"""What a visitor asks for: a place, with an appointment or without one; to be found; to leave."""

from dataclasses import replace
from datetime import timedelta

from queue_core import commands as c
from queue_core import events as e
from queue_core.calling import (
    promise_to_slot_holder,
    promise_to_walk_in,
)
from queue_core.life import Status, Verb
from queue_core.refusals import RefusalCode, Refused
from queue_core.rules.case import Case, Rules

LONGEST_SLOT = 600
"""Minutes."""

FURTHEST_SLOT = timedelta(days=2 * 366)
"""Nobody books further ahead; far beyond it, dates stop working."""

LOWEST_MARK, HIGHEST_MARK = 1, 10


def _promise_wait(case: Case, command: c.PromiseWait) -> tuple[e.Event, ...]:
    return (e.WaitPromised(case.ticket(command.ticket).id, command.wait),)


def _take_ticket(case: Case, command: c.TakeTicket) -> tuple[e.Event, ...]:
    case.known_service(command.service)
    service = case.centre.services[command.service]
    if not service.walk_in:
        raise Refused(RefusalCode.APPOINTMENT_NEEDED)
    if not service.offered:
        raise Refused(RefusalCode.SERVICE_CLOSED)
    case.open_service(service)
    case.servable(service)
    if command.instead_of:
        case.known_service(command.instead_of)
    taken = case.taken(service, promise_to_walk_in(service, case.now), command.language)
    return (replace(taken, offered=command.offered, instead_of=command.instead_of),)


def _check_in(case: Case, command: c.CheckIn) -> tuple[e.Event, ...]:
    booking = case.state.bookings.get(command.booking)
    if booking is None or booking.service not in case.centre.services:
        raise Refused(RefusalCode.UNKNOWN_BOOKING)
    if booking.ticket:
        used = case.state.tickets[booking.ticket]
        raise Refused(RefusalCode.BOOKING_USED, number=used.label, ticket=used.id)
    starts_at = case.centre.local(booking.starts_at)
    if starts_at.date() != case.centre.local(case.now).date():
        raise Refused(RefusalCode.BOOKING_OTHER_DAY, starts_at=starts_at.isoformat())
    service = case.centre.services[booking.service]
    if case.now > booking.starts_at + case.centre.late_tolerance:
        case.open_service(service)
    promise = promise_to_slot_holder(case.centre, booking, case.now)
    return (case.taken(service, promise, command.language, booking.id),)


def _add_booking(case: Case, command: c.AddBooking) -> tuple[e.Event, ...]:
    case.known_service(command.service)
    known = case.state.bookings.get(command.booking)
    if known and known.ticket:
        raise Refused(RefusalCode.BOOKING_USED, number=case.ticket(known.ticket).label)
    if command.starts_at.tzinfo is None or not 1 <= command.minutes <= LONGEST_SLOT:
        raise Refused(RefusalCode.BAD_VALUE)
    if abs(command.starts_at - case.now) > FURTHEST_SLOT:
        raise Refused(RefusalCode.BAD_VALUE)
    return (e.BookingAdded(command.booking, command.service, command.starts_at, command.minutes),)


def _cancel_booking(case: Case, command: c.CancelBooking) -> tuple[e.Event, ...]:
    known = case.state.bookings.get(command.booking)
    if known is None:
        raise Refused(RefusalCode.UNKNOWN_BOOKING)
    if known.ticket:
        raise Refused(RefusalCode.BOOKING_USED, number=case.ticket(known.ticket).label)
    return (e.BookingCancelled(known.id),)


def _find_ticket(case: Case, command: c.FindTicket) -> tuple[e.Event, ...]:
    case.ticket(command.ticket)
    return ()


def _rate(case: Case, command: c.Rate) -> tuple[e.Event, ...]:
    ticket = case.ticket(command.ticket)
    if ticket.rated is not None:
        raise Refused(RefusalCode.ALREADY_RATED)
    if ticket.status is not Status.SERVED:
        raise Refused(RefusalCode.NOT_SERVED_YET)
    if not LOWEST_MARK <= command.score <= HIGHEST_MARK:
        raise Refused(RefusalCode.BAD_VALUE)
    return (e.VisitRated(ticket.id, command.score),)


def _cancel(case: Case, command: c.Cancel) -> tuple[e.Event, ...]:
    return (e.TicketCancelled(case.ticket_for(command.ticket, Verb.CANCEL).id),)


RULES: Rules = {
    c.PromiseWait: _promise_wait,
    c.TakeTicket: _take_ticket,
    c.CheckIn: _check_in,
    c.AddBooking: _add_booking,
    c.CancelBooking: _cancel_booking,
    c.Cancel: _cancel,
    c.FindTicket: _find_ticket,
    c.Rate: _rate,
}

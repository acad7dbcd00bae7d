"""Commands in, events or a named refusal out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from queue_core import commands as c
from queue_core import events as e
from queue_core.accuracy import accuracy_of
from queue_core.calling import (
    Promise,
    Withheld,
    may_call,
    next_for,
    promise_to_slot_holder,
    promise_to_walk_in,
    slot_start,
)
from queue_core.centre import Centre, Service
from queue_core.evolve import evolve
from queue_core.leases import REMEMBERED, issue_time, lease_of, lent, needed
from queue_core.life import AT_COUNTER, ENDED, LEFT_OVERNIGHT, Status, Verb, after
from queue_core.model import (
    Answer,
    CallReason,
    CallRule,
    CounterStatus,
    Kind,
    State,
    Ticket,
)
from queue_core.refusals import Refusal, RefusalCode, Refused

LONGEST_NOTE = 200
"""Characters in a reason that a clerk types."""

LONGEST_ID = 80
"""Characters in an id that a kiosk made: of its store, of a command."""

LONGEST_SLOT = 600
"""Minutes."""

FURTHEST_SLOT = timedelta(days=2 * 366)
"""Nobody books further ahead; far beyond it, dates stop working."""

MOST_SERVICES_GIVEN = 20
MOST_OF_ONE_SERVICE = 99
LOWEST_MARK, HIGHEST_MARK = 1, 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to: the new state, what is to be stored, and the answer to its sender."""

    state: State
    recorded: tuple[e.Recorded, ...]
    answer: Answer


def handle(centre: Centre, state: State, request: c.Request, now: datetime) -> Outcome:
    """Decide on a request at the aware moment `now`, opening a new day first if it has come.

    A request whose id was answered today or the day before changes nothing and gets that answer.
    Nothing may be shown to anybody before `recorded` is stored. A question changes nothing either.
    """
    if isinstance(request.command, c.FindTicket):
        found = decide(centre, state, request, now)
        refusal = found if isinstance(found, Refusal) else None
        return Outcome(state, (), Answer(None if refusal else request.command.ticket, refusal))
    earlier = state.answer_to(request.id)
    if earlier:
        return Outcome(state, (), earlier)
    recorded: list[e.Recorded] = []

    def record(event: e.Event) -> None:
        nonlocal state
        each = e.Recorded(state.sequence + 1, now, request.id, request.sender, event)
        state = evolve(state, each)
        recorded.append(each)

    today = centre.local(now).date()
    if state.day is None or today > state.day:
        for expired in day_end(state):
            record(expired)
        kept, measured = state.keep_overnight, accuracy_of(state.tickets)
        record(e.DayOpened(today))
        if kept and centre.next_day(today - timedelta(days=1)) > today:
            record(e.OvernightDecided(keep=True))  # until somebody can be served
        if measured:
            record(e.DayMeasured(measured))
    decision = decide(centre, state, request, now)
    if isinstance(decision, Refusal):
        name = c.snake_case(type(request.command).__name__)
        record(e.CommandRefused(name, decision))
    else:
        for event in decision:
            record(event)
    return Outcome(state, tuple(recorded), state.answer_to(request.id) or Answer())


def day_end(state: State) -> tuple[e.TicketExpired, ...]:
    """Whoever was not served expires, but those waiting or held if staff keep the queue."""
    kept = LEFT_OVERNIGHT if state.keep_overnight else frozenset()
    return tuple(
        e.TicketExpired(ticket.id)
        for ticket in state.tickets.values()
        if ticket.status not in ENDED | kept
    )


def decide(
    centre: Centre, state: State, request: c.Request, now: datetime
) -> tuple[e.Event, ...] | Refusal:
    """The events that the request causes, or why it is refused. Changes nothing."""
    try:
        case = _Case(centre, state, request.id, request.sender, now)
        return _RULES[type(request.command)](case, request.command)
    except Refused as refused:
        return refused.refusal


@dataclass(frozen=True, slots=True)
class _Case:
    """What every rule looks at; its methods refuse what does not exist."""

    centre: Centre
    state: State
    request_id: str
    sender: str
    now: datetime

    def ticket(self, ticket_id: str) -> Ticket:
        ticket = self.state.tickets.get(ticket_id)
        if ticket is None:
            raise Refused(RefusalCode.UNKNOWN_TICKET)
        return ticket

    def ticket_for(self, ticket_id: str, verb: Verb) -> Ticket:
        ticket = self.ticket(ticket_id)
        if after(ticket.status, verb) is None:
            raise Refused(
                RefusalCode.NOT_POSSIBLE_NOW, number=ticket.label, status=ticket.status.value
            )
        return ticket

    def ticket_at(self, counter: str, ticket_id: str, verb: Verb) -> Ticket:
        self.known_counter(counter)
        ticket = self.ticket(ticket_id)
        if self.state.at_counter.get(counter) != ticket_id:
            raise Refused(RefusalCode.NOT_AT_COUNTER, number=ticket.label)
        return self.ticket_for(ticket_id, verb)

    def known_counter(self, counter: str) -> None:
        if counter not in self.centre.counters:
            raise Refused(RefusalCode.UNKNOWN_COUNTER, counter=counter[:40])

    def known_service(self, service: str) -> None:
        if service not in self.centre.services:
            raise Refused(RefusalCode.UNKNOWN_SERVICE, service=service[:40])

    def open_service(self, service: Service) -> None:
        hours, local = self.centre.hours_of(service.id), self.centre.local(self.now)
        if not hours.open_at(local):
            opening = hours.next_opening(local)
            facts = {"opens_at": opening.isoformat()} if opening else {}
            raise Refused(RefusalCode.SERVICE_CLOSED, **facts)

    def free_counter(self, counter: str) -> None:
        self.known_counter(counter)
        if self.state.counters.get(counter) is not CounterStatus.OPEN:
            raise Refused(RefusalCode.COUNTER_NOT_OPEN)
        at_counter = self.state.at_counter.get(counter)
        if at_counter:
            raise Refused(RefusalCode.COUNTER_BUSY, number=self.state.tickets[at_counter].label)

    def language(self, wanted: str) -> str:
        return wanted if wanted in self.centre.languages else self.centre.languages[0]

    def taken(
        self, service: Service, promise: Promise, language: str, booking: str | None = None
    ) -> e.TicketTaken:
        counts_from, due_at = promise
        return e.TicketTaken(
            ticket=self.request_id,
            series=service.series,
            number=self.next_number(service.series),
            service=service.id,
            kind=Kind.SLOT if booking else Kind.WALK_IN,
            language=self.language(language),
            counts_from=counts_from,
            due_at=due_at,
            booking=booking,
        )

    def next_number(self, series: str) -> int:
        last = self.state.last_numbers.get(series, 0)
        kept = {t.number for t in self.state.tickets.values() if t.series == series}
        kept |= lent(self.state, series)
        for number in range(last + 1, self.centre.last_number + 1):
            if number not in kept:
                return number
        raise Refused(RefusalCode.NUMBERS_EXHAUSTED)


def _open_day(case: _Case, command: c.OpenDay) -> tuple[e.Event, ...]:
    return ()


def _promise_wait(case: _Case, command: c.PromiseWait) -> tuple[e.Event, ...]:
    return (e.WaitPromised(case.ticket(command.ticket).id, command.wait),)


def _take_ticket(case: _Case, command: c.TakeTicket) -> tuple[e.Event, ...]:
    case.known_service(command.service)
    service = case.centre.services[command.service]
    if not service.walk_in:
        raise Refused(RefusalCode.APPOINTMENT_NEEDED)
    case.open_service(service)
    if command.instead_of:
        case.known_service(command.instead_of)
    taken = case.taken(service, promise_to_walk_in(service, case.now), command.language)
    return (replace(taken, offered=command.offered, instead_of=command.instead_of),)


def _check_in(case: _Case, command: c.CheckIn) -> tuple[e.Event, ...]:
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


def _lease_numbers(case: _Case, command: c.LeaseNumbers) -> tuple[e.Event, ...]:
    if not 8 <= len(command.journal) <= LONGEST_ID:
        raise Refused(RefusalCode.BAD_VALUE)
    today = case.centre.local(case.now).date()
    leases = needed(case.centre, case.state, case.sender, command.journal, today)
    return tuple(
        e.NumbersLeased(each.unit, each.journal, each.day, each.series, each.first, each.last)
        for each in leases
    )


def _merge_ticket(case: _Case, command: c.MergeTicket) -> tuple[e.Event, ...]:
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
    return any(
        (each.series, each.number) == (command.series, command.number)
        for each in state.tickets.values()
        if each.id != command.ticket and each.status is not Status.EXPIRED
    )


def _corrected(
    known: Ticket, command: c.MergeTicket, issued_at: datetime, *, lives: bool
) -> tuple[e.Event, ...]:
    """Where the command came so late that its visitor was here on another day, nobody waits."""
    if (known.series, known.number) == (command.series, command.number):
        return ()
    corrected = e.NumberCorrected(known.id, command.series, command.number, issued_at)
    waits = after(known.status, Verb.CORRECT) in LEFT_OVERNIGHT
    return (corrected, e.TicketExpired(known.id)) if waits and not lives else (corrected,)


def _merged(case: _Case, command: c.MergeTicket, issued_at: datetime) -> e.TicketTaken:
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


def _add_booking(case: _Case, command: c.AddBooking) -> tuple[e.Event, ...]:
    case.known_service(command.service)
    known = case.state.bookings.get(command.booking)
    if known and known.ticket:
        raise Refused(RefusalCode.BOOKING_USED, number=case.ticket(known.ticket).label)
    if command.starts_at.tzinfo is None or not 1 <= command.minutes <= LONGEST_SLOT:
        raise Refused(RefusalCode.BAD_VALUE)
    if abs(command.starts_at - case.now) > FURTHEST_SLOT:
        raise Refused(RefusalCode.BAD_VALUE)
    return (e.BookingAdded(command.booking, command.service, command.starts_at, command.minutes),)


def _find_ticket(case: _Case, command: c.FindTicket) -> tuple[e.Event, ...]:
    case.ticket(command.ticket)
    return ()


def _rate(case: _Case, command: c.Rate) -> tuple[e.Event, ...]:
    ticket = case.ticket(command.ticket)
    if ticket.rated is not None:
        raise Refused(RefusalCode.ALREADY_RATED)
    if ticket.status is not Status.SERVED:
        raise Refused(RefusalCode.NOT_SERVED_YET)
    if not LOWEST_MARK <= command.score <= HIGHEST_MARK:
        raise Refused(RefusalCode.BAD_VALUE)
    return (e.VisitRated(ticket.id, command.score),)


def _ask_help(case: _Case, command: c.AskHelp) -> tuple[e.Event, ...]:
    if all(each is CounterStatus.CLOSED for each in case.state.counters.values()):
        raise Refused(RefusalCode.NOBODY_THERE)
    return () if case.sender in case.state.help else (e.HelpAsked(case.sender),)


def _answer_help(case: _Case, command: c.AnswerHelp) -> tuple[e.Event, ...]:
    return (e.HelpAnswered(command.unit),) if command.unit in case.state.help else ()


def _cancel(case: _Case, command: c.Cancel) -> tuple[e.Event, ...]:
    return (e.TicketCancelled(case.ticket_for(command.ticket, Verb.CANCEL).id),)


def _call_next(case: _Case, command: c.CallNext) -> tuple[e.Event, ...]:
    case.free_counter(command.counter)
    found = next_for(case.centre, case.state, command.counter, case.now, insist=command.insist)
    if found is None:
        raise Refused(RefusalCode.NOBODY_WAITING)
    if isinstance(found, Withheld):
        starts_at = case.centre.local(slot_start(case.centre, case.state, found.slot)).isoformat()
        raise Refused(RefusalCode.SLOT_SOON, number=found.slot.label, starts_at=starts_at)
    ticket, reason = found
    return (e.TicketCalled(ticket.id, command.counter, reason),)


def _call_ticket(case: _Case, command: c.CallTicket) -> tuple[e.Event, ...]:
    case.free_counter(command.counter)
    ticket = case.ticket_for(command.ticket, Verb.CALL)
    note = command.reason.strip()
    if not 1 <= len(note) <= LONGEST_NOTE:
        raise Refused(RefusalCode.REASON_NEEDED)
    if not may_call(case.centre, command.counter, ticket):
        raise Refused(RefusalCode.COUNTER_DOES_NOT_SERVE, number=ticket.label)
    found = next_for(case.centre, case.state, command.counter, case.now, insist=True)
    assert not isinstance(found, Withheld)
    passed = found[0] if found and found[0].id != ticket.id else None
    reason = CallReason(
        rule=CallRule.CHOSEN,
        due_at=ticket.due_at,
        next_number=passed.label if passed else None,
        next_due_at=passed.due_at if passed else None,
        note=note,
    )
    return (e.TicketCalled(ticket.id, command.counter, reason),)


def _recall(case: _Case, command: c.Recall) -> tuple[e.Event, ...]:
    ticket = case.ticket_at(command.counter, command.ticket, Verb.RECALL)
    if ticket.call and case.now < ticket.call.announced_at + case.centre.recall_pause:
        raise Refused(RefusalCode.TOO_SOON)
    if ticket.call and ticket.call.recalls >= case.centre.most_recalls:
        raise Refused(RefusalCode.TOO_MANY_RECALLS, number=ticket.label)
    return (e.TicketRecalled(ticket.id),)


def _start(case: _Case, command: c.Start) -> tuple[e.Event, ...]:
    return (e.ServingStarted(case.ticket_at(command.counter, command.ticket, Verb.START).id),)


def _finish(case: _Case, command: c.Finish) -> tuple[e.Event, ...]:
    ticket = case.ticket_at(command.counter, command.ticket, Verb.FINISH)
    if not 1 <= len(command.given) <= MOST_SERVICES_GIVEN:
        raise Refused(RefusalCode.SERVICE_NEEDED)
    for given in command.given:
        case.known_service(given.service)
        if not 1 <= given.count <= MOST_OF_ONE_SERVICE:
            raise Refused(RefusalCode.BAD_VALUE)
    return (e.TicketServed(ticket.id, command.given),)


def _no_show(case: _Case, command: c.NoShow) -> tuple[e.Event, ...]:
    return (e.NoShowRecorded(case.ticket_at(command.counter, command.ticket, Verb.NO_SHOW).id),)


def _hold(case: _Case, command: c.Hold) -> tuple[e.Event, ...]:
    return (e.TicketHeld(case.ticket_at(command.counter, command.ticket, Verb.HOLD).id),)


def _resume(case: _Case, command: c.Resume) -> tuple[e.Event, ...]:
    ticket = case.ticket_for(command.ticket, Verb.RESUME)
    missed_at = ticket.ended_at if ticket.status is Status.NO_SHOW else None
    if missed_at and case.now > missed_at + case.centre.return_tolerance:
        raise Refused(RefusalCode.RETURN_TOO_LATE, number=ticket.label)
    return (e.TicketResumed(ticket.id),)


def _prioritise(case: _Case, command: c.Prioritise) -> tuple[e.Event, ...]:
    ticket = case.ticket_for(command.ticket, Verb.PRIORITISE)
    if ticket.kind is not Kind.WALK_IN:
        raise Refused(RefusalCode.NOT_POSSIBLE_NOW, number=ticket.label, status=ticket.status.value)
    due_at = min(ticket.due_at, ticket.counts_from + case.centre.priority_target)
    return (e.TicketPrioritised(ticket.id, due_at),)


def _undo(case: _Case, command: c.Undo) -> tuple[e.Event, ...]:
    case.known_counter(command.counter)
    last = case.state.undoable.get(command.counter)
    if last is None:
        raise Refused(RefusalCode.NOTHING_TO_UNDO)
    at_counter = case.state.at_counter.get(command.counter)
    if last.before.status in AT_COUNTER and at_counter not in {None, last.before.id}:
        raise Refused(RefusalCode.COUNTER_BUSY, number=case.ticket(at_counter or "").label)
    return (e.ActionUndone(last.before.id, command.counter, last.verb),)


def _keep_overnight(case: _Case, command: c.KeepOvernight) -> tuple[e.Event, ...]:
    return () if case.state.keep_overnight is command.keep else (e.OvernightDecided(command.keep),)


def _transfer(case: _Case, command: c.Transfer) -> tuple[e.Event, ...]:
    ticket = case.ticket_at(command.counter, command.ticket, Verb.TRANSFER)
    if (command.service or command.to_counter) is None:
        raise Refused(RefusalCode.BAD_VALUE)
    service = command.service or ticket.service
    case.known_service(service)
    if command.to_counter is not None:
        case.known_counter(command.to_counter)
        if service not in case.centre.counters[command.to_counter].serves:
            raise Refused(RefusalCode.COUNTER_DOES_NOT_SERVE, number=ticket.label)
    return (e.TicketTransferred(ticket.id, service, command.to_counter),)


def _open_counter(case: _Case, command: c.OpenCounter) -> tuple[e.Event, ...]:
    return _change_counter(case, command.counter, CounterStatus.OPEN)


def _pause_counter(case: _Case, command: c.PauseCounter) -> tuple[e.Event, ...]:
    return _change_counter(case, command.counter, CounterStatus.PAUSED)


def _close_counter(case: _Case, command: c.CloseCounter) -> tuple[e.Event, ...]:
    at_counter = case.state.at_counter.get(command.counter)
    if at_counter:
        raise Refused(RefusalCode.COUNTER_BUSY, number=case.state.tickets[at_counter].label)
    return _change_counter(case, command.counter, CounterStatus.CLOSED)


def _change_counter(case: _Case, counter: str, status: CounterStatus) -> tuple[e.Event, ...]:
    case.known_counter(counter)
    if case.state.counters.get(counter, CounterStatus.CLOSED) is status:
        return ()
    return (e.CounterChanged(counter, status),)


def _confirm_call(case: _Case, command: c.ConfirmCall) -> tuple[e.Event, ...]:
    for ticket in case.state.tickets.values():
        if ticket.call and ticket.call.id == command.call:
            return (e.CallConfirmed(ticket.id, command.call, command.step),)
    raise Refused(RefusalCode.UNKNOWN_TICKET)


_RULES: Mapping[type[c.Command], Callable[[_Case, Any], tuple[e.Event, ...]]] = {
    c.OpenDay: _open_day,
    c.PromiseWait: _promise_wait,
    c.TakeTicket: _take_ticket,
    c.CheckIn: _check_in,
    c.LeaseNumbers: _lease_numbers,
    c.MergeTicket: _merge_ticket,
    c.AddBooking: _add_booking,
    c.Cancel: _cancel,
    c.FindTicket: _find_ticket,
    c.Rate: _rate,
    c.AskHelp: _ask_help,
    c.AnswerHelp: _answer_help,
    c.CallNext: _call_next,
    c.CallTicket: _call_ticket,
    c.Recall: _recall,
    c.Start: _start,
    c.Finish: _finish,
    c.NoShow: _no_show,
    c.Hold: _hold,
    c.Resume: _resume,
    c.Prioritise: _prioritise,
    c.Transfer: _transfer,
    c.Undo: _undo,
    c.KeepOvernight: _keep_overnight,
    c.OpenCounter: _open_counter,
    c.PauseCounter: _pause_counter,
    c.CloseCounter: _close_counter,
    c.ConfirmCall: _confirm_call,
}

"""How an event changes the state. Total: an event that was recorded always applies."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from immutables import Map

from queue_core.events import (
    AccountAmended,
    ActionUndone,
    BookingAdded,
    BookingCancelled,
    CallConfirmed,
    CommandRefused,
    CounterChanged,
    DayMeasured,
    DayOpened,
    Event,
    HelpAnswered,
    HelpAsked,
    NoShowRecorded,
    NumberCorrected,
    NumbersLeased,
    OvernightDecided,
    Recorded,
    ServingStarted,
    TicketCalled,
    TicketCancelled,
    TicketExpired,
    TicketHeld,
    TicketPrioritised,
    TicketRecalled,
    TicketResumed,
    TicketsEnded,
    TicketServed,
    TicketTaken,
    TicketTransferred,
    VisitRated,
    WaitPromised,
    WorkAccounted,
)
from queue_core.leases import REMEMBERED
from queue_core.life import AT_COUNTER, LEFT_OVERNIGHT, TRANSITIONS, Status, Verb
from queue_core.model import (
    MOST_ANNOUNCED,
    MOST_ANSWERS,
    Account,
    Answer,
    Booking,
    Call,
    Confirmation,
    CounterTimes,
    GivenService,
    Kind,
    Lease,
    State,
    Stay,
    Ticket,
    Undoable,
)
from queue_core.tickets import put, whole, with_one, without

VERB_OF: Mapping[type[Event], Verb] = {
    TicketExpired: Verb.EXPIRE,
    TicketPrioritised: Verb.PRIORITISE,
    TicketCancelled: Verb.CANCEL,
    TicketCalled: Verb.CALL,
    TicketRecalled: Verb.RECALL,
    ServingStarted: Verb.START,
    TicketServed: Verb.FINISH,
    NoShowRecorded: Verb.NO_SHOW,
    TicketHeld: Verb.HOLD,
    TicketResumed: Verb.RESUME,
    TicketTransferred: Verb.TRANSFER,
    NumberCorrected: Verb.CORRECT,
}
"""The events that move a ticket along the table of its life."""


UNDOABLE = frozenset(
    {
        Verb.CALL,
        Verb.START,
        Verb.FINISH,
        Verb.NO_SHOW,
        Verb.HOLD,
        Verb.TRANSFER,
    }
)
"""What a clerk may take back. A recall was heard; it cannot be unsaid."""

MOST_LATELY_GIVEN = 12
"""Of each counter; what a clerk looks for first."""

MOST_DONE = 12
"""Of each counter; what a clerk may still want to put right."""

_DATE_SLACK = timedelta(days=1)
"""A moment's UTC date may differ from the centre's by one day."""


def evolve(state: State, recorded: Recorded) -> State:
    """The state after the event. Replaying a log from `State()` gives the state that wrote it."""
    event = recorded.event
    if isinstance(event, DayOpened):
        state = _open_day(state, event)
    elif isinstance(event, DayMeasured):
        state = replace(state, accuracy_before=event.accuracy)
    elif isinstance(event, WaitPromised):
        state = put(state, replace(state.tickets[event.ticket], promised=event.wait))
    elif isinstance(event, TicketTaken):
        state = _take(state, recorded, event)
    elif isinstance(event, NumbersLeased):
        lease = Lease(event.unit, event.journal, event.day, event.series, event.first, event.last)
        state = replace(state, leases=(*state.leases, lease))
    elif isinstance(event, BookingAdded):
        booking = Booking(event.booking, event.service, event.starts_at, event.minutes)
        state = replace(state, bookings={**state.bookings, booking.id: booking})
    elif isinstance(event, BookingCancelled):
        left = {name: each for name, each in state.bookings.items() if name != event.booking}
        state = replace(state, bookings=left)
    elif isinstance(event, CounterChanged):
        state = _counter_changed(state, event, recorded.at)
    elif isinstance(event, WorkAccounted):
        account = Account(recorded.command_id, event.counter, recorded.at, event.given)
        state = replace(state, accounts=with_one(state.accounts, account.id, account))
        state = _done(state, event.counter, account.id, event.given)
    elif isinstance(event, AccountAmended):
        state = _amended(state, event)
    elif isinstance(event, VisitRated):
        state = _rated(state, event)
    elif isinstance(event, HelpAsked):
        state = replace(state, help={**state.help, event.unit: recorded.at})
    elif isinstance(event, HelpAnswered):
        rest = {unit: since for unit, since in state.help.items() if unit != event.unit}
        state = replace(state, help=rest)
    elif isinstance(event, OvernightDecided):
        state = replace(state, keep_overnight=event.keep)
    elif isinstance(event, TicketsEnded):
        state = replace(state, tickets_end=event.at)
    elif isinstance(event, CallConfirmed):
        state = _put(state, _confirmed(state.tickets[event.ticket], event, recorded.at))
    elif isinstance(event, ActionUndone):
        state = _undo(state, event)
    elif not isinstance(event, CommandRefused):
        before = state.tickets[event.ticket]
        state = _remember(_put(state, _moved(before, recorded)), before, recorded)
        if isinstance(event, TicketServed) and before.call:
            state = _done(state, before.call.counter, before.id, event.given)
    if isinstance(event, TicketCalled | TicketRecalled):
        others = [each for each in state.announced if each != event.ticket]
        state = replace(state, announced=(*others[1 - MOST_ANNOUNCED :], event.ticket))
    return _answered(state, recorded)


def _open_day(state: State, event: DayOpened) -> State:
    morning = State(
        day=event.day,
        tickets={
            each.id: replace(each, stays=())
            for each in state.living.values()
            if each.status in LEFT_OVERNIGHT
        },
        bookings={
            each.id: each
            for each in state.bookings.values()
            if each.ticket is None and each.starts_at.date() >= event.day - _DATE_SLACK
        },
        kept_day=(state.kept_day or state.day) if state.keep_overnight else None,
        leases=tuple(each for each in state.leases if each.day >= event.day - REMEMBERED),
        merged=state.merged,
        earlier_answers=_known_answers(state),
        lately_given=state.lately_given,
    )
    return whole(morning)


def _known_answers(state: State) -> Mapping[str, Answer]:
    """Those of this day that are known."""
    taken = Map({each: Answer(each) for each in state.tickets})
    earlier = state.earlier_answers if state.flooded else {}
    return taken.update(earlier).update(state.answers)


def _take(state: State, recorded: Recorded, event: TicketTaken) -> State:
    ticket = Ticket(
        id=event.ticket,
        series=event.series,
        number=event.number,
        service=event.service,
        kind=event.kind,
        language=event.language,
        arrived_at=event.issued_at or recorded.at,
        counts_from=event.counts_from,
        due_at=event.due_at,
        booking=event.booking,
        offered=event.offered,
        instead_of=event.instead_of,
    )
    state = _put(state, ticket)
    if event.issued_at:
        state = replace(state, merged={**state.merged, recorded.sender: event.issued_at})
    else:
        last_numbers = {**state.last_numbers, event.series: event.number}
        state = replace(state, last_numbers=last_numbers)
    if event.booking is None:
        return state
    used = replace(state.bookings[event.booking], ticket=ticket.id)
    return replace(state, bookings={**state.bookings, used.id: used})


def _counter_changed(state: State, event: CounterChanged, at: datetime) -> State:
    times = state.counter_times.get(event.counter)
    spent = times.until(at).spent if times else {}
    times = CounterTimes(event.status, at, spent)
    return replace(
        state,
        counters={**state.counters, event.counter: event.status},
        counter_times={**state.counter_times, event.counter: times},
    )


def _amended(state: State, event: AccountAmended) -> State:
    """Of a ticket, its finish is no longer the last thing that happened."""
    if event.record in state.accounts:
        return _account_amended(state, event)
    ticket = replace(state.tickets[event.record], given=event.given)
    undoable = {c: u for c, u in state.undoable.items() if u.before.id != ticket.id}
    state = replace(put(state, ticket), undoable=undoable)
    return _lately_given(state, ticket.call.counter if ticket.call else "", event.given)


def _account_amended(state: State, event: AccountAmended) -> State:
    account = replace(state.accounts[event.record], given=event.given)
    if event.given:
        state = replace(state, accounts=with_one(state.accounts, account.id, account))
        return _lately_given(state, account.counter, event.given)
    accounts = without(state.accounts, account.id)
    return _not_done(replace(state, accounts=accounts), account.counter, account.id)


def _done(state: State, counter: str, record: str, given: tuple[GivenService, ...]) -> State:
    newest = (record, *state.done.get(counter, ()))[:MOST_DONE]
    state = replace(state, done={**state.done, counter: newest})
    return _lately_given(state, counter, given)


def _not_done(state: State, counter: str, record: str) -> State:
    rest = tuple(each for each in state.done.get(counter, ()) if each != record)
    return replace(state, done={**state.done, counter: rest})


def _lately_given(state: State, counter: str, given: tuple[GivenService, ...]) -> State:
    names = (*(each.service for each in given), *state.lately_given.get(counter, ()))
    newest = tuple(dict.fromkeys(names))[:MOST_LATELY_GIVEN]
    return replace(state, lately_given={**state.lately_given, counter: newest})


def _rated(state: State, event: VisitRated) -> State:
    """The mark is the visitor's: a clerk who takes an action back does not take it back."""
    rated = replace(state.tickets[event.ticket], rated=event.score)
    undoable = {
        counter: replace(last, before=replace(last.before, rated=event.score))
        if last.before.id == rated.id
        else last
        for counter, last in state.undoable.items()
    }
    return replace(put(state, rated), undoable=undoable)


def _confirmed(ticket: Ticket, event: CallConfirmed, at: datetime) -> Ticket:
    if ticket.call is None or ticket.call.id != event.call:
        return ticket
    if event.step is Confirmation.SHOWN:
        return replace(ticket, call=replace(ticket.call, shown_at=at))
    return replace(ticket, call=replace(ticket.call, spoken_at=at))


def _moved(ticket: Ticket, recorded: Recorded) -> Ticket:
    event, at = recorded.event, recorded.at
    before, status = ticket.status, TRANSITIONS[ticket.status, VERB_OF[type(event)]]
    if before in AT_COUNTER and status not in AT_COUNTER:
        ticket = _left(ticket, at, known=not isinstance(event, TicketExpired))
    ticket = replace(ticket, status=status)
    if isinstance(event, TicketCalled):
        earlier = ticket.call.first_at if ticket.call else None
        call = Call(
            recorded.sequence,
            event.counter,
            at,
            event.reason,
            announced_at=at,
            earlier_at=earlier,
        )
        return replace(ticket, call=call, started_at=None, ended_at=None)
    if isinstance(event, TicketRecalled) and ticket.call:
        call = replace(ticket.call, recalls=ticket.call.recalls + 1, announced_at=at)
        return replace(ticket, call=replace(call, shown_at=None, spoken_at=None))
    if isinstance(event, ServingStarted):
        return replace(ticket, started_at=at)
    if isinstance(event, TicketServed):
        return replace(ticket, given=event.given, ended_at=at)
    if isinstance(event, TicketExpired):
        return replace(ticket, ended_at=at, expired_from=before)
    if isinstance(event, NoShowRecorded | TicketCancelled):
        return replace(ticket, ended_at=at)
    if isinstance(event, TicketResumed):
        return replace(ticket, ended_at=None)
    if isinstance(event, NumberCorrected):
        return _corrected(ticket, event)
    if isinstance(event, TicketPrioritised):
        return replace(ticket, kind=Kind.PRIORITY, due_at=event.due_at)
    if isinstance(event, TicketTransferred):
        return replace(ticket, service=event.service, for_counter=event.for_counter)
    return ticket


def _left(ticket: Ticket, at: datetime, *, known: bool) -> Ticket:
    """Where it is not known when, because the day ended first, the last that was seen is told."""
    if ticket.call is None:
        return ticket
    seen = ticket.started_at or ticket.call.announced_at
    stay = Stay(ticket.call.counter, ticket.call.at, at if known else seen)
    return replace(ticket, stays=(*ticket.stays, stay))


def _corrected(ticket: Ticket, event: NumberCorrected) -> Ticket:
    """A call of the wrong number was nobody's, unless somebody has come to it."""
    ticket = replace(ticket, series=event.series, number=event.number)
    early = ticket.arrived_at - (event.issued_at or ticket.arrived_at)
    if ticket.counts_from == ticket.arrived_at and early > timedelta():
        counts_from, due_at = ticket.counts_from - early, ticket.due_at - early
        ticket = replace(ticket, arrived_at=counts_from, counts_from=counts_from, due_at=due_at)
    if ticket.status is Status.WAITING:
        return replace(ticket, call=None, ended_at=None)
    return ticket


def _put(state: State, ticket: Ticket) -> State:
    at_counter = {c: t for c, t in state.at_counter.items() if t != ticket.id}
    if ticket.status in AT_COUNTER and ticket.call:
        at_counter[ticket.call.counter] = ticket.id
    return replace(put(state, ticket), at_counter=at_counter)


def _remember(state: State, before: Ticket, recorded: Recorded) -> State:
    """Whatever happens to a ticket ends what could be undone of it; an action may be undone."""
    undoable = {c: u for c, u in state.undoable.items() if u.before.id != before.id}
    after = state.tickets[before.id]
    verb = VERB_OF[type(recorded.event)]
    if verb in UNDOABLE and after.call:
        undoable[after.call.counter] = Undoable(verb, before)
    return replace(state, undoable=undoable)


def _undo(state: State, event: ActionUndone) -> State:
    before = state.undoable[event.counter].before
    rest = {c: u for c, u in state.undoable.items() if c != event.counter}
    state = _not_done(state, event.counter, before.id) if event.verb is Verb.FINISH else state
    return replace(_put(state, before), undoable=rest)


def _answered(state: State, recorded: Recorded) -> State:
    event = recorded.event
    if isinstance(event, CommandRefused):
        answer = Answer(refusal=event.refusal)
    else:
        ticket = getattr(event, "ticket", None)
        earlier = state.answer_to(recorded.command_id)
        answer = Answer(ticket=ticket or (earlier.ticket if earlier else None))
    answers: Mapping[str, Answer] = with_one(state.answers, recorded.command_id, answer)
    if isinstance(event, TicketTaken):  # the command that made it may come yet
        answers = with_one(answers, event.ticket, answer)
    if len(answers) >= MOST_ANSWERS:
        state = replace(state, earlier_answers=answers, flooded=True)
        answers = Map()
    return replace(state, sequence=recorded.sequence, answers=answers)

"""What the module tells others of its state: whole snapshots, made by pure functions."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from messaging.catalogue import catalogue as offered
from messaging.messages import (
    AccuracyView,
    BoardCall,
    BoardState,
    BookingsState,
    BookingView,
    CallView,
    CatalogueState,
    ComputerView,
    CounterView,
    DeskCounter,
    DeskTicket,
    DoneView,
    HelpView,
    LeaseState,
    LeaseView,
    QueueState,
    RatingsView,
    RefusalView,
    Reply,
    TicketView,
    WaitingGroup,
    WaitView,
)
from queue_core.accuracy import accuracy_of
from queue_core.calling import is_early, may_call, order_key, rank_now, waiting_in_order
from queue_core.centre import Centre
from queue_core.life import Status
from queue_core.model import (
    Accuracy,
    Answer,
    Booking,
    Call,
    CounterStatus,
    State,
    Tally,
    Ticket,
    WaitRange,
)
from queue_core.waiting import in_five_minute_steps

DAYS_AHEAD = 7
"""For kiosks that are cut off on a later day."""

MOST_CALLS_BEFORE = 8
"""On the board, of visitors who came or are no longer awaited."""

Waits = Mapping[str, WaitRange | None]
"""By ticket, or by service for somebody who came now; None where nobody can say."""

NOT_RECKONED: Waits = MappingProxyType({})


def reply(
    centre: Centre,
    state: State,
    command_id: str,
    answer: Answer,
    now: datetime,
    left: Waits | None = None,
) -> Reply:
    """The answer to a command, with the ticket as it is now; `left` for the wait that is left
    instead of what was told."""
    if answer.refusal:
        refused = RefusalView(code=answer.refusal.code, facts=dict(answer.refusal.facts))
        return Reply(id=command_id, refusal=refused)
    ticket = state.tickets.get(answer.ticket or "")
    if ticket is None:
        return Reply(id=command_id)
    waits = ticket.status is Status.WAITING  # what was reckoned may be a moment old
    wait = ticket.promised if left is None else left.get(ticket.id) if waits else None
    ahead = _ahead(centre, state, ticket, now)
    return Reply(id=command_id, ticket=TicketView(**_facts(state, ticket, ahead, wait)))


def board(
    centre: Centre, state: State, now: datetime, newcomers: Waits = NOT_RECKONED
) -> BoardState:
    """What the waiting room sees: numbers and counters only; `newcomers` by service."""
    waiting = [t for t in state.living.values() if t.status is Status.WAITING]
    known = dict.fromkeys((*state.at_counter.values(), *state.announced))
    tickets = [state.tickets[each] for each in known]
    called = [(t, t.call) for t in tickets if t.call and _on_board(centre, t)]
    called.sort(key=lambda each: each[1].announced_at, reverse=True)
    awaited = [each for each in called if each[0].status is Status.CALLED]
    others = [each for each in called if each[0].status is not Status.CALLED]
    local, hours = centre.local(now), [each.hours for each in centre.institutions.values()]
    is_open = any(each.open_at(local) for each in hours)
    openings = () if is_open else [opens for each in hours if (opens := each.next_opening(local))]
    return BoardState(
        sequence=state.sequence,
        at=now,
        name=dict(centre.name),
        timezone=str(centre.timezone),
        calls=tuple(_board_call(centre, *each) for each in (*awaited, *others[:MOST_CALLS_BEFORE])),
        waiting=len(waiting),
        groups=tuple(_groups(centre, waiting, newcomers)),
        notices=tuple(dict(each) for each in centre.notices_on(local.date())),
        open=is_open,
        opens_at=min(openings, default=None),
    )


def queue(centre: Centre, state: State, now: datetime, left: Waits = NOT_RECKONED) -> QueueState:
    """What staff see; `left` is the wait that is left, by ticket."""
    tickets, tally = sorted(state.living.values(), key=order_key), state.tally

    def of(status: Status) -> tuple[DeskTicket, ...]:
        return tuple(_desk_ticket(centre, state, t, now) for t in tickets if t.status is status)

    return QueueState(
        sequence=state.sequence,
        at=now,
        counters=tuple(_desk_counter(centre, state, each, now) for each in centre.counters),
        waiting=tuple(
            _desk_ticket(centre, state, each, now, ahead, left.get(each.id))
            for ahead, each in enumerate(waiting_in_order(centre, state, now))
        ),
        held=of(Status.HELD),
        missed=of(Status.NO_SHOW),
        served=tally.served,
        undoable={counter: last.verb for counter, last in state.undoable.items()},
        keep_overnight=state.keep_overnight,
        tickets_end=state.tickets_end,
        accuracy=_accuracy(accuracy_of(tally)),
        accuracy_before=_accuracy(state.accuracy_before),
        help=_help(state),
        ratings=_ratings(tally),
        computer=_computer(tally),
    )


def catalogue(centre: Centre, state: State, now: datetime) -> CatalogueState:
    """What kiosks offer, and what is open."""
    helper = centre.computer_service if _has_helper(centre, state, now) else ""
    told = offered(centre, now, state, helper)
    return told.model_copy(update={"help": _help(state)})


def bookings(centre: Centre, state: State, now: datetime) -> BookingsState:
    """The slots of today and of the week after it, by their start."""
    today = centre.local(now).date()
    ahead = {
        booking: (centre.local(booking.starts_at).date() - today).days
        for booking in sorted(state.bookings.values(), key=lambda each: each.starts_at)
    }
    return BookingsState(
        sequence=state.sequence,
        at=now,
        bookings=tuple(_booking(state, each) for each, days in ahead.items() if days == 0),
        later=tuple(
            _booking(state, each) for each, days in ahead.items() if 0 < days <= DAYS_AHEAD
        ),
    )


def leases(state: State) -> Iterable[LeaseState]:
    """For each unit what it may give by itself, of its newest store."""
    newest = {each.unit: each.journal for each in state.leases}
    for unit, journal in newest.items():
        own = (x for x in state.leases if (x.unit, x.journal) == (unit, journal))
        views = tuple(
            LeaseView(day=each.day, series=each.series, first=each.first, last=each.last)
            for each in own
            if state.day is None or each.day >= state.day
        )
        yield LeaseState(unit=unit, journal=journal, leases=views)


def _booking(state: State, booking: Booking) -> BookingView:
    return BookingView(
        booking=booking.id,
        service=booking.service,
        starts_at=booking.starts_at,
        minutes=booking.minutes,
        ticket=booking.ticket,
        number=state.tickets[booking.ticket].label if booking.ticket else None,
    )


def _on_board(centre: Centre, ticket: Ticket) -> bool:
    """Whether it was called; a counter may have left the settings since."""
    if ticket.call is None or ticket.call.counter not in centre.counters:
        return False
    return ticket.status in {Status.CALLED, Status.SERVING, Status.SERVED, Status.NO_SHOW}


def _board_call(centre: Centre, ticket: Ticket, call: Call) -> BoardCall:
    counter = centre.counters[call.counter]
    return BoardCall(
        call=call.id,
        number=ticket.label,
        language=ticket.language,
        counter=CounterView(
            id=counter.id, sign=counter.sign, name=dict(counter.name), spoken=dict(counter.spoken)
        ),
        announced_at=call.announced_at,
        recalls=call.recalls,
        open=ticket.status is Status.CALLED,
    )


def _groups(centre: Centre, waiting: Iterable[Ticket], newcomers: Waits) -> Iterable[WaitingGroup]:
    counts: dict[str, int] = {}
    for ticket in (each for each in waiting if each.service in centre.services):
        institution = centre.services[ticket.service].institution
        counts[institution] = counts.get(institution, 0) + 1
    for each in centre.institutions.values():
        if each.id in counts:
            yield WaitingGroup(
                institution=each.id,
                name=dict(each.name),
                waiting=counts[each.id],
                wait=_wait_for(centre, each.id, newcomers),
            )


def _wait_for(centre: Centre, institution: str, newcomers: Waits) -> WaitView | None:
    """From the shortest to the longest wait for any of its services."""
    waits = [
        _wait(wait)
        for service, wait in newcomers.items()
        if wait
        and service in centre.services
        and centre.services[service].institution == institution
    ]
    if not waits:
        return None
    return WaitView(low=min(each.low for each in waits), high=max(each.high for each in waits))


def _help(state: State) -> tuple[HelpView, ...]:
    return tuple(HelpView(unit=unit, at=since) for unit, since in state.help.items())


def _has_helper(centre: Centre, state: State, now: datetime) -> bool:
    """Whether somebody helps at the public computer now."""
    service = centre.computer_service
    if not service or not centre.hours_of(service).open_at(centre.local(now)):
        return False
    return any(
        service in counter.serves
        and state.counters.get(counter.id, CounterStatus.CLOSED) is not CounterStatus.CLOSED
        for counter in centre.counters.values()
    )


def _ratings(tally: Tally) -> RatingsView | None:
    count = tally.ratings
    return RatingsView(count=count, mean=tally.rating_sum / count) if count else None


def _computer(tally: Tally) -> ComputerView | None:
    return ComputerView(offered=tally.offered, chosen=tally.chosen) if tally.offered else None


def _desk_ticket(
    centre: Centre,
    state: State,
    ticket: Ticket,
    now: datetime,
    ahead: int = 0,
    left: WaitRange | None = None,
) -> DeskTicket:
    call = ticket.call
    return DeskTicket(
        **_facts(state, ticket, ahead, left),
        call=CallView(
            call=call.id,
            counter=call.counter,
            at=call.at,
            reason=call.reason,
            recalls=call.recalls,
            shown_at=call.shown_at,
            spoken_at=call.spoken_at,
        )
        if call
        else None,
        started_at=ticket.started_at,
        for_counter=ticket.for_counter,
        early=is_early(ticket, now),
    )


def _facts(state: State, ticket: Ticket, ahead: int, wait: WaitRange | None) -> dict[str, Any]:
    booking = state.bookings.get(ticket.booking or "")
    return {
        "id": ticket.id,
        "number": ticket.label,
        "service": ticket.service,
        "kind": ticket.kind,
        "status": ticket.status,
        "language": ticket.language,
        "arrived_at": ticket.arrived_at,
        "due_at": ticket.due_at,
        "ahead": ahead,
        "slot_starts_at": booking.starts_at if booking else None,
        "wait": _wait(wait) if wait else None,
        "late": booking is not None and ticket.counts_from > booking.starts_at,
        "rated": ticket.rated is not None,
    }


def _wait(wait: WaitRange) -> WaitView:
    low, high = in_five_minute_steps(wait)
    return WaitView(low=low, high=high)


def _accuracy(measured: Accuracy | None) -> AccuracyView | None:
    if measured is None:
        return None
    return AccuracyView(
        promises=measured.promises,
        coverage=measured.coverage,
        width=measured.width / timedelta(minutes=1),
        error=measured.error / timedelta(minutes=1),
    )


def _ahead(centre: Centre, state: State, ticket: Ticket, now: datetime) -> int:
    """How many would be called before it by the counters that serve it; 0 if it does not wait."""
    if ticket.status is not Status.WAITING:
        return 0
    counters = [c for c in centre.counters if may_call(centre, c, ticket)]
    served = frozenset[str]().union(*(centre.counters[c].serves for c in counters))
    own = rank_now(centre, ticket, now)
    return sum(
        each.status is Status.WAITING
        and each.service in served
        and rank_now(centre, each, now) < own
        and any(may_call(centre, counter, each) for counter in counters)
        for each in state.living.values()
    )


def _desk_counter(centre: Centre, state: State, name: str, now: datetime) -> DeskCounter:
    counter = centre.counters[name]
    ticket = state.tickets.get(state.at_counter.get(name, ""))
    return DeskCounter(
        id=name,
        sign=counter.sign,
        name=dict(counter.name),
        serves=tuple(sorted(counter.serves)),
        status=state.counters.get(name, CounterStatus.CLOSED),
        ticket=_desk_ticket(centre, state, ticket, now) if ticket else None,
        done=tuple(_done(state, name)),
        lately_given=state.lately_given.get(name, ()),
    )


def _done(state: State, counter: str) -> Iterable[DoneView]:
    for record in state.done.get(counter, ()):
        account, ticket = state.accounts.get(record), state.tickets.get(record)
        if account:
            yield DoneView(record=record, number="", at=account.at, given=account.given)
        elif ticket and ticket.ended_at:
            yield DoneView(
                record=record, number=ticket.label, at=ticket.ended_at, given=ticket.given
            )

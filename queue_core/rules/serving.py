"""What a clerk does with a visitor, from the call to the end."""

from queue_core import commands as c
from queue_core import events as e
from queue_core.calling import (
    Withheld,
    may_call,
    next_for,
    slot_start,
)
from queue_core.life import AT_COUNTER, Status, Verb
from queue_core.model import (
    CallReason,
    CallRule,
    Kind,
)
from queue_core.refusals import RefusalCode, Refused
from queue_core.rules.accounting import WITH_TICKET, check_given
from queue_core.rules.case import Case, Rules

LONGEST_NOTE = 200
"""Characters in a reason that a clerk types."""


def _call_next(case: Case, command: c.CallNext) -> tuple[e.Event, ...]:
    case.free_counter(command.counter)
    found = next_for(
        case.centre,
        case.state,
        command.counter,
        case.now,
        insist=command.insist,
        services=command.services,
    )
    if found is None:
        raise Refused(RefusalCode.NOBODY_WAITING)
    if isinstance(found, Withheld):
        starts_at = case.centre.local(slot_start(case.centre, case.state, found.slot)).isoformat()
        raise Refused(RefusalCode.SLOT_SOON, number=found.slot.label, starts_at=starts_at)
    ticket, reason = found
    return (e.TicketCalled(ticket.id, command.counter, reason),)


def _call_ticket(case: Case, command: c.CallTicket) -> tuple[e.Event, ...]:
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


def _recall(case: Case, command: c.Recall) -> tuple[e.Event, ...]:
    ticket = case.ticket_at(command.counter, command.ticket, Verb.RECALL)
    if ticket.call and case.now < ticket.call.announced_at + case.centre.recall_pause:
        raise Refused(RefusalCode.TOO_SOON)
    if ticket.call and ticket.call.recalls >= case.centre.most_recalls:
        raise Refused(RefusalCode.TOO_MANY_RECALLS, number=ticket.label)
    return (e.TicketRecalled(ticket.id),)


def _start(case: Case, command: c.Start) -> tuple[e.Event, ...]:
    return (e.ServingStarted(case.ticket_at(command.counter, command.ticket, Verb.START).id),)


def _finish(case: Case, command: c.Finish) -> tuple[e.Event, ...]:
    ticket = case.ticket_at(command.counter, command.ticket, Verb.FINISH)
    check_given(case, command.given, WITH_TICKET)
    return (e.TicketServed(ticket.id, command.given),)


def _no_show(case: Case, command: c.NoShow) -> tuple[e.Event, ...]:
    return (e.NoShowRecorded(case.ticket_at(command.counter, command.ticket, Verb.NO_SHOW).id),)


def _hold(case: Case, command: c.Hold) -> tuple[e.Event, ...]:
    return (e.TicketHeld(case.ticket_at(command.counter, command.ticket, Verb.HOLD).id),)


def _resume(case: Case, command: c.Resume) -> tuple[e.Event, ...]:
    ticket = case.ticket_for(command.ticket, Verb.RESUME)
    missed_at = ticket.ended_at if ticket.status is Status.NO_SHOW else None
    if missed_at and case.now > missed_at + case.centre.return_tolerance:
        raise Refused(RefusalCode.RETURN_TOO_LATE, number=ticket.label)
    return (e.TicketResumed(ticket.id),)


def _prioritise(case: Case, command: c.Prioritise) -> tuple[e.Event, ...]:
    ticket = case.ticket_for(command.ticket, Verb.PRIORITISE)
    if ticket.kind is not Kind.WALK_IN:
        raise Refused(RefusalCode.NOT_POSSIBLE_NOW, number=ticket.label, status=ticket.status.value)
    due_at = min(ticket.due_at, ticket.counts_from + case.centre.priority_target)
    return (e.TicketPrioritised(ticket.id, due_at),)


def _undo(case: Case, command: c.Undo) -> tuple[e.Event, ...]:
    case.known_counter(command.counter)
    last = case.state.undoable.get(command.counter)
    if last is None:
        raise Refused(RefusalCode.NOTHING_TO_UNDO)
    at_counter = case.state.at_counter.get(command.counter)
    if last.before.status in AT_COUNTER and at_counter not in {None, last.before.id}:
        raise Refused(RefusalCode.COUNTER_BUSY, number=case.ticket(at_counter or "").label)
    return (e.ActionUndone(last.before.id, command.counter, last.verb),)


def _transfer(case: Case, command: c.Transfer) -> tuple[e.Event, ...]:
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


def _confirm_call(case: Case, command: c.ConfirmCall) -> tuple[e.Event, ...]:
    for ticket in map(case.ticket, reversed(case.state.announced)):
        if ticket.call and ticket.call.id == command.call:
            return (e.CallConfirmed(ticket.id, command.call, command.step),)
    raise Refused(RefusalCode.UNKNOWN_TICKET)


RULES: Rules = {
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
    c.ConfirmCall: _confirm_call,
}

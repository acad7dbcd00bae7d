"""What concerns the whole centre: its day, its counters, the bell at the desk."""

from datetime import datetime

from queue_core import commands as c
from queue_core import events as e
from queue_core.last_ticket import tickets_ended
from queue_core.model import (
    CounterStatus,
)
from queue_core.refusals import RefusalCode, Refused
from queue_core.rules.case import Case, Rules


def _open_day(case: Case, command: c.OpenDay) -> tuple[e.Event, ...]:
    return ()


def _ask_help(case: Case, command: c.AskHelp) -> tuple[e.Event, ...]:
    if all(each is CounterStatus.CLOSED for each in case.state.counters.values()):
        raise Refused(RefusalCode.NOBODY_THERE)
    return () if case.sender in case.state.help else (e.HelpAsked(case.sender),)


def _answer_help(case: Case, command: c.AnswerHelp) -> tuple[e.Event, ...]:
    return (e.HelpAnswered(command.unit),) if command.unit in case.state.help else ()


def _keep_overnight(case: Case, command: c.KeepOvernight) -> tuple[e.Event, ...]:
    return () if case.state.keep_overnight is command.keep else (e.OvernightDecided(command.keep),)


def _end_tickets(case: Case, command: c.EndTickets) -> tuple[e.Event, ...]:
    if command.at is None:
        return () if tickets_ended(case.state, case.now) else (e.TicketsEnded(case.now),)
    local = case.centre.local(case.now)
    at = datetime.combine(local.date(), command.at.replace(tzinfo=None), local.tzinfo)
    return () if at == case.state.tickets_end else (e.TicketsEnded(at),)


def _give_tickets(case: Case, command: c.GiveTickets) -> tuple[e.Event, ...]:
    return () if case.state.tickets_end is None else (e.TicketsEnded(None),)


def _open_counter(case: Case, command: c.OpenCounter) -> tuple[e.Event, ...]:
    return _change_counter(case, command.counter, CounterStatus.OPEN)


def _pause_counter(case: Case, command: c.PauseCounter) -> tuple[e.Event, ...]:
    return _change_counter(case, command.counter, CounterStatus.PAUSED)


def _close_counter(case: Case, command: c.CloseCounter) -> tuple[e.Event, ...]:
    at_counter = case.state.at_counter.get(command.counter)
    if at_counter:
        raise Refused(RefusalCode.COUNTER_BUSY, number=case.state.tickets[at_counter].label)
    return _change_counter(case, command.counter, CounterStatus.CLOSED)


def _change_counter(case: Case, counter: str, status: CounterStatus) -> tuple[e.Event, ...]:
    case.known_counter(counter)
    if case.state.counters.get(counter, CounterStatus.CLOSED) is status:
        return ()
    return (e.CounterChanged(counter, status),)


RULES: Rules = {
    c.OpenDay: _open_day,
    c.AskHelp: _ask_help,
    c.AnswerHelp: _answer_help,
    c.KeepOvernight: _keep_overnight,
    c.EndTickets: _end_tickets,
    c.GiveTickets: _give_tickets,
    c.OpenCounter: _open_counter,
    c.PauseCounter: _pause_counter,
    c.CloseCounter: _close_counter,
}

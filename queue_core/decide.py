"""Commands in, events or a named refusal out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_core import commands as c
from queue_core import events as e
from queue_core.accuracy import accuracy_of
from queue_core.calling import order_key
from queue_core.centre import Centre
from queue_core.evolve import evolve
from queue_core.life import LEFT_OVERNIGHT
from queue_core.model import (
    Answer,
    State,
)
from queue_core.refusals import Refusal, Refused
from queue_core.rules import accounting, day, own_numbers, serving, visitors
from queue_core.rules.case import Case, Rules


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
    if isinstance(request.command, c.FindTicket | c.AskReport):
        found = decide(centre, state, request, now)
        refusal = found if isinstance(found, Refusal) else None
        ticket = getattr(request.command, "ticket", None)
        return Outcome(state, (), Answer(None if refusal else ticket, refusal))
    earlier = state.answer_to(request.id)
    if earlier:
        return Outcome(state, (), earlier)
    recorded: list[e.Recorded] = []

    def record(event: e.Event) -> None:
        nonlocal state
        each = e.Recorded(state.sequence + 1, now, request.id, request.who, event)
        state = evolve(state, each)
        recorded.append(each)

    today = centre.local(now).date()
    if state.day is None or today > state.day:
        for expired in day_end(state):
            record(expired)
        kept, measured = state.keep_overnight, accuracy_of(state.tally)
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
        for ticket in sorted(state.living.values(), key=order_key)
        if ticket.status not in kept
    )


def decide(
    centre: Centre, state: State, request: c.Request, now: datetime
) -> tuple[e.Event, ...] | Refusal:
    """The events that the request causes, or why it is refused. Changes nothing."""
    try:
        case = Case(centre, state, request.id, request.sender, now)
        return _RULES[type(request.command)](case, request.command)
    except Refused as refused:
        return refused.refusal


_RULES: Rules = {
    **visitors.RULES,
    **own_numbers.RULES,
    **serving.RULES,
    **accounting.RULES,
    **day.RULES,
}

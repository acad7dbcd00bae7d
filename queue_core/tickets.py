"""The tickets of the day, and what is known of them all without going through them.

Maps share what has not changed, so that a change costs the same however many tickets there are.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from operator import add, sub
from typing import TypeVar

from immutables import Map

from queue_core.life import ENDED, Status
from queue_core.model import State, Tally, Ticket

Value = TypeVar("Value")

MICROSECOND = timedelta(microseconds=1)


def put(state: State, ticket: Ticket) -> State:
    """The state with this ticket, new or changed."""
    before = state.tickets.get(ticket.id)
    living = {**state.living, ticket.id: ticket}
    if ticket.status in ENDED:
        del living[ticket.id]
    return replace(
        state,
        tickets=with_one(state.tickets, ticket.id, ticket),
        living=living,
        numbers=_numbered(state.numbers, before, ticket),
        tally=_tallied(state.tally, before, ticket),
    )


def with_one(mapping: Mapping[str, Value], key: str, value: Value) -> Mapping[str, Value]:
    """The map with this value."""
    return _sharing(mapping).set(key, value)


def without(mapping: Mapping[str, Value], key: str) -> Mapping[str, Value]:
    """The map without this key, which it has."""
    return _sharing(mapping).delete(key)


def plain(state: State) -> State:
    """The state as it can be written: ordinary maps, and nothing that follows from its tickets."""
    return replace(
        state,
        tickets=dict(state.tickets),
        living={},
        numbers={},
        tally=Tally(),
        accounts=dict(state.accounts),
        answers=dict(state.answers),
        earlier_answers=dict(state.earlier_answers),
    )


def whole(plain: State) -> State:
    """The state of which this is the plain form."""
    tickets = plain.tickets.values()
    numbers = {each.label: each.id for each in tickets if each.status is not Status.EXPIRED}
    return replace(
        plain,
        tickets=Map(plain.tickets),
        living={each.id: each for each in tickets if each.status not in ENDED},
        numbers=Map(numbers),
        tally=Tally(*map(sum, zip(Tally(), *map(_share, tickets), strict=True))),
        accounts=Map(plain.accounts),
        answers=Map(plain.answers),
        earlier_answers=Map(plain.earlier_answers),
    )


def _sharing(mapping: Mapping[str, Value]) -> Map[str, Value]:
    return mapping if isinstance(mapping, Map) else Map(mapping)


def _numbered(
    numbers: Mapping[str, str], before: Ticket | None, ticket: Ticket
) -> Mapping[str, str]:
    old, new = _number(before), _number(ticket)
    if old == new:
        return numbers
    if old and numbers[old] == ticket.id:
        numbers = without(numbers, old)
    return with_one(numbers, new, ticket.id) if new else numbers


def _number(ticket: Ticket | None) -> str | None:
    return ticket.label if ticket and ticket.status is not Status.EXPIRED else None


def _tallied(tally: Tally, before: Ticket | None, ticket: Ticket) -> Tally:
    old, new = _share(before) if before else Tally(), _share(ticket)
    return tally if old == new else Tally(*map(add, tally, map(sub, new, old)))


def _share(ticket: Ticket) -> Tally:
    """What one ticket adds."""
    told, call, mark = ticket.promised, ticket.call, ticket.rated
    share = Tally(
        served=int(ticket.status is Status.SERVED),
        ratings=int(mark is not None),
        rating_sum=mark or 0,
        offered=int(ticket.offered),
        chosen=int(ticket.offered and bool(ticket.instead_of)),
    )
    if told is None or call is None or call.first_at < ticket.arrived_at:
        return share
    wait = call.first_at - ticket.arrived_at
    return share._replace(
        promises=1,
        kept=int(told.low <= wait <= told.high),
        width=(told.high - told.low) // MICROSECOND,
        error=abs(wait - told.middle) // MICROSECOND,
    )

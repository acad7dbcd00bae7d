"""What must be true of a log, whatever broke: each broken promise in a sentence."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from benchmarks.windowless import Sight
from messaging.booking_code import ticket_in_qr
from messaging.messages import Reply
from queue_core.events import (
    NumberCorrected,
    Recorded,
    TicketCancelled,
    TicketExpired,
    TicketTaken,
)
from queue_core.model import Kind, label


@dataclass
class Witness:
    """What people saw. `seen`: kiosk → what was on its screen; `papers`: the text of each ticket
    that came out, with its code; `answered`: command → what its unit was told; `announced`: (call,
    moment) → how often; `unit` of the log's site."""

    site: str
    seen: Mapping[str, Sequence[Sight]] = field(default_factory=dict)
    papers: Sequence[tuple[str, str]] = ()
    answered: dict[str, Reply] = field(default_factory=dict)
    announced: Counter[tuple[int, datetime]] = field(default_factory=Counter)


def broken(log: Sequence[Recorded], witness: Witness) -> Iterator[str]:
    """All of them; of a log of one day."""
    yield from _given_twice(log)
    yield from _not_as_seen(log, witness)
    yield from _not_once(log, witness)
    yield from _out_of_order(log, witness)
    for (call, _), times in witness.announced.items():
        if times > 1:
            yield f"call {call} was announced {times} times"


def _given_twice(log: Sequence[Recorded]) -> Iterator[str]:
    living: dict[str, str] = {}
    for each in log:
        event = each.event
        if isinstance(event, TicketTaken | NumberCorrected):
            number = label(event.series, event.number)
            if number in set(living.values()) - {living.get(event.ticket)}:
                yield f"{number} was given twice (event {each.sequence})"
            living[event.ticket] = number
        elif isinstance(event, TicketExpired):
            living.pop(event.ticket, None)


def _not_as_seen(log: Sequence[Recorded], witness: Witness) -> Iterator[str]:
    numbers = {
        each.event.ticket: label(each.event.series, each.event.number)
        for each in log
        if isinstance(each.event, TicketTaken | NumberCorrected)
    }
    corrected = {x.event.ticket for x in log if isinstance(x.event, NumberCorrected)}
    cancelled = {x.event.ticket for x in log if isinstance(x.event, TicketCancelled)} - corrected
    shown = {(each.ticket, each.number) for some in witness.seen.values() for each in some}
    for ticket, number in shown:
        if numbers.get(ticket) != number:
            yield f"{number} ({ticket}) was shown, and is {numbers.get(ticket)} in the log"
    for text, code in witness.papers:
        ticket = ticket_in_qr(code, witness.site) or ""
        if numbers.get(ticket, "no number") not in text:
            yield f"on paper, {ticket} is not {numbers.get(ticket)}:\n{text}"
        shown.add((ticket, numbers.get(ticket, "")))
    for ticket, number in shown:
        if ticket in cancelled:
            yield f"{number} ({ticket}) was seen, and is cancelled"


def _not_once(log: Sequence[Recorded], witness: Witness) -> Iterator[str]:
    runs = Counter(name for name, _ in itertools.groupby(each.command_id for each in log))
    for command, times in runs.items():
        if times > 1:
            yield f"{command} was done {times} times"
    for command, reply in witness.answered.items():
        if reply.refusal is None and reply.ticket and command not in runs:
            yield f"{command} was acknowledged, and is lost"


def _out_of_order(log: Sequence[Recorded], witness: Witness) -> Iterator[str]:
    """One kiosk's visitors of one service, by when they saw their numbers."""
    places: dict[str, tuple[str, datetime]] = {}
    for each in log:
        event = each.event
        if isinstance(event, TicketTaken) and event.kind is Kind.WALK_IN:
            places[event.ticket] = event.service, event.counts_from
        if isinstance(event, NumberCorrected) and event.issued_at and event.ticket in places:
            service, counts_from = places[event.ticket]
            places[event.ticket] = service, min(counts_from, event.issued_at)
    for kiosk, some in witness.seen.items():
        known = sorted((places[x.ticket][0], x.at, x.ticket) for x in some if x.ticket in places)
        for (service, _, before), (also, _, after) in itertools.pairwise(known):
            if service == also and places[after][1] < places[before][1]:
                yield f"at {kiosk}, {after} came after {before} and is before it"

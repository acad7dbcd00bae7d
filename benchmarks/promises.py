"""What must be true of a log, whatever broke: each broken promise in a sentence."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from benchmarks.windowless import Sight
from messaging.booking_code import ticket_in_qr
from messaging.messages import Reply
from queue_core.events import (
    DayOpened,
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
    moment) → how often. Of one day."""

    site: str
    seen: Mapping[str, Sequence[Sight]] = field(default_factory=dict)
    papers: Sequence[tuple[str, str]] = ()
    answered: dict[str, Reply] = field(default_factory=dict)
    announced: Counter[tuple[int, datetime]] = field(default_factory=Counter)


def broken(log: Sequence[Recorded], witness: Witness) -> Iterator[str]:
    """All of them."""
    papers = [(ticket_in_qr(code, witness.site) or "", text) for text, code in witness.papers]
    shown = {(each.ticket, each.number) for some in witness.seen.values() for each in some}
    yield from given_twice(log)
    yield from not_as_shown(log, shown)
    yield from not_as_printed(log, papers)
    yield from seen_and_cancelled(log, {ticket for ticket, _ in (*shown, *papers)})
    yield from not_once(log, witness.answered)
    yield from _out_of_order(log, witness)
    for (call, _), times in witness.announced.items():
        if times > 1:
            yield f"call {call} was announced {times} times"


def given_twice(log: Sequence[Recorded]) -> Iterator[str]:
    """Two living tickets with one number, at any moment."""
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
        elif isinstance(event, DayOpened):
            living.clear()


def not_as_shown(log: Sequence[Recorded], shown: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A ticket and its number, which is another now; unless its day is over."""
    numbers = _numbers(log)
    expired = {each.event.ticket for each in log if isinstance(each.event, TicketExpired)}
    for ticket, number in shown:
        is_over = ticket in numbers and ticket in expired
        if numbers.get(ticket) != number and not is_over:
            yield f"{number} ({ticket}) was shown, and is {numbers.get(ticket)} in the log"


def not_as_printed(log: Sequence[Recorded], papers: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A paper, with its ticket's id, on which its number is not."""
    numbers = _numbers(log)
    for ticket, text in papers:
        if numbers.get(ticket, "no number") not in text:
            yield f"on paper, {ticket} is not {numbers.get(ticket)}:\n{text}"


def seen_and_cancelled(log: Sequence[Recorded], seen: Iterable[str]) -> Iterator[str]:
    """A ticket that somebody has. What a kiosk gave by itself lives again."""
    numbers = _numbers(log)
    corrected = {each.event.ticket for each in log if isinstance(each.event, NumberCorrected)}
    cancelled = {each.event.ticket for each in log if isinstance(each.event, TicketCancelled)}
    for ticket in (cancelled & {*seen}) - corrected:
        yield f"{numbers.get(ticket)} ({ticket}) was seen, and is cancelled"


def not_once(log: Sequence[Recorded], answered: Mapping[str, Reply]) -> Iterator[str]:
    """What was acknowledged, and is lost; what was done more than once."""
    runs = Counter(name for name, _ in itertools.groupby(each.command_id for each in log))
    for command, times in runs.items():
        if times > 1:
            yield f"{command} was done {times} times"
    for command, reply in answered.items():
        if reply.refusal is None and reply.ticket and command not in runs:
            yield f"{command} was acknowledged, and is lost"


def _numbers(log: Sequence[Recorded]) -> Mapping[str, str]:
    return {
        each.event.ticket: label(each.event.series, each.event.number)
        for each in log
        if isinstance(each.event, TicketTaken | NumberCorrected)
    }


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

"""What visitors were told about their wait against what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_core.model import Accuracy, Tally, Ticket, WaitRange


@dataclass(frozen=True, slots=True)
class Promise:
    """What a visitor was told at a moment."""

    ticket: str
    at: datetime
    range: WaitRange


def accuracy_of(tally: Tally) -> Accuracy | None:
    """What visitors were told at their arrival against their waits; None if nobody was called."""
    count = tally.promises
    if not count:
        return None
    return Accuracy(
        promises=count,
        coverage=tally.kept / count,
        width=timedelta(microseconds=tally.width) / count,
        error=timedelta(microseconds=tally.error) / count,
    )


def accuracy(promises: Iterable[Promise], tickets: Mapping[str, Ticket]) -> Accuracy | None:
    """The promises against the calls that followed; None if nobody was called."""
    kept = [
        (each.range, call.at - each.at)
        for each in promises
        if each.ticket in tickets and (call := tickets[each.ticket].call) and call.at >= each.at
    ]
    if not kept:
        return None
    nothing, count = timedelta(), len(kept)
    return Accuracy(
        promises=count,
        coverage=sum(r.low <= wait <= r.high for r, wait in kept) / count,
        width=sum((r.high - r.low for r, _ in kept), nothing) / count,
        error=sum((abs(wait - r.middle) for r, wait in kept), nothing) / count,
    )

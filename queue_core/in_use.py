"""What of a centre cannot be taken away now, because somebody here needs it."""

from collections.abc import Iterator
from datetime import datetime

from queue_core.centre import Centre
from queue_core.life import AT_COUNTER, LEFT_OVERNIGHT
from queue_core.model import CounterStatus, State
from queue_core.refusals import Refusal, RefusalCode

_HERE = AT_COUNTER | LEFT_OVERNIGHT
"""Who did not come is called again by whoever still serves what the number is for."""


def still_in_use(state: State, before: Centre, after: Centre, now: datetime) -> Refusal | None:
    """Why what `after` no longer has must stay, at the aware moment `now`."""
    services = before.services.keys() - after.services.keys()
    counters = before.counters.keys() - after.counters.keys()
    facts = (*_services(state, services, now), *_counters(state, counters))
    return Refusal(RefusalCode.STILL_IN_USE, facts[0]) if facts else None


def _services(state: State, services: set[str], now: datetime) -> Iterator[dict[str, str]]:
    for ticket in state.living.values():
        if ticket.service in services and ticket.status in _HERE:
            yield {"number": ticket.label}
    for each in sorted(state.bookings.values(), key=lambda each: each.starts_at):
        if each.service in services and each.ticket is None and each.starts_at > now:
            yield {"starts_at": each.starts_at.isoformat()}


def _counters(state: State, counters: set[str]) -> Iterator[dict[str, str]]:
    for each in sorted(counters):
        if state.counters.get(each, CounterStatus.CLOSED) is not CounterStatus.CLOSED:
            yield {"counter": each}
    for ticket in state.living.values():
        if ticket.for_counter in counters and ticket.status in _HERE:
            yield {"number": ticket.label}

"""What is left of a day when its events are not kept any more: counts, and nobody's ticket.

One row for a day, a service, and the counter that called last ("" where none did). All are sums:
the rows of any days, services and counters can be added up.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from queue_core.life import LEFT_OVERNIGHT, Status
from queue_core.model import State, Ticket

Figures = dict[str, str | int]
"""A row of the table `statistics`: column → text or whole number."""

KEY = ("day", "service", "counter")

MINUTES = (5, 10, 20, 30, 60)
"""`waited_5`: called within five minutes; `waited_10`: later, within ten; and so on."""

SUMS = (
    "tickets",
    "served",
    "cancelled",
    "missed",  # called, and not served by the end of the day
    "never_called",
    "wait_seconds",  # from the arrival to the last call, of all who were called
    *(f"waited_{minutes}" for minutes in MINUTES),
    "waited_longer",
    "serving_seconds",  # from the last call to the finish, of all who were served
    "promises",  # of waits, to those who were called then
    "promises_kept",  # called within the range that was told
    "promise_error_seconds",  # between the middle of the range and the wait
    "ratings",
    "rating_sum",
)


def figures_of(evening: State) -> list[Figures]:
    """The rows of a day that is over. Who keeps a place overnight counts on the last day."""
    cells = dict[tuple[str, str], list[Ticket]]()
    for ticket in evening.tickets.values():
        if ticket.status not in LEFT_OVERNIGHT:
            counter = ticket.call.counter if ticket.call else ""
            cells.setdefault((ticket.service, counter), []).append(ticket)
    day = str(evening.day)
    return [
        {"day": day, "service": service, "counter": counter, **_sums(tickets)}
        for (service, counter), tickets in sorted(cells.items())
    ]


def _sums(tickets: Sequence[Ticket]) -> dict[str, int]:
    waits = [(t.call.at - t.arrived_at, t.promised) for t in tickets if t.call]
    told = [(wait, promise) for wait, promise in waits if promise]
    marks = [ticket.rated for ticket in tickets if ticket.rated is not None]
    served = sum(t.status is Status.SERVED for t in tickets)
    cancelled = sum(t.status is Status.CANCELLED for t in tickets)
    others = [t.call for t in tickets if t.status not in {Status.SERVED, Status.CANCELLED}]
    counted = (
        len(tickets),
        served,
        cancelled,
        sum(call is not None for call in others),
        sum(call is None for call in others),
        sum(_seconds(wait) for wait, _ in waits),
        *_histogram([wait for wait, _ in waits]),
        sum(_serving_seconds(ticket) for ticket in tickets),
        len(told),
        sum(promise.low <= wait <= promise.high for wait, promise in told),
        sum(_seconds(abs(wait - promise.middle)) for wait, promise in told),
        len(marks),
        sum(marks),
    )
    return dict(zip(SUMS, counted, strict=True))


def _histogram(waits: Sequence[timedelta]) -> list[int]:
    bounds = [timedelta(minutes=each) for each in MINUTES]
    within = [0, *(sum(wait <= bound for wait in waits) for bound in bounds), len(waits)]
    return [more - fewer for fewer, more in pairwise(within)]


def _serving_seconds(ticket: Ticket) -> int:
    if ticket.status is not Status.SERVED or not ticket.call or not ticket.ended_at:
        return 0
    return _seconds(ticket.ended_at - ticket.call.at)


def _seconds(time: timedelta) -> int:
    return round(time.total_seconds())

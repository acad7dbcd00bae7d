"""What a policy did to people: measures and a table of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from queue_core.model import Kind, Ticket
from simulator.run import Played

KEPT = 10
"""Minutes. A slot is kept if it begins at most so long after its time."""

HEADINGS = (
    "policy",
    f"slots within {KEPT} min",
    "slot lateness p90",
    "waits > 30 min",
    "> 45 min",
    "wait median",
    "wait p90",
    "overtime a day",
    "kept free a day",
)


@dataclass(frozen=True, slots=True)
class Measures:
    """Minutes, sorted; `overtime` and `kept_free` are minutes a day.

    `lateness`: from a slot's time to the start of serving, of those who were there in time
    (negative: begun early). `waits`: a walk-in's, from ticket to call.
    """

    lateness: Sequence[float]
    waits: Sequence[float]
    overtime: float
    kept_free: float

    @property
    def slots_kept(self) -> float:
        """The share of slots kept, 0–1."""
        return 1 - _share_over(self.lateness, KEPT)

    def waiting_over(self, minutes: float) -> float:
        """The share of walk-ins who waited longer, 0–1."""
        return _share_over(self.waits, minutes)


def measure(days: Iterable[Played]) -> Measures:
    """Days played under one policy, as one."""
    lateness, waits, overtime, kept_free, count = list[float](), list[float](), 0.0, 0.0, 0
    for played in days:
        count += 1
        overtime += max(0.0, _minutes(played.finished_at - played.day.closes_at))
        kept_free += _minutes(played.kept_free)
        late = (_late(played, each) for each in played.state.tickets.values())
        lateness += [each for each in late if each is not None]
        waits += [
            _minutes(each.call.at - each.arrived_at)
            for each in played.state.tickets.values()
            if each.kind is Kind.WALK_IN and each.call
        ]
    return Measures(sorted(lateness), sorted(waits), overtime / count, kept_free / count)


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which this part (0–1) of the sorted values lies; 0 of none."""
    return values[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def table(measures: Mapping[str, Measures]) -> str:
    """One row a policy, in Markdown; times in minutes."""
    rows = [HEADINGS, *(_row(name, each) for name, each in measures.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def _row(name: str, each: Measures) -> tuple[str, ...]:
    return (
        name,
        f"{each.slots_kept:.1%}",
        f"{quantile(each.lateness, 0.9):.1f}",
        f"{each.waiting_over(30):.2%}",
        f"{each.waiting_over(45):.2%}",
        f"{quantile(each.waits, 0.5):.1f}",
        f"{quantile(each.waits, 0.9):.1f}",
        f"{each.overtime:.1f}",
        f"{each.kept_free:.1f}",
    )


def _late(played: Played, ticket: Ticket) -> float | None:
    if ticket.booking is None or ticket.started_at is None:
        return None
    starts_at = played.state.bookings[ticket.booking].starts_at
    if ticket.arrived_at > starts_at:
        return None
    return _minutes(ticket.started_at - starts_at)


def _minutes(duration: timedelta) -> float:
    return duration.total_seconds() / 60


def _share_over(values: Sequence[float], limit: float) -> float:
    return sum(each > limit for each in values) / len(values) if values else 0.0

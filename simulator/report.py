"""What a policy did to people: one table, one picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

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


def draw(measures: Mapping[str, Measures], title: str, file: Path) -> None:
    """Bars from the 10th to the 90th percentile, a tick at the median, a line to the 99th."""
    height = _TOP + _ROW * len(measures) + 40
    image = Image.new("RGB", (_LEFT + 2 * _PANEL + 3 * _GAP, height), "white")
    pen = ImageDraw.Draw(image)
    pen.text((_GAP, 14), title, "black", ImageFont.load_default(22))
    late = {name: each.lateness for name, each in measures.items()}
    waits = {name: each.waits for name, each in measures.items()}
    for row, name in enumerate(measures):
        pen.text((_GAP, _TOP + _ROW * row + 8), name, "black", ImageFont.load_default(16))
    left = _LEFT + _GAP
    _panel(pen, left, late, "how late slots begin, minutes", KEPT, "#1f5fa8")
    _panel(pen, left + _PANEL + _GAP, waits, "how long walk-ins wait, minutes", 45, "#b3541e")
    image.save(file)


_LEFT, _TOP, _PANEL, _GAP, _ROW = 220, 92, 460, 20, 36
_GRID, _LIMIT = "#dddddd", "#c00000"


def _panel(
    pen: ImageDraw.ImageDraw,
    left: int,
    rows: Mapping[str, Sequence[float]],
    words: str,
    limit: int,
    colour: str,
) -> None:
    """`limit` is the line that should not be crossed."""
    low = min(0.0, *(quantile(each, 0.1) for each in rows.values()))
    high = max(limit * 1.4, *(quantile(each, 0.99) for each in rows.values()))
    bottom = _TOP + _ROW * len(rows)
    step = 10 if high - low < 100 else 30
    small = ImageFont.load_default(14)

    def x(minutes: float) -> float:
        return left + (min(max(minutes, low), high) - low) / (high - low) * (_PANEL - 20)

    pen.text((left, _TOP - 34), words, colour, ImageFont.load_default(16))
    for minutes in range(int(low // step + 1) * step, int(high) + 1, step):
        pen.line((x(minutes), _TOP, x(minutes), bottom), _GRID)
        pen.text((x(minutes), bottom + 4), f"{minutes}", "black", small, anchor="ma")
    pen.line((x(limit), _TOP - 6, x(limit), bottom), _LIMIT, 2)
    for row, values in enumerate(rows.values()):
        middle = _TOP + _ROW * row + _ROW / 2
        p10, p50, p90, p99 = (quantile(values, part) for part in (0.1, 0.5, 0.9, 0.99))
        pen.line((x(p10), middle, x(p99), middle), colour, 2)
        pen.rectangle((x(p10), middle - 8, x(p90), middle + 8), colour)
        pen.line((x(p50), middle - 11, x(p50), middle + 11), "black", 3)


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

"""The measures of several policies as one picture."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from simulator.report import KEPT, Measures, quantile

LONG_WAIT = 45
"""Minutes that a walk-in should not wait."""


def draw(measures: Mapping[str, Measures], title: str, file: Path) -> None:
    """Both distributions under each policy, side by side, as a PNG."""
    height = _TOP + _ROW * len(measures) + 68
    image = Image.new("RGB", (_LEFT + 2 * _PANEL + 3 * _GAP, height), "white")
    pen = ImageDraw.Draw(image)
    pen.text((_GAP, 14), title, "black", ImageFont.load_default(22))
    late = {name: each.lateness for name, each in measures.items()}
    waits = {name: each.waits for name, each in measures.items()}
    for row, name in enumerate(measures):
        pen.text((_GAP, _TOP + _ROW * row + 8), name, "black", ImageFont.load_default(16))
    left = _LEFT + _GAP
    _panel(pen, left, late, "how late slots begin, minutes", KEPT, "#1f5fa8")
    _panel(pen, left + _PANEL + _GAP, waits, "how long others wait, minutes", LONG_WAIT, "#b3541e")
    legend = (
        "Bar: from the 10th to the 90th percentile. Tick: median. Line: to the 99th. Red: limit."
    )
    pen.text((_GAP, height - 30), legend, "black", ImageFont.load_default(14))
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file)


_LEFT, _TOP, _PANEL, _GAP, _ROW = 220, 100, 460, 20, 36
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

    pen.text((left, _TOP - 42), words, colour, ImageFont.load_default(16))
    for minutes in range(ceil(low / step) * step, int(high) + 1, step):
        pen.line((x(minutes), _TOP, x(minutes), bottom), _GRID)
        pen.text((x(minutes), bottom + 4), f"{minutes}", "black", small, anchor="ma")
    pen.line((x(limit), _TOP - 2, x(limit), bottom), _LIMIT, 2)
    pen.text((x(limit), _TOP - 18), f"{limit}", _LIMIT, small, anchor="ma")
    for row, values in enumerate(rows.values()):
        middle = _TOP + _ROW * row + _ROW / 2
        p10, p50, p90, p99 = (quantile(values, part) for part in (0.1, 0.5, 0.9, 0.99))
        pen.line((x(p10), middle, x(p99), middle), colour, 2)
        pen.rectangle((x(p10), middle - 8, x(p90), middle + 8), colour)
        pen.line((x(p50), middle - 11, x(p50), middle + 11), "black", 3)

"""Text that fits its box: broken into lines at spaces, and smaller where it must be. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

SMALLEST = 8.0
SHRINK = 0.94

Measure = Callable[[str, float], tuple[float, float]]
"""(one word, letter size) → its width and height; all in pixels. Asked often: remember answers."""

_TOGETHER = re.compile(r"(?<=\d\.) (?=\w)|(?<=\d) (?=\w)|(?<=plkst\.) |(?<=\b[A-Z]) (?=\d{3})")
"""Spaces that never end a line: in *26. novembris*, *20 minūtes*, *plkst. 09:00*, *A 042*."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines parted by line feeds, and the letter size at which they fit."""

    text: str
    size: float


def fit(text: str, width: float, height: float, largest: float, measure: Measure) -> Fitted:
    """The text at the largest size up to `largest` at which it fits, in lines about equally long;
    words are never broken."""
    text, size = _TOGETHER.sub("\u00a0", text), largest
    while True:
        lines, widest = _broken(text, width, size, measure)
        tall = len(lines) * measure(" ", size)[1]
        if (widest <= width and tall <= height) or size <= SMALLEST:
            return Fitted("\n".join(_evenly(text, lines, widest, size, measure)), size)
        size = max(SMALLEST, size * SHRINK)


def _evenly(text: str, lines: list[str], widest: float, size: float, measure: Measure) -> list[str]:
    """As many lines, and these about equally long."""
    narrower, wide = _broken(text, widest - 1, size, measure)
    if len(narrower) > len(lines) or wide >= widest:
        return lines
    return _evenly(text, narrower, wide, size, measure)


def _broken(text: str, width: float, size: float, measure: Measure) -> tuple[list[str], float]:
    """The lines, and the width of the widest."""
    space = measure(" ", size)[0]
    lines, widths = [], []
    for paragraph in text.split("\n"):
        first, *rest = paragraph.split(" ")
        line, taken = first, measure(first, size)[0]
        for word in rest:
            more = measure(word, size)[0]
            if taken + space + more > width:
                lines.append(line)
                widths.append(taken)
                line, taken = word, more
            else:
                line, taken = f"{line} {word}", taken + space + more
        lines.append(line)
        widths.append(taken)
    return lines, max(widths)

"""Text that fits its box: broken into lines at spaces, and smaller where it must be. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

SMALLEST = 8.0
SHRINK = 0.94

Measure = Callable[[str, float], tuple[float, float]]
"""(one line of text, letter size) → its width and height; all in pixels."""


_TOGETHER = re.compile(r"(?<=\d\.) (?=\w)|(?<=plkst\.) |(?<=\b[A-Z]) (?=\d{3})")
"""Spaces that never end a line: in *26. novembris*, *plkst. 09:00* and *A 042*."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines parted by line feeds, and the letter size at which they fit."""

    text: str
    size: float


def fit(text: str, width: float, height: float, largest: float, measure: Measure) -> Fitted:
    """The text at the largest size up to `largest` at which it fits; words are never broken."""
    text, size = _TOGETHER.sub("\u00a0", text), largest
    while True:
        lines = _broken(text, width, size, measure)
        widest = max(measure(line, size)[0] for line in lines)
        tall = len(lines) * measure(lines[0], size)[1]
        if (widest <= width and tall <= height) or size <= SMALLEST:
            return Fitted("\n".join(lines), size)
        size = max(SMALLEST, size * SHRINK)


def _broken(text: str, width: float, size: float, measure: Measure) -> list[str]:
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".lstrip()
            if line and measure(longer, size)[0] > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines

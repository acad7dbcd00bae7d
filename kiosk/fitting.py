"""Texts that fit their box: broken into lines at spaces, smaller where they must be. Pure."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

EVEN = 2
"""Letter sizes are even: each size is a font that is kept in memory."""

SHRINK = 0.96
STEPS = 112
"""Down to a hundredth."""

Measure = Callable[[str, float], tuple[float, float]]
"""(one word, letter size) → its width and height; all in pixels. Asked often: remember answers."""

_TOGETHER = re.compile(r"(?<=\d\.) (?=\w)|(?<=\d) (?=\w)|(?<=plkst\.) |(?<=\b[A-Z]) (?=\d{3})")
"""Spaces that never end a line: in *26. novembris*, *20 minūtes*, *plkst. 09:00*, *A 042*."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text, its largest letter size, and the smallest at which everybody can read it."""

    text: str
    largest: float
    least: float
    measure: Measure

    def at(self, part: float) -> float:
        """The letter size at this part of the largest. It stops at the smallest for a while, so
        that the others may give way first; but a text that nobody foresaw is not cut off."""
        size = max(self.largest * part, min(self.least, self.largest * part * 3))
        return max(EVEN, size // EVEN * EVEN)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines parted by line feeds, the letter size, and the height they take."""

    text: str
    size: float
    height: float


def fit(
    texts: Sequence[Wanted], width: float, height: float, gap: float, most: float = 1.0
) -> tuple[list[Fitted], float]:
    """The texts one under another, as large as they fit at a common part of their largest sizes,
    which is given too, up to `most`; in lines about equally long, words never broken."""
    height -= gap * (len(texts) - 1)
    smaller = bisect_left(
        range(STEPS), True, key=lambda step: _fits(texts, most * SHRINK**step, width, height)
    )
    part = most * SHRINK**smaller
    return [_fitted(each, each.at(part), width) for each in texts], part


def shared(needs: Sequence[float], room: float) -> list[float]:
    """As equal widths as they can be that fill the room, each at least what it needs."""
    rest, small = room, len(needs)
    for need in sorted(needs, reverse=True):
        if need * small <= rest:
            break
        rest, small = rest - need, small - 1
    return [max(need, rest / max(small, 1)) for need in needs]


def _fits(texts: Sequence[Wanted], part: float, width: float, height: float) -> bool:
    for each in texts:
        size = each.at(part)
        lines, widest = _broken(each.text, width, size, each.measure)
        height -= len(lines) * each.measure(" ", size)[1]
        if widest > width or height < 0:
            return False
    return True


def _fitted(wanted: Wanted, size: float, width: float) -> Fitted:
    lines, widest = _broken(wanted.text, width, size, wanted.measure)
    lines = _evenly(wanted.text, lines, widest, size, wanted.measure)
    return Fitted("\n".join(lines), size, len(lines) * wanted.measure(" ", size)[1])


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
    for paragraph in _TOGETHER.sub("\u00a0", text).split("\n"):
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

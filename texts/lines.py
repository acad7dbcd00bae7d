"""Text broken into lines that are about equally long. Pure."""

import re
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]
"""A text on one line → its width, in whatever unit the lines are measured."""

TIED = "\u00a0"

_RANGE = re.compile(r"(?<=\d) (\w+) (?=\d)")
_PAIR = re.compile(r"(?<=\d\.) (?=\w)|(?<=\d) (?=\w)|(?<=plkst\.) (?=\d)|(?<=\b[A-Z]) (?=\d{3})")


def tied(text: str) -> str:
    """No line will end within *10 līdz 20 minūtes*, *26. novembris*, *plkst. 09:00* or *A 042*."""
    return _PAIR.sub(TIED, _RANGE.sub(rf"{TIED}\1{TIED}", text))


def even_lines(text: str, width: float, measure: Measure) -> list[str]:
    """As few lines as the width allows, and these about equally long. What is tied is parted, and
    a word broken, only where it is wider than a line."""
    words = [piece for word in text.split(" ") if word for piece in _pieces(word, width, measure)]
    lines = _filled(words, width, measure)
    while lines:
        widest = max(map(measure, lines))
        narrower = _filled(words, widest - 1, measure)
        if len(narrower) > len(lines) or max(map(measure, narrower)) >= widest:
            break
        lines = narrower
    return lines


def _filled(words: list[str], width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, width: float, measure: Measure) -> Iterator[str]:
    if measure(word) <= width or len(word) == 1:
        yield word
    elif TIED in word:
        for part in word.split(TIED):
            yield from _pieces(part, width, measure)
    else:
        fits = sum(measure(word[:count]) <= width for count in range(1, len(word))) or 1
        yield word[:fits]
        yield from _pieces(word[fits:], width, measure)

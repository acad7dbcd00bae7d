"""The paper in the simulated printer: text, pictures and feeds until the cut."""

from dataclasses import dataclass
from typing import Literal

from PIL import Image

from drivers.dot_text import CELL_HEIGHT, CELL_WIDTH, draw_text

Align = Literal["left", "center", "right"]

# Two metres: whatever a sender writes, a strip stays small in memory.
LONGEST = 16_000
DEFAULT_SPACING = 34  # 1/6 inch at 203 dpi
# The knife sits 12 mm after the print head: what is not fed past it is cut off.
HEAD_TO_KNIFE = 100


@dataclass(frozen=True)
class Style:
    """Magnification of the letters (1–8), and weight."""

    width: int = 1
    height: int = 1
    bold: bool = False


class PaperStrip:
    """`width` in dots. Rows are drawn when they are complete, as a printer does."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows: list[Image.Image] = []
        self._length = 0
        self._texts: list[str] = []
        self._line: list[tuple[str, Style]] = []
        self.feed(HEAD_TO_KNIFE)

    def write(self, text: str, style: Style, align: Align, spacing: int) -> None:
        """Adds to the line; a full line is printed and a new one begun."""
        for letter in text:
            if self._line_width() + CELL_WIDTH * style.width > self._width:
                self.end_line(align, spacing)
            self._line.append((letter, style))

    def end_line(self, align: Align, spacing: int) -> None:
        """Prints the line; an empty one is a feed."""
        if self._line:
            self._texts.append("".join(letter for letter, _ in self._line).strip())
            self._add(self._draw_line(spacing), align)
        else:
            self.feed(spacing)
        self._line = []

    def feed(self, dots: int) -> None:
        if dots:
            self._add(Image.new("1", (1, dots), 1), "left")

    def draw(self, picture: Image.Image, align: Align, note: str | None = None) -> None:
        """A picture on rows of its own; the note stands for it in the text."""
        if note:
            self._texts.append(note)
        self._add(picture, align)

    def finished(self) -> tuple[Image.Image, str]:
        """The strip as a black and white picture, and its text line by line."""
        ticket = Image.new("1", (self._width, max(1, self._length - HEAD_TO_KNIFE)), 1)
        top = 0
        for row in self._rows:
            ticket.paste(row, (0, top))
            top += row.height
        return ticket, "\n".join(self._texts)

    def _line_width(self) -> int:
        return sum(CELL_WIDTH * style.width for _, style in self._line)

    def _draw_line(self, spacing: int) -> Image.Image:
        tallest = CELL_HEIGHT * max(style.height for _, style in self._line)
        line = Image.new("1", (self._line_width(), max(spacing, tallest)), 1)
        left = 0
        for letter, style in self._line:
            drawn = draw_text(letter, style.width, style.height, bold=style.bold)
            line.paste(drawn, (left, tallest - drawn.height))
            left += drawn.width
        return line

    def _add(self, picture: Image.Image, align: Align) -> None:
        """A row as wide as the paper; past the longest strip nothing is kept."""
        height = min(picture.height, LONGEST - self._length)
        if height <= 0:
            return
        gap = max(0, self._width - picture.width)
        left = {"left": 0, "center": gap // 2, "right": gap}[align]
        row = Image.new("1", (self._width, height), 1)
        row.paste(picture, (left, 0))
        self._rows.append(row)
        self._length += height

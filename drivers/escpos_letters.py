"""Two ways to put letters on paper: the printer's own, of a few bytes, or drawn dot by dot."""

from enum import Enum
from typing import Protocol

from PIL import Image, ImageFont, ImageOps

from drivers.dot_text import CELL_WIDTH, draw_text, draw_type, typeface
from drivers.escpos_library import Dummy
from texts.lines import even_lines, tied

LARGEST = 8
"""ESC/POS magnifies its letters so many times at most."""

SMALLEST = 11
"""Dots: smaller type cannot be read."""

WIDE_PAPER = 40
"""Columns from which letters may be twice as wide."""


class Size(Enum):
    """Of letters, in dots where they are drawn: a footnote's, a sentence's, and the number's, which
    is at most as large as fits on one line."""

    SMALL = 22
    LARGE = 37
    HUGE = 170


class Letters(Protocol):
    """Writes lines about equally long, which end where no range, date or number is torn apart."""

    def write(self, text: str, size: Size, *, bold: bool = False) -> None:
        """Any text is printable; control characters go."""


class OwnLetters:
    """The printer's font A, magnified; a line outside its code page is drawn."""

    def __init__(self, printer: Dummy, columns: int, code_page: str) -> None:
        self._printer = printer
        self._columns = columns
        self._code_page = code_page
        printer.charcode(code_page)

    def write(self, text: str, size: Size, *, bold: bool = False) -> None:
        text = tied(clean(text))
        width, height = self._magnification(text, size)
        for line in even_lines(text, self._columns // width, len):
            self._write_line(clean(line), width, height, bold=bold)

    def _magnification(self, text: str, size: Size) -> tuple[int, int]:
        """Narrow paper has no room for wide letters: they would make a tower of single words."""
        match size:
            case Size.SMALL:
                return 1, 1
            case Size.LARGE:
                longest = max(map(len, text.split(" ")))
                fits = self._columns >= WIDE_PAPER and longest <= self._columns // 2
                return (2 if fits else 1), 2
            case Size.HUGE:
                largest = max(1, min(LARGEST, self._columns // max(1, len(text))))
                return largest, largest

    def _write_line(self, line: str, width: int, height: int, *, bold: bool) -> None:
        encoder = self._printer.magic.encoder
        if all(encoder.can_encode(self._code_page, letter) for letter in line):
            self._printer.set(custom_size=True, width=width, height=height, bold=bold)
            self._printer.textln(line)
        else:
            draw(self._printer, draw_text(line, width, height, bold=bold))


class DrawnLetters:
    """Type of our own. The number is sent at half size, which the printer doubles: a quarter of the
    bytes, and its edges are smooth enough."""

    def __init__(self, printer: Dummy, columns: int) -> None:
        self._printer = printer
        self._dots = columns * CELL_WIDTH

    def write(self, text: str, size: Size, *, bold: bool = False) -> None:
        text, times = tied(clean(text)), 2 if size is Size.HUGE else 1
        most = self._dots / times
        face = typeface(size.value // times, bold)
        widest = max(map(face.getlength, text.split(" ")))
        if widest > most:
            face = typeface(max(SMALLEST, int(face.size * most / widest)), bold)
        for line in even_lines(text, most, face.getlength):
            self._draw_line(clean(line), face, times)

    def _draw_line(self, line: str, face: ImageFont.FreeTypeFont, times: int) -> None:
        """Sends only the rows that have ink: blank ones are a feed."""
        picture = draw_type(line, face)
        _, top, _, bottom = ImageOps.invert(picture).getbbox() or (0, 0, 0, 1)
        feed(self._printer, top * times)
        draw(self._printer, picture.crop((0, top, picture.width, bottom)), times)
        feed(self._printer, (picture.height - bottom) * times)


def clean(text: str) -> str:
    """Single spaces, nothing a printer could take for a command."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def draw(printer: Dummy, picture: Image.Image, times: int = 1) -> None:
    """`times` 2: the printer makes it twice as wide and as high."""
    printer.image(picture, high_density_vertical=times == 1, high_density_horizontal=times == 1)


def feed(printer: Dummy, dots: int) -> None:
    """Blank paper, at most 255 dots (32 mm) of it."""
    if dots:
        printer._raw(bytes((0x1B, 0x4A, dots)))

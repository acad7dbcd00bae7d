"""A ticket as ESC/POS bytes: the printer's own letters and its own QR code, so that a few hundred
bytes are enough and a slow serial line still prints in a moment."""

import textwrap

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from drivers.dot_text import CELL_WIDTH, draw_text
from drivers.errors import SettingError
from drivers.printer import TicketPaper

LARGEST = 8
LONGEST_QR = 300
# 8 dots are 1 mm at 203 dpi: any phone reads that; a long code gets smaller modules to fit.
QR_MODULE, QR_SMALL_MODULE, QR_SHORT = 8, 4, 40


class TicketLayout:
    """`columns`: letters of font A on a line, 48 for 80 mm paper and 32 for 58 mm.

    Raises SettingError for a profile or code page that python-escpos does not know.
    """

    def __init__(self, columns: int, profile: str, code_page: str) -> None:
        self._columns = columns
        self._profile = profile
        self._code_page = code_page.upper()
        self._check()

    def compose(self, paper: TicketPaper) -> bytes:
        """The whole job, from reset to cut. Any text is printable; control characters go."""
        job = _Job(self._columns, self._profile, self._code_page)
        job.write(paper.centre, bold=True)
        job.feed()
        job.write_largest(paper.number)
        job.feed()
        job.write_double(paper.service, bold=True)
        job.feed()
        for line in paper.lines:
            job.write_double(line)
            job.feed()
        if paper.qr and len(paper.qr.encode(errors="replace")) <= LONGEST_QR:
            job.draw_qr(paper.qr)
            job.feed()
        job.write(paper.printed_at)
        return job.cut()

    def _check(self) -> None:
        try:
            pages = Dummy(profile=self._profile).profile.get_code_pages()
        except KeyError:
            raise SettingError(f"unknown printer profile {self._profile!r}") from None
        if self._code_page not in pages:
            known = ", ".join(sorted(pages))
            raise SettingError(
                f"printer profile {self._profile!r} has no code page {self._code_page!r}: {known}"
            )


class _Job:
    """One ticket being composed into memory."""

    def __init__(self, columns: int, profile: str, code_page: str) -> None:
        self._columns = columns
        self._code_page = code_page
        self._printer = Dummy(profile=profile)
        # Without a width python-escpos complains on standard output at every picture.
        media = {"width": {"pixels": columns * CELL_WIDTH}}
        self._printer.profile.profile_data = self._printer.profile.profile_data | {"media": media}
        self._printer.hw("INIT")
        self._printer.charcode(code_page)
        self._printer.set(align="center", smooth=True)

    def write(self, text: str, width: int = 1, height: int = 1, *, bold: bool = False) -> None:
        for line in _wrap_evenly(_clean(text), self._columns // width):
            self._write_line(line, width, height, bold=bold)

    def write_double(self, text: str, *, bold: bool = False) -> None:
        """Twice as large; only twice as high when its longest word would not fit otherwise."""
        longest = max(map(len, _clean(text).split()), default=0)
        self.write(text, 2 if longest <= self._columns // 2 else 1, 2, bold=bold)

    def write_largest(self, text: str) -> None:
        size = max(1, min(LARGEST, self._columns // max(1, len(_clean(text)))))
        self.write(text, size, size, bold=True)

    def draw_qr(self, content: str) -> None:
        content = _clean(content)
        size = QR_MODULE if len(content) <= QR_SHORT else QR_SMALL_MODULE
        native = bool(self._printer.profile.supports("qrCode"))
        self._printer.qr(content, ec=QR_ECLEVEL_M, size=size, native=native)

    def feed(self) -> None:
        self._printer.set(normal_textsize=True)
        self._printer.ln()

    def cut(self) -> bytes:
        self._printer.cut(mode="PART")
        return bytes(self._printer.output)

    def _write_line(self, line: str, width: int, height: int, *, bold: bool) -> None:
        if self._can_encode(line):
            self._printer.set(custom_size=True, width=width, height=height, bold=bold)
            self._printer.textln(line)
        else:
            self._printer.image(draw_text(line, width, height, bold=bold))

    def _can_encode(self, line: str) -> bool:
        encoder = self._printer.magic.encoder
        return all(encoder.can_encode(self._code_page, letter) for letter in line)


def _clean(text: str) -> str:
    """Single spaces, nothing a printer could take for a command."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _wrap_evenly(text: str, columns: int) -> list[str]:
    """As few lines as the columns allow, and these about equally long."""
    lines = textwrap.wrap(text, columns)
    for narrower in range(columns - 1, max(map(len, text.split()), default=1) - 1, -1):
        even = textwrap.wrap(text, narrower)
        if len(even) > len(lines):
            break
        lines = even
    return lines

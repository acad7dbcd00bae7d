"""A ticket as ESC/POS bytes: in the printer's own letters where it has all Latvian ones, a few
hundred bytes that a slow serial line prints in a moment; drawn by us otherwise."""

from dataclasses import dataclass
from typing import Literal

import qrcode
from escpos.constants import QR_ECLEVEL_M
from qrcode.constants import ERROR_CORRECT_M

from drivers.dot_text import CELL_WIDTH
from drivers.errors import SettingError
from drivers.escpos_letters import DrawnLetters, Letters, OwnLetters, Size, clean, draw, feed
from drivers.escpos_library import Dummy
from drivers.printer import TicketPaper

Mode = Literal["auto", "text", "picture"]

LATVIAN = "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ"
LONGEST_QR = 300
# Dots of a module: 6 are 0.75 mm at 203 dpi, which any phone reads; a long code gets smaller ones.
QR_MODULES = (6, 4)
# Blank paper between the parts of a ticket: 3 mm, the four modules that a QR code needs around it.
GAP = 24
DOTS_PER_INCH = 203
# FS P steps, lamp, R (retract), seconds. Source: Custom, VKP80 commands manual; a step is 7 mm.
PRESENT, PRESENTED = b"\x1cP", 12


@dataclass(frozen=True, slots=True)
class TicketJob:
    """The bytes from the reset to the last line, and those of the cut."""

    ticket: bytes
    cut: bytes

    def __bytes__(self) -> bytes:
        return self.ticket + self.cut


class TicketLayout:
    """`columns`: letters of font A on a line, 48 for 80 mm paper and 32 for 58 mm. `mode` auto is
    text where the code page has all Latvian letters; `code_page` "" is the profile's first such.
    `presenter_seconds`: see PrinterSettings.

    Raises SettingError for a profile or code page that python-escpos does not know.
    """

    def __init__(
        self,
        columns: int,
        profile: str,
        mode: Mode = "auto",
        code_page: str = "",
        presenter_seconds: int = 0,
    ) -> None:
        self._columns = columns
        self._profile = profile
        self.presenter_seconds = presenter_seconds
        page = _chosen_page(profile, code_page)
        self._code_page = page if mode == "text" or (mode == "auto" and _latvian(page)) else None

    @property
    def mode(self) -> Mode:
        """What was chosen: text or picture."""
        return "text" if self._code_page else "picture"

    def compose(self, paper: TicketPaper) -> TicketJob:
        """The whole job. Any text is printable; control characters go."""
        printer = self._new_job()
        letters = self._letters(printer)
        letters.write(paper.centre, Size.SMALL)
        feed(printer, GAP)
        letters.write(paper.heading, Size.SMALL, bold=True)
        letters.write(paper.number, Size.HUGE, bold=True)
        letters.write(paper.service, Size.LARGE)
        for position, line in enumerate(paper.lines):
            feed(printer, GAP)
            letters.write(line, Size.LARGE, bold=position == 0)
        if paper.qr and len(paper.qr.encode(errors="replace")) <= LONGEST_QR:
            feed(printer, GAP)
            self._draw_qr(printer, clean(paper.qr))
            feed(printer, GAP)
            letters.write(paper.qr_note, Size.SMALL)
        feed(printer, GAP)
        letters.write(paper.printed_at, Size.SMALL)
        feed(printer, GAP)
        return TicketJob(bytes(printer.output), self._cut())

    def _new_job(self) -> Dummy:
        printer = Dummy(profile=self._profile)
        # Without a width python-escpos complains on standard output at every picture.
        media = {"width": {"pixels": self._columns * CELL_WIDTH}}
        printer.profile.profile_data = printer.profile.profile_data | {"media": media}
        printer.hw("INIT")
        # GS P: feeds are told in dots of 1/203 inch, whatever the printer's own unit is.
        printer._raw(bytes((0x1D, 0x50, DOTS_PER_INCH, DOTS_PER_INCH)))
        printer.set(align="center", smooth=True)
        return printer

    def _cut(self) -> bytes:
        """Right below the print where the printer has a knife, else with enough paper to tear. A
        presenter cuts by itself."""
        if self.presenter_seconds:
            return PRESENT + bytes((PRESENTED, 1, ord("R"), self.presenter_seconds))
        printer = Dummy(profile=self._profile)
        knife = printer.profile.supports("paperPartCut") or printer.profile.supports("paperFullCut")
        printer.cut(feed=not knife)
        return bytes(printer.output)

    def _letters(self, printer: Dummy) -> Letters:
        if self._code_page:
            return OwnLetters(printer, self._columns, self._code_page)
        return DrawnLetters(printer, self._columns)

    def _draw_qr(self, printer: Dummy, content: str) -> None:
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
        code.add_data(content)
        code.make()
        dots = self._columns * CELL_WIDTH
        size = next((each for each in QR_MODULES if code.modules_count * each <= dots), 2)
        if self._code_page and printer.profile.supports("qrCode"):
            printer.qr(content, ec=QR_ECLEVEL_M, size=size, native=True)
        else:
            code.box_size = size // 2
            draw(printer, code.make_image().get_image(), times=2)


def _chosen_page(profile: str, wanted: str) -> str:
    try:
        pages: list[str] = list(Dummy(profile=profile).profile.get_code_pages())
    except KeyError:
        raise SettingError(f"unknown printer profile {profile!r}") from None
    if not wanted:
        return next(filter(_latvian, pages), pages[0])
    if wanted.upper() not in pages:
        known = ", ".join(sorted(pages))
        raise SettingError(f"printer profile {profile!r} has no code page {wanted!r}: {known}")
    return wanted.upper()


def _latvian(page: str) -> bool:
    encoder = Dummy().magic.encoder
    return all(encoder.can_encode(page, letter) for letter in LATVIAN)

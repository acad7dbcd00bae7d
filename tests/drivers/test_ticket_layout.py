"""What is on the paper: read back from the simulated printer's pictures and text."""

from dataclasses import replace
from pathlib import Path

import pytest
from escpos.printer import Dummy
from PIL import Image, ImageChops

from drivers.camera_scanner import find_codes
from drivers.dot_text import draw_text
from drivers.errors import SettingError
from drivers.escpos_printer import EscposPrinter
from drivers.printer import PrintResult, TicketPaper
from drivers.printer_line import open_serial
from drivers.simulated_printer import PrintedTicket, SimulatedPrinter
from drivers.ticket_layout import TicketLayout

LETTERS = "āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ"


def print_on(
    folder: Path,
    paper: TicketPaper,
    columns: int = 48,
    profile: str = "default",
    page: str = "CP775",
) -> PrintedTicket:
    port = folder / "port"
    layout = TicketLayout(columns, profile, page)
    with SimulatedPrinter(port, folder / "tickets", columns) as twin:
        printer = EscposPrinter(lambda: open_serial(str(port), 19200), layout, answer_within=5.0)
        assert printer.print_ticket(paper).result is PrintResult.PRINTED
        printer.close()
        ticket = twin.wait_for_ticket(10)
    assert ticket
    assert twin.unknown_commands == 0
    return ticket


def grey(ticket: PrintedTicket) -> Image.Image:
    return Image.open(ticket.image).convert("L")


def has(ticket: PrintedTicket, text: str, width: int, height: int, *, bold: bool = False) -> bool:
    """The text stands in the middle of the picture, dot for dot."""
    picture = grey(ticket)
    drawn = draw_text(text, width, height, bold=bold)
    left = (picture.width - drawn.width) // 2
    for top in range(picture.height - drawn.height):
        part = picture.crop((left, top, left + drawn.width, top + drawn.height))
        if ImageChops.difference(part, drawn.convert("L")).getbbox() is None:
            return True
    return False


def test_ticket_of_80_mm(tmp_path: Path, paper: TicketPaper) -> None:
    ticket = print_on(tmp_path, paper)
    assert ticket.text.splitlines() == [
        "VPVKAC Paraugpils",
        "A 042",
        "Slimības pabalsts",
        "Pirms jums gaida",
        "3 cilvēki.",
        "Numurs parādīsies tablo,",
        "un to nosauks balsī.",
        "[QR RINDA:1:DEMO:A042]",
        "2025. gada 3. martā plkst. 10.32",
    ]
    assert grey(ticket).width == 576
    assert find_codes(grey(ticket)) == [b"RINDA:1:DEMO:A042"]
    assert has(ticket, "A 042", 8, 8, bold=True)


def test_ticket_of_58_mm_has_the_largest_number_that_fits(
    tmp_path: Path, paper: TicketPaper
) -> None:
    ticket = print_on(tmp_path, paper, columns=32)
    assert grey(ticket).width == 384
    assert find_codes(grey(ticket)) == [b"RINDA:1:DEMO:A042"]
    assert has(ticket, "A 042", 6, 6, bold=True)


@pytest.mark.parametrize(
    ("profile", "page"), [("default", "CP775"), ("TM-T88V", "CP775"), ("default", "CP1257")]
)
def test_every_latvian_letter_is_the_printers_own(
    tmp_path: Path, paper: TicketPaper, profile: str, page: str
) -> None:
    ticket = print_on(tmp_path, replace(paper, centre=LETTERS), profile=profile, page=page)
    assert ticket.text.splitlines()[0] == LETTERS


def test_letters_outside_the_code_page_are_drawn(tmp_path: Path, paper: TicketPaper) -> None:
    ticket = print_on(tmp_path, replace(paper, centre="Їжак – 5 €"))
    assert has(ticket, "Їжак – 5 €", 1, 1, bold=True)
    assert "?" not in ticket.text


def test_a_printer_without_qr_codes_of_its_own_gets_a_picture(
    tmp_path: Path, paper: TicketPaper, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = "TH230"
    assert not Dummy(profile=profile).profile.supports("qrCode")
    long = "https://example.lv/" + "x" * 281
    for columns, content in ((48, "RINDA:1:DEMO:A042"), (32, long)):
        folder = tmp_path / str(columns)
        folder.mkdir()
        ticket = print_on(folder, replace(paper, qr=content), columns, profile, "CP437")
        assert find_codes(grey(ticket)) == [content.encode()]
    assert capsys.readouterr().out == ""


def test_a_long_word_is_only_twice_as_high(tmp_path: Path, paper: TicketPaper) -> None:
    word = "Pašnodarbinātībassociālāapdrošināšana"
    ticket = print_on(tmp_path, replace(paper, service=word))
    assert word in ticket.text.splitlines()


def test_nothing_in_a_text_is_taken_for_a_command(tmp_path: Path, paper: TicketPaper) -> None:
    hostile = replace(paper, service="\x1b@\x1dV\x00Pab\ud800alsts\n\x10\x04\x01", qr="\x1d(k\n")
    ticket = print_on(tmp_path, hostile)
    assert ticket.text.splitlines()[2] == "@ VPabalsts"


def test_empty_texts_and_a_code_too_long_still_make_a_ticket(tmp_path: Path) -> None:
    ticket = print_on(tmp_path, TicketPaper("", "", "", (), "", "x" * 301))
    assert "QR" not in ticket.text


@pytest.mark.parametrize(("profile", "page"), [("no such", "CP775"), ("simple", "CP775")])
def test_unknown_profile_or_code_page_is_told(profile: str, page: str) -> None:
    with pytest.raises(SettingError):
        TicketLayout(48, profile, page)

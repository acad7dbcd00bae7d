"""What is on the paper: read back from the simulated printer's pictures and text."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from drivers.decoding import zbar_codes
from drivers.dot_text import draw_text, draw_type, typeface
from drivers.errors import SettingError
from drivers.escpos_interpreter import EscposInterpreter
from drivers.escpos_letters import Size
from drivers.escpos_library import Dummy
from drivers.escpos_printer import EscposPrinter
from drivers.paper_strip import PaperStrip
from drivers.printer import PrintResult, TicketPaper
from drivers.printer_line import open_serial
from drivers.simulated_printer import PrintedTicket, SimulatedPrinter
from drivers.ticket_layout import Mode, TicketLayout
from tests.conftest import ROOT

LETTERS = "āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ"
WITHOUT_LATVIAN = "TM-T88III"
LINE_BYTES = 19200 / 10


def print_on(
    folder: Path,
    paper: TicketPaper,
    columns: int = 48,
    profile: str = "default",
    mode: Mode = "auto",
    page: str = "",
) -> PrintedTicket:
    port = folder / "port"
    layout = TicketLayout(columns, profile, mode, page)
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


def has(ticket: PrintedTicket, drawn: Image.Image, times: int = 1) -> bool:
    """The picture stands in the middle of the paper, dot for dot, and so many times as large."""
    picture = grey(ticket)
    left = (picture.width - (drawn.width + 7) // 8 * 8 * times) // 2
    drawn = drawn.resize((drawn.width * times, drawn.height * times))
    for top in range(picture.height - drawn.height):
        part = picture.crop((left, top, left + drawn.width, top + drawn.height))
        if ImageChops.difference(part, drawn.convert("L")).getbbox() is None:
            return True
    return False


def test_ticket_of_80_mm(tmp_path: Path, paper: TicketPaper) -> None:
    ticket = print_on(tmp_path, paper)
    assert ticket.text.splitlines() == [
        "VPVKAC Paraugpils",
        "Jūsu numurs",
        "A 042",
        "Slimības pabalsts",
        "Pirms jums gaida",
        "3 cilvēki.",
        "Numurs parādīsies tablo,",
        "un to nosauks balsī.",
        "[QR RINDA:1:DEMO:A042]",
        "Parādiet kodu kioskam.",
        "Izdrukāts: 2025. gada 3. martā plkst. 10.32",
    ]
    assert grey(ticket).width == 576
    assert zbar_codes(grey(ticket)) == [b"RINDA:1:DEMO:A042"]
    assert ticket.code == paper.qr
    assert has(ticket, draw_text("A 042", 8, 8, bold=True))


def test_ticket_of_58_mm_has_the_largest_number_that_fits(
    tmp_path: Path, paper: TicketPaper
) -> None:
    ticket = print_on(tmp_path, paper, columns=32)
    assert grey(ticket).width == 384
    assert zbar_codes(grey(ticket)) == [b"RINDA:1:DEMO:A042"]
    assert has(ticket, draw_text("A 042", 6, 6, bold=True))


@pytest.mark.parametrize("columns", [48, 32])
def test_a_printer_without_latvian_letters_gets_a_picture(
    tmp_path: Path, paper: TicketPaper, columns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same words as text mode has, and a code that can be read back."""
    ticket = print_on(tmp_path, paper, columns, WITHOUT_LATVIAN)
    assert ticket.text == ""
    assert zbar_codes(grey(ticket)) == [b"RINDA:1:DEMO:A042"]
    for words, bold in (("Jūsu numurs", True), (paper.centre, False)):
        assert has(ticket, draw_type(words, typeface(Size.SMALL.value, bold)))
    assert has(ticket, draw_type(paper.service, typeface(Size.LARGE.value, False)))
    number = draw_type(paper.number, typeface(Size.HUGE.value // 2, True))
    assert columns < 48 or has(ticket, number, times=2)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("profile", "mode", "page", "chosen"),
    [
        ("default", "auto", "", "text"),
        ("POS-5890", "auto", "", "text"),
        ("default", "auto", "cp437", "picture"),
        (WITHOUT_LATVIAN, "auto", "", "picture"),
        (WITHOUT_LATVIAN, "text", "", "text"),
        ("default", "picture", "", "picture"),
    ],
)
def test_the_mode_is_chosen_by_the_letters_or_by_the_technician(
    profile: str, mode: Mode, page: str, chosen: Mode
) -> None:
    assert TicketLayout(48, profile, mode, page).mode == chosen


@pytest.mark.parametrize(
    ("profile", "page"), [("default", "CP775"), ("TM-T88V", ""), ("default", "CP1257")]
)
def test_every_latvian_letter_is_the_printers_own(
    tmp_path: Path, paper: TicketPaper, profile: str, page: str
) -> None:
    ticket = print_on(tmp_path, replace(paper, centre=LETTERS), profile=profile, page=page)
    assert ticket.text.splitlines()[0] == LETTERS


def test_letters_outside_the_code_page_are_drawn(tmp_path: Path, paper: TicketPaper) -> None:
    ticket = print_on(tmp_path, replace(paper, centre="Їжак – 5 €"))
    assert has(ticket, draw_text("Їжак – 5 €", 1, 1, bold=False))
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
        ticket = print_on(folder, replace(paper, qr=content), columns, profile, "text", "CP437")
        assert zbar_codes(grey(ticket)) == [content.encode()]
    assert capsys.readouterr().out == ""


def test_a_long_word_is_only_twice_as_high(tmp_path: Path, paper: TicketPaper) -> None:
    word = "Pašnodarbinātībassociālāapdrošināšana"
    ticket = print_on(tmp_path, replace(paper, service=word))
    assert word in ticket.text.splitlines()


def test_nothing_in_a_text_is_taken_for_a_command(tmp_path: Path, paper: TicketPaper) -> None:
    hostile = replace(paper, service="\x1b@\x1dV\x00Pab\ud800alsts\n\x10\x04\x01", qr="\x1d(k\n")
    ticket = print_on(tmp_path, hostile)
    assert ticket.text.splitlines()[3] == "@ VPabalsts"


@pytest.mark.parametrize("mode", ["text", "picture"])
def test_empty_texts_and_a_code_too_long_still_make_a_ticket(tmp_path: Path, mode: Mode) -> None:
    paper = TicketPaper("", "", "", "", (), "x" * 301, "", "")
    assert "QR" not in print_on(tmp_path, paper, mode=mode).text


@pytest.mark.parametrize(("profile", "page"), [("no such", "CP775"), ("simple", "CP775")])
def test_unknown_profile_or_code_page_is_told(profile: str, page: str) -> None:
    with pytest.raises(SettingError):
        TicketLayout(48, profile, "auto", page)


WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(LETTERS), max_size=60)


@settings(max_examples=60)
@example(TicketPaper("\u2800", "\u0304", "W" * 60, "…", ("",), None, "", ""), "picture", 24)
@given(
    st.builds(TicketPaper, *[WORDS] * 4, st.tuples(WORDS, WORDS), st.none() | WORDS, WORDS, WORDS),
    st.sampled_from(["text", "picture"]),
    st.integers(24, 64),
)
def test_any_texts_on_any_paper_are_one_ticket(
    paper: TicketPaper, mode: Mode, columns: int
) -> None:
    """Every command is understood, nothing is wider than the paper, and it is cut once."""
    strips: list[PaperStrip] = []
    interpreter = EscposInterpreter(columns * 12, strips.append, lambda: None)
    interpreter.feed(bytes(TicketLayout(columns, "default", mode).compose(paper)))
    while interpreter.step():
        pass
    assert interpreter.unknown == 0
    (strip,) = strips
    assert all(len(line) <= columns for line in strip.finished()[1].splitlines() if "[" not in line)


def test_a_ticket_of_text_is_a_moment_on_a_slow_line(paper: TicketPaper) -> None:
    for columns in (48, 32):
        assert len(bytes(TicketLayout(columns, "default").compose(paper))) < LINE_BYTES / 2


def test_mechanisms_are_as_the_documents_say() -> None:
    text = (ROOT / "docs" / "drivers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .* \| (`.+`.*) \| (own|drawn)", text, re.MULTILINE)
    assert len(rows) == 7
    for wanted, letters in rows:
        profiles = re.findall(r"`([\w-]+)`", wanted)
        mode: Mode = "picture" if letters == "drawn" and "picture" in wanted else "auto"
        for profile in profiles:
            drawn = TicketLayout(48, profile, mode).mode == "picture"
            assert drawn == (letters == "drawn"), profile

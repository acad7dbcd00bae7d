"""Printer, scanner and sound, against their twins over real pseudo-terminals."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from config.devices import AudioSettings, PrinterSettings, ScannerSettings
from config.settings import Settings
from drivers.audio import SimulatedAudio
from drivers.build import build_audio, build_printer, build_scanner, build_speech
from drivers.decoding import zxing_codes
from drivers.simulated_printer import SimulatedPrinter
from drivers.simulated_scanner import SimulatedScanner
from drivers.speech import USUAL
from messaging.messages import Finding, Outcome
from queue_display.chime import CHIME
from selftest.devices import Ticket, Voice, try_printer, try_scanner, try_sound
from selftest.person import Nobody, Person
from selftest.plan import test_ticket as make_ticket
from tests.selftest.scripted import Scripted
from texts import language

ENGLISH = language("en")
VOICE = Voice(partial(build_speech, AudioSettings()), (language("lv"), ENGLISH), USUAL)


@pytest.fixture
def ticket(demo_settings: Settings) -> Ticket:
    return make_ticket(demo_settings, "0A1B2C3D", ENGLISH)


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "printer", tmp_path / "tickets") as printer:
        yield printer


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[SimulatedScanner]:
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        yield scanner


def print_it(folder: Path, ticket: Ticket, person: Person) -> Finding:
    settings = PrinterSettings(kind="serial", port=str(folder / "printer"))
    return try_printer(lambda: build_printer(settings), ticket, person, ENGLISH)


def scan_it(folder: Path, ticket: Ticket, person: Person) -> Finding:
    settings = ScannerSettings(kind="serial", port=str(folder / "scanner"))
    return try_scanner(lambda: build_scanner(settings), ticket, person, ENGLISH)


def test_the_ticket_has_every_latvian_letter_and_the_code_that_the_scanner_waits_for(
    printer: SimulatedPrinter, ticket: Ticket, tmp_path: Path
) -> None:
    assert print_it(tmp_path, ticket, Scripted()).code == "printer_good"
    (printed,) = printer.tickets
    assert printed.code == ticket.code == "RINDA:TEST:0A1B2C3D"
    assert "āčēģīķļņšūž" in printed.text
    assert ticket.printed


def test_alone_nothing_is_printed(
    printer: SimulatedPrinter, ticket: Ticket, tmp_path: Path
) -> None:
    assert print_it(tmp_path, ticket, Nobody()).code == "printer_ready"
    assert printer.tickets == []


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (SimulatedPrinter.remove_paper, "paper_out"),
        (SimulatedPrinter.open_cover, "cover_open"),
        (SimulatedPrinter.paper_low, "paper_low"),
        (SimulatedPrinter.jam, "printer_error"),
        (SimulatedPrinter.unplug, "printer_offline"),
    ],
)
def test_what_the_printer_needs(
    printer: SimulatedPrinter,
    ticket: Ticket,
    tmp_path: Path,
    deed: Callable[[SimulatedPrinter], None],
    code: str,
) -> None:
    deed(printer)
    finding = print_it(tmp_path, ticket, Nobody())
    assert (finding.outcome, finding.code) == (Outcome.BAD, code)


def test_a_ticket_that_a_person_does_not_like_is_not_good(
    printer: SimulatedPrinter, ticket: Ticket, tmp_path: Path
) -> None:
    assert print_it(tmp_path, ticket, Scripted(no="Is it whole")).code == "printer_bad"
    assert not ticket.printed


def test_only_the_code_of_this_ticket_counts(
    scanner: SimulatedScanner, ticket: Ticket, tmp_path: Path
) -> None:
    ticket.printed = True
    deeds = {
        "If nothing": partial(scanner.scan, "RINDA:TEST:OTHER"),
        "That was": partial(scanner.scan, ticket.code),
    }
    person = Scripted(deeds)
    assert scan_it(tmp_path, ticket, person).code == "scanner_good"
    assert "That was another code." in person.told


def test_another_code_alone_and_no_code_are_told_apart(
    scanner: SimulatedScanner, ticket: Ticket, tmp_path: Path
) -> None:
    person = Scripted({"If nothing": partial(scanner.scan, "?")})
    person.deeds["That was"] = person.give_up
    assert scan_it(tmp_path, ticket, person).code == "scanner_other"
    silent = Scripted()
    silent.give_up()
    assert scan_it(tmp_path, ticket, silent).code == "scanner_silent"


def test_without_a_ticket_the_code_is_drawn_for_the_scanner(
    scanner: SimulatedScanner, ticket: Ticket, tmp_path: Path
) -> None:
    person = Scripted({"There is no ticket": partial(scanner.scan, ticket.code)})
    assert scan_it(tmp_path, ticket, person).code == "scanner_good"
    assert read_drawn(person.told[2]) == ticket.code


def test_a_scanner_alone(scanner: SimulatedScanner, ticket: Ticket, tmp_path: Path) -> None:
    assert scan_it(tmp_path, ticket, Nobody()).code == "scanner_ready"
    scanner.unplug()
    assert scan_it(tmp_path, ticket, Nobody()).code == "scanner_offline"


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (Nobody(), "sound_ready"),
        (Scripted(), "sound_good"),
        (Scripted(no="Vai tos dzirdējāt"), "sound_unheard"),
    ],
)
def test_the_chime_and_a_sentence_in_each_language_are_played(person: Person, code: str) -> None:
    audio = SimulatedAudio(None)
    assert try_sound(audio, VOICE, CHIME, person, language("lv")).code == code
    chime, latvian, english = audio.played
    assert chime.path == CHIME
    assert latvian.path != english.path


def test_sound_that_is_not_there(tmp_path: Path) -> None:
    silent = build_audio(AudioSettings(kind="none"))
    assert try_sound(silent, None, CHIME, Nobody(), ENGLISH).code == "sound_offline"
    mute = replace(VOICE, speech=partial(build_speech, AudioSettings(speech=False)))
    assert try_sound(SimulatedAudio(None), mute, CHIME, Nobody(), ENGLISH).code == "voice_missing"


def read_drawn(drawing: str) -> str:
    """What a scanner would read off the terminal."""
    rows = drawing.strip("\n").split("\n")
    picture = Image.new("L", (len(rows[0]), 2 * len(rows)))
    for y, row in enumerate(rows):
        for x, letter in enumerate(row):
            picture.putpixel((x, 2 * y), 255 * (letter in "▀█"))
            picture.putpixel((x, 2 * y + 1), 255 * (letter in "▄█"))
    large = picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST)
    (code,) = zxing_codes(large)
    return code.decode()

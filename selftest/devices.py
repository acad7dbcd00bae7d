"""Printer, scanner and sound: alone as far as they answer, with a person as far as people see."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event

import qrcode

from drivers.audio import Audio
from drivers.printer import Paper, Printer, PrintResult, TicketPaper
from drivers.scanner import Scanner
from drivers.speech import Speech
from messaging.messages import Finding
from selftest.findings import bad, good
from selftest.person import Person
from texts import Language

KNOWN_SECONDS = 5.0
SCAN_SECONDS = 60.0
LOOK_SECONDS = 0.1


@dataclass(slots=True)
class Ticket:
    """The test ticket; `printed` once a person has it in hand."""

    paper: TicketPaper
    code: str
    printed: bool = False


def try_printer(
    build: Callable[[], Printer], ticket: Ticket, person: Person, language: Language
) -> Finding:
    """Ask the printer how it is, and print the ticket."""
    with closing(build()) as printer:
        status = printer.status()
        if status.fault:
            return bad("printer", status.fault)
        if person.present:
            person.tell(language.text("A test ticket is printed."))
            outcome = printer.print_ticket(ticket.paper)
            if outcome.result is PrintResult.FAILED:
                return bad("printer", outcome.reason or "printer_offline")
            ticket.printed = person.agrees(
                language.text("Is it whole, cut off, and are all letters right (āčēģīķļņšūž)?")
            )
            if not ticket.printed:
                return bad("printer", "printer_bad")
        if status.paper is Paper.LOW:
            return bad("printer", "paper_low")
    return good("printer", "printer_good" if person.present else "printer_ready")


def try_scanner(
    build: Callable[[], Scanner], ticket: Ticket, person: Person, language: Language
) -> Finding:
    """Wait for the code of this very ticket; any other code is not enough."""
    codes, known, connected = SimpleQueue[str](), Event(), Event()

    def on_state(there: bool) -> None:
        (connected.set if there else connected.clear)()
        known.set()

    scanner = build()
    scanner.start(codes.put, on_state)
    try:
        if not (known.wait(KNOWN_SECONDS) and connected.is_set()):
            return bad("scanner", "scanner_offline")
        if not person.present:
            return good("scanner", "scanner_ready")
        person.tell(language.text("Hold the code of the test ticket before the scanner."))
        if not ticket.printed:
            person.tell(language.text("There is no ticket: use this code."))
            person.tell(_drawn(ticket.code))
        return _wait_for_scan(ticket.code, codes, connected, person, language)
    finally:
        scanner.stop()


@dataclass(frozen=True, slots=True)
class Voice:
    """How the unit speaks. `speech` keeps its files in a folder; `loudness` is its own measure."""

    speech: Callable[[Path], Speech]
    languages: Sequence[Language]
    loudness: int


def try_sound(
    audio: Audio, voice: Voice | None, chime: Path, person: Person, language: Language
) -> Finding:
    """Play the chime and, if the unit speaks, a sentence in each of its languages, as loud as for
    visitors."""
    person.tell(language.text("A chime and a voice are played."))
    if not audio.play(chime):
        return bad("sound", "sound_offline")
    if voice and not _says(audio, voice):
        return bad("sound", "voice_missing")
    if not person.present:
        return good("sound", "sound_ready")
    if person.agrees(language.text("Did you hear them, loud enough?")):
        return good("sound", "sound_good")
    return bad("sound", "sound_unheard")


def _says(audio: Audio, voice: Voice) -> bool:
    with TemporaryDirectory(prefix="rinda-selftest-") as folder:
        speech = voice.speech(Path(folder))
        for each in voice.languages:
            sentence = each.text("This is the test of the sound.")
            words = speech.synthesise(sentence, each.code, voice.loudness)
            if words is None or not audio.play(words):
                return False
    return True


def _wait_for_scan(
    code: str, codes: SimpleQueue[str], connected: Event, person: Person, language: Language
) -> Finding:
    person.tell(language.text("If nothing happens, press N."))
    deadline, finding = time.monotonic() + SCAN_SECONDS, bad("scanner", "scanner_silent")
    while time.monotonic() < deadline and not person.gives_up(LOOK_SECONDS):
        try:
            if codes.get_nowait() == code:
                return good("scanner", "scanner_good")
        except Empty:
            continue
        finding = bad("scanner", "scanner_other")
        person.tell(language.text("That was another code."))
    return finding if connected.is_set() else bad("scanner", "scanner_offline")


def _drawn(code: str) -> str:
    """As letters, light on dark terminals."""
    drawing = qrcode.QRCode(border=2)
    drawing.add_data(code)
    cells = drawing.get_matrix()
    cells += [[False] * len(cells[0])] * (len(cells) % 2)
    pairs = zip(cells[::2], cells[1::2], strict=True)
    return "\n" + "\n".join(
        "".join(" ▀▄█"[(not upper) + 2 * (not lower)] for upper, lower in zip(*pair, strict=True))
        for pair in pairs
    )

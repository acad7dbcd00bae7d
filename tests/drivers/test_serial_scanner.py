"""The serial scanner over a real pseudo-terminal."""

import logging
import queue
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.keyboard_scanner import KeyReader
from drivers.scanner import LONGEST_CODE, CodeCheck, Debounce, NoScanner
from drivers.serial_scanner import LineAssembler, SerialScanner
from drivers.simulated_scanner import SimulatedScanner

SOON = 20.0  # far more than any event here takes


class Desk:
    """Where the scanner reports to, with a clock of its own."""

    def __init__(self, port: Path) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[bool] = queue.Queue()
        self.now = 0.0
        self.scanner = SerialScanner(str(port), clock=lambda: self.now)
        self.scanner.start(self.codes.put, self.states.put)

    def next_code(self) -> str:
        return self.codes.get(timeout=SOON)

    def next_state(self) -> bool:
        return self.states.get(timeout=SOON)


@pytest.fixture
def twin(port: Path) -> Iterator[SimulatedScanner]:
    with SimulatedScanner(port) as twin:
        yield twin


@pytest.fixture
def desk(twin: SimulatedScanner, port: Path) -> Iterator[Desk]:
    desk = Desk(port)
    assert desk.next_state() is True
    yield desk
    desk.scanner.stop()


def test_reads_codes(twin: SimulatedScanner, desk: Desk) -> None:
    twin.scan("RINDA:1:DEMO:A042")
    assert desk.next_code() == "RINDA:1:DEMO:A042"
    twin.scan("Ž 7")
    assert desk.next_code() == "Ž 7"


def test_silence_ends_a_code(twin: SimulatedScanner, desk: Desk) -> None:
    twin.scan_bytes(b"NO-LINE-END")
    assert desk.next_code() == "NO-LINE-END"


def test_one_showing_is_one_scan(twin: SimulatedScanner, desk: Desk) -> None:
    for code in ("A", "A", "B", "A"):
        twin.scan(code)
    assert [desk.next_code(), desk.next_code()] == ["A", "B"]
    desk.now = 2.0
    twin.scan("A")
    assert desk.next_code() == "A"
    assert desk.codes.empty()


def test_what_is_no_code_is_refused_and_never_logged(
    twin: SimulatedScanner, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twin.scan_bytes(b"SECRET\xff\xfe\r\nSECRET\x07\r\n\r\n" + b"SECRET" * 100 + b"\r\n")
    twin.scan("GOOD")
    assert desk.next_code() == "GOOD"
    assert desk.scanner.refused == 3
    assert "SECRET" not in caplog.text
    assert len(caplog.messages) == 1


def test_lost_and_back(
    twin: SimulatedScanner, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    twin.unplug()
    assert desk.next_state() is False
    twin.plug()
    assert desk.next_state() is True
    twin.scan("AGAIN")
    assert desk.next_code() == "AGAIN"
    assert desk.states.empty()
    said = [(record.levelname, record.message) for record in caplog.records]
    assert said == [("WARNING", "scanner: lost"), ("INFO", "scanner: there")]


def test_absent_from_the_start(port: Path) -> None:
    desk = Desk(port)
    assert desk.next_state() is False
    with SimulatedScanner(port) as twin:
        assert desk.next_state() is True
        twin.scan("HERE")
        assert desk.next_code() == "HERE"
        desk.scanner.stop()


def test_an_error_in_the_receiver_does_not_stop_it(
    twin: SimulatedScanner, port: Path, caplog: pytest.LogCaptureFixture
) -> None:
    codes: queue.Queue[str] = queue.Queue()
    states: queue.Queue[bool] = queue.Queue()

    def receive(code: str) -> None:
        codes.put(code)
        if code == "BAD":
            raise RuntimeError("receiver")

    scanner = SerialScanner(str(port))
    scanner.start(receive, states.put)
    assert states.get(timeout=SOON) is True
    twin.scan("BAD")
    assert codes.get(timeout=SOON) == "BAD"
    while codes.empty():
        twin.scan("GOOD")  # until it listens again
    assert codes.get(timeout=SOON) == "GOOD"
    scanner.stop()
    assert "RuntimeError" in caplog.text


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_any_bytes_in_any_pieces(pieces: list[bytes]) -> None:
    """The same codes come out however the bytes were cut, and each is harmless."""
    check, whole = CodeCheck(), CodeCheck()
    lines = LineAssembler(check)
    codes = [code for piece in pieces for code in lines.feed(piece)] + lines.end_line()
    at_once = LineAssembler(whole)
    assert codes == at_once.feed(b"".join(pieces)) + at_once.end_line()
    assert check.refused == whole.refused
    assert all(code.isprintable() and len(code.encode()) <= LONGEST_CODE for code in codes)


def test_ten_million_random_bytes_are_harmless() -> None:
    noise, check, keys = random.Random(1), CodeCheck(), KeyReader()
    lines, typed = LineAssembler(check), LineAssembler(check)
    for _ in range(160):
        data = noise.randbytes(65_536)
        for code in lines.feed(data) + typed.feed(keys.feed(data)):
            assert code.isprintable()
            assert len(code.encode()) <= LONGEST_CODE
    assert check.refused > 10_000


@given(st.lists(st.text(max_size=3), max_size=50))
def test_debounce_forgets(codes: list[str]) -> None:
    now = [0.0]
    debounce = Debounce(lambda: now[0])
    for code in codes:
        debounce.is_new(code)
    now[0] = 2.0
    assert all(debounce.is_new(code) for code in set(codes))


def test_no_scanner_says_nothing() -> None:
    scanner = NoScanner()
    scanner.start(lambda _: pytest.fail("a code"), lambda _: pytest.fail("a state"))
    scanner.stop()

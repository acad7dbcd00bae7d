"""A scanner that types keys: real input events on a pseudo-terminal, which cannot be grabbed."""

import logging
import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.keyboard_scanner import (
    DROPPED,
    EVENT,
    LETTERS,
    SYNCHRONISE,
    KeyboardScanner,
    KeyReader,
)
from drivers.simulated_scanner import SimulatedKeyboard, key_event

SOON = 20.0
CTRL, CAPS_LOCK, A = 29, 58, 30


class Desk:
    """Where the scanner reports to; `taken` counts how often its device was taken."""

    def __init__(self, port: Path) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[bool] = queue.Queue()
        self.taken = 0
        self.scanner = KeyboardScanner(str(port), take=self._take)
        self.scanner.start(self.codes.put, self.states.put)

    def _take(self, descriptor: int) -> None:
        assert os.isatty(descriptor)
        self.taken += 1


@pytest.fixture
def twin(port: Path) -> Iterator[SimulatedKeyboard]:
    with SimulatedKeyboard(port) as twin:
        yield twin


@pytest.fixture
def desk(twin: SimulatedKeyboard, port: Path) -> Iterator[Desk]:
    desk = Desk(port)
    assert desk.states.get(timeout=SOON) is True
    yield desk
    desk.scanner.stop()


def test_every_letter_of_the_layout_is_read(twin: SimulatedKeyboard, desk: Desk) -> None:
    letters = sorted({each for pair in LETTERS.values() for each in pair} - set("\t "))
    for letter in letters:
        twin.scan(letter)
        assert desk.codes.get(timeout=SOON) == letter
    assert desk.taken == 1


def test_without_enter_silence_ends_a_code(twin: SimulatedKeyboard, desk: Desk) -> None:
    twin.scan_bytes(key_event(A, 1) + key_event(A, 2) + key_event(A, 0))
    assert desk.codes.get(timeout=SOON) == "a"


def test_what_is_no_code_is_refused_and_never_logged(
    twin: SimulatedKeyboard, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twin.scan_bytes(key_event(CTRL, 1) + key_event(A, 1) + key_event(CTRL, 0))
    twin.scan("SECRET1")
    twin.scan_bytes(EVENT.pack(0, 0, SYNCHRONISE, DROPPED, 0))
    twin.scan("SECRET2")
    twin.scan_bytes(key_event(CAPS_LOCK, 1))
    twin.scan("GOOD")
    assert desk.codes.get(timeout=SOON) == "GOOD"
    assert desk.scanner.refused == 2
    assert "SECRET" not in caplog.text


def test_pulled_and_back(twin: SimulatedKeyboard, desk: Desk) -> None:
    twin.unplug()
    assert desk.states.get(timeout=SOON) is False
    twin.plug()
    assert desk.states.get(timeout=SOON) is True
    twin.scan("Again-7")
    assert desk.codes.get(timeout=SOON) == "Again-7"
    assert desk.taken == 2


def test_a_device_that_cannot_be_taken_is_not_read(twin: SimulatedKeyboard, port: Path) -> None:
    """Its keys would go to the console as well."""
    states: queue.Queue[bool] = queue.Queue()
    scanner = KeyboardScanner(str(port))
    scanner.start(lambda _: pytest.fail("a code"), states.put)
    assert states.get(timeout=SOON) is False
    scanner.stop()


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_any_bytes_in_any_pieces(pieces: list[bytes]) -> None:
    reader = KeyReader()
    typed = b"".join(reader.feed(piece) for piece in pieces)
    assert typed == KeyReader().feed(b"".join(pieces))

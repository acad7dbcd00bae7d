"""A scanner module that takes commands, over a real pseudo-terminal."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.gm65_scanner import ALIVE, HEARTBEAT, SETUP, WRITE_ZONE, Gm65Scanner, answer, command
from drivers.simulated_gm65 import SimulatedGm65
from drivers.simulated_wire import SimulatedWire

SOON = 20.0


class Desk:
    """Where the scanner reports to."""

    def __init__(self, port: Path, ask_every: float = 0.5) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[bool] = queue.Queue()
        self.scanner = Gm65Scanner(str(port), ask_every=ask_every)
        self.scanner.start(self.codes.put, self.states.put)


@pytest.fixture
def twin(port: Path) -> Iterator[SimulatedGm65]:
    with SimulatedGm65(port) as twin:
        yield twin


@pytest.fixture
def desk(twin: SimulatedGm65, port: Path) -> Iterator[Desk]:
    desk = Desk(port)
    assert desk.states.get(timeout=SOON) is True
    yield desk
    desk.scanner.stop()


def test_commands_are_those_of_the_manual() -> None:
    assert command(HEARTBEAT, 0, 0).hex(" ") == "7e 00 0a 01 00 00 00 30 1a"
    assert command(WRITE_ZONE, 0xD9, 0x50).hex(" ") == "7e 00 08 01 00 d9 50 81 d3"
    assert answer(ALIVE).hex(" ") == "03 00 00 01 00 33 31"


def test_a_module_is_set_up_and_read(twin: SimulatedGm65, desk: Desk) -> None:
    assert twin.zones == SETUP
    twin.scan("RINDA:1:DEMO:A042")
    assert desk.codes.get(timeout=SOON) == "RINDA:1:DEMO:A042"


def test_a_module_that_falls_silent_is_lost_and_set_up_again(
    twin: SimulatedGm65, desk: Desk
) -> None:
    twin.hang()
    assert desk.states.get(timeout=SOON) is False
    twin.wake()
    assert desk.states.get(timeout=SOON) is True
    assert twin.zones == SETUP
    twin.scan("AGAIN")
    assert desk.codes.get(timeout=SOON) == "AGAIN"


def test_codes_come_through_among_the_answers(twin: SimulatedGm65, port: Path) -> None:
    desk = Desk(port, ask_every=0.0)
    assert desk.states.get(timeout=SOON) is True
    for number in range(60):
        twin.scan(f"CODE{number}")
        assert desk.codes.get(timeout=SOON) == f"CODE{number}"
    desk.scanner.stop()
    assert desk.scanner.refused == 0
    assert desk.states.empty()


def test_a_line_that_lost_bytes_is_well_again(twin: SimulatedGm65, port: Path) -> None:
    with SimulatedWire(port, port.with_name("wire")) as wire:
        desk = Desk(port.with_name("wire"))
        assert desk.states.get(timeout=SOON) is True
        wire.lose()
        assert desk.states.get(timeout=SOON) is False
        wire.lose(every_tenth=False)
        assert desk.states.get(timeout=SOON) is True
        assert twin.zones == SETUP
        desk.scanner.stop()

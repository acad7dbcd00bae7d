"""The cable of the simulated devices: the product before it copes, and is told the truth."""

import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.escpos_printer import EscposPrinter
from drivers.printer import OFFLINE, PrintResult, TicketPaper
from drivers.printer_line import open_network, open_serial
from drivers.serial_scanner import SerialScanner
from drivers.simulated_printer import SimulatedPrinter
from drivers.simulated_scanner import SimulatedScanner
from drivers.simulated_wire import SimulatedWire
from drivers.ticket_layout import TicketLayout
from tests.parts import wait_until
from texts import language


@pytest.fixture
def wire(twin: SimulatedPrinter, port: Path, tmp_path: Path) -> Iterator[SimulatedWire]:
    with SimulatedWire(port, tmp_path / "wire") as wire:
        yield wire


@pytest.fixture
def far(wire: SimulatedWire, tmp_path: Path, layout: TicketLayout) -> Iterator[EscposPrinter]:
    printer = EscposPrinter(
        lambda: open_serial(str(tmp_path / "wire"), 1_000_000),
        layout,
        answer_within=0.5,
        finish_within=3.0,
    )
    yield printer
    printer.close()


def test_a_ticket_passes_and_a_slow_wire_takes_its_time(
    twin: SimulatedPrinter, wire: SimulatedWire, far: EscposPrinter, paper: TicketPaper
) -> None:
    assert far.print_ticket(paper).result is PrintResult.PRINTED
    wire.slow()
    assert far.print_ticket(paper).result is PrintResult.PRINTED
    assert [each.code for each in twin.tickets] == [paper.qr, paper.qr]


def test_a_wire_that_falls_silent_inside_the_ticket_leaves_no_second_one(
    twin: SimulatedPrinter, wire: SimulatedWire, far: EscposPrinter, paper: TicketPaper
) -> None:
    assert far.status().fault is None
    wire.hang(inside=True)
    assert far.print_ticket(paper).result is not PrintResult.PRINTED
    assert wire.switches["line"].now() == "hangs"
    assert twin.tickets == []
    wire.unplug()
    assert far.status() == OFFLINE
    wire.go_on()
    wire.plug()
    wait_until(lambda: far.status().fault is None)
    assert twin.tickets == []


def test_every_tenth_byte_is_lost(tmp_path: Path) -> None:
    codes: queue.Queue[str] = queue.Queue()
    states: queue.Queue[bool] = queue.Queue()
    with (
        SimulatedScanner(tmp_path / "scanner") as twin,
        SimulatedWire(tmp_path / "scanner", tmp_path / "wire") as wire,
    ):
        scanner = SerialScanner(str(tmp_path / "wire"))
        scanner.start(codes.put, states.put)
        assert states.get(timeout=20) is True
        wire.lose()
        twin.scan("ABCDEFGHIJKLM")
        assert codes.get(timeout=20) == "ABCDEFGHIKLM"
        twin.unplug()  # its power; the computer's port goes with it
        assert states.get(timeout=20) is False
        twin.plug()
        assert states.get(timeout=20) is True
        scanner.stop()


def test_a_printer_on_the_network(
    twin: SimulatedPrinter, port: Path, layout: TicketLayout, paper: TicketPaper
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        tcp_port = free.getsockname()[1]
    with SimulatedWire(port, tcp_port) as wire:
        printer = EscposPrinter(
            lambda: open_network("127.0.0.1", tcp_port), layout, answer_within=2.0
        )
        assert printer.print_ticket(paper).result is PrintResult.PRINTED
        wire.unplug()
        assert printer.status() == OFFLINE
        wire.plug()
        assert printer.print_ticket(paper).result is PrintResult.PRINTED
        printer.close()
    assert len(twin.tickets) == 2


def test_every_switch_can_be_turned_and_says_where_it_is(wire: SimulatedWire) -> None:
    for switch in wire.switches.values():
        for name, position in switch.positions.items():
            assert switch.words(language("lv"))
            assert position.words(language("lv"))
            position.take()
            assert switch.now() == name

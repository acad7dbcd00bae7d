"""Every kind of line over something real: a file, a socket, a device found by its identity."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.errors import PrinterLostError
from drivers.escpos_printer import EscposPrinter
from drivers.printer import OFFLINE, PrintOutcome, PrintResult, TicketPaper
from drivers.printer_line import PrinterLine, open_file, open_network, open_serial, open_usb
from drivers.simulated_line import SimulatedLine
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import TicketLayout


@contextmanager
def served(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server for one connection; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            peer, _ = server.accept()
            with peer:
                serve(peer)

        worker = threading.Thread(target=accept)
        worker.start()
        yield server.getsockname()[1]
        worker.join()


def test_a_peer_that_hangs_up_is_offline(layout: TicketLayout, paper: TicketPaper) -> None:
    with served(lambda peer: None) as tcp_port:
        printer = EscposPrinter(
            lambda: open_network("127.0.0.1", tcp_port), layout, answer_within=5.0
        )
        assert printer.status() == OFFLINE
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.FAILED, "printer_offline")


def test_a_file_takes_the_ticket_and_says_nothing(
    tmp_path: Path, layout: TicketLayout, paper: TicketPaper
) -> None:
    file = tmp_path / "lp0"
    printer = EscposPrinter(lambda: open_file(file), layout)
    assert printer.status() == OFFLINE
    file.touch()
    assert printer.print_ticket(paper) == PrintOutcome(PrintResult.UNKNOWN)
    assert printer.status().fault is None
    printer.close()
    assert file.read_bytes() == bytes(layout.compose(paper))


@pytest.fixture
def usb(tmp_path: Path, twin: SimulatedPrinter, port: Path) -> Callable[[int, int], PrinterLine]:
    """A system with one USB printer, 04b8:0202; the device is the simulated one."""
    interface = tmp_path / "devices" / "1-1" / "1-1:1.0"
    interface.mkdir(parents=True)
    (interface.parent / "idVendor").write_text("04b8\n")
    (interface.parent / "idProduct").write_text("0202\n")
    (tmp_path / "class" / "lp0").mkdir(parents=True)
    (tmp_path / "class" / "lp0" / "device").symlink_to(interface)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "lp0").symlink_to(port)
    return lambda vendor, product: open_usb(vendor, product, tmp_path / "class", tmp_path / "dev")


@pytest.mark.parametrize(("vendor", "product"), [(0x04B8, 0x0202), (0x04B8, 0), (0, 0)])
def test_usb_printer_is_found_by_identity(
    twin: SimulatedPrinter,
    usb: Callable[[int, int], PrinterLine],
    layout: TicketLayout,
    paper: TicketPaper,
    vendor: int,
    product: int,
) -> None:
    printer = EscposPrinter(lambda: usb(vendor, product), layout, answer_within=5.0)
    assert printer.print_ticket(paper).result is PrintResult.PRINTED
    printer.close()


def test_another_usb_printer_is_left_alone(usb: Callable[[int, int], PrinterLine]) -> None:
    with pytest.raises(PrinterLostError):
        usb(0x04B8, 0x9999)


def test_a_serial_printer_that_can_take_no_more_is_waited_for(tmp_path: Path) -> None:
    """The kernel's own flow control: XOFF stops what we send, XON lets it go on."""
    cable = SimulatedLine(tmp_path / "printer")
    cable.plug()
    line = open_serial(str(tmp_path / "printer"), 9600, "xonxoff")
    assert cable.descriptor is not None
    cable.write(b"\x13")
    sending = threading.Thread(target=line.send, args=(b"ticket",))
    sending.start()
    assert select.select([cable.descriptor], [], [], 0.1) == ([], [], [])
    cable.write(b"\x11")
    sending.join()
    assert line.read(0) is None, "flow control is no answer"
    assert cable.read() == b"ticket"
    line.close()
    cable.unplug()


@pytest.mark.parametrize(
    "open_line",
    [
        lambda: open_serial("/dev/no-such-port", 9600),
        lambda: open_serial("/dev/null", -1),
        lambda: open_network("127.0.0.1", 1),
        lambda: open_network("no such host", 9100),
        lambda: open_usb(1, 1, Path("/nowhere")),
        lambda: open_file(Path("/nowhere/lp0")),
    ],
)
def test_every_way_not_to_open_is_one_error(open_line: Callable[[], PrinterLine]) -> None:
    with pytest.raises(PrinterLostError):
        open_line()

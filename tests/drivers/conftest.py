"""A simulated printer on a real pseudo-terminal, the real driver before it, and a sample ticket."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.escpos_printer import EscposPrinter
from drivers.printer import TicketPaper
from drivers.printer_line import open_serial
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import TicketLayout


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.fixture
def paper() -> TicketPaper:
    return TicketPaper(
        centre="VPVKAC Paraugpils",
        heading="Jūsu numurs",
        number="A 042",
        service="Slimības pabalsts",
        lines=("Pirms jums gaida 3 cilvēki.", "Numurs parādīsies tablo, un to nosauks balsī."),
        qr="RINDA:1:DEMO:A042",
        qr_note="Parādiet kodu kioskam.",
        printed_at="Izdrukāts: 2025. gada 3. martā plkst. 10.32",
    )


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "printer"


@pytest.fixture
def layout() -> TicketLayout:
    return TicketLayout(48, "default")


@pytest.fixture
def twin(port: Path, tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(port, tmp_path / "tickets") as twin:
        yield twin


@pytest.fixture
def printer(port: Path, layout: TicketLayout) -> Iterator[EscposPrinter]:
    """Patient with answers, so that a busy machine fails no test."""
    printer = EscposPrinter(lambda: open_serial(str(port), 19200), layout, answer_within=5.0)
    yield printer
    printer.close()


@pytest.fixture
def hasty_printer(port: Path, layout: TicketLayout) -> Iterator[EscposPrinter]:
    """For a printer that will not answer."""
    printer = EscposPrinter(
        lambda: open_serial(str(port), 1_000_000), layout, answer_within=0.1, finish_within=0.2
    )
    yield printer
    printer.close()

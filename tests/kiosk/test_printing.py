"""The printing thread, with the real driver on the simulated printer's real pseudo-terminal."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.escpos_printer import EscposPrinter
from drivers.printer import Fate, Paper, PrinterStatus, PrintOutcome, PrintResult, TicketPaper
from drivers.printer_line import open_serial
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import TicketLayout
from kiosk import demo
from kiosk.paper import ticket_paper
from kiosk.printing import Job, Printing, faults_of

CATALOGUE = demo.catalogue(demo.settings().to_centre())
PAPER = ticket_paper(demo.ticket(), CATALOGUE, demo.NOW, site="demo")


class Desk:
    """The owner's side: runs what is posted, remembers outcomes and faults."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.outcomes: list[PrintOutcome] = []
        self.faults: list[frozenset[str]] = []

    def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.posted.get(timeout=20)()


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "printer", tmp_path) as printer:
        yield printer


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def printing(twin: SimulatedPrinter, tmp_path: Path, desk: Desk) -> Iterator[Printing]:
    port = str(tmp_path / "printer")
    printer = EscposPrinter(
        lambda: open_serial(port, 19200), TicketLayout(48, "default"), answer_within=5.0
    )
    running = Printing(printer, desk.posted.put)
    running.start(desk.faults.append)
    yield running
    running.stop()


def test_tickets_are_printed_in_order(
    printing: Printing, twin: SimulatedPrinter, desk: Desk
) -> None:
    for _ in range(2):
        printing.submit(Job(PAPER, desk.outcomes.append))
    desk.until(lambda: len(desk.outcomes) == 2)
    assert [each.result for each in desk.outcomes] == [PrintResult.PRINTED] * 2
    assert "Slimības pabalsts" in twin.tickets[1].text


def test_faults_are_told_when_they_change_and_the_ticket_fails_truly(
    printing: Printing, twin: SimulatedPrinter, desk: Desk
) -> None:
    desk.until(lambda: desk.faults == [frozenset()])
    twin.remove_paper()
    desk.until(lambda: desk.faults[-1] == {"paper_out"})
    printing.submit(Job(PAPER, desk.outcomes.append))
    desk.until(lambda: bool(desk.outcomes))
    assert desk.outcomes == [PrintOutcome(PrintResult.FAILED, "paper_out")]
    twin.refill()
    desk.until(lambda: desk.faults[-1] == frozenset())
    assert len(desk.faults) == 3


def test_a_roll_near_its_end_is_told_while_tickets_are_still_printed(
    printing: Printing, twin: SimulatedPrinter, desk: Desk
) -> None:
    twin.paper_low()
    desk.until(lambda: {"paper_low"} in desk.faults)
    printing.submit(Job(PAPER, desk.outcomes.append))
    desk.until(lambda: bool(desk.outcomes))
    assert desk.outcomes == [PrintOutcome(PrintResult.PRINTED)]


def test_a_ticket_that_nobody_takes_is_told_of_once_more(
    twin: SimulatedPrinter, tmp_path: Path, desk: Desk
) -> None:
    layout = TicketLayout(48, "default", presenter_seconds=1)
    port = str(tmp_path / "printer")
    printer = EscposPrinter(lambda: open_serial(port, 19200), layout, answer_within=5.0)
    twin.leave_ticket()
    printing = Printing(printer, desk.posted.put)
    printing.start(desk.faults.append)
    printing.submit(Job(PAPER, desk.outcomes.append))
    desk.until(lambda: len(desk.outcomes) == 2)
    assert [each.result for each in desk.outcomes] == [PrintResult.PRINTED, PrintResult.TAKEN_BACK]
    assert desk.faults == [frozenset()]
    printing.stop()


class BrokenPrinter:
    """A driver with a mistake in it."""

    def status(self) -> PrinterStatus:
        raise ZeroDivisionError

    def print_ticket(self, paper: TicketPaper) -> PrintOutcome:
        raise ZeroDivisionError

    def fate(self) -> Fate | None:
        raise ZeroDivisionError

    def close(self) -> None: ...


def test_a_mistake_in_a_driver_ends_nothing(desk: Desk) -> None:
    printing = Printing(BrokenPrinter(), desk.posted.put)
    printing.start(desk.faults.append)
    printing.submit(Job(PAPER, desk.outcomes.append))
    desk.until(lambda: bool(desk.outcomes))
    assert desk.outcomes[0].result is PrintResult.UNKNOWN
    assert desk.faults == [{"printer_offline"}]
    printing.stop()


def test_low_paper_is_a_fault_that_still_prints() -> None:
    status = PrinterStatus(online=True, paper=Paper.LOW, cover_open=False)
    assert faults_of(status) == {"paper_low"}

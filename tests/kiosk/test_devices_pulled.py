"""Real drivers before simulated devices that are pulled at any moment of a ticket, and returned:
one ticket each, at most one paper, a screen that goes on, and the staff know the truth."""

import itertools
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.devices import PrinterSettings, ScannerSettings
from drivers.build import build_printer, build_scanner
from drivers.printer import PrintOutcome, PrintResult
from drivers.simulated_gm65 import SimulatedGm65
from drivers.simulated_printer import SimulatedPrinter
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.paper import ticket_paper
from kiosk.printing import Job, Printing
from messaging.booking_code import qr_text
from queue_core.commands import CheckIn, TakeTicket
from tests.kiosk.visitor import Visitor

SOON = 30.0
WITHIN_THE_TICKET = 400
"""Bytes, from the questions before it."""
CODES = map("".join, itertools.product("K7QM2WDX4T", repeat=10))
CATALOGUE = demo.catalogue(demo.settings().to_centre())

MISHAPS = {
    SimulatedPrinter.unplug: (SimulatedPrinter.plug, "printer_offline"),
    SimulatedPrinter.remove_paper: (SimulatedPrinter.refill, "paper_out"),
    SimulatedPrinter.open_cover: (SimulatedPrinter.close_cover, "cover_open"),
    SimulatedPrinter.jam: (SimulatedPrinter.free, "printer_error"),
}
"""What may happen → how it is put right, and what the staff are told meanwhile."""


class KioskAtHand:
    """The kiosk without its window: flow, printing thread, printer and scanner, and the twins."""

    def __init__(self, folder: Path) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.visitor = Visitor()
        self.faults: frozenset[str] = frozenset()
        self.outcomes: list[PrintOutcome] = []
        self.scanner_there = False
        self.asked = 0
        self.printer = SimulatedPrinter(folder / "printer", folder / "paper")
        self.scanner = SimulatedGm65(folder / "scanner")
        settings = PrinterSettings(kind="serial", port=str(folder / "printer"), baud=921_600)
        self._printing = Printing(build_printer(settings), self.posted.put)
        self._scanner = build_scanner(
            ScannerSettings(kind="gm65", port=str(folder / "scanner"), baud=921_600)
        )
        self._handled = len(self.visitor.effects)

    @contextmanager
    def running(self) -> Iterator[None]:
        with self.printer, self.scanner:
            self._printing.start(
                lambda faults: self.posted.put(partial(setattr, self, "faults", faults))
            )
            self._scanner.start(
                lambda text: self.posted.put(lambda: self.visitor.scan(text)),
                lambda there: self.posted.put(partial(self._scanner_changed, there)),
            )
            try:
                yield
            finally:
                self._scanner.stop()
                self._printing.stop()

    def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self.posted.get(timeout=SOON)()
            self.visitor.wait(0.2)
            self.handle()

    def staff_know(self, fault: str) -> bool:
        return self.faults == {fault}

    def handle(self) -> None:
        """Does what the flow asks for, and answers as the module would."""
        while self._handled < len(self.visitor.effects):
            effect = self.visitor.effects[self._handled]
            self._handled += 1
            match effect:
                case e.SendCommand(TakeTicket() | CheckIn()):
                    self.asked += 1
                    ticket = demo.ticket("lv").model_copy(update={"id": f"ticket-{self.asked:09}"})
                    self.visitor.answer(ticket)
                case e.PrintTicket(ticket, again=again):
                    paper = ticket_paper(ticket, CATALOGUE, demo.NOW, site="demo", copy=again)
                    self._printing.submit(Job(paper, partial(self._paper_came, ticket.id)))
                case _:
                    pass

    def _scanner_changed(self, there: bool) -> None:
        self.scanner_there = there
        self.visitor.give(i.ScannerThere(there))

    def _paper_came(self, ticket: str, outcome: PrintOutcome) -> None:
        self.outcomes.append(outcome)
        self.visitor.give(i.PaperCame(ticket, outcome))


def touched(kiosk: KioskAtHand) -> None:
    kiosk.visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")


def scanned(kiosk: KioskAtHand) -> None:
    kiosk.until(lambda: kiosk.scanner_there)
    kiosk.scanner.scan(qr_text("demo", next(CODES)))
    kiosk.until(lambda: kiosk.visitor.sees(m.TicketReady))


def a_visit(kiosk: KioskAtHand, begin: Callable[[KioskAtHand], None]) -> PrintResult:
    """From the start to the start; the outcome agrees with the paper, and a touch always counts."""
    asked, printed, paper = kiosk.asked, len(kiosk.outcomes), len(kiosk.printer.tickets)
    begin(kiosk)
    kiosk.handle()
    assert kiosk.visitor.sees(m.TicketReady), "the number does not wait for the paper"
    kiosk.until(lambda: len(kiosk.outcomes) > printed)
    result = kiosk.outcomes[-1].result
    came_out = len(kiosk.printer.tickets) - paper
    assert kiosk.asked == asked + 1
    assert came_out <= 1
    assert result is PrintResult.UNKNOWN or came_out == (result is PrintResult.PRINTED)
    kiosk.visitor.wait(1)
    kiosk.visitor.touch("done")
    assert kiosk.visitor.sees(m.Start), kiosk.visitor.model.screen
    return result


@pytest.mark.whole
@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    mishaps=st.lists(
        st.tuples(
            st.sampled_from(list(MISHAPS)),
            st.integers(0, WITHIN_THE_TICKET),
            st.sampled_from([touched, scanned]),
            st.booleans(),
        ),
        min_size=1,
        max_size=2,
    )
)
def test_one_ticket_each_and_the_truth_whatever_is_pulled(
    tmp_path_factory: pytest.TempPathFactory, mishaps: list[tuple[Any, int, Any, bool]]
) -> None:
    kiosk = KioskAtHand(tmp_path_factory.mktemp("kiosk"))
    with kiosk.running():
        kiosk.until(lambda: kiosk.scanner_there)
        for mishap, after, begin, scanner_too in mishaps:
            put_right, fault = MISHAPS[mishap]
            kiosk.printer.after_bytes(after, partial(mishap, kiosk.printer))
            if scanner_too:
                kiosk.printer.after_bytes(after, kiosk.scanner.unplug)
            a_visit(kiosk, begin)
            kiosk.scanner.unplug()
            kiosk.until(partial(kiosk.staff_know, fault))
            kiosk.until(lambda: not kiosk.scanner_there)
            put_right(kiosk.printer)
            kiosk.scanner.plug()
            kiosk.until(lambda: not kiosk.faults and kiosk.scanner_there)
        assert a_visit(kiosk, scanned) is PrintResult.PRINTED

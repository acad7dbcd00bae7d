"""A kiosk without its window that prints for desks: real link, driver and bytes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.clock import Clock
from drivers.escpos_printer import EscposPrinter
from drivers.printer_line import open_serial
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import TicketLayout
from kiosk import demo
from kiosk.confirming import Confirming
from kiosk.printing import Printing
from messaging.messages import CatalogueState, Role, UnitStatus
from tests.parts import UnitThread, wait_until

CATALOGUE = demo.catalogue(demo.settings().to_centre())


@dataclass
class PrintingKiosk:
    """`catalogue`: None while a visitor is at it."""

    unit: UnitThread
    printer: SimulatedPrinter
    printing: Printing
    clock: Clock
    catalogue: CatalogueState | None = CATALOGUE

    def between_visitors(self) -> CatalogueState | None:
        return self.catalogue if self.printing.is_free else None

    def until_free(self) -> None:
        wait_until(lambda: self.printing.is_free)


@contextmanager
def printing_kiosk(
    port: int, folder: Path, roles: Mapping[str, Role], clock: Clock
) -> Iterator[PrintingKiosk]:
    """One on the broker at this port."""
    line = folder / "printer"
    unit = UnitThread(port)
    with SimulatedPrinter(line, folder / "paper") as twin:
        printing = Printing(_driver(str(line)), unit.call)
        here = PrintingKiosk(unit, twin, printing, clock)
        site = demo.settings().site
        Confirming(
            unit.link,
            printing,
            roles,
            site.id,
            site.booking_secret,
            here.between_visitors,
            here.clock.now,
        ).listen("kiosk")
        told = UnitStatus(unit="kiosk", role=Role.KIOSK, version="1", online=True, prints=True)
        with unit:
            printing.start(lambda faults: None)
            unit.call(lambda: unit.link.report(told))
            wait_until(lambda: unit.link.connected)
            yield here
            printing.stop()


def _driver(port: str) -> EscposPrinter:
    layout = TicketLayout(48, "default")
    return EscposPrinter(lambda: open_serial(port, 921_600), layout, answer_within=5.0)

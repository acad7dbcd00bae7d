"""`python -m benchmarks.pulled`: a printer is pulled, or falls silent, before every single byte of
a ticket: what the driver says, beside what came out."""

import logging
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from drivers.escpos_printer import EscposPrinter
from drivers.printer import PrintResult
from drivers.printer_line import open_serial
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import TicketLayout
from kiosk import demo
from kiosk.paper import ticket_paper

BAUD = 921_600
RESULTS = (PrintResult.PRINTED, PrintResult.FAILED, PrintResult.UNKNOWN)
QUESTIONS = 12
"""Bytes that ask how the printer is, before a ticket."""

MISHAPS = {
    "unplugged": SimulatedPrinter.unplug,
    "fell silent": SimulatedPrinter.hang,
    "paper torn": SimulatedPrinter.remove_paper,
    "cover opened": SimulatedPrinter.open_cover,
}


def main() -> None:
    """Print a row for each mishap. Raises AssertionError where the driver lied."""
    logging.disable()
    layout = TicketLayout(48, "default")
    paper = ticket_paper(
        demo.ticket("lv"), demo.catalogue(demo.settings().to_centre()), demo.NOW, site="demo"
    )
    size = QUESTIONS + len(bytes(layout.compose(paper)))
    print("| mishap | bytes | printed | failed | unknown | papers at most |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        port = Path(name) / "printer"
        for mishap, verb in MISHAPS.items():
            found: Counter[PrintResult] = Counter()
            most = 0
            for place in range(size + 1):
                with SimulatedPrinter(port, Path(name) / "tickets") as twin:
                    printer = EscposPrinter(
                        partial(open_serial, str(port), BAUD),
                        layout,
                        answer_within=0.15,
                        finish_within=0.3,
                    )
                    twin.after_bytes(place, partial(verb, twin))
                    result = printer.print_ticket(paper).result
                    printer.close()
                    papers = len(twin.tickets)
                assert result is PrintResult.UNKNOWN or papers == (result is PrintResult.PRINTED)
                found[result] += 1
                most = max(most, papers)
            row = " | ".join(str(found[each]) for each in RESULTS)
            print(f"| {mishap} | {size + 1} | {row} | {most} |", flush=True)


if __name__ == "__main__":
    main()

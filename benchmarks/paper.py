"""`python -m benchmarks.paper`: how long a ticket is on the wire, by profile, paper and mode."""

import tempfile
import time
from pathlib import Path

from drivers.escpos_printer import EscposPrinter
from drivers.printer import PrintResult, TicketPaper
from drivers.printer_line import open_serial
from drivers.simulated_printer import SimulatedPrinter
from drivers.ticket_layout import Mode, TicketLayout
from kiosk import demo
from kiosk.paper import ticket_paper

BAUD = 19200
CASES: tuple[tuple[str, int, Mode], ...] = (
    ("default", 48, "auto"),
    ("default", 32, "auto"),
    ("TM-T88III", 48, "auto"),
    ("TM-T88III", 32, "auto"),
    ("default", 48, "picture"),
)
"""Profiles with Latvian letters and without, on paper of 80 and 58 mm."""


def main() -> None:
    """Print one ticket of each kind over a line of `BAUD` and say what it took."""
    paper = ticket_paper(
        demo.ticket("lv"), demo.catalogue(demo.settings().to_centre()), demo.NOW, site="demo"
    )
    print(f"| profile | columns | mode | bytes | at {BAUD} baud | the wire alone | ratio |")
    print("|---|---|---|---|---|---|---|")
    for profile, columns, wanted in CASES:
        layout = TicketLayout(columns, profile, wanted)
        size, seconds = len(bytes(layout.compose(paper))), _seconds(layout, columns, paper)
        wire = size * 10 / BAUD
        print(
            f"| {profile} | {columns} | {layout.mode} | {size} | {seconds:.2f} s | {wire:.2f} s "
            f"| {seconds / wire:.2f} × |"
        )


def _seconds(layout: TicketLayout, columns: int, paper: TicketPaper) -> float:
    """From the call until the ticket is cut, over a pseudo-terminal as slow as the real line."""
    with tempfile.TemporaryDirectory() as name:
        port = Path(name) / "printer"
        with SimulatedPrinter(port, Path(name) / "tickets", columns, BAUD) as twin:
            printer = EscposPrinter(lambda: open_serial(str(port), BAUD), layout, answer_within=5.0)
            start = time.monotonic()
            outcome = printer.print_ticket(paper)
            took = time.monotonic() - start
            printer.close()
            assert outcome.result is PrintResult.PRINTED, outcome
            assert len(twin.tickets) == 1
    return took


if __name__ == "__main__":
    main()

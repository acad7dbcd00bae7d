"""Pictures of paper tickets, made by the simulated printer's processor from the real bytes.

``python -m kiosk.tickets FOLDER LANGUAGE`` writes ``ticket-<name>-<mm>-<mode>-<language>.png``.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from PIL import Image

from drivers.dot_text import CELL_WIDTH
from drivers.escpos_interpreter import EscposInterpreter
from drivers.paper_strip import PaperStrip
from drivers.printer import TicketPaper
from drivers.ticket_layout import Mode, TicketLayout
from kiosk import demo
from kiosk.paper import confirmation_paper, ticket_paper
from messaging.messages import WaitView

PAPERS = {80: 48, 58: 32}
"""Millimetres → columns."""

MODES: tuple[Mode, ...] = ("text", "picture")
PROFILE = "default"
MARGIN = 32
"""Dots beside the print that no printer reaches, 4 mm."""


def main(arguments: Sequence[str]) -> int:
    """Write them all. Returns the exit status."""
    folder, language = Path(arguments[0]), arguments[1]
    folder.mkdir(parents=True, exist_ok=True)
    for name, paper in tickets(language).items():
        for millimetres, mode, picture, _ in printed(paper):
            path = folder / f"ticket-{name}-{millimetres}-{mode}-{language}.png"
            _with_margins(picture).save(path)
            sys.stdout.write(f"{path}\n")
    return 0


def tickets(language: str) -> Mapping[str, TicketPaper]:
    """The demonstration's tickets by name."""
    catalogue = demo.catalogue(demo.settings().to_centre())
    soon, past = demo.NOW + timedelta(minutes=9), demo.NOW - timedelta(minutes=21)
    walk_in = demo.ticket(language)
    early = demo.slot_ticket(language, soon, WaitView(low=5, high=15))
    late = demo.slot_ticket(language, past, WaitView(low=15, high=30), late=True)
    appointment = demo.asked_paper(language)
    views = {"walk-in": walk_in, "early": early, "late": late, "copy": walk_in}
    papers = {
        name: ticket_paper(view, catalogue, demo.NOW, site="demo", copy=name == "copy")
        for name, view in views.items()
    }
    confirmed = confirmation_paper(appointment, demo.CODE, catalogue, demo.NOW, site="demo")
    return papers | {"appointment": confirmed}


def printed(paper: TicketPaper) -> Iterator[tuple[int, Mode, Image.Image, str]]:
    """Width in mm, mode, picture and text of the ticket on every paper and in both modes."""
    for millimetres, columns in PAPERS.items():
        for mode in MODES:
            job = bytes(TicketLayout(columns, PROFILE, mode).compose(paper))
            picture, text = _print_out(job, columns).finished()
            yield millimetres, mode, picture, text


def _print_out(job: bytes, columns: int) -> PaperStrip:
    strips: list[PaperStrip] = []
    printer = EscposInterpreter(columns * CELL_WIDTH, strips.append, lambda: None)
    printer.feed(job)
    while printer.step():
        pass
    (strip,) = strips
    return strip


def _with_margins(picture: Image.Image) -> Image.Image:
    sheet = Image.new("1", (picture.width + 2 * MARGIN, picture.height), 1)
    sheet.paste(picture, (MARGIN, 0))
    return sheet


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A ticket printer in software: real bytes on a pseudo-terminal, tickets as pictures and text."""

import os
import re
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.dot_text import CELL_WIDTH
from drivers.escpos_interpreter import EscposInterpreter
from drivers.paper_strip import PaperStrip
from drivers.simulated_line import SimulatedLine
from drivers.switches import Position, Switch, Switches

# Carried out the moment they arrive, wherever they stand: DLE EOT n, and DLE DC4 8 to clear. Of a
# presenter also DLE EOT 20.
REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04\x14])|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
LONGEST_REAL_TIME = 10
DOTS_PER_INCH = (203, 203)
WIRE_CHUNK = 8
LATEST_WAKEUP = 0.02
TAKING_SECONDS = 1.0


@dataclass(frozen=True)
class PrintedTicket:
    """One cut ticket: a picture of 203 dpi, and its text with `[QR …]` for a code."""

    image: Path
    text: str

    @property
    def code(self) -> str:
        """What its QR code says; empty where the printer has drawn none of its own."""
        found = re.search(r"^\[QR (.*)\]$", self.text, re.MULTILINE)
        return found[1] if found else ""


class SimulatedPrinter:
    """`port` is the name to open; tickets land in `folder` as ticket-0001.png and .txt.

    `first_byte_at`: when the latest job began to arrive, on the monotonic clock. The verbs for the
    world around it (`remove_paper` …) may be called from any thread. `baud`: bytes arrive no faster
    than on such a line; 0: at once.
    """

    def __init__(self, port: Path, folder: Path, columns: int = 48, baud: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port
        self.tickets: list[PrintedTicket] = []
        self.first_byte_at: float | None = None
        self._folder = folder
        self._line = SimulatedLine(port)
        self._seconds_for_byte = 10 / baud if baud else 0.0
        self._wire_free_at = 0.0
        self._interpreter = EscposInterpreter(
            columns * CELL_WIDTH, self._cut, self._tell_paper, self._present
        )
        self._leaves = False
        self._held_until = 0.0
        self._paper_out = self._paper_low = self._cover_open = self._stuck = False
        self._hung = self._closing = False
        self._tail = b""
        self._job_began_at: float | None = None
        self._plans: list[tuple[int, Callable[[], None]]] = []
        self._handed_over = 0
        self._lock = threading.RLock()
        self._ticket_cut = threading.Condition(self._lock)
        self._wake = os.eventfd(0)
        self._thread = threading.Thread(target=self._run, name="simulated printer")

    def __enter__(self) -> Self:
        self._line.plug()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._closing = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._line.unplug()
        os.close(self._wake)

    def remove_paper(self) -> None:
        with self._changing():
            self._paper_out = True

    def paper_low(self) -> None:
        with self._changing():
            self._paper_low = True

    def refill(self) -> None:
        with self._changing():
            self._paper_out = self._paper_low = False

    def open_cover(self) -> None:
        with self._changing():
            self._cover_open = True

    def close_cover(self) -> None:
        with self._changing():
            self._cover_open = False

    def jam(self) -> None:
        """The knife is stuck."""
        with self._changing():
            self._stuck = True

    def free(self) -> None:
        """The knife moves again."""
        with self._changing():
            self._stuck = False

    def leave_ticket(self) -> None:
        """Nobody takes a ticket that is held out, until the printer takes it back."""
        with self._changing():
            self._leaves = True

    def take_ticket(self) -> None:
        """Whoever is there takes it, and the next ones."""
        with self._changing():
            self._leaves, self._held_until = False, 0.0

    def tell_status(self) -> None:
        """Its automatic status (GS a), which comes between the answers without being asked for."""
        with self._changing():
            first = 0x10 | 0x08 * self._stopped | 0x20 * self._cover_open
            paper = 0x03 * self._paper_low | 0x0C * self._paper_out
            self._line.write(bytes((first, 0x08 * self._stuck, paper, 0x0F)))

    def hang(self) -> None:
        """Reads and answers nothing more, until it is unplugged."""
        with self._changing():
            self._hung = True

    def unplug(self) -> None:
        """Power and cable: what it had not printed is forgotten."""
        with self._changing():
            self._line.unplug()
            self._interpreter.clear()
            self._hung = False
            self._held_until = 0.0
            self._tail = b""
            self._job_began_at = None

    def plug(self) -> None:
        with self._changing():
            self._line.plug()

    def after_bytes(self, count: int, verb: Callable[[], None]) -> None:
        """Does the verb when that many more bytes were carried out: a fault inside a ticket."""
        with self._changing():
            self._plans.append((self._interpreter.consumed + count, verb))

    @property
    def switches(self) -> Switches:
        """See Switch."""
        return {
            "paper": Switch(
                lambda w: w.text("Paper"),
                {
                    "in": Position(lambda w: w.text("a full roll"), self.refill),
                    "low": Position(lambda w: w.text("nearly used up"), self.paper_low),
                    "out": Position(lambda w: w.text("torn out"), self.remove_paper),
                },
                lambda: "out" if self._paper_out else "low" if self._paper_low else "in",
            ),
            "cover": Switch(
                lambda w: w.text("Cover"),
                {
                    "closed": Position(lambda w: w.text("closed"), self.close_cover),
                    "open": Position(lambda w: w.text("open"), self.open_cover),
                },
                lambda: "open" if self._cover_open else "closed",
            ),
            "knife": Switch(
                lambda w: w.text("Knife"),
                {
                    "free": Position(lambda w: w.text("free"), self.free),
                    "stuck": Position(lambda w: w.text("stuck"), self.jam),
                },
                lambda: "stuck" if self._stuck else "free",
            ),
            "ticket": Switch(
                lambda w: w.text("Ticket held out"),
                {
                    "taken": Position(lambda w: w.text("somebody takes it"), self.take_ticket),
                    "left": Position(lambda w: w.text("nobody takes it"), self.leave_ticket),
                },
                lambda: "left" if self._leaves else "taken",
            ),
            "power": Switch(
                lambda w: w.text("Power"),
                {
                    "on": Position(lambda w: w.text("on"), self.plug),
                    "off": Position(lambda w: w.text("off"), self.unplug),
                },
                lambda: "off" if self._line.descriptor is None else "on",
            ),
        }

    @property
    def unknown_commands(self) -> int:
        return self._interpreter.unknown

    def wait_for_ticket(self, timeout: float) -> PrintedTicket | None:
        """The next ticket not handed over yet; None when none came within the seconds."""
        with self._ticket_cut:
            if not self._ticket_cut.wait_for(
                lambda: len(self.tickets) > self._handed_over, timeout
            ):
                return None
            self._handed_over += 1
            return self.tickets[self._handed_over - 1]

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            yield
            os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        while not self._closing:
            try:
                busy = max(0.0, self._wire_free_at - time.monotonic())
                ready, _, _ = select.select(self._sources(busy), [], [], busy or None)
            except OSError:
                continue  # unplugged in this very moment
            with self._lock:
                if self._wake in ready:
                    os.eventfd_read(self._wake)
                if not self._hung:
                    if not busy:
                        self._receive(self._read())
                    self._advance()

    def _read(self) -> bytes:
        """At a limited speed a little at a time; a wakeup that came late is made up for."""
        if not self._seconds_for_byte:
            return self._line.read()
        data = self._line.read(WIRE_CHUNK)
        since = max(self._wire_free_at, time.monotonic() - LATEST_WAKEUP)
        self._wire_free_at = since + len(data) * self._seconds_for_byte
        return data

    def _sources(self, busy: float) -> list[int]:
        device = self._line.descriptor
        listens = not busy and not self._hung and self._interpreter.room
        return [self._wake, device] if device is not None and listens else [self._wake]

    def _receive(self, data: bytes) -> None:
        """Answers what is asked in real time, and buffers everything in the order it came."""
        if self._job_began_at is None and b"\x1b@" in data:
            self._job_began_at = self.first_byte_at = time.monotonic()
        window, fed, answered = self._tail + data, len(self._tail), 0
        for command in REAL_TIME.finditer(window):
            answered = command.end()
            self._interpreter.feed(window[fed:answered])
            fed = answered
            self._answer(command[1])
        self._interpreter.feed(window[fed:])
        self._tail = window[max(answered, len(window) - LONGEST_REAL_TIME + 1) :]

    def _answer(self, question: bytes | None) -> None:
        if question is None:
            self._interpreter.clear()
            return
        if question == b"\x14":
            self._tell_all()
            return
        answers = {
            b"\x01": 0x08 * self._stopped,
            b"\x02": 0x04 * self._cover_open | 0x20 * self._paper_out | 0x40 * self._stuck,
            b"\x03": 0x08 * self._stuck,
            b"\x04": 0x0C * (self._paper_low or self._paper_out) | 0x60 * self._paper_out,
        }
        self._line.write(bytes((0x12 | answers[question],)))

    def _tell_all(self) -> None:
        """The full status: paper and mouth, cover, what can be put right, what cannot."""
        held = time.monotonic() < self._held_until
        paper = 0x01 * self._paper_out | 0x04 * self._paper_low | 0x20 * held
        self._line.write(bytes((0x10, 0x0F, paper, 0x02 * self._cover_open, 0, self._stuck)))

    @property
    def _stopped(self) -> bool:
        return self._paper_out or self._cover_open or self._stuck

    def _advance(self) -> None:
        """Prints while it can; plans may change the world between any two commands."""
        while not (self._stopped or self._hung) and self._interpreter.step():
            due = [plan for plan in self._plans if plan[0] <= self._interpreter.consumed]
            self._plans = [plan for plan in self._plans if plan not in due]
            for _, verb in due:
                verb()

    def _tell_paper(self) -> None:
        self._line.write(bytes((0x03 * self._paper_low,)))

    def _present(self, seconds: int) -> None:
        seconds_held = seconds if self._leaves else min(seconds, TAKING_SECONDS)
        self._held_until = time.monotonic() + seconds_held

    def _cut(self, strip: PaperStrip) -> None:
        picture, text = strip.finished()
        image = self._folder / f"ticket-{len(self.tickets) + 1:04}.png"
        picture.save(image, dpi=DOTS_PER_INCH)
        image.with_suffix(".txt").write_text(text + "\n", encoding="utf-8")
        self._job_began_at = None
        self.tickets.append(PrintedTicket(image, text))
        self._ticket_cut.notify_all()

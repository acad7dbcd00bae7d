"""The thread that owns the printer: it prints tickets in order and watches the printer between."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from drivers.printer import (
    OFFLINE,
    Fate,
    Paper,
    Printer,
    PrinterStatus,
    PrintOutcome,
    PrintResult,
    TicketPaper,
)

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""Paper that ends is known to the staff this soon, and not only at the next ticket."""

HELD_SECONDS = 0.5
"""And a ticket that nobody took this soon to the visitor."""

Post = Callable[[Callable[[], None]], object]
OnFaults = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One paper ticket; `done` gets what became of it, through `post`, and once more when the
    printer has taken it back."""

    paper: TicketPaper
    done: Callable[[PrintOutcome], None]


class Printing:
    """`start`, `submit` and `stop` are for the owner's thread; answers come through `post`."""

    def __init__(self, printer: Printer, post: Post) -> None:
        self._printer, self._post = printer, post
        self._on_faults: OnFaults = lambda faults: None
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._under_way = 0
        self._held: Job | None = None
        self._faults: frozenset[str] | None = None
        self._thread = threading.Thread(target=self._run, name="printing")

    def start(self, on_faults: OnFaults) -> None:
        """Begin to watch the printer; `on_faults` at first and whenever they change."""
        self._on_faults = on_faults
        self._thread.start()

    @property
    def is_free(self) -> bool:
        """Whether nothing waits, is being printed, or is perhaps in the printer's mouth."""
        return not self._under_way and self._held is None

    def submit(self, job: Job) -> None:
        """Print this after what was submitted before."""
        self._under_way += 1
        self._jobs.put(job)

    def stop(self) -> None:
        """Finish the ticket that is being printed and let the printer go."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        job = None
        while True:
            self._watch()
            try:
                job = self._jobs.get(timeout=HELD_SECONDS if self._held else POLL_SECONDS)
            except Empty:
                self._follow()
                continue
            if job is None:
                break
            self._print(job)
        self._printer.close()

    def _print(self, job: Job) -> None:
        try:
            outcome = self._printer.print_ticket(job.paper)
        except Exception:
            log.exception("the printer's driver failed")
            outcome = PrintOutcome(PrintResult.UNKNOWN, "printer_offline")
        self._held = job if outcome.result is PrintResult.PRINTED else None
        self._post(lambda: self._done(job, outcome))

    def _done(self, job: Job, outcome: PrintOutcome) -> None:
        """On the owner's thread."""
        self._under_way -= 1
        job.done(outcome)

    def _follow(self) -> None:
        """The ticket that was printed last, until it has left the printer's mouth."""
        job = self._held
        if job is None or (fate := self._fate()) is Fate.HELD:
            return
        self._held = None
        if fate is Fate.TAKEN_BACK:
            log.info("nobody took a ticket, and the printer took it back")
            self._post(lambda: job.done(PrintOutcome(PrintResult.TAKEN_BACK)))

    def _fate(self) -> Fate | None:
        try:
            return self._printer.fate()
        except Exception:
            log.exception("the printer's driver failed")
            return None

    def _watch(self) -> None:
        try:
            status = self._printer.status()
        except Exception:
            log.exception("the printer's driver failed")
            status = OFFLINE
        if (faults := faults_of(status)) != self._faults:
            self._faults = faults
            self._post(lambda: self._on_faults(faults))


def faults_of(status: PrinterStatus) -> frozenset[str]:
    """Fault codes of the unit's status, for the staff."""
    low = {"paper_low"} if status.paper is Paper.LOW else set()
    return frozenset(low | ({status.fault} if status.fault else set()))

"""The ticket printer as the kiosk sees it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

Fault = Literal["printer_offline", "printer_error", "paper_out", "cover_open"]


@dataclass(frozen=True)
class TicketPaper:
    """Everything on one paper ticket from top to bottom, in the visitor's language.

    `heading` says what the number is, the first of `lines` what the visitor wants to know first,
    `qr_note` what the code is for. `qr` holds at most 300 bytes of UTF-8; a longer one is left off.
    """

    centre: str
    heading: str
    number: str
    service: str
    lines: tuple[str, ...]
    qr: str | None
    qr_note: str
    printed_at: str


class Paper(StrEnum):
    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PrinterStatus:
    """`online`: the printer says that it is ready, or cannot say anything by its nature. `broken`:
    its knife is stuck, or worse."""

    online: bool
    paper: Paper
    cover_open: bool
    broken: bool = False

    @property
    def fault(self) -> Fault | None:
        """What a person must repair, the most telling first; None when a ticket would print."""
        if self.cover_open:
            return "cover_open"
        if self.paper is Paper.OUT:
            return "paper_out"
        if self.broken:
            return "printer_error"
        return None if self.online else "printer_offline"


OFFLINE = PrinterStatus(online=False, paper=Paper.UNKNOWN, cover_open=False)
MUTE = PrinterStatus(online=True, paper=Paper.UNKNOWN, cover_open=False)


class PrintResult(StrEnum):
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class PrintOutcome:
    """`printed`: the printer itself said that it reached the end of the ticket, and is well.
    `failed`: no whole ticket came out. `unknown`: it may have; show the number on the screen.
    `taken_back`: it was printed, and known only later: nobody took it, and the printer did."""

    result: PrintResult
    reason: Fault | None = None


class Fate(StrEnum):
    """Of a ticket that the printer holds out in its mouth."""

    HELD = "held"
    TAKEN = "taken"
    TAKEN_BACK = "taken_back"


class Printer(Protocol):
    """Called from one worker thread only; every call is bounded in time and raises nothing."""

    def status(self) -> PrinterStatus:
        """Asks the printer now; takes up to about a second."""

    def print_ticket(self, paper: TicketPaper) -> PrintOutcome:
        """Prints and cuts one ticket; takes a few seconds, and about ten more than the wire needs
        when the printer hangs."""

    def fate(self) -> Fate | None:
        """Of the ticket that was printed last; None, for good, where it cannot be known. Takes up
        to about a second."""

    def close(self) -> None:
        """Lets the device go; the next call would open it again."""


class NoPrinter:
    """A kiosk without a printer: nothing to repair, and no paper comes out."""

    def status(self) -> PrinterStatus:
        return MUTE

    def print_ticket(self, paper: TicketPaper) -> PrintOutcome:
        return PrintOutcome(PrintResult.FAILED)

    def fate(self) -> Fate | None:
        return None

    def close(self) -> None:
        pass

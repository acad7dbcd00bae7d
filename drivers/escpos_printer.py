"""The real ticket printer: ESC/POS over any PrinterLine."""

import logging
import time
from collections.abc import Callable

from drivers.back_off import BackOff
from drivers.errors import PrinterLostError
from drivers.escpos_dialogue import EscposDialogue
from drivers.printer import (
    OFFLINE,
    Fate,
    Fault,
    PrinterStatus,
    PrintOutcome,
    PrintResult,
    TicketPaper,
)
from drivers.printer_line import PrinterLine
from drivers.ticket_layout import TicketJob, TicketLayout

logger = logging.getLogger(__name__)

# A printer answers within milliseconds, a busy computer hears it later.
ANSWER_WITHIN = 1.0
# Slow mechanisms print 50 mm a second, and a ticket is about 150 mm long.
FINISH_WITHIN = 5.0
POLL_SECONDS = 0.3
# A printer's clock is not ours: a ticket that goes this shortly before its time was taken back.
EARLY_SECONDS = 1.0
# One that stays so long after it is not taken back.
LATE_SECONDS = 10.0


class EscposPrinter:
    """A Printer that opens its line when needed, and again, with growing pauses, after a loss."""

    def __init__(
        self,
        open_line: Callable[[], PrinterLine],
        layout: TicketLayout,
        *,
        answer_within: float = ANSWER_WITHIN,
        finish_within: float = FINISH_WITHIN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_line = open_line
        self._layout = layout
        self._answer_within = answer_within
        self._finish_within = finish_within
        self._clock = clock
        self._dialogue: EscposDialogue | None = None
        self._retry_at = clock()
        self._back_off = BackOff()
        self._reported: Fault | None = None
        self._held_out_at: float | None = None
        self._was_held = False

    def status(self) -> PrinterStatus:
        if self._dialogue is None and self._clock() < self._retry_at:
            return OFFLINE
        return self._status_now()

    def print_ticket(self, paper: TicketPaper) -> PrintOutcome:
        job = self._layout.compose(paper)
        self._held_out_at = None
        # A visitor waits: do not sit out the pause between two attempts.
        before = self._status_now()
        if before.fault or self._dialogue is None:
            return PrintOutcome(PrintResult.FAILED, before.fault)
        outcome = self._print(self._dialogue, job)
        self._report(outcome.reason)
        if outcome.result is PrintResult.PRINTED and self._layout.presenter_seconds:
            self._held_out_at, self._was_held = self._clock(), False
        return outcome

    def fate(self) -> Fate | None:
        """The printer tells only whether it holds one: who took it is known by the time. It must
        have been seen there first, as it may not have come out yet."""
        if self._held_out_at is None:
            return None
        held, taken_back = self._holds_ticket(), self._layout.presenter_seconds
        seconds = self._clock() - self._held_out_at
        if (
            held is not None
            and (held or not self._was_held)
            and seconds < taken_back + LATE_SECONDS
        ):
            self._was_held = held
            return Fate.HELD
        self._held_out_at = None
        if held is not False or not self._was_held:
            return None
        return Fate.TAKEN if seconds < taken_back - EARLY_SECONDS else Fate.TAKEN_BACK

    def close(self) -> None:
        if self._dialogue:
            self._dialogue.close()
        self._dialogue = None

    def _status_now(self) -> PrinterStatus:
        try:
            status = self._open().status()
        except PrinterLostError:
            status = None
        if status is None:
            self._lose()
            return OFFLINE
        self._back_off.reset()
        self._report(status.fault)
        return status

    def _holds_ticket(self) -> bool | None:
        try:
            held = self._open().holds_ticket()
        except PrinterLostError:
            self._lose()
            return None
        if held is None:
            self.close()
        return held

    def _open(self) -> EscposDialogue:
        if self._dialogue is None:
            self._dialogue = EscposDialogue(self._open_line(), self._answer_within)
        return self._dialogue

    def _lose(self) -> None:
        self.close()
        self._retry_at = self._clock() + self._back_off.next_pause()
        self._report("printer_offline")

    def _report(self, fault: Fault | None) -> None:
        """Logs once when something is wrong and once when it is well again."""
        if fault and fault != self._reported:
            logger.warning("printer: %s", fault)
        elif self._reported and not fault:
            logger.info("printer: ready again")
        self._reported = fault

    def _print(self, dialogue: EscposDialogue, job: TicketJob) -> PrintOutcome:
        try:
            wire_time = dialogue.send_job(job)
        except PrinterLostError:
            # Its last bytes, the cut among them, never left.
            self._lose()
            return PrintOutcome(PrintResult.FAILED, "printer_offline")
        if not dialogue.can_answer:
            return PrintOutcome(PrintResult.UNKNOWN)
        try:
            return self._follow(dialogue, wire_time)
        except PrinterLostError:
            self._lose()
            return PrintOutcome(PrintResult.UNKNOWN, "printer_offline")

    def _follow(self, dialogue: EscposDialogue, wire_time: float) -> PrintOutcome:
        """Watches the job until its end, a fault, or the end of patience."""
        deadline = self._clock() + wire_time + self._finish_within
        # Until the wire is empty a question would queue behind the ticket.
        dialogue.wait_for_end(wire_time)
        while self._clock() < deadline:
            ended = dialogue.wait_for_end(POLL_SECONDS)
            status = dialogue.status()
            if ended:
                return _ended(status)
            if status and status.fault:
                return self._give_up(dialogue, status.fault)
        if dialogue.status() is None:
            raise PrinterLostError("silent since the ticket")
        return PrintOutcome(PrintResult.UNKNOWN)

    def _give_up(self, dialogue: EscposDialogue, fault: Fault) -> PrintOutcome:
        """Clears the printer, unless the ticket came out in the meantime after all."""
        dialogue.clear()
        # The printer answers in order: a ticket that ended before the clearing is known by now.
        status = dialogue.status()
        if dialogue.wait_for_end(0):
            return _ended(status)
        # As far as its cut it may be in the visitor's hand already.
        result = PrintResult.UNKNOWN if dialogue.printed else PrintResult.FAILED
        return PrintOutcome(result, fault)


def _ended(status: PrinterStatus | None) -> PrintOutcome:
    """The printer passed the end of the ticket, and says how it is now."""
    fault: Fault | None = status.fault if status else "printer_offline"
    return PrintOutcome(PrintResult.UNKNOWN if fault else PrintResult.PRINTED, fault)

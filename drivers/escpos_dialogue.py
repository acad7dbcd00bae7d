"""Questions to an ESC/POS printer over one open line, and what its answers mean.

Source: Epson, ESC/POS Command Reference, DLE EOT, DLE DC4 and GS r; for a presenter, Custom's
commands (KPM-210 User Manual, DLE EOT 20).
"""

import time
from collections.abc import Callable

from drivers.printer import MUTE, Paper, PrinterStatus
from drivers.printer_line import PrinterLine
from drivers.ticket_layout import TicketJob

# DLE EOT n is answered at once, even by a printer that is offline or busy.
PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER_SENSOR = 1, 2, 3, 4
# GS r 1 waits its turn: its answer means that all before it was carried out. It stands before the
# cut and behind it.
ASK_PASSED = b"\x1dr\x01"
# DLE DC4 8 empties the printer's buffer.
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
# DLE EOT 20, the full status: this head and four bytes, of which the first tells of the paper.
ASK_FULL, FULL_HEAD, FULL_LENGTH, TICKET_HELD = b"\x10\x04\x14", b"\x10\x0f", 6, 0x20
# Nobody has more to say before it; what goes on longer is noise.
LONGEST_WAIT = 64

# A printer may be set to tell its status by itself whenever it changes (GS a), so many bytes long.
AUTOMATIC_STATUS = 4


class EscposDialogue:
    """A broken line raises PrinterLostError; silence is an answer: None or False."""

    def __init__(self, line: PrinterLine, answer_within: float) -> None:
        self.can_answer = line.answers
        self._line = line
        self._answer_within = answer_within
        self._passed = 0
        self._owed = 0
        self._automatic = 0

    @property
    def printed(self) -> bool:
        """Whether the job came as far as its cut."""
        return self._passed >= 1

    @property
    def ended(self) -> bool:
        """Whether it came past its cut."""
        return self._passed >= 2

    def status(self) -> PrinterStatus | None:
        """All answers put together; None as soon as one is missing.

        Somebody may close the cover between the first answer and the next: a printer that does not
        print, and does not say why, is asked once more.
        """
        if not self.can_answer:
            return MUTE
        status = self._read_status()
        if status and status.fault == "printer_offline":
            return self._read_status()
        return status

    def holds_ticket(self) -> bool | None:
        """Whether its mouth holds a ticket; None when it does not say. Then close: a late answer
        could pass for another."""
        self._line.send(ASK_FULL)
        deadline, heard = time.monotonic() + self._answer_within, bytearray()
        while len(heard) < LONGEST_WAIT and (left := deadline - time.monotonic()) > 0:
            answer = self._line.read(left)
            if answer is None:
                return None
            heard.append(answer)
            head = heard.find(FULL_HEAD)
            if head >= 0 and len(heard) == head + FULL_LENGTH:
                return bool(heard[head + len(FULL_HEAD)] & TICKET_HELD)
        return None

    def send_job(self, job: TicketJob) -> float:
        """Hands over the job; returns the seconds that the wire needs for it."""
        self._passed = 0
        ask = ASK_PASSED if self.can_answer else b""
        data = job.ticket + ask + job.cut + ask
        self._line.send(data)
        return self._line.seconds_for(data)

    def wait_for_end(self, within: float) -> bool:
        """True once the printer said that it reached the end of the job."""
        if not self.ended:
            self._read_until(lambda _: self.ended, within)
        return self.ended

    def clear(self) -> None:
        """Forgets the unprinted rest, so that new paper does not bring out a stale ticket."""
        self._line.send(CLEAR)

    def close(self) -> None:
        self._line.close()

    def _read_status(self) -> PrinterStatus | None:
        answers: dict[int, int] = {}
        for question in (PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER_SENSOR):
            answer = self._ask(question)
            if answer is None:
                return None
            answers[question] = answer
        return _status_of(answers)

    def _ask(self, question: int) -> int | None:
        """Answers come in the order of the questions: a late one to an earlier one is passed."""
        self._line.send(bytes((0x10, 0x04, question)))
        self._owed += 1
        answer = None
        while self._owed:
            answer = self._read_until(_is_status, self._answer_within)
            if answer is None:
                return None
            self._owed -= 1
        return answer

    def _read_until(self, wanted: Callable[[int], bool], within: float) -> int | None:
        """The first wanted byte; notes on the way how far a job has come."""
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            answer = self._line.read(left)
            if answer is None:
                self._automatic = 0
                return None
            if self._is_automatic(answer):
                continue
            self._passed += _is_passed(answer)
            if wanted(answer):
                return answer
        return None

    def _is_automatic(self, answer: int) -> bool:
        """Whether it is a byte of an automatic status: the first has the form 0xx1xx00, the others
        that of answers to GS r. We ask ourselves, and pass over it."""
        if self._automatic:
            self._automatic -= 1
            return True
        if answer & 0b1001_0011 == 0b0001_0000:
            self._automatic = AUTOMATIC_STATUS - 1
            return True
        return False


def _is_status(answer: int) -> bool:
    """Answers to DLE EOT have the form 0xx1xx10."""
    return answer & 0b1001_0011 == 0b0001_0010


def _is_passed(answer: int) -> bool:
    """Answers to GS r have the form 0xx0xxxx."""
    return answer & 0b1001_0000 == 0


def _status_of(answers: dict[int, int]) -> PrinterStatus:
    offline = answers[PRINTER] & 0x08
    broken = bool(answers[ERROR_CAUSE] & 0x28)  # knife stuck, or beyond recovery
    return PrinterStatus(
        online=not (offline or broken),
        paper=_read_paper(answers[OFFLINE_CAUSE], answers[PAPER_SENSOR]),
        cover_open=bool(answers[OFFLINE_CAUSE] & 0x04),
        broken=broken,
    )


def _read_paper(offline_cause: int, sensor: int) -> Paper:
    if sensor & 0x60 or offline_cause & 0x20:
        return Paper.OUT
    return Paper.LOW if sensor & 0x0C else Paper.OK

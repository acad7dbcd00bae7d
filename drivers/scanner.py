"""The code scanner as the kiosk sees it, and what every scanner has in common."""

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Protocol

from drivers.back_off import BackOff

logger = logging.getLogger(__name__)

LONGEST_CODE = 256
SAME_CODE_SECONDS = 2.0


class Scanner(Protocol):
    """Calls back on a thread of its own."""

    def start(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        """`on_code` gets each code read; `on_state` True when the scanner is there, False when
        it is lost, each time only when that changes."""

    def stop(self) -> None:
        """Returns when no further call back will come."""


class NoScanner:
    """A kiosk without a scanner: neither a code nor a fault ever comes."""

    def start(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        pass

    def stop(self) -> None:
        pass


class Debounce:
    """One showing of a code is one scan, however often it is read meanwhile."""

    def __init__(self, clock: Callable[[], float], seconds: float = SAME_CODE_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._seen: dict[str, float] = {}

    def is_new(self, code: str) -> bool:
        """True unless the same code was read less than the seconds ago."""
        now = self._clock()
        self._seen = {c: at for c, at in self._seen.items() if now - at < self._seconds}
        new = code not in self._seen
        self._seen[code] = now
        return new


class CodeCheck:
    """Lets through what can be a code; counts the rest and logs the first, never its content."""

    def __init__(self) -> None:
        self.refused = 0

    def accept(self, data: bytes) -> str | None:
        """The text of 1–256 bytes of printable UTF-8, without outer spaces; None otherwise."""
        if not data.strip():
            return None
        try:
            text = data.decode().strip()
        except UnicodeDecodeError:
            text = ""
        if text.isprintable() and text and len(data) <= LONGEST_CODE:
            return text
        self.refuse()
        return None

    def refuse(self) -> None:
        if not self.refused:
            logger.warning("scanner: something unreadable as a code was refused; further ones too")
        self.refused += 1


class WatchingScanner(ABC):
    """A Scanner made of `_watch`, with the thread, the reconnecting and the debounce around it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._debounce = Debounce(clock)
        self._check = CodeCheck()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._there: bool | None = None
        self._back_off = BackOff()

    @property
    def refused(self) -> int:
        """How many readings could not be a code."""
        return self._check.refused

    def start(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(on_code, on_state), name="scanner")
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join()

    @abstractmethod
    def _watch(self) -> Generator[str | None, None, None]:
        """Opens the scanner, then yields each code, and None a few times a second when there is
        none. Raises OSError, or ends, when the scanner is lost."""

    def _run(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        while not self._stopping.is_set():
            try:
                self._attempt(on_code, on_state)
            except Exception:
                logger.exception("scanner: starting again")
            self._stopping.wait(self._back_off.next_pause())

    def _attempt(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        """From opening the scanner to losing it."""
        try:
            self._read(on_code, on_state)
        except OSError as error:
            logger.debug("scanner: %s", error)
        finally:
            if not self._stopping.is_set():
                self._report(False, on_state)

    def _read(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        with closing(self._watch()) as readings:
            for code in readings:
                if self._stopping.is_set():
                    return
                self._back_off.reset()
                self._report(True, on_state)
                if code and self._debounce.is_new(code):
                    on_code(code)

    def _report(self, there: bool, on_state: Callable[[bool], None]) -> None:
        if there == self._there:
            return
        self._there = there
        if there:
            logger.info("scanner: there")
        else:
            logger.warning("scanner: lost")
        on_state(there)

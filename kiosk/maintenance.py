"""What a technician needs: the kiosk's self-test, its last log lines, and a PIN that is checked."""

import logging
import math
import shutil
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.pins import Throttle, TooManyAttemptsError, pin_matches

log = logging.getLogger(__name__)

LOG_LINES = 8
MEGABYTE = 10**6

Post = Callable[[Callable[[], None]], object]
OnChecked = Callable[[bool, int], None]


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How the kiosk's parts are. `unit` is its id.

    `printer`, `scanner`: fault codes, None where there is no such part. `module_seconds`: since the
    module spoke, None if it never did. `clock_seconds`: by how much the clock is ahead of the
    module's, None where unknown. `disk_free` is in megabytes. `log`: the last lines, newest last.
    """

    unit: str
    version: str
    printer: tuple[str, ...] | None
    scanner: tuple[str, ...] | None
    broker: bool
    module_seconds: float | None
    clock_seconds: float | None
    disk_free: int
    log: tuple[str, ...]


class LogTail(logging.Handler):
    """Keeps the last lines of the log; the rest is in the journal."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=LOG_LINES)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """See Handler. A traceback's last line says what went wrong."""
        first, *rest = self.format(record).splitlines()
        self._lines.append(" … ".join([first, *rest[-1:]]))

    @property
    def lines(self) -> tuple[str, ...]:
        """The newest last."""
        return tuple(self._lines)


class PinCheck:
    """Compares a PIN on a thread of its own, as it takes long by design; guessing waits."""

    def __init__(self, stored: str, throttle: Throttle, post: Post) -> None:
        self._stored, self._throttle, self._post = stored, throttle, post

    def check(self, pin: str, on_checked: OnChecked) -> None:
        """`on_checked`, through `post`: whether it is right, and the whole seconds to wait if it
        was not looked at."""
        try:
            self._throttle.attempt("kiosk", "technician")
        except TooManyAttemptsError as error:
            on_checked(False, math.ceil(error.seconds))
            return
        threading.Thread(target=self._compare, args=(pin, on_checked), name="pin").start()

    def _compare(self, pin: str, on_checked: OnChecked) -> None:
        right = pin_matches(self._stored, pin)
        self._post(lambda: self._answer(right, on_checked))

    def _answer(self, right: bool, on_checked: OnChecked) -> None:
        if right:
            self._throttle.succeeded("kiosk", "technician")
            log.info("a technician has opened the maintenance")
        else:
            log.warning("a wrong PIN was given for the maintenance")
        on_checked(right, 0)


def disk_free(folder: Path) -> int:
    """Megabytes that can still be written there."""
    return shutil.disk_usage(folder).free // MEGABYTE

"""The parts behind the technician's screen: PINs off the screen's thread, the log's tail."""

import logging
import queue
from collections.abc import Callable
from pathlib import Path

from config.pins import FREE_ATTEMPTS, Throttle, hash_pin
from kiosk.maintenance import LOG_LINES, LogTail, PinCheck, disk_free

STORED = hash_pin("2580", b"sea salt")


class Checks:
    """Asks as the app does, and waits for the answer."""

    def __init__(self) -> None:
        self._posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self._check = PinCheck(STORED, Throttle(lambda: 0.0), self._posted.put)

    def ask(self, pin: str) -> tuple[bool, int]:
        answers: list[tuple[bool, int]] = []
        self._check.check(pin, lambda right, wait: answers.append((right, wait)))
        if not answers:
            self._posted.get(timeout=10)()
        return answers[0]


def test_only_the_right_pin_is_right() -> None:
    checks = Checks()
    assert checks.ask("2581") == (False, 0)
    assert checks.ask("2580") == (True, 0)


def test_guessing_waits_even_for_the_right_one() -> None:
    checks = Checks()
    for _ in range(FREE_ATTEMPTS):
        assert checks.ask("0000") == (False, 0)
    assert checks.ask("2580") == (False, 5)


def test_right_ones_cost_no_attempt() -> None:
    checks = Checks()
    for _ in range(FREE_ATTEMPTS + 1):
        assert checks.ask("2580") == (True, 0)


def test_the_last_lines_of_the_log_are_kept_short() -> None:
    tail = LogTail()
    log = logging.Logger("kiosk.test")
    log.addHandler(tail)
    for number in range(LOG_LINES):
        log.info("line %s", number)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        log.exception("the printer's driver failed")
    assert len(tail.lines) == LOG_LINES
    assert "line 1" in tail.lines[0]
    assert tail.lines[-1].endswith(
        "the printer's driver failed … ZeroDivisionError: division by zero"
    )


def test_the_disk_has_room(tmp_path: Path) -> None:
    assert disk_free(tmp_path) > 0

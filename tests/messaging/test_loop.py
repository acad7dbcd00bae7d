"""A program's one thread."""

import logging
import threading

import pytest

from messaging.loop import LOOK_SECONDS, Loop
from messaging.work import Work
from tests.parts import wait_until


class Program:
    """Runs in a thread; `log` says what it did, but for its ticks."""

    def __init__(self) -> None:
        self.work, self.log, self.ticks, self.seconds = Work(), list[str](), 0, 0.0
        self.loop = Loop(self.work, self.tick, self.look, lambda: self.seconds)
        self.thread = threading.Thread(
            target=self.loop.run, args=[lambda: self.log.append("alive")]
        )

    def tick(self) -> None:
        self.ticks += 1

    def look(self) -> None:
        self.log.append("look")
        if len(self.log) > 2:
            raise RuntimeError("a look that fails")


def test_it_works_looks_and_goes_on_after_what_fails(caplog: pytest.LogCaptureFixture) -> None:
    program = Program()
    program.thread.start()
    try:
        wait_until(lambda: program.log == ["alive", "look"])
        program.work.post(lambda: program.log.append("task"))
        wait_until(lambda: program.log[-1] == "task")
        with caplog.at_level(logging.CRITICAL):
            program.seconds += LOOK_SECONDS
            wait_until(lambda: program.log[-2:] == ["alive", "look"])
            program.work.post(lambda: program.log.append("another"))
            wait_until(lambda: program.log[-1] == "another")
        assert program.ticks >= 3
    finally:
        program.loop.stop()
        program.thread.join(10)
    assert not program.thread.is_alive()

"""The one thread of a program: tasks as they come, and a look every two seconds."""

import logging
import time
from collections.abc import Callable

from messaging.work import LOOP_SECONDS, Work

LOOK_SECONDS = 2.0

log = logging.getLogger(__name__)


class Loop:
    """`tick`: after each task, of the link; `look`: what the program sees to by itself."""

    def __init__(
        self,
        work: Work,
        tick: Callable[[], None],
        look: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work, self._tick, self._look = work, tick, look
        self._monotonic = monotonic
        self._next_look = float("-inf")
        self._stopping = False

    def run(self, alive: Callable[[], None]) -> None:
        """Work until `stop`; `alive` is called before each look. What fails is in the log."""
        while not self._stopping:
            try:
                self._turn(alive)
            except Exception:
                log.exception("one turn failed; the program goes on with the next")
        self._work.close()

    def stop(self) -> None:
        """End `run` at its next turn. May be called from a signal handler."""
        self._stopping = True

    def _turn(self, alive: Callable[[], None]) -> None:
        task = self._work.next(LOOP_SECONDS)
        if task:
            task()
        self._tick()
        if self._monotonic() >= self._next_look:
            self._next_look = self._monotonic() + LOOK_SECONDS
            alive()
            self._look()

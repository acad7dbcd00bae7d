"""What waits for a program's own thread."""

import contextlib
import queue
import threading
from collections.abc import Callable

MOST_WORK = 1000
"""Callbacks that may wait. A flood beyond it is held back in the sockets, not in memory."""

LOOP_SECONDS = 0.25


class Work:
    """What waits for one thread, bounded: the link's thread waits when it is full."""

    def __init__(self) -> None:
        self._tasks: queue.Queue[Callable[[], None]] = queue.Queue(MOST_WORK)
        self._closed = threading.Event()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self._tasks.empty()

    def post(self, task: Callable[[], None]) -> None:
        """Add a task, from any thread; after `close` it is dropped."""
        waiting = True
        while waiting and not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._tasks.put(task, timeout=LOOP_SECONDS)
                waiting = False

    def next(self, seconds: float) -> Callable[[], None] | None:
        """The next task, waiting for it so long."""
        try:
            return self._tasks.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Let nobody wait any more."""
        self._closed.set()

"""The screen's end of the line to setup."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from appliance.setup.told import LONGEST_LINE, Done, Told

log = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
"""Setup is not there yet, or is starting again."""


class Line:
    """Opened again for ever. What is told comes on a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._stopped = threading.Event()

    def start(self, hear: Callable[[Told], None]) -> None:
        """Begin to listen."""
        threading.Thread(target=self._run, args=(hear,), daemon=True).start()

    def stop(self) -> None:
        """Nothing is told any more."""
        self._stopped.set()
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def say(self, done: Done) -> None:
        """Lost, if nobody hears: the screen still offers it."""
        try:
            if self._socket:
                self._socket.sendall(done.model_dump_json().encode() + b"\n")
        except OSError as error:
            log.warning("setup does not hear: %s", error.strerror)

    def _run(self, hear: Callable[[Told], None]) -> None:
        while not self._stopped.is_set():
            try:
                for told in self._told():
                    hear(told)
            except (OSError, ValueError) as error:
                log.debug("setup is not there: %s", error)
            self._stopped.wait(AGAIN_SECONDS)

    def _told(self) -> Iterator[Told]:
        with socket.socket(socket.AF_UNIX) as self._socket:
            self._socket.connect(str(self._path))
            with self._socket.makefile("rb") as lines:
                while line := lines.readline(LONGEST_LINE):
                    yield Told.model_validate_json(line)

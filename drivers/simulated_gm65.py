"""A scanner module in software that takes set-up commands and says that it is there."""

import os
import select
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.gm65_scanner import ACCEPTED, ALIVE, HEARTBEAT, answer, command
from drivers.simulated_scanner import SimulatedScanner

COMMAND_LENGTH = len(command(HEARTBEAT, 0, 0))


class SimulatedGm65(SimulatedScanner):
    """`zones` holds what it was told. `hang` makes it silent while its port stays, as when its
    wires are pulled from the Pi's own pins; `wake` ends that, and it has forgotten everything."""

    def __init__(self, port: Path) -> None:
        super().__init__(port)
        self.zones: dict[int, int] = {}
        self._hung = self._closing = False
        self._came = b""
        self._lock = threading.RLock()
        self._wakeup = os.eventfd(0)
        self._thread = threading.Thread(target=self._run, name="simulated gm65")

    def __enter__(self) -> Self:
        super().__enter__()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._closing = True
        os.eventfd_write(self._wakeup, 1)
        self._thread.join()
        super().__exit__(kind, error, at)
        os.close(self._wakeup)

    def scan_bytes(self, data: bytes) -> None:
        """Nothing comes from a module that hangs."""
        with self._lock:
            if not self._hung:
                super().scan_bytes(data)

    def hang(self) -> None:
        with self._lock:
            self._hung = True

    def wake(self) -> None:
        with self._lock:
            self._hung = False
            self.zones.clear()

    def unplug(self) -> None:
        with self._lock:
            super().unplug()
            os.eventfd_write(self._wakeup, 1)

    def plug(self) -> None:
        with self._lock:
            super().plug()
            os.eventfd_write(self._wakeup, 1)

    def _run(self) -> None:
        while not self._closing:
            device = self._line.descriptor
            sources = [self._wakeup] if device is None else [self._wakeup, device]
            try:
                ready, _, _ = select.select(sources, [], [])
            except OSError:
                continue  # unplugged in this very moment
            with self._lock:
                if self._wakeup in ready:
                    os.eventfd_read(self._wakeup)
                self._receive(self._line.read())

    def _receive(self, data: bytes) -> None:
        if self._hung:
            return
        self._came += data
        while len(self._came) >= COMMAND_LENGTH:
            done = self._carry_out(self._came[:COMMAND_LENGTH])
            self._came = self._came[COMMAND_LENGTH if done else 1 :]

    def _carry_out(self, given: bytes) -> bool:
        """Whether it is a command; otherwise one may begin at the next byte."""
        kind, zone, value = given[2], int.from_bytes(given[4:6], "big"), given[6]
        if given != command(kind, zone, value):
            return False
        if kind == HEARTBEAT:
            self._line.write(answer(ALIVE))
        else:
            self.zones[zone] = value
            self._line.write(answer(ACCEPTED))
        return True

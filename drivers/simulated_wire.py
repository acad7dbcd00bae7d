"""The cable of any simulated device, and all that may happen to a cable."""

import os
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.simulated_line import SimulatedLine, SimulatedSocket
from drivers.switches import Position, Switch, Switches

SLOW_BAUD = 9600
EACH = 10
SLOW_BYTES = 8
LATEST_WAKEUP = 0.02
LOOK_SECONDS = 0.05
LONGEST_QUESTION = 4
"""Bytes. What is longer has a middle in which the line can fall silent."""


class _Way:
    """One direction."""

    def __init__(self) -> None:
        self.carried = 0
        self.free_at = 0.0
        self.waiting = b""


class SimulatedWire:
    """Carries bytes between the port of a simulated device and the one that the computer opens: a
    name, or a TCP port of this machine. Without cable or device the computer's port is gone.

    The verbs may be called from any thread. A hang, a speed or a loss is the same in both ways.
    """

    def __init__(self, device: Path, port: Path | int) -> None:
        self._name = device
        self._device = -1
        self._computer = SimulatedLine(port) if isinstance(port, Path) else SimulatedSocket(port)
        self._cable, self._line = "in", "works"
        self._baud, self._loses = 0, False
        self._to_device, self._to_computer = _Way(), _Way()
        self._closing = False
        self._lock = threading.RLock()
        self._wake = os.eventfd(0)
        self._thread = threading.Thread(target=self._run, name="simulated wire")

    def __enter__(self) -> Self:
        self._connect()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._changing():
            self._closing = True
        self._thread.join()
        self._disconnect()
        os.close(self._wake)

    def unplug(self) -> None:
        with self._changing():
            self._cable = "out"
            self._disconnect()

    def plug(self) -> None:
        with self._changing():
            self._cable = "in"
            self._connect()

    def slow(self, baud: int = SLOW_BAUD) -> None:
        """As such a line; 0: at once."""
        with self._changing():
            self._baud = baud

    def lose(self, *, every_tenth: bool = True) -> None:
        """Bytes, on their way."""
        with self._changing():
            self._loses = every_tenth

    def hang(self, *, inside: bool = False) -> None:
        """Carry nothing more; `inside`: from the middle of the next message on."""
        with self._changing():
            self._line = "breaks" if inside else "hangs"

    def go_on(self) -> None:
        """It no longer hangs."""
        with self._changing():
            self._line = "works"

    @property
    def switches(self) -> Switches:
        """See Switch."""
        return {
            "cable": Switch(
                lambda w: w.text("Cable"),
                {
                    "in": Position(lambda w: w.text("plugged in"), self.plug),
                    "out": Position(lambda w: w.text("pulled out"), self.unplug),
                },
                lambda: self._cable,
            ),
            "line": Switch(
                lambda w: w.text("Line"),
                {
                    "works": Position(lambda w: w.text("works"), self.go_on),
                    "hangs": Position(lambda w: w.text("hangs"), self.hang),
                    "breaks": Position(
                        lambda w: w.text("hangs mid-message"),
                        partial(self.hang, inside=True),
                    ),
                },
                lambda: self._line,
            ),
            "speed": Switch(
                lambda w: w.text("Speed"),
                {
                    "full": Position(lambda w: w.text("full"), partial(self.slow, 0)),
                    "slow": Position(lambda w: w.text("9600 baud"), self.slow),
                },
                lambda: "slow" if self._baud else "full",
            ),
            "bytes": Switch(
                lambda w: w.text("Bytes"),
                {
                    "all": Position(
                        lambda w: w.text("all arrive"), partial(self.lose, every_tenth=False)
                    ),
                    "lost": Position(lambda w: w.text("every tenth is lost"), self.lose),
                },
                lambda: "lost" if self._loses else "all",
            ),
        }

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            yield
            os.eventfd_write(self._wake, 1)

    def _connect(self) -> None:
        """The computer's port is there while the device's is."""
        if self._device < 0 and self._cable == "in":
            with suppress(OSError):
                flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK
                self._device = os.open(self._name, flags)
                self._computer.plug()

    def _disconnect(self) -> None:
        if self._device >= 0:
            os.close(self._device)
            self._device = -1
            self._to_device, self._to_computer = _Way(), _Way()
        self._computer.unplug()

    def _run(self) -> None:
        while not self._closing:
            with self._lock:
                self._connect()
                sources, pause = self._sources()
            with suppress(OSError, ValueError):  # unplugged in this very moment
                if self._wake in select.select([self._wake, *sources], [], [], pause)[0]:
                    os.eventfd_read(self._wake)
            with self._lock:
                self._carry()

    def _sources(self) -> tuple[list[int], float | None]:
        """Where bytes may be taken from now, and the seconds until that may be another place."""
        computer = self._computer.descriptor
        if self._device < 0 or computer is None:
            return [], LOOK_SECONDS
        if self._line == "hangs":
            return [], None
        now = time.monotonic()
        ways = ((computer, self._to_device), (self._device, self._to_computer))
        idle = [source for source, way in ways if way.free_at <= now and not way.waiting]
        busy = [max(way.free_at - now, 0.001) for source, way in ways if source not in idle]
        return idle, min(busy, default=None)

    def _carry(self) -> None:
        if self._device < 0 or self._line == "hangs":
            return
        try:
            self._carry_to_device()
            if self._line != "hangs":
                self._carry_to_computer()
        except OSError:  # the device has lost its power
            self._disconnect()

    def _carry_to_device(self) -> None:
        way = self._to_device
        if not way.waiting and way.free_at <= time.monotonic():
            way.waiting = self._spoilt(way, self._computer.read(self._most))
        if way.waiting:
            with suppress(BlockingIOError):
                way.waiting = way.waiting[os.write(self._device, way.waiting) :]

    def _carry_to_computer(self) -> None:
        way = self._to_computer
        if way.free_at <= time.monotonic():
            with suppress(BlockingIOError):
                data = os.read(self._device, self._most)
                if not data:
                    raise OSError("hung up")
                self._computer.write(self._spoilt(way, data))

    @property
    def _most(self) -> int:
        return SLOW_BYTES if self._baud else 4096

    def _spoilt(self, way: _Way, data: bytes) -> bytes:
        """What becomes of the bytes on the way. A wakeup that came late is made up for."""
        if self._baud and data:
            since = max(way.free_at, time.monotonic() - LATEST_WAKEUP)
            way.free_at = since + len(data) * 10 / self._baud
        if self._line == "breaks" and len(data) > LONGEST_QUESTION:
            self._line, data = "hangs", data[: len(data) // 2]
        first, way.carried = way.carried + 1, way.carried + len(data)
        if not self._loses:
            return data
        return bytes(byte for place, byte in enumerate(data, first) if place % EACH)

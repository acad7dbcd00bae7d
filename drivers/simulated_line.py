"""A pseudo-terminal under a name of our choice: the cable of a simulated serial device."""

import os
import tty
from pathlib import Path


class SimulatedLine:
    """`port` is the name to open; unplugged, the name is gone and the line hung up."""

    def __init__(self, port: Path) -> None:
        self._port = port
        self._ends: tuple[int, int] | None = None

    @property
    def descriptor(self) -> int | None:
        """The device's own end; None while unplugged."""
        return self._ends[0] if self._ends else None

    def plug(self) -> None:
        if self._ends:
            return
        # The device keeps the computer's end open too: a line without a listener is not an error.
        device, computer = os.openpty()
        tty.setraw(computer)
        os.set_blocking(device, False)
        self._ends = device, computer
        fresh = self._port.with_name(f".{self._port.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(computer))
        fresh.replace(self._port)

    def unplug(self) -> None:
        if not self._ends:
            return
        self._port.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)
        self._ends = None

    def read(self, most: int = 4096) -> bytes:
        """What the computer sent since; empty when nothing."""
        try:
            return os.read(self._ends[0], most) if self._ends else b""
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """To the computer; what it does not take in time is lost, as on a real wire."""
        try:
            if self._ends:
                os.write(self._ends[0], data)
        except BlockingIOError:
            return

"""Scanners in software, on a pseudo-terminal: one that types lines, one that types keys."""

from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.keyboard_scanner import ENTER, EVENT, KEY, LETTERS, SHIFTS, SYNCHRONISE
from drivers.simulated_line import SimulatedLine


class SimulatedScanner:
    """`port` is the name to open. Scans that nobody listens to are lost when the port is opened."""

    def __init__(self, port: Path) -> None:
        self._line = SimulatedLine(port)

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.unplug()

    def scan(self, text: str) -> None:
        """Types the code and Enter."""
        self.scan_bytes(text.encode() + b"\r\n")

    def scan_bytes(self, data: bytes) -> None:
        """Sends exactly these bytes."""
        self._line.write(data)

    def unplug(self) -> None:
        self._line.unplug()

    def plug(self) -> None:
        self._line.plug()


class SimulatedKeyboard(SimulatedScanner):
    """Types the bytes of input events, which a KeyboardScanner reads without taking the device."""

    def scan(self, text: str) -> None:
        """Types what the US layout has, and Enter."""
        self.scan_bytes(b"".join(map(_struck, text)) + _stroke(ENTER[0]))


def _struck(letter: str) -> bytes:
    for code, (plain, shifted) in LETTERS.items():
        if letter == plain:
            return _stroke(code)
        if letter == shifted:
            return key_event(SHIFTS[0], 1) + _stroke(code) + key_event(SHIFTS[0], 0)
    raise ValueError(f"there is no key for {letter!r}")


def _stroke(code: int) -> bytes:
    return key_event(code, 1) + key_event(code, 0)


def key_event(code: int, value: int) -> bytes:
    """A key that goes down (1), is held (2) or goes up (0), as the kernel tells it."""
    return EVENT.pack(0, 0, KEY, code, value) + EVENT.pack(0, 0, SYNCHRONISE, 0, 0)

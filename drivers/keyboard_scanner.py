"""A scanner that types like a keyboard, taken from the system for Rinda alone (Linux evdev).

Source: linux/input.h and linux/input-event-codes.h. A library is not needed for one structure and
one call, and python-evdev would have to be compiled on each unit.
"""

import fcntl
import os
import select
import struct
import time
from collections.abc import Callable, Generator

from drivers.scanner import WatchingScanner
from drivers.serial_scanner import LineAssembler

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value."""
SYNCHRONISE, KEY = 0, 1
DROPPED = 3
PRESSED, RELEASED = 1, 0
GRAB = 0x40044590

ENTER, SHIFTS, OTHER_MODIFIERS = (28, 96), (42, 54), (29, 56, 97, 100, 125, 126)
LOCKS = (58, 69, 70)
KEYS = {
    2: ("1234567890-=", "!@#$%^&*()_+"),
    15: ("\tqwertyuiop[]", "\tQWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
    55: ("*", "*"),
    57: (" ", " "),
    71: ("789-456+1230.", "789-456+1230."),
    98: ("/", "/"),
}
"""The first code of a row of keys → its letters on the US layout, which scanners type, and those
with Shift."""
LETTERS = {
    first + position: letters
    for first, row in KEYS.items()
    for position, letters in enumerate(zip(*row, strict=True))
}

UNREADABLE = "\0"
# Scanners type a key every few milliseconds; the slowest setting is about 80.
SILENCE = 0.2


def grab(descriptor: int) -> None:
    """From now on nobody else gets its keys: neither the console nor the window. Raises OSError."""
    fcntl.ioctl(descriptor, GRAB, 1)


class KeyReader:
    """Bytes of input events in pieces of any size → what was typed.

    What has no letter here, such as a key with Ctrl, makes its line unreadable.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._held: set[int] = set()

    def feed(self, data: bytes) -> bytes:
        """CR ends a line."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        typed = (self._typed(*event[2:]) for event in EVENT.iter_unpack(data[:whole]))
        return "".join(typed).encode()

    def _typed(self, kind: int, code: int, value: int) -> str:
        if kind == SYNCHRONISE and code == DROPPED:
            self._held.clear()
            return UNREADABLE
        if kind != KEY:
            return ""
        if code in SHIFTS or code in OTHER_MODIFIERS:
            (self._held.discard if value == RELEASED else self._held.add)(code)
            return ""
        return self._letter(code) if value == PRESSED and code not in LOCKS else ""

    def _letter(self, code: int) -> str:
        if code in ENTER:
            return "\r"
        if code not in LETTERS or self._held.intersection(OTHER_MODIFIERS):
            return UNREADABLE
        plain, shifted = LETTERS[code]
        return shifted if self._held else plain


class KeyboardScanner(WatchingScanner):
    """`take` is called with the open device before anything is read."""

    def __init__(
        self,
        port: str,
        *,
        take: Callable[[int], None] = grab,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._port = port
        self._take = take

    def _watch(self) -> Generator[str | None, None, None]:
        keys, lines = KeyReader(), LineAssembler(self._check)
        device = os.open(self._port, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            self._take(device)
            while True:
                yield None
                ready, _, _ = select.select([device], [], [], SILENCE)
                if not ready:
                    yield from lines.end_line()
                elif data := os.read(device, 64 * EVENT.size):
                    yield from lines.feed(keys.feed(data))
                else:
                    return
        finally:
            os.close(device)

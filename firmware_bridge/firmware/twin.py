"""The controller on a computer: the same loop, with a board that obeys words.

`twin.py WORDS`: the Pi is at standard input and output. From the file WORDS come lines:
`press PLACE BUTTON`, `contact NUMBER 0|1`, `celsius NUMBER`. What lamps and displays come to show
goes to standard error: `lamp PLACE 0|1`, `number PLACE TEXT`. Ends with WORDS. For MicroPython and
Python.
"""

import select
import sys
import time

from firmware_bridge import wire
from firmware_bridge.firmware.displays import SEGMENTS
from firmware_bridge.firmware.loop import Board, run

PRESS_MS = 80
WAIT_MS = 5
LETTERS = {SEGMENTS[letter]: letter for letter in sorted(SEGMENTS, reverse=True)}


class Stream:
    """Bytes as they come, without a buffer in between."""

    def __init__(self, file) -> None:  # type: ignore[no-untyped-def] # differs by interpreter
        self._whole, self._file = file, getattr(file, "raw", file)
        self._poll = select.poll()
        self._poll.register(file, select.POLLIN)

    def read(self, wait: int) -> bytes:
        """Raises SystemExit at the end."""
        data = b""
        while len(data) < 64 and self._poll.poll(wait):
            byte = self._file.read(1)
            if not byte:
                raise SystemExit
            data += byte
            wait = 0
        return data

    def write(self, data: bytes) -> None:
        try:  # noqa: SIM105 - MicroPython has no contextlib
            self._file.write(data)
        except OSError:  # nobody reads
            pass


class Twin(Board):
    def __init__(self, words: Stream) -> None:
        self._words, self._line = words, b""
        self._pi, self._to_pi = Stream(sys.stdin.buffer), Stream(sys.stdout.buffer)
        self._read_at = time.time_ns()
        self._contacts = {bytes((0x11, contact)): False for contact in (1, 2, 3, 4)}
        self._pressed: dict[bytes, int] = {}
        self._celsius = 31
        self._lamps: dict[int, bool] = {}
        self._displays = wire.Decoder()
        self._numbers: dict[int, str] = {}

    def elapsed(self) -> int:
        passed = (time.time_ns() - self._read_at) // 1_000_000
        self._read_at += passed * 1_000_000
        self._pressed = {key: left - passed for key, left in self._pressed.items() if left > passed}
        return passed

    def read(self) -> bytes:
        return self._pi.read(WAIT_MS)

    def write(self, data: bytes) -> None:
        if data:
            self._to_pi.write(data)

    def inputs(self) -> dict[bytes, bool]:
        levels = {bytes((0x10, p, b)): False for p in self.places for b in (1, 2, 3)}
        levels.update(self._contacts)
        levels.update(dict.fromkeys(self._pressed, True))
        return levels

    def celsius(self) -> int:
        return self._celsius

    def set_lamp(self, place: int, lit: bool) -> None:
        if self._lamps.get(place, False) != lit:
            self._lamps[place] = lit
            self._say(f"lamp {place} {lit:d}")

    def send_to_chain(self, data: bytes) -> None:
        for packet in self._displays.feed(data):
            place, text = packet[0], "".join(LETTERS[digit] for digit in packet[1:]).strip()
            if self._numbers.get(place, "") != text:
                self._numbers[place] = text
                self._say(f"number {place} {text}")

    def alive(self) -> None:
        self._line += self._words.read(0)
        while b"\n" in self._line:
            line, self._line = self._line.split(b"\n", 1)
            self._obey(line.decode().split())

    def _obey(self, words: list[str]) -> None:
        verb, numbers = words[0], [int(word) for word in words[1:]]
        if verb == "press":
            self._pressed[bytes((0x10, numbers[0], numbers[1]))] = PRESS_MS
        elif verb == "contact":
            self._contacts[bytes((0x11, numbers[0]))] = bool(numbers[1])
        elif verb == "celsius":
            self._celsius = numbers[0]

    def _say(self, line: str) -> None:
        sys.stderr.write(line + "\n")


run(Twin(Stream(open(sys.argv[1], "rb"))))  # noqa: PTH123, SIM115 - MicroPython has no pathlib

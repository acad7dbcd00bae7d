"""Scanner modules of the GM65, GM805 and GM861 family, which take set-up commands.

Source: Hangzhou Grow, user manuals of GM65 and GM861S, "Serial port instruction" and the table of
zone bits.
"""

import binascii
import time
from collections.abc import Callable

import serial

from drivers.serial_scanner import SerialScanner

WRITE_ZONE, HEARTBEAT = 8, 10
ACCEPTED, ALIVE = 2, 3

SETUP = {
    0x0000: 0xD6,  # reads all the time, lights while it reads, beeps when it has read
    0x0003: 0x02,  # a setup code held before it by a visitor changes nothing
    0x0060: 0x01,  # CR behind each code
}
"""Zone → what a kiosk needs. Not kept in its flash: it is told again whenever it is opened."""

ANSWER_WITHIN = 0.5
ASK_EVERY = 2.0
ATTEMPTS = 2
LONGEST_ANSWER = 1024


class Gm65Scanner(SerialScanner):
    """Knows whether the module is there even on the Pi's own pins, where the port always is: it is
    asked every so many seconds."""

    def __init__(
        self,
        port: str,
        baud: int = 9600,
        *,
        ask_every: float = ASK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(port, baud, clock=clock)
        self._ask_every = ask_every
        self._ask_at = 0.0

    def _set_up(self, port: serial.Serial) -> None:
        for zone, value in SETUP.items():
            _ask(port, command(WRITE_ZONE, zone, value), answer(ACCEPTED))
        self._ask_at = time.monotonic() + self._ask_every

    def _idle(self, port: serial.Serial) -> bytes:
        if time.monotonic() < self._ask_at:
            return b""
        came = _ask(port, command(HEARTBEAT, 0, 0), answer(ALIVE))
        self._ask_at = time.monotonic() + self._ask_every
        return came


def command(kind: int, zone: int, value: int) -> bytes:
    """A command of one data byte."""
    return b"\x7e\x00" + _with_check(bytes((kind, 1, zone >> 8, zone & 0xFF, value)))


def answer(kind: int, value: int = 0) -> bytes:
    """What the module answers to a command that it has carried out."""
    return bytes((kind, 0)) + _with_check(bytes((0, 1, value)))


def _with_check(data: bytes) -> bytes:
    return data + binascii.crc_hqx(data, 0).to_bytes(2, "big")


def _ask(port: serial.Serial, question: bytes, wanted: bytes) -> bytes:
    """What came around the answer, such as a code read meanwhile. Raises OSError if none came."""
    came = bytearray()
    for _ in range(ATTEMPTS):
        port.write(question)
        deadline = time.monotonic() + ANSWER_WITHIN
        while time.monotonic() < deadline and len(came) < LONGEST_ANSWER:
            came += port.read(max(1, min(port.in_waiting, LONGEST_ANSWER)))
            if wanted in came:
                return bytes(came).replace(wanted, b"")
    raise OSError("the scanner module does not answer")

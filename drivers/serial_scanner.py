"""A QR or bar code scanner that types lines over a serial or USB-serial port."""

import termios
import time
from collections.abc import Callable, Generator

import serial

from drivers.scanner import LONGEST_CODE, CodeCheck, WatchingScanner

# Some scanners send no line end: after this silence the line is over.
SILENCE = 0.05
LINE_ENDS = b"\r\n"


class LineAssembler:
    """Bytes in pieces of any size → codes. Holds at most 257 bytes, whatever comes."""

    def __init__(self, check: CodeCheck) -> None:
        self._check = check
        self._line = bytearray()

    def feed(self, data: bytes) -> list[str]:
        """The codes whose line ended within the data."""
        codes: list[str] = []
        for byte in data:
            if byte in LINE_ENDS:
                codes += self.end_line()
            elif len(self._line) <= LONGEST_CODE:
                self._line.append(byte)
        return codes

    def end_line(self) -> list[str]:
        """The code that silence ended, if there is one."""
        code = self._check.accept(bytes(self._line))
        self._line.clear()
        return [code] if code else []


class SerialScanner(WatchingScanner):
    """Any scanner that is set to serial output; a subclass can also talk to it."""

    def __init__(
        self, port: str, baud: int = 9600, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._port = port
        self._baud = baud

    def _watch(self) -> Generator[str | None, None, None]:
        lines = LineAssembler(self._check)
        try:
            with serial.Serial(
                self._port, self._baud, timeout=SILENCE, write_timeout=1, exclusive=True
            ) as port:
                self._set_up(port)
                while True:
                    yield None
                    data = port.read(max(1, min(port.in_waiting, 4096)))
                    yield from lines.feed(data) if data else lines.end_line()
                    if not data:
                        yield from lines.feed(self._idle(port))
        except (termios.error, ValueError) as error:
            raise OSError(str(error)) from error

    def _set_up(self, port: serial.Serial) -> None:
        """Once the port is open. Raises OSError when the scanner is not there."""

    def _idle(self, port: serial.Serial) -> bytes:
        """Between codes: returns what came meanwhile. Raises OSError when the scanner is gone."""
        return b""

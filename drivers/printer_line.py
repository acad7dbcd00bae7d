"""The byte line to a printer: serial, USB, network or file, each of them one descriptor.

The descriptor is non-blocking, so that a stalled printer can never hold the caller.
"""

import os
import select
import socket
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import serial

from drivers.errors import PrinterLostError

Flow = Literal["none", "rtscts", "xonxoff"]

CONNECT_WITHIN = 1.0
# Slow mechanisms print 50 mm a second and take no more meanwhile; a ticket is about 150 mm long.
STALLED_AFTER = 5.0
USB_PRINTERS = Path("/sys/class/usbmisc")
USB_DEVICES = Path("/dev/usb")


class PrinterLine:
    """`answers` is False for a device that can only be written to."""

    def __init__(
        self,
        descriptor: int,
        close: Callable[[], None],
        *,
        answers: bool = True,
        bytes_per_second: float = 100_000,
    ) -> None:
        os.set_blocking(descriptor, False)
        self.answers = answers
        self._descriptor = descriptor
        self._close = close
        self._bytes_per_second = bytes_per_second

    def seconds_for(self, data: bytes) -> float:
        """How long the wire itself needs for the data."""
        return len(data) / self._bytes_per_second

    def send(self, data: bytes) -> None:
        """Hands all over in bounded time; PrinterLostError when the other side takes no more."""
        deadline = time.monotonic() + self.seconds_for(data) + STALLED_AFTER
        while data:
            with _lost():
                seconds = max(0.0, deadline - time.monotonic())
                _, ready, _ = select.select([], [self._descriptor], [], seconds)
                if not ready:
                    raise PrinterLostError("takes no more bytes")
                data = data[os.write(self._descriptor, data) :]

    def read(self, within: float) -> int | None:
        """One byte, or None when none came within the seconds."""
        with _lost():
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, within))
            if not ready:
                return None
            data = os.read(self._descriptor, 1)
        if not data:
            raise PrinterLostError("hung up")
        return data[0]

    def close(self) -> None:
        """Drops what is still queued: closing a stalled serial port would wait for it."""
        with suppress(OSError, termios.error):
            termios.tcflush(self._descriptor, termios.TCIOFLUSH)
        with suppress(OSError, termios.error):
            self._close()


def open_serial(port: str, baud: int, flow: Flow = "none") -> PrinterLine:
    with _lost():
        device = serial.Serial(
            port, baud, exclusive=True, rtscts=flow == "rtscts", xonxoff=flow == "xonxoff"
        )
    # 8N1: ten bits on the wire for a byte.
    return PrinterLine(device.fileno(), device.close, bytes_per_second=baud / 10)


def open_network(host: str, tcp_port: int) -> PrinterLine:
    with _lost():
        peer = socket.create_connection((host, tcp_port), timeout=CONNECT_WITHIN)
    return PrinterLine(peer.fileno(), peer.close)


def open_usb(
    vendor: int, product: int, printers: Path = USB_PRINTERS, devices: Path = USB_DEVICES
) -> PrinterLine:
    """The kernel's own USB printer device with these identities; 0 stands for any."""
    for printer in sorted(printers.glob("lp*")):
        if _identity(printer, "idVendor", vendor) and _identity(printer, "idProduct", product):
            return _open_path(devices / printer.name, os.O_RDWR, answers=True)
    raise PrinterLostError("no such USB printer")


def open_file(path: Path) -> PrinterLine:
    """A device or file that takes bytes and never answers; it must exist."""
    return _open_path(path, os.O_WRONLY | os.O_APPEND, answers=False)


def _open_path(path: Path, flags: int, *, answers: bool) -> PrinterLine:
    with _lost():
        descriptor = os.open(path, flags | os.O_NOCTTY | os.O_NONBLOCK)
    return PrinterLine(descriptor, lambda: os.close(descriptor), answers=answers)


def _identity(printer: Path, name: str, wanted: int) -> bool:
    """Compares with the USB device, the parent of the interface that usblp is bound to."""
    if not wanted:
        return True
    with suppress(OSError, ValueError):
        found = (printer / "device" / ".." / name).resolve().read_text(encoding="ascii")
        return int(found, 16) == wanted
    return False


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, termios.error) as error:
        raise PrinterLostError(str(error)) from error

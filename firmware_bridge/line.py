"""The serial port to the controller, opened again whenever it is back. For one event loop."""

import asyncio
import logging
import os
import termios
from collections.abc import Callable

import serial

log = logging.getLogger(__name__)

FIRST_RETRY, LAST_RETRY = 0.5, 8.0


class Line:
    """`on_data` gets what the controller sent. A lost port is a state, and logged once."""

    def __init__(self, port: str, baud: int, on_data: Callable[[bytes], None]) -> None:
        self._port, self._baud, self._on_data = port, baud, on_data
        self._device: serial.Serial | None = None
        self._pause, self._retry_at = FIRST_RETRY, float("-inf")
        self._said_lost = False

    @property
    def is_open(self) -> bool:
        """Whether the port is there; the controller may be silent all the same."""
        return self._device is not None

    def open(self, now: float) -> None:
        """Open the port, unless it is open or was tried a moment ago. `now`: monotonic seconds."""
        if self._device or now < self._retry_at:
            return
        self._retry_at = now + self._pause
        self._pause = min(2 * self._pause, LAST_RETRY)
        try:
            device = serial.Serial(self._port, self._baud, timeout=0, exclusive=True)
            asyncio.get_running_loop().add_reader(device.fileno(), self._read)
        except (OSError, ValueError, termios.error) as error:
            self._lost(error)
            return
        os.set_blocking(device.fileno(), False)
        self._device, self._pause, self._said_lost = device, FIRST_RETRY, False
        log.info("the controller's port %s is open", self._port)

    def write(self, data: bytes) -> None:
        """What the port does not take now is lost; the link says it again."""
        if not self._device or not data:
            return
        try:
            os.write(self._device.fileno(), data)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error)

    def close(self) -> None:
        """Until it is opened again."""
        if self._device:
            asyncio.get_running_loop().remove_reader(self._device.fileno())
            device, self._device = self._device, None
            device.close()

    def _read(self) -> None:
        if not self._device:
            return
        try:
            data = os.read(self._device.fileno(), 4096)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error)
            return
        if data:
            self._on_data(data)
        else:
            self._lost(OSError("hung up"))

    def _lost(self, error: Exception) -> None:
        self.close()
        if not self._said_lost:
            self._said_lost = True
            log.warning("the controller's port %s is not there: %s", self._port, error)

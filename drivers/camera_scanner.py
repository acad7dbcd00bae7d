"""Codes held before a camera. The camera itself is whatever yields its pictures."""

import time
from collections.abc import Callable, Generator, Iterator

from PIL import Image, ImageFilter, ImageOps
from pyzbar import pyzbar

from drivers.scanner import WatchingScanner

Frames = Callable[[], Iterator[Image.Image]]


class CameraScanner(WatchingScanner):
    """`open_frames` opens the camera and yields grey pictures, a few a second; it raises OSError
    when the camera is lost, and is called again later."""

    def __init__(self, open_frames: Frames, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._open_frames = open_frames

    def _watch(self) -> Generator[str | None, None, None]:
        for frame in self._open_frames():
            yield None
            for data in find_codes(frame):
                yield self._check.accept(data)


def find_codes(frame: Image.Image) -> list[bytes]:
    """The QR codes in a grey picture, each once."""
    for picture in _attempts(frame):
        found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        if found:
            return sorted({bytes(code.data) for code in found})
    return []


def _attempts(frame: Image.Image) -> Iterator[Image.Image]:
    """As it is; smoothed and stretched, for low light; inverted, for a telephone in dark mode."""
    yield frame
    clear = ImageOps.autocontrast(frame.filter(ImageFilter.GaussianBlur(1)))
    yield clear
    yield ImageOps.invert(clear)

"""Codes held before a camera."""

import time
from collections.abc import Callable, Generator
from contextlib import closing

from PIL import Image

from drivers.decoding import Decoder
from drivers.scanner import WatchingScanner

Frames = Callable[[], Generator[Image.Image, None, None]]


class CameraScanner(WatchingScanner):
    """`open_frames` opens the camera and yields grey pictures, a few a second; it ends or raises
    OSError when the camera is lost, and is called again later."""

    def __init__(
        self,
        open_frames: Frames,
        decode: Decoder,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._open_frames = open_frames
        self._decode = decode

    def _watch(self) -> Generator[str | None, None, None]:
        with closing(self._open_frames()) as frames:
            for frame in frames:
                yield None
                for data in self._decode(frame):
                    yield self._check.accept(data)

"""Codes held before a camera: a real film instead of the camera, read by the real library."""

import queue
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy
import pytest
import qrcode
from PIL import Image

from drivers.camera import LOOK_AT_EACH, SIZE, camera_frames
from drivers.camera_scanner import CameraScanner
from drivers.decoding import zxing_codes

SOON = 20.0


class Desk:
    """Where the scanner reports to."""

    def __init__(self, *films: Path) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[bool] = queue.Queue()
        self._films = iter(films)
        self.scanner = CameraScanner(self._open, zxing_codes, clock=lambda: 0.0)

    def _open(self) -> Generator[Image.Image, None, None]:
        """The next film each time; then there is no camera any more."""
        return camera_frames(str(next(self._films, "/nowhere/video")), cv2.CAP_OPENCV_MJPEG)

    def watch(self, scans: int, states: int) -> tuple[list[str], list[bool]]:
        self.scanner.start(self.codes.put, self.states.put)
        seen = [self.codes.get(timeout=SOON) for _ in range(scans)]
        there = [self.states.get(timeout=SOON) for _ in range(states)]
        self.scanner.stop()
        return seen, there


def film(path: Path, *contents: str) -> Path:
    """One code after another, each long enough to be looked at."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, SIZE)
    for content in contents:
        code = qrcode.QRCode(box_size=6, version=None)
        code.add_data(content)
        picture = Image.new("RGB", SIZE, "grey")
        picture.paste(code.make_image().get_image(), (20, 20))
        for _ in range(2 * LOOK_AT_EACH):
            writer.write(numpy.asarray(picture))
    writer.release()
    return path


def test_one_showing_is_one_scan_and_a_lost_camera_comes_back(tmp_path: Path) -> None:
    first, second = film(tmp_path / "1.avi", "A", "B"), film(tmp_path / "2.avi", "B", "C")
    desk = Desk(first, second)
    assert desk.watch(3, 4) == (["A", "B", "C"], [True, False, True, False])
    assert desk.codes.empty()
    assert desk.scanner.refused == 0


def test_what_is_no_code_is_refused_and_never_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(film(tmp_path / "1.avi", "SECRET\x07", "S" * 257, "GOOD"))
    assert desk.watch(1, 2) == (["GOOD"], [True, False])
    assert desk.scanner.refused >= 2
    assert "SECRET" not in caplog.text


def test_no_camera(tmp_path: Path) -> None:
    assert Desk().watch(0, 1) == ([], [False])

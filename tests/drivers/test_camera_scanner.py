"""Codes found in pictures: clear, dark, inverted, several at once."""

import queue
from collections.abc import Iterator

import pytest
import qrcode
from PIL import Image, ImageOps

from drivers.camera_scanner import CameraScanner, find_codes

SOON = 20.0


def view(*contents: str) -> Image.Image:
    """A grey camera picture with these codes side by side."""
    picture = Image.new("L", (320 * max(1, len(contents)), 320), "white")
    for index, content in enumerate(contents):
        code = qrcode.QRCode(box_size=6)
        code.add_data(content)
        picture.paste(code.make_image().get_image(), (320 * index + 20, 20))
    return picture


def darkened(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: 20 + value // 16)


@pytest.mark.parametrize("seen_as", [lambda p: p, darkened, ImageOps.invert])
def test_finds_a_code(seen_as: object) -> None:
    assert callable(seen_as)
    assert find_codes(seen_as(view("RINDA:1"))) == [b"RINDA:1"]


def test_several_codes_each_once() -> None:
    assert find_codes(view("B", "A", "A")) == [b"A", b"B"]


def test_nothing_in_view() -> None:
    assert find_codes(view()) == []


def test_a_code_held_before_the_camera_is_one_scan_and_a_lost_camera_comes_back() -> None:
    codes: queue.Queue[str] = queue.Queue()
    states: queue.Queue[bool] = queue.Queue()
    openings = iter([[view("A"), view("A"), view("A", "B")], [view("C")]])

    def open_frames() -> Iterator[Image.Image]:
        frames = next(openings, None)
        if frames is None:
            raise OSError("no camera")
        return iter(frames)

    scanner = CameraScanner(open_frames, clock=lambda: 0.0)
    scanner.start(codes.put, states.put)
    assert [codes.get(timeout=SOON) for _ in range(3)] == ["A", "B", "C"]
    assert [states.get(timeout=SOON) for _ in range(4)] == [True, False, True, False]
    scanner.stop()
    assert codes.empty()
    assert scanner.refused == 0

"""A screen to open windows on: the machine's own, or a virtual one; touches and pictures of it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageGrab

from rinda.errors import CentreError

DRAW_BY_SOFTWARE = {"LIBGL_ALWAYS_SOFTWARE": "1", "SDL_VIDEODRIVER": "x11"}


@contextmanager
def virtual_screen(width: int, height: int) -> Iterator[str]:
    """Start Xvfb on a free display; yields its name, e.g. ``:1``. Raises CentreError."""
    read, write = os.pipe()
    with open(read) as announced:  # noqa: PTH123 - a file descriptor
        size = f"{width}x{height}x24"
        process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                size,
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(write)
        try:
            number = announced.readline().strip()
            if not number:
                raise CentreError("Xvfb did not start")
            yield f":{number}"
        finally:
            process.terminate()
            process.wait(10)


def touch(display: str, place: tuple[int, int]) -> None:
    """Press and release at a pixel of the screen, as a finger does."""
    x, y = (str(each) for each in place)
    subprocess.run(
        ["xdotool", "mousemove", x, y, "click", "1"],
        env={**os.environ, "DISPLAY": display},
        check=True,
        timeout=10,
    )


def press(display: str, *keys: str) -> None:
    """Press these keys one after another, by their X names, e.g. ``Return``."""
    subprocess.run(
        ["xdotool", "key", "--delay", "400", *keys],
        env={**os.environ, "DISPLAY": display},
        check=True,
        timeout=30,
    )


def picture(display: str, box: tuple[int, int, int, int]) -> Image.Image:
    """What the screen shows within left, top, right, bottom."""
    return ImageGrab.grab(bbox=box, xdisplay=display)


def save(display: str, box: tuple[int, int, int, int], path: Path) -> Path:
    """The same as a PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(display, box).save(path)
    return path

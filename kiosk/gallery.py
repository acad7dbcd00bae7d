"""Pictures of every screen, and where its buttons are: `python -m kiosk.gallery --help`.

Kivy draws into one window for a process's life, so each size has a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config.settings import WindowSettings
from kiosk import demo, kivy_setup
from kiosk.views import frame_of

Size = tuple[int, int]
TouchPoints = dict[str, dict[str, tuple[int, int]]]


def render(folder: Path, language: str, size: Size) -> list[Path]:
    """Draw every screen to ``kiosk-<screen>-<language>-<width>x<height>.png`` in `folder`."""
    return [Path(line) for line in _ask("--render", str(folder), language, size).splitlines()]


def touch_points(size: Size, language: str) -> TouchPoints:
    """Screen → action → the pixel at the middle of its button, from the top left."""
    points: TouchPoints = json.loads(_ask("--touch-points", "", language, size))
    return points


def main(arguments: Sequence[str]) -> int:
    """What `render` and `touch_points` run in a process of its own."""
    given = _parser().parse_args(arguments)
    width, height = (int(each) for each in given.size.split("x"))
    os.environ |= {"SDL_VIDEODRIVER": "offscreen", "LIBGL_ALWAYS_SOFTWARE": "1"}
    kivy_setup.prepare(WindowSettings(fullscreen=False, width=width, height=height))
    if given.touch_points:
        points = {name: _points(each, height) for name, each in screens(given.language)}
        sys.stdout.write(json.dumps(points) + "\n")
    else:
        folder = Path(given.render)
        folder.mkdir(parents=True, exist_ok=True)
        for name, each in screens(given.language):
            path = folder / f"kiosk-{name}-{given.language}-{given.size}.png"
            _save(each, path)
            sys.stdout.write(f"{path}\n")
    return 0


def screens(language: str) -> Iterator[tuple[str, Any]]:
    """Name and root widget of each screen of the demonstration, laid out in the window."""
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from kiosk.screens import Screens

    root = Screens(lambda touched: None)
    Window.add_widget(root)
    EventLoop.start()
    for name, model in demo.models(language).items():
        root.show(frame_of(model))
        for _ in range(8):  # layouts within layouts settle in a few frames
            EventLoop.idle()
        yield name, root
    Window.remove_widget(root)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk.gallery", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--render", metavar="FOLDER", help="write a picture of each screen")
    what.add_argument("--touch-points", action="store_true", help="print them as JSON")
    parser.add_argument("--language", default="lv", choices=("lv", "en"))
    parser.add_argument("size", metavar="WIDTHxHEIGHT")
    return parser


def _ask(what: str, value: str, language: str, size: Size) -> str:
    pixels = f"{size[0]}x{size[1]}"
    arguments = [what, *([value] if value else []), "--language", language, pixels]
    command = [sys.executable, "-m", "kiosk.gallery", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _points(root: Any, height: int) -> dict[str, tuple[int, int]]:
    return {
        action: (int(each.center_x), int(height - each.center_y))
        for action, each in root.buttons().items()
    }


def _save(root: Any, path: Path) -> None:
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    Window.dispatch("on_draw")
    pixels = glReadPixels(0, 0, Window.width, Window.height, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", (Window.width, Window.height), bytes(pixels))
    image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

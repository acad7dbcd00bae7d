"""Pictures of every screen, and where its buttons are.

``python -m kiosk.gallery FOLDER LANGUAGE WIDTHxHEIGHT`` writes the pictures,
``python -m kiosk.gallery --touch-points WIDTHxHEIGHT [LANGUAGE]`` prints the places as JSON.
Kivy has one window for a process's life, so each size has a process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.settings import WindowSettings
from drivers.window import prepare_window
from kiosk import demo
from kiosk.frames import frame_of

Size = tuple[int, int]
TouchPoints = dict[str, dict[str, tuple[int, int]]]


def render(folder: Path, language: str, size: Size) -> list[Path]:
    """Draw every screen to ``kiosk-<screen>-<language>-<width>x<height>.png`` in `folder`."""
    return [Path(line) for line in _run(str(folder), language, f"{size[0]}x{size[1]}").splitlines()]


def touch_points(size: Size, language: str) -> TouchPoints:
    """Screen → action → the pixel at the middle of its button, from the top left."""
    found = json.loads(_run("--touch-points", f"{size[0]}x{size[1]}", language))
    return {
        screen: {action: (left, top) for action, (left, top) in actions.items()}
        for screen, actions in found.items()
    }


def main(arguments: Sequence[str]) -> int:
    """Do it in this process, without a display. Returns the exit status."""
    first, second, *rest = arguments
    if first == "--touch-points":
        size, language = _size(second), rest[0] if rest else "lv"
        points = {name: _points(root, size[1]) for name, root in screens(language, size)}
        sys.stdout.write(json.dumps(points) + "\n")
        return 0
    Path(first).mkdir(parents=True, exist_ok=True)
    for name, _ in screens(second, _size(rest[0])):
        path = Path(first) / f"kiosk-{name}-{second}-{rest[0]}.png"
        _save(path)
        sys.stdout.write(f"{path}\n")
    return 0


def screens(language: str, size: Size) -> Iterator[tuple[str, Any]]:
    """Name and root widget of each screen of the demonstration, laid out in a hidden window."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    with TemporaryDirectory() as home:
        window = WindowSettings(fullscreen=False, width=size[0], height=size[1])
        prepare_window(window, Path(home))
        yield from _screens(language)


def _screens(language: str) -> Iterator[tuple[str, Any]]:
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


def _size(text: str) -> Size:
    width, height = map(int, text.split("x"))
    return width, height


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "kiosk.gallery", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _points(root: Any, height: int) -> dict[str, tuple[int, int]]:
    return {
        action: (int(each.center_x), int(height - each.center_y))
        for action, each in root.buttons().items()
    }


def _save(path: Path) -> None:
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    Window.dispatch("on_draw")
    pixels = glReadPixels(0, 0, Window.width, Window.height, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", (Window.width, Window.height), bytes(pixels))
    image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

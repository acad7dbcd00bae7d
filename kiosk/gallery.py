"""Pictures of every screen, and where its buttons are.

``python -m kiosk.gallery FOLDER LANGUAGE WIDTHxHEIGHT[-INCHES] [MODE …]`` writes the pictures,
without modes in all of them,
``python -m kiosk.gallery --touch-points WIDTHxHEIGHT[-INCHES] [LANGUAGE]`` prints the places.
Without inches the screen is the first known one of these pixels. Kivy has one window for a
process's life, so each size has a process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.devices import WindowSettings
from drivers.window import prepare_window
from kiosk import demo
from kiosk.frames import frame_of
from kiosk.panel import NAMED, TRIAL, Ease, Panel
from kiosk.views import Frame

TouchPoints = dict[str, dict[str, tuple[int, int]]]

SETTLING_FRAMES = 4
"""Layouts within layouts settle in so many; nothing is drawn until a picture is taken."""

MODES = ("normal", "contrast", "large", "low")


@dataclass(frozen=True, slots=True)
class Shown:
    """One screen of the demonstration; `root` is its widget, until the next is shown."""

    language: str
    mode: str
    name: str
    frame: Frame
    root: Any


def render(folder: Path, language: str, panel: Panel, *modes: str) -> list[Path]:
    """Draw every screen to ``kiosk-<screen>-<language>-<panel>[-<mode>].png`` in `folder`; without
    modes, in all of them."""
    lines = _run(str(folder), language, str(panel), *modes).splitlines()
    return [Path(line) for line in lines]


def touch_points(panel: Panel, language: str) -> TouchPoints:
    """Screen → action → the pixel at the middle of its button, from the top left."""
    found = json.loads(_run("--touch-points", str(panel), language))
    return {
        screen: {action: (left, top) for action, (left, top) in actions.items()}
        for screen, actions in found.items()
    }


def main(arguments: Sequence[str]) -> int:
    """Do it in this process, without a display. Returns the exit status."""
    first, second, *rest = arguments
    if first == "--touch-points":
        panel, language = _panel(second), rest[0] if rest else "lv"
        shown = screens([language], panel, ["normal"])
        points = {each.name: _points(each.root, panel.height) for each in shown}
        sys.stdout.write(json.dumps(points) + "\n")
        return 0
    Path(first).mkdir(parents=True, exist_ok=True)
    for each in screens([second], _panel(rest[0]), rest[1:] or MODES):
        mode = "" if each.mode == "normal" else f"-{each.mode}"
        path = Path(first) / f"kiosk-{each.name}-{second}-{rest[0]}{mode}.png"
        save(path)
        sys.stdout.write(f"{path}\n")
    return 0


def screens(
    languages: Iterable[str], panel: Panel, modes: Iterable[str] = MODES
) -> Iterator[Shown]:
    """Each screen of the demonstration, laid out in a hidden window. A mode that changes nothing
    on this panel is left out."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    with TemporaryDirectory() as home:
        window = WindowSettings(fullscreen=False, width=panel.width, height=panel.height)
        # Drawn by software, smooth edges cost four times as much.
        prepare_window(window, Path(home), frames_per_second=0, smooth=False)
        for mode in modes:
            if mode != "low" or panel.tall:
                yield from _screens(languages, panel, mode)


def _screens(languages: Iterable[str], panel: Panel, mode: str) -> Iterator[Shown]:
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.lang import Builder

    from kiosk.screens import Screens

    root = Screens(lambda touched: None)
    Window.add_widget(root)
    EventLoop.start()
    for language in languages:
        for name, model in demo.models(language).items():
            frame = frame_of(replace(model, panel=panel, ease=eased(model.ease, mode)))
            root.show(frame)
            for _ in range(SETTLING_FRAMES):
                Clock.tick()
                Builder.sync()
                Clock.tick_draw()
            yield Shown(language, mode, name, frame, root)
    Window.remove_widget(root)


def eased(ease: Ease, mode: str) -> Ease:
    """The same in this mode."""
    return ease if mode == "normal" else replace(ease, **{mode: True})


def _panel(text: str) -> Panel:
    size, _, inches = text.partition("-")
    width, height = map(int, size.split("x"))
    known = (
        each.inches for each in (*NAMED, TRIAL) if (each.width, each.height) == (width, height)
    )
    default = WindowSettings().diagonal_inches
    return Panel(width, height, float(inches) if inches else next(known, default))


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "kiosk.gallery", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _points(root: Any, height: int) -> dict[str, tuple[int, int]]:
    return {
        action: (int(each.center_x), int(height - each.center_y))
        for action, each in root.buttons().items()
    }


def save(path: Path) -> None:
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    Window.dispatch("on_draw")
    pixels = glReadPixels(0, 0, Window.width, Window.height, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", (Window.width, Window.height), bytes(pixels))
    image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path, compress_level=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

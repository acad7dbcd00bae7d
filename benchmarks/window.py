"""Windows that are measured: `python -m benchmarks.window empty|frames|board WIDTHxHEIGHT`.

``empty`` is the floor: a Kivy window with nothing in it but a colour, which a touch changes.
``frames`` prints how many times a second that is drawn, ``board`` the same of a board on which the
newest call breathes.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from config.devices import WindowSettings
from drivers.supervisor import SystemdSupervisor
from drivers.window import prepare_window
from queue_display.view import Painter

WARM_SECONDS, SECONDS = 1.0, 5.0


def main(kind: str, size: str) -> None:
    """Open it; in ``empty`` until it is ended."""
    width, height = map(int, size.split("x"))
    with TemporaryDirectory() as home:
        window = WindowSettings(fullscreen=False, width=width, height=height)
        smooth = height > width  # as the kiosk's window is, and the board's is not
        prepare_window(window, Path(home), 60 if kind == "empty" else 0, smooth=smooth)
        _open(_board() if kind == "board" else _colour(), counts=kind != "empty")


def _open(root: Any, *, counts: bool) -> None:
    from kivy.base import runTouchApp
    from kivy.clock import Clock

    ready = SystemdSupervisor().ready
    Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: ready()))
    if counts:
        Clock.schedule_once(lambda _: _count(), WARM_SECONDS)
    runTouchApp(root)


def _count() -> None:
    """Draw as often as this machine can."""
    from kivy.base import stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window

    frames, start = [0], time.perf_counter()

    def drawn(_: object) -> None:
        frames[0] += 1
        Window.canvas.ask_update()
        if (passed := time.perf_counter() - start) > SECONDS:
            print(frames[0] / passed, flush=True)
            stopTouchApp()

    Window.bind(on_flip=drawn)
    Clock.schedule_once(lambda _: Window.canvas.ask_update())


def _colour() -> Any:
    from kivy.graphics import Color, Rectangle
    from kivy.uix.widget import Widget

    root = Widget()
    with root.canvas:
        colour = Color(0, 0, 0)
        rectangle = Rectangle()
    root.bind(size=lambda _, size: setattr(rectangle, "size", size))
    root.bind(on_touch_up=lambda *_: setattr(colour, "r", 1 - colour.r))
    return root


def _board() -> Any:
    from queue_display.gallery import NAME, views
    from queue_display.screen import BoardScreen
    from texts import language

    painter = Painter(NAME, ZoneInfo("Europe/Riga"), (language("lv"), language("en")))
    states = views(painter)
    root = BoardScreen(states["starting"])
    root.view = states["call"]
    return root


if __name__ == "__main__":
    main(*sys.argv[1:])

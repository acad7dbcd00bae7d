"""The window on a unit's screen: what Kivy must be told before it is imported in a process."""

import ctypes
import logging
import os
from pathlib import Path

from config.devices import WindowSettings
from drivers.console import mute
from drivers.touch import Panels

log = logging.getLogger(__name__)

ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # leaves Python's logging and standard error as they are
    "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",  # the first touch counts, though the window was not chosen
}

NO_DESKTOP = "kmsdrm"
"""SDL's driver where the window has the screen to itself."""

M_MMAP_THRESHOLD, LARGE_BYTES = -3, 65536
"""mallopt(3). Drawn by software, a picture is megabytes of memory; glibc would keep what it frees
for later, 200 MiB and more. Fixed, the large goes back to the system at once."""


def prepare_window(
    settings: WindowSettings, home: Path, frames_per_second: int = 60, *, smooth: bool = True
) -> None:
    """Set the window up. Kivy keeps files of its own in `home`; `smooth` edges cost time."""
    mute()
    os.environ.update(ENVIRONMENT, KIVY_HOME=str(home))
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
    from kivy.config import Config

    logging.getLogger("kivy").setLevel(logging.WARNING)
    graphics = {
        "fullscreen": "auto" if settings.fullscreen else "0",
        "borderless": "1",
        "position": "custom",
        "left": settings.left,
        "top": settings.top,
        "width": settings.width,
        "height": settings.height,
        "show_cursor": "0" if settings.fullscreen else "1",
        "rotation": -settings.rotation % 360,  # Kivy turns to the left
        "maxfps": frames_per_second,
        "multisamples": "4" if smooth else "0",
    }
    for name, value in graphics.items():
        Config.set("graphics", name, value)
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "exit_on_escape", "0")
    if os.environ.get("SDL_VIDEODRIVER") == NO_DESKTOP:
        from drivers.touch_window import listen

        listen(Panels(settings.touch))


def log_window() -> None:
    """Log where the window is and how large: SDL draws ``offscreen`` when it finds no screen.

    To be called after the first picture, which it draws once more: under KMSDRM a screen may stay
    black until the second.
    """
    from kivy.core.window import Window, _window_sdl2

    driver = ctypes.CDLL(_window_sdl2.__file__).SDL_GetCurrentVideoDriver
    driver.restype = ctypes.c_char_p
    Window.canvas.ask_update()
    log.info("window: %d × %d by SDL's driver %s", *Window.size, driver().decode())

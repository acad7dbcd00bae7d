"""Kivy's own settings. They count only if made before Kivy's window is imported."""

import logging
import os
from pathlib import Path

from config.settings import WindowSettings

ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # leaves Python's logging and standard error as they are
}

FRAMES_PER_SECOND = "30"
"""Enough for a board; twice as many would only warm a small computer."""


def prepare_window(settings: WindowSettings, home: Path) -> None:
    """Set up the window to come. Kivy keeps its own files in `home`."""
    os.environ.update(ENVIRONMENT, KIVY_HOME=str(home))
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
        "show_cursor": "0",
        "maxfps": FRAMES_PER_SECOND,
        "multisamples": "0",
    }
    for name, value in graphics.items():
        Config.set("graphics", name, value)
    Config.set("kivy", "exit_on_escape", "0")

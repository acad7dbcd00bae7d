"""What Kivy must be told before it is imported for the first time in a process."""

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


def prepare_window(window: WindowSettings, home: Path) -> None:
    """Set up the window to come. Kivy keeps files of its own in `home`."""
    os.environ.update(ENVIRONMENT, KIVY_HOME=str(home))
    from kivy.config import Config

    graphics = {
        "fullscreen": "auto" if window.fullscreen else "0",
        "borderless": "1",
        "position": "custom",
        "left": window.left,
        "top": window.top,
        "width": window.width,
        "height": window.height,
        "show_cursor": "0" if window.fullscreen else "1",
        "multisamples": "4",
    }
    for name, value in graphics.items():
        Config.set("graphics", name, value)
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "exit_on_escape", "0")
    logging.getLogger("kivy").setLevel(logging.WARNING)

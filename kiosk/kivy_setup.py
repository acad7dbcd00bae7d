"""What Kivy must be told before it is imported for the first time in a process."""

import logging
import os
import tempfile
from pathlib import Path

from config.settings import WindowSettings

TITLE = "Rinda kiosk"


def prepare(window: WindowSettings) -> None:
    """Quiet, without files of its own, and with this window. Call it before any import of Kivy."""
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_LOG_MODE="PYTHON",
    )
    # Kivy insists on a folder, and a service has no home.
    os.environ.setdefault("KIVY_HOME", str(Path(tempfile.gettempdir()) / "rinda-kivy"))
    logging.getLogger("kivy").setLevel(logging.WARNING)
    _configure(window)


def _configure(window: WindowSettings) -> None:
    from kivy.config import Config

    values = {
        "fullscreen": "auto" if window.fullscreen else "0",
        "borderless": "1",
        "position": "custom",
        "left": window.left,
        "top": window.top,
        "width": window.width,
        "height": window.height,
        "resizable": "0",
        "show_cursor": "0" if window.fullscreen else "1",
        "allow_screensaver": "0",
    }
    for name, value in values.items():
        Config.set("graphics", name, str(value))
    Config.set("kivy", "log_level", "warning")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("input", "mouse", "mouse,disable_multitouch")

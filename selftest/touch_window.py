"""The window for touches: ``python -m selftest.touch_window WINDOW LANGUAGE``.

WINDOW is a table of window settings as JSON. Each touch becomes a line of standard output: ``x y``
from the lower left corner, and the window's width and height, all in pixels.
"""

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from config.devices import WindowSettings
from drivers.window import prepare_window
from texts import language


def main(window: str, code: str) -> int:
    """Returns the exit status."""
    logging.disable(logging.WARNING)  # Kivy would talk between the technician's lines
    with TemporaryDirectory(prefix="rinda-selftest-") as home:
        prepare_window(WindowSettings.model_validate_json(window), Path(home))
        from selftest.rings import RingsApp

        RingsApp(language(code), lambda *pixels: print(*pixels, flush=True)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

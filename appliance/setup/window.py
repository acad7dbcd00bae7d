"""`rinda setup-screen`: the setup on the unit's own screen."""

import logging
import signal
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

from appliance.setup.disk import Disk
from appliance.setup.line import Line
from appliance.setup.service import LINE
from appliance.setup.told import LONGEST_LINE, Told
from config.devices import WindowSettings
from drivers.supervisor import Supervisor
from drivers.window import prepare_window

log = logging.getLogger(__name__)

FIRST_SECONDS = 5.0


def main(root: Path, supervisor: Supervisor) -> int:
    """Until setup is done, SIGTERM or SIGINT. Returns the exit status."""
    line = Disk(root).at(LINE)
    with TemporaryDirectory(prefix="rinda-setup-") as home:
        prepare_window(_window(line), Path(home))
        from appliance.setup.screen import SetupScreen

        app = SetupScreen(Line(line), supervisor)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: app.ask_to_stop())
        app.run()
    return 0


def _window(line: Path) -> WindowSettings:
    """How the card says that the screen is mounted; Kivy must know before it is there."""
    try:
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(FIRST_SECONDS)
            asking.connect(str(line))
            with asking.makefile("rb") as lines:
                return Told.model_validate_json(lines.readline(LONGEST_LINE)).window
    except (OSError, ValueError) as error:
        log.warning("setup has not said how the screen is mounted: %s", error)
        return WindowSettings()

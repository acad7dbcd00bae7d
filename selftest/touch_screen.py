"""The touch screen: a window in a process of its own, and the touches that arrive in it."""

import os
import subprocess
import sys
import time

from config.devices import WindowSettings
from drivers.window import NO_DESKTOP
from messaging.messages import Finding
from selftest.findings import bad, skipped
from selftest.person import Person
from selftest.touch import Touch, judge
from texts import Language

TOUCH_SECONDS = 60.0
"""Somebody walks from the keyboard to the screen."""

LOOK_SECONDS = 0.1


def try_touch(window: WindowSettings, person: Person, language: Language) -> Finding:
    """Open the window and wait until all its points were touched."""
    if not person.present:
        return skipped("touch", "needs_person")
    person.tell(language.text("Touch the five rings on the screen, one after another."))
    person.tell(language.text("If nothing happens, press N."))
    command = [sys.executable, "-m", "selftest.touch_window", window.model_dump_json()]
    with subprocess.Popen(
        [*command, language.code],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if not _ended(process, person):
            process.terminate()
        said = [line.split() for line in process.communicate()[0].splitlines()]
    if process.returncode > 0:
        return bad("touch", "window_failed")
    touches = [Touch(*map(float, each)) for each in said]
    return judge(touches, window)


def _ended(process: "subprocess.Popen[str]", person: Person) -> bool:
    deadline = time.monotonic() + TOUCH_SECONDS
    while process.poll() is None:
        if time.monotonic() > deadline or person.gives_up(LOOK_SECONDS):
            return False
    return True


def _environment() -> dict[str, str]:
    """Without a desktop the window is on the screen itself, as the kiosk's own service has it."""
    has_desktop = {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"} & os.environ.keys()
    return {**os.environ, **({} if has_desktop else {"SDL_VIDEODRIVER": NO_DESKTOP})}

"""The light behind a screen: bright, or dim while nobody is there. Never dark."""

import logging
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

FULL = 100


class Backlight(Protocol):
    """Called from one thread; raises nothing, and takes no longer than a file."""

    def shine(self, percent: int) -> None:
        """Of its full strength, from now on."""


class NoBacklight:
    """A screen whose light the computer cannot change."""

    def shine(self, percent: int) -> None:
        """See Backlight."""


class SysfsBacklight:
    """All lights in `folder`, as the kernel shows them.

    Source: Linux, Documentation/ABI/stable/sysfs-class-backlight.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told = False

    def shine(self, percent: int) -> None:
        """See Backlight. What does not work is logged once."""
        try:
            lights = list(self._folder.iterdir())
            for each in lights:
                most = int((each / "max_brightness").read_text())
                (each / "brightness").write_text(f"{max(1, most * percent // FULL)}\n")
        except (OSError, ValueError) as error:
            self._tell(str(error))
        else:
            if not lights:
                self._tell(f"there is none in {self._folder}")

    def _tell(self, fault: str) -> None:
        if not self._told:
            log.warning("backlight: %s", fault)
        self._told = True

"""The light behind a screen: as bright as the hour asks, dim while nobody is there, never dark."""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from config.devices import BacklightSettings, BrightnessSettings

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


class Daylight:
    """Tells a backlight how to shine, whenever that changes. `zone`: where the hours are read."""

    def __init__(self, backlight: Backlight, settings: BacklightSettings, zone: str) -> None:
        self._backlight, self._settings, self._zone = backlight, settings, ZoneInfo(zone)
        self._shines = 0

    def turn(self, now: datetime, *, resting: bool = False) -> None:
        """Time passes; `resting`: nobody is at the screen."""
        percent = strength(self._settings.hours, now.astimezone(self._zone))
        if resting:
            percent = percent * self._settings.resting_percent // FULL
        if percent != self._shines:
            self._shines = percent
            self._backlight.shine(percent)

    def leave(self) -> None:
        """Whoever has the screen next finds it bright."""
        self._backlight.shine(FULL)


def strength(hours: Sequence[BrightnessSettings], now: datetime) -> int:
    """In percent. Before the first of the hours, yesterday's last holds."""
    if not hours:
        return FULL
    ordered = sorted(hours, key=lambda each: each.at)
    passed = [each for each in ordered if each.at <= f"{now:%H:%M}"]
    return (passed or ordered)[-1].percent

"""How large the screen of a unit is that nobody has described yet: sizes for a hand at arm's
length. Pure, but for the kernel's word of the screen."""

from contextlib import suppress
from dataclasses import dataclass
from math import ceil, hypot
from pathlib import Path

from kiosk.fitting import EVEN
from kiosk.panel import CAPITAL, MM_IN_INCH, Ease, Panel

SCREENS = Path("/sys/class/drm")
CM_ACROSS = 21
"""Byte of an EDID; the next is the height (VESA E-EDID, 3.6.2). 0 where it does not say."""

SMALL = 7.0
USUAL = 15.6
"""Inches of screens with at most, and with more than, SMALL_PIXELS on their longer side."""

SMALL_PIXELS = 1024
LEAST_TARGET = 15.0
SMALLEST_CAPITALS, LARGEST_CAPITALS = 2.8, 6.0
"""Millimetres."""


@dataclass(frozen=True, slots=True)
class HandPanel(Panel):
    """A screen in its true size, however small."""

    @property
    def mm(self) -> float:
        """Pixels in a millimetre."""
        return hypot(self.width, self.height) / (self.inches * MM_IN_INCH)

    @property
    def target(self) -> float:
        """The height of a button."""
        return max(LEAST_TARGET * self.mm, min(self.width, self.height) / 11)

    def letters(self, _: Ease) -> float:
        """The smallest letter size: the screen says how far people stand from it."""
        capitals = min(self.width, self.height) / self.mm / 34
        capitals = min(max(capitals, SMALLEST_CAPITALS), LARGEST_CAPITALS)
        return ceil(capitals * self.mm / CAPITAL / EVEN) * EVEN


def panel_of(size: tuple[int, int], screens: Path = SCREENS) -> HandPanel:
    """The panel of a window of so many pixels on the screen that is connected."""
    usual = SMALL if max(size) <= SMALL_PIXELS else USUAL
    return HandPanel(*size, _said_by(screens) or usual)


def _said_by(screens: Path) -> float:
    for each in sorted(screens.glob("card*-*/edid")):
        with suppress(OSError, IndexError):
            said = each.read_bytes()
            if said[CM_ACROSS] and said[CM_ACROSS + 1]:
                return hypot(said[CM_ACROSS], said[CM_ACROSS + 1]) * 10 / MM_IN_INCH
    return 0.0

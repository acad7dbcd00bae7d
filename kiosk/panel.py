"""The screen's real size: pixels for millimetres, letter sizes, and how many choices fit. Pure.

What that comes to is in docs/accessibility.md. All results are pixels.
"""

from dataclasses import dataclass
from math import ceil, hypot

from kiosk.fitting import EVEN

MOST_CHOICES = 7

CAPITALS = 7.0
"""Millimetres: the smallest capitals of anything that a visitor reads."""

LARGER = 1.3
"""How much larger all of it is for who wants it."""

REACH = 240.0
"""Millimetres above the screen's lower edge: higher is nothing to press, for who wants it so."""

SMALLEST = 15.6
"""Inches. A smaller screen has no room for such letters: it is drawn as if it had so many."""

CAPITAL = 0.711
"""Height of a capital in Kivy's Roboto, as a part of the letter size."""

LINE = 1.18
"""Height of a line, as a part of the letter size."""

MM_IN_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Ease:
    """How the visitor wants the screens; until the next visitor. `volume` is 1 to LOUDEST."""

    contrast: bool = False
    large: bool = False
    low: bool = False
    voice: bool = False
    volume: int = 3


LOUDEST = 5

PLAIN = Ease()
"""Until a visitor wants it otherwise."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A window of so many pixels on a screen of so many inches."""

    width: int
    height: int
    inches: float

    def __str__(self) -> str:
        return f"{self.width}x{self.height}-{self.inches:g}"

    @property
    def upright(self) -> bool:
        return self.height > self.width

    @property
    def mm(self) -> float:
        """Pixels in a millimetre; on a screen below SMALLEST in something less than one."""
        return hypot(self.width, self.height) / (max(self.inches, SMALLEST) * MM_IN_INCH)

    @property
    def tall(self) -> bool:
        """Whether what can be pressed may stand too high for somebody."""
        return self.upright and self.height > REACH * self.mm

    @property
    def gap(self) -> float:
        """The room between things."""
        return min(self.width, self.height) / 42

    @property
    def target(self) -> float:
        """The height of a button of one or two lines: at least 20 mm."""
        return max(21 * self.mm, min(self.width, self.height) / 10)

    @property
    def tools(self) -> float:
        """The height of the buttons that are on every screen: upright, symbol above word."""
        return self.target * (1.5 if self.upright else 1)

    def letters(self, ease: Ease) -> float:
        """The smallest letter size."""
        size = CAPITALS * self.mm / CAPITAL * (LARGER if ease.large else 1)
        return ceil(size / EVEN) * EVEN

    def head(self, ease: Ease, *, choices: bool, keys: bool = False) -> float:
        """The height of the heading's part. Where `choices` are to be low, all above them; under
        `keys` is also what was typed."""
        if not self.upright:
            return self.height * (0.23 if ease.large and choices else 0.2)
        plain = self.height * (0.26 if ease.large and not choices else 0.215)
        if not (ease.low and choices):
            return plain
        return max(plain, (self.height - REACH * self.mm) * (0.84 if keys else 1))

    def columns(self, choices: int) -> int:
        """In how many columns so many choices stand."""
        return 1 if self.upright or choices < 4 else 2

    def most_choices(self, ease: Ease) -> int:
        """How many choices of two lines fit on one page, at most MOST_CHOICES; large letters have
        three in two columns."""
        foot = self.target + self.gap + (self.tools + self.gap if self.upright else 0)
        room = self.height - self.head(ease, choices=True) - foot - 2 * self.gap
        lines = 2.1 + ease.large * (0.2 if self.upright else 1.2)
        row = LINE * lines * self.letters(ease) + 0.8 * self.gap
        rows = max(3 if self.upright else 2, int((room + self.gap) / (row + self.gap)))
        return min(MOST_CHOICES, rows * self.columns(MOST_CHOICES))


NAMED = (Panel(1080, 1920, 21.5), Panel(1080, 1920, 15.6), Panel(1920, 1080, 15.6))
"""The screens to buy: what docs/accessibility.md says of sizes holds on each."""

TRIAL = Panel(800, 480, 7.0)
"""A screen for trying things out: all is smaller in proportion."""

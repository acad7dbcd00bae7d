"""The screen's real size: pixels for millimetres, letter sizes, and how many choices fit. Pure.

Sizes on the screens named in docs/accessibility.md; a window of other pixels keeps the proportions.
"""

from dataclasses import dataclass
from math import ceil, hypot

from kiosk.fitting import EVEN

MOST_CHOICES = 7

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

NAMED = {(1080, 1920): 21.5, (1920, 1080): 15.6, (1280, 800): 10.1, (800, 480): 7.0}
"""Pixels → inches of the screens that pictures and tests are made for."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Millimetres: capitals of what must be read, and of what only helps (hints, words beside a
    symbol); the height of a button, and the room between things. `large` is a factor."""

    letters: float
    hints: float
    target: float
    gap: float
    large: float


_BY_SHORT_SIDE = (
    (240, Sizes(letters=7, hints=7, target=26, gap=6, large=1.4)),
    (190, Sizes(letters=7, hints=5, target=22, gap=5, large=1.2)),
    (130, Sizes(letters=6, hints=4, target=20, gap=4, large=1.1)),
    (0, Sizes(letters=3.5, hints=2.5, target=13, gap=2.5, large=1.1)),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A window of so many pixels on a screen of so many inches. All results are pixels."""

    width: int
    height: int
    inches: float

    @property
    def upright(self) -> bool:
        return self.height > self.width

    @property
    def mm(self) -> float:
        """Pixels in a millimetre."""
        return hypot(self.width, self.height) / (self.inches * MM_IN_INCH)

    @property
    def sizes(self) -> Sizes:
        """What this screen has room for, by its short side."""
        short = min(self.width, self.height) / self.mm
        return next(sizes for least, sizes in _BY_SHORT_SIDE if short >= least)

    @property
    def gap(self) -> float:
        return self.sizes.gap * self.mm

    @property
    def narrow(self) -> bool:
        """Whether some symbols stand without words, and one way back must do."""
        return self.sizes.gap < 5

    @property
    def target(self) -> float:
        """The height of a button of one or two lines."""
        return self.sizes.target * self.mm

    @property
    def least_target(self) -> float:
        """The smallest side of what is pressed."""
        return min(20.0, self.sizes.target) * self.mm

    @property
    def least_key(self) -> float:
        """The same of an alphabet's keys: a small screen has no room for large ones."""
        return self.least_target * (0.8 if self.narrow else 1)

    @property
    def tools(self) -> float:
        """The height of the buttons that are on every screen: upright, symbol above word."""
        return self.target * (1.5 if self.upright else 1)

    def letters(self, ease: Ease) -> float:
        """The smallest letter size for what must be read."""
        return self._letter_size(self.sizes.letters, ease)

    def hints(self, ease: Ease) -> float:
        """The smallest letter size for what only helps."""
        return self._letter_size(self.sizes.hints, ease)

    def head(self, *, low: bool, keys: bool = False) -> float:
        """The height of the heading's part: the upper half where all choices are to be low, less
        with `keys`, under what was typed."""
        if self.upright:
            return self.height * (0.215 if not low else 0.42 if keys else 0.5)
        return self.height * (0.215 if self.narrow else 0.2)

    def columns(self, choices: int) -> int:
        """In how many columns so many choices stand."""
        return 1 if self.upright or choices < 4 else 2

    def most_choices(self, ease: Ease) -> int:
        """How many choices fit on one page, at most MOST_CHOICES."""
        foot = self.target + self.gap + (self.tools + self.gap if self.upright else 0)
        room = self.height - self.head(low=ease.low) - foot - 2 * self.gap
        row = LINE * (1.3 * self.letters(ease) + 1.2 * self.hints(ease)) + self.gap
        if self.upright and ease.low:
            row *= 0.85
        rows = max(2, int((room + self.gap) / (row + self.gap)))
        return min(MOST_CHOICES, rows * self.columns(MOST_CHOICES))

    def _letter_size(self, capitals: float, ease: Ease) -> float:
        size = capitals * self.mm / CAPITAL * (self.sizes.large if ease.large else 1)
        return ceil(size / EVEN) * EVEN

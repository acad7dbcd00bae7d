"""Where touches should arrive, and what it means when they do not. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import dist, hypot

from messaging.messages import Finding
from selftest.findings import bad, good

Place = tuple[float, float]
"""Parts of the window's width and height, 0 to 1, from its lower left corner."""

TARGETS: Sequence[Place] = ((0.1, 0.9), (0.9, 0.9), (0.5, 0.5), (0.1, 0.1), (0.9, 0.1))
"""Four corners and the middle."""

MOST_MILLIMETRES = 10
"""Half of the smallest thing that a visitor must hit."""

MM_IN_INCH = 25.4

_TURNS: Sequence[Callable[[float, float], Place]] = (
    lambda x, y: (y, 1 - x),
    lambda x, y: (1 - x, 1 - y),
    lambda x, y: (1 - y, x),
    lambda x, y: (1 - x, y),
    lambda x, y: (x, 1 - y),
    lambda x, y: (y, x),
    lambda x, y: (1 - y, 1 - x),
)
"""Where a touch arrives on a panel that is turned or mirrored."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch in pixels, from the lower left corner, and the size of the window then."""

    x: float
    y: float
    width: float
    height: float

    def millimetres_from(self, place: Place, inches: float) -> float:
        """How far off it is, on a screen of so many inches."""
        pixels = dist((self.x, self.y), (place[0] * self.width, place[1] * self.height))
        return pixels * inches * MM_IN_INCH / hypot(self.width, self.height)


def judge(touches: Sequence[Touch], inches: float) -> Finding:
    """`touches`: the answers to TARGETS, in that order; fewer if somebody gave up."""

    def farthest(places: Sequence[Place]) -> float:
        return max(map(Touch.millimetres_from, touches, places, repeat(inches)))

    if len(touches) < len(TARGETS):
        return bad("touch", "touch_none")
    off = farthest(TARGETS)
    if off <= MOST_MILLIMETRES:
        return good("touch", "touch_good", millimetres=round(off))
    if min(farthest([turn(*each) for each in TARGETS]) for turn in _TURNS) < off / 3:
        return bad("touch", "touch_turned")
    return bad("touch", "touch_off", millimetres=round(off))

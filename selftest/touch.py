"""Where touches should arrive, and what it means when they do not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from config.devices import WindowSettings
from drivers.calibration import Place, after, corrected, fitted, on_panel
from messaging.messages import Finding
from selftest.findings import bad, good

TARGETS: Sequence[Place] = ((0.1, 0.9), (0.9, 0.9), (0.5, 0.5), (0.1, 0.1), (0.9, 0.1))
"""Four corners and the middle: parts of the window's size, from its lower left corner."""

MOST_MILLIMETRES = 10
"""Half of the smallest thing that a visitor must hit."""

MM_IN_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch in pixels, from the lower left corner, and the size of the window then."""

    x: float
    y: float
    width: float
    height: float

    @property
    def place(self) -> Place:
        """From the upper left corner of the picture."""
        return self.x / self.width, 1 - self.y / self.height


def judge(touches: Sequence[Touch], window: WindowSettings) -> Finding:
    """`touches`: the answers to TARGETS, in that order; fewer if somebody gave up."""
    if len(touches) < len(TARGETS):
        return bad("touch", "touch_none")
    arrived = [on_panel(each.place, window.rotation) for each in touches]
    meant = [on_panel((x, 1 - y), window.rotation) for x, y in TARGETS]
    panel = _millimetres(touches[0], window)
    off = _farthest(arrived, meant, panel)
    if off <= MOST_MILLIMETRES:
        return good("touch", "touch_good", millimetres=round(off))
    lead = fitted(arrived, meant)
    if lead and _farthest([corrected(each, lead) for each in arrived], meant, panel) <= off / 3:
        numbers = ", ".join(f"{round(each, 3) + 0.0:g}" for each in after(lead, window.touch))
        return bad("touch", "touch_elsewhere", numbers=numbers)
    return bad("touch", "touch_off", millimetres=round(off))


def _millimetres(touch: Touch, window: WindowSettings) -> Place:
    """Width and height of the panel."""
    pixel = window.diagonal_inches * MM_IN_INCH / hypot(touch.width, touch.height)
    width, height = touch.width * pixel, touch.height * pixel
    return (width, height) if window.rotation in {0, 180} else (height, width)


def _farthest(places: Sequence[Place], meant: Sequence[Place], panel: Place) -> float:
    """In millimetres."""
    return max(
        hypot((x - u) * panel[0], (y - v) * panel[1])
        for (x, y), (u, v) in zip(places, meant, strict=True)
    )

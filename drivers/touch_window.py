"""Touches of the machine's panels, as Kivy takes them. To be imported once a window is prepared."""

import time
from collections.abc import Callable
from typing import Any

from kivy.config import Config
from kivy.input.factory import MotionEventFactory
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider

from drivers.touch import Move, Panels

NAME = "panels"
KIVYS_OWN = "%(name)s"


def listen(panels: Panels) -> None:
    """Kivy takes touches of these, in place of its own search for panels."""
    MotionEventFactory.register(NAME, lambda device, _: PanelTouches(device, panels))
    Config.remove_option("input", KIVYS_OWN)
    Config.set("input", NAME, NAME)


class PanelTouch(MotionEvent):
    """A finger on the glass."""

    def __init__(self, device: str, number: int, place: tuple[float, float]) -> None:
        super().__init__(device, number, place, is_touch=True, type_id="touch")
        self.profile = ("pos",)

    def depack(self, args: tuple[float, float]) -> None:
        """Kivy reckons from the lower edge."""
        self.sx, self.sy = args[0], 1 - args[1]
        super().depack(args)


class PanelTouches(MotionEventProvider):
    """Read once for each frame."""

    def __init__(self, device: str, panels: Panels) -> None:
        super().__init__(device, "")
        self._panels = panels
        self._touches: dict[tuple[str, int], PanelTouch] = {}
        self._count = 0

    def start(self) -> None:
        """See MotionEventProvider: panels are looked for when a frame is due."""

    def stop(self) -> None:
        """See MotionEventProvider."""
        self._panels.close()

    def update(self, dispatch_fn: Callable[[str, Any], None]) -> None:
        """See MotionEventProvider."""
        for panel, move in self._panels.read(time.monotonic()):
            dispatch_fn(move.action, self._touch(panel, move))

    def _touch(self, panel: str, move: Move) -> PanelTouch:
        key = panel, move.finger
        if move.action == "begin":
            self._count += 1
            self._touches[key] = PanelTouch(self.device, self._count, move.place)
            return self._touches[key]
        touch = self._touches.pop(key) if move.action == "end" else self._touches[key]
        touch.move(move.place)
        if move.action == "end":
            touch.update_time_end()
        return touch

"""Rings to be touched, one after another, over the whole window."""

from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Color, Ellipse, Line
from kivy.uix.label import Label

from drivers.window import log_window
from selftest.touch import TARGETS
from texts import Language

RING_PART, DOT_PART, LINE_PART, LETTER_PART = 0.05, 0.008, 0.005, 0.045
"""Of the window's shorter side."""

SECOND_PICTURE = 0.5
"""After so many seconds."""

NIGHT = (0.06, 0.14, 0.24, 1)


class RingsApp(App):
    """`touched` gets each touch, in pixels, with the window's size; it ends after the last."""

    title = "Rinda self-test"

    def __init__(
        self, language: Language, touched: Callable[[float, float, float, float], None]
    ) -> None:
        super().__init__()
        self._language, self._touched, self._count = language, touched, 0

    def build(self) -> Label:
        """See App."""
        Window.clearcolor = NIGHT
        Window.bind(size=lambda *_: self._draw(), on_touch_down=self._take)
        Clock.schedule_once(lambda _: self._draw())
        Clock.schedule_once(lambda _: log_window(), SECOND_PICTURE)
        return Label(halign="center", valign="bottom")

    def _take(self, _: object, touch: Any) -> bool:
        self._touched(touch.x, touch.y, *Window.size)
        self._count += 1
        if self._count == len(TARGETS):
            self.stop()
        else:
            self._draw()
        return True

    def _draw(self) -> None:
        width, height = Window.size
        short = min(width, height)
        label, (x, y) = self.root, TARGETS[self._count]
        label.font_size, label.text_size = short * LETTER_PART, (width * 0.7, height * 0.5)
        label.text = self._language.text(
            "Touch the middle of the ring: {number} of {count}",
            number=self._count + 1,
            count=len(TARGETS),
        )
        label.canvas.after.clear()
        with label.canvas.after:
            Color(1, 1, 1, 1)
            Line(circle=(x * width, y * height, short * RING_PART), width=short * LINE_PART)
            side = 2 * short * DOT_PART
            Ellipse(pos=(x * width - side / 2, y * height - side / 2), size=(side, side))

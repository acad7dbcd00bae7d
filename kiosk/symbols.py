"""Signs that need no words, drawn by lines in a square: so they are sharp at every size."""

from collections.abc import Callable, Mapping
from math import cos, pi, sin
from typing import Any

from kivy.graphics import Color, Ellipse, Line
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

THICK = 0.07
"""A line's half width, as a part of the square's side."""


class Symbol(Widget):
    """The sign called `name`, one of SYMBOLS, as large as there is room."""

    name = StringProperty()
    colour = ColorProperty()

    def __init__(self, name: str, colour: str, **looks: Any) -> None:
        super().__init__(name=name, colour=colour, **looks)
        self.bind(size=self._draw, pos=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        side = min(self.width, self.height)
        with self.canvas:
            Color(rgba=self.colour)
            left, bottom = self.x + (self.width - side) / 2, self.y + (self.height - side) / 2
            self._sign()(Pen(left, bottom, side))

    def _sign(self) -> "Callable[[Pen], None]":
        return SYMBOLS[self.name]


class Pen:
    """Draws in a square: 0, 0 is its left bottom corner and 1, 1 its right top one."""

    def __init__(self, left: float, bottom: float, side: float) -> None:
        self._left, self._bottom, self._side = left, bottom, side

    def line(self, *points: tuple[float, float], thick: float = THICK) -> None:
        flat = [each for point in points for each in self._at(*point)]
        Line(points=flat, width=thick * self._side, cap="round", joint="round")

    def arc(self, x: float, y: float, radius: float, start: float = 0, end: float = 360) -> None:
        """Degrees run clockwise from the top."""
        steps = 40
        turn = [(start + (end - start) * step / steps) * pi / 180 for step in range(steps + 1)]
        self.line(*((x + radius * sin(a), y + radius * cos(a)) for a in turn), thick=THICK * 0.8)

    def dot(self, x: float, y: float, radius: float) -> None:
        left, bottom = self._at(x - radius, y - radius)
        Ellipse(pos=(left, bottom), size=(2 * radius * self._side, 2 * radius * self._side))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self._left + x * self._side, self._bottom + y * self._side


def _person(pen: Pen) -> None:
    """A person in a circle, arms spread: the sign of accessibility."""
    pen.arc(0.5, 0.5, 0.44)
    pen.dot(0.5, 0.735, 0.075)
    pen.line((0.27, 0.585), (0.5, 0.56), (0.73, 0.585), thick=0.045)
    pen.line((0.5, 0.56), (0.5, 0.43), thick=0.06)
    pen.line((0.385, 0.2), (0.5, 0.43), (0.615, 0.2), thick=0.045)


def _question(pen: Pen) -> None:
    pen.arc(0.5, 0.5, 0.44)
    pen.arc(0.5, 0.615, 0.14, -80, 150)
    pen.line((0.57, 0.495), (0.5, 0.44), (0.5, 0.36), thick=THICK * 0.8)
    pen.dot(0.5, 0.235, 0.065)


def _speaker(pen: Pen) -> None:
    pen.line((0.1, 0.38), (0.24, 0.38), (0.44, 0.2), (0.44, 0.8), (0.24, 0.62), (0.1, 0.62))
    pen.line((0.1, 0.62), (0.1, 0.38))
    pen.arc(0.42, 0.5, 0.26, 45, 135)
    pen.arc(0.42, 0.5, 0.46, 45, 135)


def _globe(pen: Pen) -> None:
    pen.arc(0.5, 0.5, 0.44)
    pen.line((0.06, 0.5), (0.94, 0.5), thick=0.035)
    pen.line((0.5, 0.06), (0.5, 0.94), thick=0.035)
    for side in (-1, 1):
        half = [
            (0.5 + side * 0.2 * cos(a * pi / 20), 0.5 + 0.44 * sin(a * pi / 20))
            for a in range(-10, 11)
        ]
        pen.line(*half, thick=0.035)


def _back(pen: Pen) -> None:
    pen.line((0.92, 0.5), (0.1, 0.5))
    pen.line((0.42, 0.84), (0.1, 0.5), (0.42, 0.16))


def _more(pen: Pen) -> None:
    pen.line((0.08, 0.5), (0.9, 0.5))
    pen.line((0.58, 0.84), (0.9, 0.5), (0.58, 0.16))


def _clock(pen: Pen) -> None:
    pen.arc(0.5, 0.5, 0.44)
    pen.line((0.5, 0.78), (0.5, 0.5), (0.7, 0.38), thick=THICK * 0.8)


def _box(pen: Pen) -> None:
    pen.line((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1), thick=0.05)


def _tick(pen: Pen) -> None:
    _box(pen)
    pen.line((0.26, 0.52), (0.44, 0.3), (0.76, 0.72), thick=0.08)


SYMBOLS: Mapping[str, Callable[[Pen], None]] = {
    "back": _back,
    "closed": _clock,
    "ease": _person,
    "help": _question,
    "language": _globe,
    "more": _more,
    "off": _box,
    "on": _tick,
    "say_again": _speaker,
}

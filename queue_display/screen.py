"""Draws a View; `board.kv` says where everything is and how large."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.animation import Animation
from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from queue_display.view import NOTHING, View

SMALLEST = 6
SHRINK = 0.95
LINE = 1.25
"""Height of a line for a letter size of one."""

PULSE_SECONDS = 1.4
"""There or back: far below the three flashes a second that WCAG 2.3.1 allows."""

PULSE_STEP = 1 / 12
"""Seconds. Drawing the whole screen more often costs a small computer much and shows little."""


class Scaled(Widget):
    """Measures in `unit`: a 160th of the screen's long side or a 90th of its short one."""

    CALL, ASIDE, WAIT = 14.0, 10.0, 9.4
    """Units: heights of a call's line, of the words over the waits, and of a line of these."""

    unit = NumericProperty(10)


class FitLabel(Label):
    """Text of the `largest` size in pixels that fits its box, in at most `lines` whole lines."""

    largest = NumericProperty(20)
    lines = NumericProperty(1)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        for name in ("text", "size", "largest", "lines", "bold"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        self.font_size = _fitting_size(self.text, self.bold, *self.size, self.largest, self.lines)
        self.text_size = self.size


class Bilingual(BoxLayout):
    """Words in the first language, bold; in the second beneath, smaller."""

    words = ObjectProperty(NOTHING, rebind=True)
    largest = NumericProperty(20)
    lines = NumericProperty(1)
    halign = StringProperty("left")
    color = ObjectProperty((0, 0, 0, 1))


class Arrow(Widget):
    """An arrow to the right, drawn, because Roboto has none."""

    color = ObjectProperty((0, 0, 0, 1))


class Again(Widget):
    """A ring that ends in an arrow: once more."""

    color = ObjectProperty((0, 0, 0, 1))


class Sign(Label):
    """What stands over a counter, on a plate as wide as that needs."""

    plate = ObjectProperty((0, 0, 0, 1))


class CallLine(Scaled, BoxLayout):
    """A number and where it goes, as one line of the list."""

    called = ObjectProperty()


class WaitLine(Scaled, BoxLayout):
    """An institution and how long people wait for it."""

    wait = ObjectProperty()


class BoardScreen(Scaled, FloatLayout):
    """The whole board. Give it a new `view` whenever there is one."""

    view = ObjectProperty(rebind=True)
    wide = BooleanProperty(True)
    pulse = NumericProperty(0)

    def __init__(self, view: View) -> None:
        self._breath = _breath(1) + _breath(0)
        self._breath.repeat = True
        super().__init__(view=view)
        self._calls: Sequence[Any] = ()
        self._waits: Sequence[Any] = ()
        self.ids.side.bind(height=self._fill)
        self.fbind("view", self._changed)
        self._announcing = False
        self._changed()

    def _changed(self, *_: object) -> None:
        self._fill()
        if self._announcing != self.view.announcing:
            self._announcing = self.view.announcing
            self._breathe()

    def _fill(self, *_: object) -> None:
        """The calls, each in full; beneath them as many waits as have room, page by page."""
        view, place = self.view, self.ids
        room = place.side.height / self.unit - len(view.others) * self.CALL - self.ASIDE
        lines = int(room / self.WAIT)
        fits = lines > 0 if view.waits else room > 0
        place.waiting.opacity = 1 if fits or not view.others else 0
        waits = _page(view.waits, max(1, lines), view.page)
        if self._calls != view.others:
            self._calls = view.others
            _replace(place.others, [CallLine(called=each) for each in view.others])
        if self._waits != waits:
            self._waits = waits
            _replace(place.waits, [WaitLine(wait=each) for each in waits])

    def _breathe(self) -> None:
        self._breath.cancel(self)
        self.pulse = 0
        if self._announcing:
            self._breath.start(self)


@lru_cache(maxsize=1000)
def _fitting_size(
    text: str, bold: bool, width: float, height: float, largest: float, lines: int
) -> float:
    size = largest
    while size > SMALLEST and not _fits(text, bold, width, height, size, lines):
        size *= SHRINK
    return size


def _fits(text: str, bold: bool, width: float, height: float, size: float, lines: int) -> bool:
    probe = CoreLabel(font_size=size, bold=bold, text_size=(width, None))
    words = text.replace("\n", " ").split(" ")
    if any(probe.get_extents(word)[0] > width for word in words):
        return False
    probe.text = text
    return bool(probe.render()[1] <= min(height, lines * size * LINE))


def _breath(pulse: int) -> Animation:
    return Animation(pulse=pulse, duration=PULSE_SECONDS, step=PULSE_STEP, t="in_out_sine")


def _page(waits: Sequence[Any], lines: int, page: int) -> Sequence[Any]:
    pages = max(1, -(-len(waits) // lines))
    start = page % pages * lines
    return waits[start : start + lines]


def _replace(place: Widget, lines: Sequence[Widget]) -> None:
    place.clear_widgets()
    for line in lines:
        place.add_widget(line)


Builder.load_file(str(Path(__file__).with_name("board.kv")))

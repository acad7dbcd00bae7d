"""Draws a View; `board.kv` says where everything is."""

from collections.abc import Sequence
from pathlib import Path

from kivy.animation import Animation
from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
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
        size = self.largest
        while size > SMALLEST and not self._fits(size):
            size *= SHRINK
        self.font_size = size
        self.text_size = self.size

    def _fits(self, size: float) -> bool:
        probe = CoreLabel(font_size=size, bold=self.bold, text_size=(self.width, None))
        if any(probe.get_extents(word)[0] > self.width for word in self.text.split()):
            return False
        probe.text = self.text
        _, height = probe.render()
        return bool(height <= min(self.height, self.lines * size * LINE))


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


class Sign(Label):
    """What stands over a counter, on its own plate."""

    plate = ObjectProperty((0, 0, 0, 1))


class Card(AnchorLayout):
    """The newest call on its sheet, with an edge that breathes while it is announced."""

    edge = NumericProperty(1)


class Line(Scaled, BoxLayout):
    """A number and where it goes, as one line of the list."""

    called = ObjectProperty()


class GroupLine(Scaled, BoxLayout):
    """An institution and how many wait for it."""

    group = ObjectProperty()


class BoardScreen(Scaled, BoxLayout):
    """The whole board. Give it a new `view` whenever there is one."""

    view = ObjectProperty(rebind=True)
    wide = BooleanProperty(True)
    pulse = NumericProperty(0)

    def __init__(self, view: View) -> None:
        self._breath = _breath(1) + _breath(0)
        self._breath.repeat = True
        super().__init__(view=view)
        self._fill(None, view)
        self.fbind("view", self._changed)
        self._shown = view

    def _changed(self, _: object, view: View) -> None:
        shown, self._shown = self._shown, view
        self._fill(shown, view)
        if view.highlighted != shown.highlighted:
            self._breathe(view.highlighted)

    def _fill(self, shown: View | None, view: View) -> None:
        if shown is None or shown.others != view.others:
            _replace(self.ids.others, [Line(called=each) for each in view.others])
        if shown is None or shown.groups != view.groups:
            _replace(self.ids.groups, [GroupLine(group=each) for each in view.groups])

    def _breathe(self, highlighted: bool) -> None:
        self._breath.cancel(self)
        self.pulse = 0
        if highlighted:
            self._breath.start(self)


def _breath(pulse: int) -> Animation:
    return Animation(pulse=pulse, duration=PULSE_SECONDS, step=PULSE_STEP, t="in_out_sine")


def _replace(place: Widget, lines: Sequence[Widget]) -> None:
    place.clear_widgets()
    for line in lines:
        place.add_widget(line)


Builder.load_file(str(Path(__file__).with_name("board.kv")))

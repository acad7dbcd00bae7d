"""Draws a Frame. Only what changed is built anew; whatever is pressed goes to `press`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kivy.clock import Clock
from kivy.uix.boxlayout import BoxLayout

from kiosk.drawing import Drawing, heading_of
from kiosk.inputs import StillHere, Touch
from kiosk.look import USUAL
from kiosk.views import Frame, Keypad, View
from kiosk.widgets import Press, Surface, Typed


class Screens(Surface):
    """The root widget: a head that says where one is, the content, and a foot of small buttons."""

    def __init__(self, press: Callable[[Touch], None]) -> None:
        super().__init__(USUAL.page)
        self._press = press
        self._frame: Frame | None = None
        self._head, self._foot = BoxLayout(size_hint_y=None), BoxLayout(size_hint_y=None)
        self._content = BoxLayout(orientation="vertical")
        for each in (self._head, self._content, self._foot):
            self.add_widget(each)

    def show(self, frame: Frame, focus: str = "") -> None:
        """Draw what is different from the frame before; `focus` is the action to be marked."""
        before, self._frame = self._frame, None  # until it is drawn whole
        drawing = Drawing(frame.panel, frame.ease, self._press)
        if before is None or _looks_of(before) != _looks_of(frame):
            before, self.fill = None, drawing.look.page
            self.line = self.fill
            self._content.spacing = drawing.gap
            self._content.padding = (drawing.gap * 1.5, drawing.gap)
        if before is None or _head_of(before) != _head_of(frame):
            head = drawing.head(frame)
            _fill(self._head, [head])
            self._head.height = head.height
        if before is None or _but_typed(before.view) != _but_typed(frame.view):
            _fill(self._content, drawing.content(frame.view))
        if isinstance(frame.view, Keypad):
            self._retype(drawing, frame.view.typed)
        if before is None or _foot_of(before) != _foot_of(frame):
            foot = drawing.foot(frame)
            _fill(self._foot, [foot])
            self._foot.height = foot.height
        self.focus(focus)
        self._frame = frame

    def focus(self, action: str) -> None:
        """Mark the button that a key would press; "" marks none."""
        for each, button in self.buttons().items():
            button.focused = each == action

    def buttons(self) -> dict[str, Press]:
        """Action → its widget, as laid out now."""
        found = (each for each in self.walk() if isinstance(each, Press))
        return {each.choice.action: each for each in found}

    def on_touch_up(self, touch: Any) -> bool:
        """Wherever the finger was, its owner is present. The button under it comes first: Kivy
        tells it after this."""
        Clock.schedule_once(lambda _: self._press(StillHere()))
        return bool(super().on_touch_up(touch))

    def _retype(self, drawing: Drawing, typed: str) -> None:
        """The keys stay as they are while one types."""
        for each in self.walk():
            if isinstance(each, Typed) and each.typed != typed:
                each.show(typed, drawing.typed(typed))


def _fill(box: Any, widgets: list[Any]) -> None:
    box.clear_widgets()
    for each in widgets:
        box.add_widget(each)


def _but_typed(view: View) -> View:
    return replace(view, typed="") if isinstance(view, Keypad) else view


def _looks_of(frame: Frame) -> tuple[object, ...]:
    return frame.panel, frame.ease.contrast, frame.ease.large, frame.ease.low


def _head_of(frame: Frame) -> tuple[object, ...]:
    return frame.centre, type(frame.view), heading_of(frame.view)


def _foot_of(frame: Frame) -> tuple[object, ...]:
    return frame.foot, frame.tools, frame.question, frame.news

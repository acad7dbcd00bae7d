"""Draws a Frame. Only what changed is built anew; whatever is pressed goes to `press`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Any

import qrcode
from kivy.clock import Clock
from kivy.core.text import Label as TextMeasure
from kivy.graphics import Color, Rectangle, RoundedRectangle
from kivy.lang import Builder
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from kiosk.fitting import fit
from kiosk.model import StillHere, Touch, TouchName
from kiosk.views import (
    Choice,
    Choices,
    Frame,
    Keypad,
    Notice,
    Rating,
    Report,
    ShowCode,
    Ticket,
    View,
)

INK, QUIET, WHITE, PAGE = "#10243E", "#44546A", "#FFFFFF", "#F3F5F8"
ACTION, ACTION_DOWN, CARMINE, GOOD, WARNING = "#0A4D8C", "#083B6C", "#8A1538", "#0B5D43", "#FFF1C2"
LINE = "#C3CCD8"

LEAST_TOUCH = 92
"""Pixels: 20 mm on a 21-inch screen of 1080 × 1920 are 83, and a small screen needs its fingers'
room too."""

FEW_KEYS = 12
"""More keys than a telephone's do not stand in three columns."""

LONG_LINE = 40
"""A line of so many letters has room for two rows on a ticket."""

Builder.load_file(str(Path(__file__).with_name("kiosk.kv")))


@dataclass(frozen=True, slots=True)
class Scale:
    """Pixels for a window: `u` is a thousandth of what a 1080 × 1920 window's diagonal has."""

    width: float
    height: float

    @property
    def portrait(self) -> bool:
        return self.height > self.width

    @property
    def u(self) -> float:
        return sqrt(self.width * self.height) / 1440

    @property
    def touch(self) -> float:
        """The height of a button that needs no more than one line."""
        return max(LEAST_TOUCH, 132 * self.u)


class Words(Label):
    """Text that fits its box: `words` at letter size `largest`, smaller where it must be."""

    words = StringProperty()
    largest = NumericProperty(40)

    def __init__(self, words: str, largest: float, **looks: Any) -> None:
        super().__init__(**looks)
        self.words, self.largest = words, largest
        # Once for all the sizes that layouts within layouts give it in one frame.
        self.bind(size=Clock.create_trigger(self._fit, -1))

    def _fit(self, *_: object) -> None:
        fitted = fit(self.words, self.width - 2, self.height - 2, self.largest, self._measure)
        # Given a height, Kivy drops lines of what is in the middle; a texture is centred anyway.
        height = None if self.valign == "middle" else self.height
        self.font_size, self.text_size, self.text = fitted.size, (self.width, height), fitted.text

    def _measure(self, word: str, size: float) -> tuple[float, float]:
        return _extents(word, size, self.bold)


@lru_cache(maxsize=20_000)
def _extents(word: str, size: float, bold: bool) -> tuple[float, float]:
    width, height = TextMeasure(font_size=size, bold=bold).get_extents(word)
    return width, height


class Press(ButtonBehavior, BoxLayout):
    """A button for one choice."""

    fill = ColorProperty(ACTION)
    fill_down = ColorProperty(ACTION_DOWN)
    line = ColorProperty(ACTION)
    radius = NumericProperty(18)

    def __init__(self, choice: Choice, press: Callable[[Touch], None], **looks: Any) -> None:
        super().__init__(**looks)
        self.choice = choice
        self.bind(on_release=lambda _: press(choice.pressed))


class Name(ButtonBehavior, BoxLayout):
    """The centre's name: it looks like no button, and is a technician's way in."""


class Strip(Widget):
    """A bar of one colour."""

    colour = ColorProperty(CARMINE)


class Panel(BoxLayout):
    """A column on a surface."""

    surface = ColorProperty(WHITE)
    radius = NumericProperty(0)


class Screens(Panel):
    """The root widget: a head that says where one is, the content, and a foot of small buttons.

    Upright they stand under one another; on a wide screen the content is at the right.
    """

    def __init__(self, press: Callable[[Touch], None]) -> None:
        super().__init__(surface=PAGE)
        self._press = press
        self._frame: Frame | None = None
        self._head = Panel()
        self._content = BoxLayout(orientation="vertical")
        self._foot = Panel()
        self.bind(size=lambda *_: self._draw_anew())

    def show(self, frame: Frame) -> None:
        """Draw what is different from the frame before."""
        before, self._frame = self._frame, None
        scale = Scale(*self.size)
        if before is None:
            self._arrange(scale)
        if before is None or _head_of(before) != _head_of(frame):
            _fill(self._head, _head(frame, scale, self._press))
        if before is None or before.view != frame.view:
            _fill(self._content, _content(frame.view, scale, self._press))
        if before is None or _foot_of(before) != _foot_of(frame):
            _fill(self._foot, _foot(frame, scale, self._press))
            _size_foot(self._foot, frame, scale)
        self._frame = frame

    def buttons(self) -> dict[str, "Press"]:
        """Action → its widget, as laid out now."""
        found = (each for each in self.walk() if isinstance(each, Press))
        return {each.choice.action: each for each in found}

    def on_touch_up(self, touch: Any) -> bool:
        """Wherever the finger was, its owner is present. The button under it comes first: Kivy
        tells it after this."""
        Clock.schedule_once(lambda _: self._press(StillHere()))
        return bool(super().on_touch_up(touch))

    def _draw_anew(self) -> None:
        frame, self._frame = self._frame, None
        if frame:
            self.show(frame)

    def _arrange(self, scale: Scale) -> None:
        for each in (self._head, self._content, self._foot):
            if each.parent:
                each.parent.remove_widget(each)
        self.clear_widgets()
        u = scale.u
        self._content.padding = 44 * u
        self._foot.padding = (44 * u, 0, 44 * u, 44 * u)
        self._head.padding = (44 * u, 40 * u, 44 * u, 36 * u)
        self._foot.surface = PAGE if scale.portrait else WHITE
        self._foot.size_hint_y = None
        if scale.portrait:
            self.orientation = "vertical"
            self._head.size_hint, self._content.size_hint = (1, 0.26), (1, 0.74)
            parts: tuple[Widget, ...] = (self._head, self._content, self._foot)
        else:
            self.orientation = "horizontal"
            self._head.size_hint = (1, 1)
            self._content.size_hint = (0.65, 1)
            side = BoxLayout(orientation="vertical", size_hint_x=0.35)
            side.add_widget(self._head)
            side.add_widget(self._foot)
            parts = (side, self._content)
        for each in parts:
            self.add_widget(each)


def _fill(box: Any, widgets: list[Any]) -> None:
    box.clear_widgets()
    for each in widgets:
        box.add_widget(each)


def _head_of(frame: Frame) -> tuple[str, str, str]:
    detail = frame.view.detail if isinstance(frame.view, Choices) else ""
    return frame.centre, frame.view.heading, detail


def _foot_of(frame: Frame) -> tuple[object, ...]:
    return frame.foot, frame.tools, frame.question


def _head(frame: Frame, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    u, (centre, heading, detail) = scale.u, _head_of(frame)
    brand = Name(size_hint_y=None, height=56 * u, spacing=18 * u)
    brand.bind(on_press=lambda _: press(TouchName()))
    brand.add_widget(Strip(size_hint_x=None, width=10 * u))
    brand.add_widget(Words(centre, 38 * u, bold=True, color=CARMINE))
    parts = [brand, Words(heading, 84 * u, bold=True)]
    if detail:
        parts.append(Words(detail, 44 * u, color=QUIET, size_hint_y=0.5, valign="top"))
    return parts


def _foot(frame: Frame, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    row: Any = BoxLayout(spacing=24 * scale.u)
    row.orientation = "horizontal" if scale.portrait else "vertical"
    if frame.question:
        row = Panel(surface=WARNING, radius=18 * scale.u, padding=20 * scale.u)
        row.orientation = "horizontal" if scale.portrait else "vertical"
        row.add_widget(Words(frame.question, 52 * scale.u, bold=True, halign="center"))
    for each in (*frame.foot, *frame.tools):
        main = each.action in {"done", "still_here"}
        button = Press(each, press, **(_MAIN if main else _SMALL), radius=18 * scale.u)
        if frame.question and not scale.portrait:
            button.size_hint_y, button.height = None, scale.touch
        colour = WHITE if main else ACTION
        button.padding = 14 * scale.u
        button.add_widget(Words(each.title, 54 * scale.u, bold=True, color=colour, halign="center"))
        row.add_widget(button)
    return [row]


def _size_foot(foot: Any, frame: Frame, scale: Scale) -> None:
    rows = 1 if scale.portrait else len(frame.foot) + len(frame.tools)
    foot.height = rows * scale.touch + (rows - 1) * 24 * scale.u + 44 * scale.u
    if frame.question:
        foot.height += (40 if scale.portrait else 140) * scale.u


def _content(view: View, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    match view:
        case Choices():
            return _choices(view, scale, press)
        case Notice():
            return _notice(view, scale, press)
        case ShowCode():
            return _show_code(view, scale, press)
        case Keypad():
            return _keypad(view, scale, press)
        case Rating():
            return _rating(view, scale, press)
        case Ticket():
            return _with_choices([_ticket(view, scale)], view.choices, scale, press)
        case Report():
            return _report(view, scale, press)


def _choices(view: Choices, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    parts = [_grid(view.choices, scale, press), Widget(size_hint_y=0.001)]
    if view.note:
        note = Words(view.note, 50 * scale.u, color=QUIET, halign="center")
        note.size_hint_y, note.height = None, 150 * scale.u
        parts.append(note)
    return parts


def _with_choices(
    parts: list[Any], choices: tuple[Choice, ...], scale: Scale, press: Callable[[Touch], None]
) -> list[Any]:
    """The parts, and under them a row of buttons where there is any."""
    if not choices:
        return parts
    row = BoxLayout(spacing=24 * scale.u, size_hint_y=None, height=scale.touch)
    for each in choices:
        row.add_widget(_key(each, scale, press))
    return [*parts, Widget(size_hint_y=None, height=24 * scale.u), row]


def _key(choice: Choice, scale: Scale, press: Callable[[Touch], None], letters: int = 54) -> Any:
    looks = _MAIN if choice.available else _CLOSED
    button = Press(choice, press, **looks, radius=18 * scale.u, padding=10 * scale.u)
    ink = WHITE if choice.available else INK
    button.add_widget(Words(choice.title, letters * scale.u, bold=True, color=ink, halign="center"))
    return button


def _keys(
    keys: tuple[Choice, ...], columns: int, scale: Scale, press: Callable[[Touch], None]
) -> Any:
    grid = GridLayout(cols=columns, spacing=14 * scale.u)
    for each in keys:
        grid.add_widget(_key(each, scale, press, 80))
    return grid


def _keypad(view: Keypad, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    gap, few = Widget(size_hint_y=None, height=20 * scale.u), len(view.keys) <= FEW_KEYS
    typed = Panel(radius=18 * scale.u, size_hint_y=0.2)
    typed.add_widget(Words(view.typed, 110 * scale.u, bold=True, halign="center"))
    sentence = Words(view.sentence, 48 * scale.u, halign="center", size_hint_y=0.16)
    keys = _keys(view.keys, 3 if few else 6 if scale.portrait else 8, scale, press)
    return _with_choices([sentence, typed, gap, keys], view.controls, scale, press)


def _rating(view: Rating, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    ends = BoxLayout(size_hint_y=0.25)
    ends.add_widget(Words(f"1 = {view.worst}", 50 * scale.u))
    ends.add_widget(Words(f"10 = {view.best}", 50 * scale.u, halign="right"))
    keys = _keys(view.scores, 5, scale, press)
    return [
        Words(view.sentence, 60 * scale.u, halign="center", size_hint_y=0.3),
        keys,
        ends,
    ]


def _report(view: Report, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    card = Panel(radius=18 * scale.u, padding=24 * scale.u)
    for line in view.lines:
        sign, colour = ("✓", GOOD) if line.good else ("!", CARMINE)
        words = f"{sign}  {line.name}: {line.words}"
        card.add_widget(Words(words, 42 * scale.u, bold=not line.good, color=colour))
    for text in view.log:
        card.add_widget(Words(text, 28 * scale.u, color=QUIET))
    return _with_choices([card], view.choices, scale, press)


def _grid(choices: tuple[Choice, ...], scale: Scale, press: Callable[[Touch], None]) -> Any:
    """One column upright; on a wide screen two, once there are many."""
    columns = 2 if len(choices) > 4 and not scale.portrait else 1
    rows = -(-len(choices) // columns)
    gap, tallest = 24 * scale.u, (540 if rows < 3 else 250 if scale.portrait else 320) * scale.u
    grid = GridLayout(cols=columns, spacing=gap)
    grid.size_hint_max_y = rows * tallest + (rows - 1) * gap
    for each in choices:
        grid.add_widget(_choice(each, scale, press, (84, 56) if rows < 3 else (72, 50)))
    return grid


def _choice(
    choice: Choice, scale: Scale, press: Callable[[Touch], None], letters: tuple[int, int]
) -> Any:
    looks = _MAIN if choice.available else _CLOSED
    button = Press(
        choice, press, **looks, radius=22 * scale.u, padding=(40 * scale.u, 18 * scale.u)
    )
    ink = WHITE if choice.available else INK
    title = Words(choice.title, letters[0] * scale.u, bold=True, color=ink)
    button.add_widget(title)
    if choice.detail:
        title.valign, title.size_hint_y = "bottom", 0.85
        button.add_widget(Words(choice.detail, letters[1] * scale.u, color=ink, valign="top"))
    return button


def _notice(view: Notice, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    card = Panel(radius=22 * scale.u, padding=60 * scale.u)
    card.add_widget(Words(view.sentence, 76 * scale.u, halign="center"))
    parts: list[Any] = [card]
    if view.choices:
        grid = _grid(view.choices, scale, press)
        grid.size_hint_y = 0.5
        parts += [Widget(size_hint_y=None, height=36 * scale.u), grid]
    return parts


def _show_code(view: ShowCode, scale: Scale, press: Callable[[Touch], None]) -> list[Any]:
    sentence = Words(view.sentence, 60 * scale.u, halign="center", size_hint_y=0.5)
    return _with_choices([sentence, Phone()], view.choices, scale, press)


def _ticket(view: Ticket, scale: Scale) -> Any:
    u = scale.u
    card = Panel(radius=22 * u, padding=(44 * u, 24 * u), spacing=14 * u)
    card.add_widget(
        Words(view.number, 420 * u, bold=True, color=CARMINE, halign="center", size_hint_y=3)
    )
    if view.service:
        card.add_widget(Words(view.service, 54 * u, color=QUIET, halign="center"))
    first, *others = view.lines
    card.add_widget(Words(first, 72 * u, bold=True, halign="center", size_hint_y=2))
    for line in others:
        rows = 1 if len(line) < LONG_LINE else 1.7
        card.add_widget(Words(line, 54 * u, halign="center", size_hint_y=rows))
    if view.paper:
        card.add_widget(_paper_note(view, u))
    if view.qr:
        card.add_widget(QrCode(view.qr, size_hint_y=4))
    return card


def _paper_note(view: Ticket, u: float) -> Any:
    note = Panel(surface=WARNING if view.warning else WHITE, radius=18 * u, padding=18 * u)
    note.size_hint_y = 2 if view.warning else 1.6
    colour = INK if view.warning else GOOD
    note.add_widget(Words(view.paper, 56 * u, bold=True, color=colour, halign="center"))
    return note


class QrCode(Widget):
    """A QR code in black on white, as large as there is room."""

    def __init__(self, text: str, **looks: Any) -> None:
        super().__init__(**looks)
        code = qrcode.QRCode(border=0)
        code.add_data(text)
        self._modules = code.get_matrix()
        self.bind(size=self._draw, pos=self._draw)

    def _draw(self, *_: object) -> None:
        side = min(self.width, self.height)
        dot = side / (len(self._modules) + 8)  # with the four modules of quiet around it
        left, top = self.center_x - side / 2 + 4 * dot, self.center_y + side / 2 - 4 * dot
        self.canvas.clear()
        with self.canvas:
            Color(rgba=get_color_from_hex(WHITE))
            Rectangle(pos=(self.center_x - side / 2, self.center_y - side / 2), size=(side, side))
            Color(rgba=get_color_from_hex(INK))
            for row, modules in enumerate(self._modules):
                for column, dark in enumerate(modules):
                    if dark:
                        place = (left + column * dot, top - (row + 1) * dot)
                        Rectangle(pos=place, size=(dot, dot))


class Phone(Widget):
    """A telephone that shows a QR code: what to hold to the scanner."""

    def __init__(self, **looks: Any) -> None:
        super().__init__(**looks)
        self._code = QrCode("RINDA", size_hint=(None, None))
        self.add_widget(self._code)
        self.bind(size=self._draw, pos=self._draw)

    def _draw(self, *_: object) -> None:
        tall = min(self.height, self.width * 1.6)
        wide, edge = tall * 0.62, tall * 0.04
        left, bottom = self.center_x - wide / 2, self.center_y - tall / 2
        self.canvas.before.clear()
        with self.canvas.before:
            Color(rgba=get_color_from_hex(INK))
            RoundedRectangle(pos=(left, bottom), size=(wide, tall), radius=[2 * edge])
            Color(rgba=get_color_from_hex(WHITE))
            RoundedRectangle(
                pos=(left + edge, bottom + edge),
                size=(wide - 2 * edge, tall - 2 * edge),
                radius=[edge],
            )
        side = wide - 2 * edge
        self._code.size, self._code.center = (side, side), self.center


_MAIN = {"fill": ACTION, "fill_down": ACTION_DOWN, "line": ACTION}
_SMALL = {"fill": WHITE, "fill_down": "#DCE7F3", "line": ACTION}
_CLOSED = {"fill": PAGE, "fill_down": "#E3E8EF", "line": LINE}

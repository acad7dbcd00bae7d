"""What the screens are made of: texts that fit, surfaces, buttons, and codes to photograph."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import qrcode
from kivy.clock import Clock
from kivy.core.text import Label as TextMeasure
from kivy.graphics import Color, Rectangle, RoundedRectangle
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from kiosk.fitting import Fitted, Measure, Wanted, fit
from kiosk.inputs import Touch, TouchName
from kiosk.look import Look, Paint
from kiosk.views import Choice

Builder.load_file(str(Path(__file__).with_name("kiosk.kv")))

WIDER = 3
BLACK, WHITE = "#000000", "#FFFFFF"
QUIET_MODULES = 4
"""The white edge that a QR code needs, in its own dots."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a block: the largest and the smallest letter size in pixels, and their colour. With
    `spare` they are left out where there is no room for them, the largest `spare` first."""

    words: str
    largest: float
    least: float
    colour: str
    bold: bool = False
    spare: int = 0

    @property
    def width(self) -> float:
        """Of one line of it in the smallest letters."""
        return _extents(self.words, self.least, bold=self.bold)[0] + WIDER


class Words(Label):
    """One text of a block, drawn; while there is no room for it, empty."""

    def __init__(self, given: Text, halign: str) -> None:
        super().__init__(color=given.colour, bold=given.bold, halign=halign, valign="middle")
        self.given = given


class Block(Widget):
    """Texts one under another that fit the block. All `fellows` have the same part of their largest
    letter sizes."""

    def __init__(
        self,
        texts: Sequence[Text],
        gap: float = 0,
        halign: str = "left",
        valign: str = "middle",
        fellows: list["Block"] | None = None,
        **looks: Any,
    ) -> None:
        super().__init__(**looks)
        self._labels = [Words(each, halign) for each in texts]
        self._gap, self._valign = gap, valign
        self._fellows = [] if fellows is None else fellows
        self._fellows.append(self)
        self._fitted: list[Fitted] = []
        self._kept, self._possible, self._part = self._labels, 0.0, 0.0
        for label in self._labels:
            self.add_widget(label)
        # Once for all the sizes that layouts within layouts give it in one frame.
        self.bind(size=Clock.create_trigger(self._fit, -1), pos=lambda *_: self._place())

    def _fit(self, *_: object) -> None:
        self._possible = self._part = self._fit_at(1.0)
        common = min(each._possible for each in self._fellows if each._possible)
        for each in self._fellows:
            each._show(common)

    def _fit_at(self, most: float) -> float:
        """Leave out what has no room. Returns the part at which the others fit."""
        self._kept = self._labels
        self._fitted, part = self._fit_in(most)
        while self._too_small() and (spare := max(each.given.spare for each in self._kept)):
            self._kept = [each for each in self._kept if each.given.spare != spare]
            self._fitted, part = self._fit_in(most)
        return part

    def _too_small(self) -> bool:
        return any(fitted.size < label.given.least for label, fitted in self._shown())

    def _fit_in(self, most: float) -> tuple[list[Fitted], float]:
        given = (each.given for each in self._kept)
        wanted = [
            Wanted(each.words, each.largest, each.least, _measure(bold=each.bold)) for each in given
        ]
        # A line is a little wider than its words: Kivy would break it once more.
        return fit(wanted, self.width - WIDER, self.height, self._gap, most)

    def _show(self, part: float) -> None:
        if not self._possible:
            return
        if part != self._part:
            self._fit_at(part)
            self._part = part
        for label in self._labels:
            label.text = ""
        for label, fitted in self._shown():
            # Given a height too, Kivy drops lines; a texture is centred anyway.
            label.text_size, label.size = (self.width, None), (self.width, fitted.height)
            label.font_size, label.text = fitted.size, fitted.text
        self._place()

    def _place(self) -> None:
        tall = sum(each.height for each in self._fitted) + self._gap * (len(self._fitted) - 1)
        top = self.top - {"top": 0.0, "middle": 0.5, "bottom": 1.0}[self._valign] * (
            self.height - tall
        )
        for label, fitted in self._shown():
            label.pos = self.x, top - fitted.height
            top -= fitted.height + self._gap

    def _shown(self) -> Iterator[tuple[Words, Fitted]]:
        # Nothing is fitted before there is a size.
        return zip(self._kept, self._fitted, strict=False)


class Strip(Widget):
    """A bar of one colour."""

    colour = ColorProperty()


class Surface(BoxLayout):
    """A box with a ground of its own, and an edge where it is to be told from what is around."""

    fill = ColorProperty()
    line = ColorProperty()
    radius = NumericProperty(0)
    edge = NumericProperty(0)

    def __init__(self, fill: str, line: str = "", **looks: Any) -> None:
        super().__init__(fill=fill, line=line or fill, **looks)


class Typed(Surface):
    """The box of what is typed."""

    typed = ""

    def show(self, typed: str, words: Block) -> None:
        """Let it say this instead."""
        self.typed = typed
        self.clear_widgets()
        self.add_widget(words)


class Press(ButtonBehavior, Surface):
    """A button for one choice. While `focused`, a key would press it."""

    focused = BooleanProperty(False)
    focus = ColorProperty()
    around_focus = ColorProperty()
    ring = NumericProperty(2)

    def __init__(
        self, choice: Choice, paint: Paint, look: Look, press: Callable[[Touch], None], **looks: Any
    ) -> None:
        focus = {"focus": look.focus, "around_focus": look.around_focus}
        super().__init__(fill=paint.fill, line=paint.line, **focus, **looks)
        self.choice = choice
        self.bind(
            state=lambda _, state: setattr(
                self, "fill", paint.down if state == "down" else paint.fill
            ),
            on_release=lambda _: press(choice.pressed),
        )


class Name(ButtonBehavior, BoxLayout):
    """The centre's name: it looks like no button, and is a technician's way in."""

    def __init__(self, press: Callable[[Touch], None], **looks: Any) -> None:
        super().__init__(**looks)
        self.bind(on_press=lambda _: press(TouchName()))


class QrCode(Widget):
    """A QR code in black on white, as large as there is room."""

    def __init__(self, text: str, **looks: Any) -> None:
        super().__init__(**looks)
        code = qrcode.QRCode(border=QUIET_MODULES)
        code.add_data(text)
        self._modules = code.get_matrix()
        self.bind(size=self._draw, pos=self._draw)

    def _draw(self, *_: object) -> None:
        dot = max(1, int(min(self.width, self.height) / len(self._modules)))
        side = dot * len(self._modules)
        left = int(self.x + (self.width - side) / 2)
        top = int(self.y + (self.height + side) / 2)
        self.canvas.clear()
        with self.canvas:
            Color(rgba=get_color_from_hex(WHITE))
            Rectangle(pos=(left, top - side), size=(side, side))
            Color(rgba=get_color_from_hex(BLACK))
            for row, modules in enumerate(self._modules):
                for column, dark in enumerate(modules):
                    if dark:
                        place = (left + column * dot, top - (row + 1) * dot)
                        Rectangle(pos=place, size=(dot, dot))


class Phone(Widget):
    """A telephone that shows a QR code: what to hold to the scanner."""

    def __init__(self, colour: str, **looks: Any) -> None:
        super().__init__(**looks)
        self._colour, self._code = colour, QrCode("RINDA", size_hint=(None, None))
        self.add_widget(self._code)
        self.bind(size=self._draw, pos=self._draw)

    def _draw(self, *_: object) -> None:
        tall = min(self.height, self.width * 1.6)
        wide, edge = tall * 0.62, tall * 0.04
        left = self.x + (self.width - wide) / 2
        bottom = self.y + (self.height - tall) / 2
        self.canvas.before.clear()
        with self.canvas.before:
            for colour, inset in ((self._colour, 0.0), (WHITE, edge)):
                Color(rgba=get_color_from_hex(colour))
                RoundedRectangle(
                    pos=(left + inset, bottom + inset),
                    size=(wide - 2 * inset, tall - 2 * inset),
                    radius=[2 * edge - inset],
                )
        side = wide - 2 * edge
        self._code.size = side, side
        self._code.pos = left + edge, bottom + (tall - side) / 2


def _measure(*, bold: bool) -> Measure:
    return partial(_extents, bold=bold)


@lru_cache(maxsize=5_000)
def _extents(word: str, size: float, *, bold: bool) -> tuple[float, float]:
    width, height = TextMeasure(font_size=size, bold=bold).get_extents(word)
    return width, height

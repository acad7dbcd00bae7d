"""A page of the setup as widgets, made of the kiosk's parts: its texts that fit, its buttons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from appliance.setup.pages import Button, Item, Page
from appliance.setup.panel import HandPanel
from kiosk.drawing import Drawing
from kiosk.inputs import StillHere
from kiosk.look import USUAL, Look, Paint
from kiosk.panel import PLAIN
from kiosk.symbols import Pen, Symbol
from kiosk.views import Choice
from kiosk.widgets import Block, Press, QrCode, Surface, Text, Typed

MAIN = frozenset({"go_on", "enter", "again"})
"""What most will want."""

KEY_COLUMNS, NARROW_COLUMNS, NARROW = 8, 6, 130.0
"""Keys in a row; on a screen that is less than so many millimetres wide."""

MANY = 5
"""More lines than that stand in two columns, where the screen is wide."""


def _ground(fill: str, ink: str) -> Look:
    paint = Paint(fill, ink, ink, fill)
    main = Paint(ink, fill, ink, ink)
    return replace(
        USUAL, page=fill, card=fill, ink=ink, quiet=ink, accent=ink, choice=main, button=paint
    )


GROUNDS: Mapping[str, Look] = {
    "plain": USUAL,
    "good": _ground("#0A5C34", "#FFFFFF"),
    "amber": _ground("#FFC233", "#10243E"),
    "bad": _ground("#7A1030", "#FFFFFF"),
}


class SetupDrawing(Drawing):
    """How to draw on this panel; `act` gets the action of what is pressed."""

    def __init__(self, panel: HandPanel, ground: str, act: Callable[[str], None]) -> None:
        super().__init__(panel, PLAIN, lambda _: None)
        self.look, self._act = GROUNDS[ground], act

    def page(self, page: Page, language: Button) -> Widget:
        """All of it. `language`: the button that is on every screen."""
        root = Surface(self.look.page, padding=self.gap, spacing=self.gap)
        beside = bool(page.keys) and not self.panel.upright
        root.add_widget(self._top(page, language, typed=beside))
        body = self._keypad_of(page) if page.keys else self._body(page)
        if beside:
            row = BoxLayout(spacing=self.gap)
            row.add_widget(body)
            row.add_widget(self._column(page.buttons))
            body = row
        root.add_widget(body)
        if page.buttons and not beside:
            root.add_widget(self._row([_choice(each) for each in page.buttons])[0])
        return root

    def typed(self, typed: str) -> Block:
        """See Drawing: on a small screen all twelve must be seen."""
        text = self._text(typed, 2.0, least=self.letters * 0.8, bold=True)
        return Block([text], halign="center")

    def _top(self, page: Page, language: Button, *, typed: bool) -> Widget:
        box = BoxLayout(spacing=self.gap, size_hint_y=None)
        box.height = max(self.panel.target, self.letters * (4.8 if self.panel.upright else 3.6))
        texts = [self._text(page.heading, 2.0, bold=True)]
        if page.detail:
            texts.append(self._text(page.detail, 1.15))
        box.add_widget(Block(texts, self.gap * 0.3))
        if typed:
            box.add_widget(self._typed_in(page))
        button = self._small(_choice(language), [])
        button.size_hint, button.pos_hint = (None, None), {"top": 1}
        button.size = self.panel.target * 2, self.panel.target
        box.add_widget(button)
        return box

    def _typed_in(self, page: Page) -> Typed:
        card = Typed(USUAL.card, USUAL.ink, radius=self.radius, edge=self.panel.mm * 0.4)
        card.show(page.typed, self.typed(page.typed))
        return card

    def _column(self, buttons: Sequence[Button]) -> Widget:
        column = BoxLayout(orientation="vertical", spacing=self.gap, size_hint_x=0.17)
        fellows: list[Block] = []
        for each in buttons:
            column.add_widget(self._small(_choice(each), fellows))
        return column

    def _body(self, page: Page) -> Widget:
        upright = self.panel.upright
        body = BoxLayout(orientation="vertical" if upright else "horizontal", spacing=self.gap * 2)
        body.add_widget(self._list(page.items))
        if page.code:
            side = BoxLayout(orientation="horizontal" if upright else "vertical", spacing=self.gap)
            side.size_hint_x, side.size_hint_y = (1, 0.5) if upright else (0.42, 1)
            side.add_widget(QrCode(page.code))
            note = Block([self._text(page.code_note, 1.0)], halign="left" if upright else "center")
            note.size_hint_y = 1 if upright else 0.3
            side.add_widget(note)
            body.add_widget(side)
        return body

    def _list(self, items: Sequence[Item]) -> Widget:
        columns = 2 if len(items) > MANY and not self.panel.upright else 1
        grid = GridLayout(cols=columns, spacing=(self.gap * 2, self.gap * 0.6))
        facts: list[Block] = []
        lines: list[Block] = []
        for each in items:
            grid.add_widget(self._item(each, lines if each.mark else facts))
        rows = -(-len(items) // columns)
        grid.size_hint_max_y = max(1, rows) * self.letters * 6
        holder = BoxLayout(orientation="vertical")
        holder.add_widget(grid)
        holder.add_widget(Widget(size_hint_y=0.001))
        return holder

    def _item(self, item: Item, fellows: list[Block]) -> Widget:
        row = BoxLayout(spacing=self.gap)
        row.add_widget(Mark(item.mark, self._ink(item), width=self.letters * 1.9, size_hint_x=None))
        quiet = item.mark == "later"
        texts = [self._text(item.title, 1.7, colour=self._ink(item), bold=not quiet)]
        if item.detail:
            texts.append(self._text(item.detail, 1.3))
        row.add_widget(Block(texts, self.gap * 0.2, fellows=fellows))
        return row

    def _ink(self, item: Item) -> str:
        if self.look is not USUAL:
            return self.look.ink
        return {"done": self.look.good, "later": self.look.quiet}.get(item.mark, self.look.ink)

    def _keypad_of(self, page: Page) -> Widget:
        narrow = self.panel.width / self.panel.mm < NARROW
        columns = NARROW_COLUMNS if narrow else KEY_COLUMNS
        keys = self._keys([_choice(each) for each in page.keys], columns)
        if not self.panel.upright:
            return keys
        box = BoxLayout(orientation="vertical", spacing=self.gap * 0.6)
        box.add_widget(self._fixed(self._typed_in(page), self.letters * 3))
        box.add_widget(keys)
        return box

    def _text(self, words: str, largest: float, **looks: Any) -> Text:
        """See Drawing. A technician's eyes read what a visitor's might not: a long sentence may be
        smaller."""
        looks.setdefault("least", self.letters * 0.75)
        return super()._text(words, largest, **looks)

    def _small(self, choice: Choice, fellows: list[Block], least: float = 0) -> Press:
        paint = self.look.choice if choice.action in MAIN else self.look.button
        button = self._button(choice, paint, self.gap * 0.6)
        text = self._text(choice.title, 1.4, colour=paint.ink, bold=True)
        button.add_widget(Block([text], halign="center", fellows=fellows))
        return button

    def _button(self, choice: Choice, paint: Paint, padding: float) -> Press:
        button = super()._button(choice, paint, padding)
        button.bind(on_release=lambda _: self._act(choice.action))
        return button


class Mark(Symbol):
    """What stands before a line: its number, or a sign."""

    def _sign(self) -> Callable[[Pen], None]:
        return SIGNS.get(self.name, _nothing)


def _nothing(_: Pen) -> None:
    pass


def _done(pen: Pen) -> None:
    pen.line((0.14, 0.5), (0.4, 0.22), (0.88, 0.8), thick=0.08)


def _now(pen: Pen) -> None:
    for at in (0.2, 0.5, 0.8):
        pen.dot(at, 0.5, 0.1)


def _later(pen: Pen) -> None:
    pen.line((0.3, 0.5), (0.7, 0.5), thick=0.05)


def _bad(pen: Pen) -> None:
    pen.line((0.5, 0.85), (0.5, 0.42), thick=0.09)
    pen.dot(0.5, 0.16, 0.1)


def _one(pen: Pen) -> None:
    pen.arc(0.5, 0.5, 0.44)
    pen.line((0.4, 0.6), (0.54, 0.72), (0.54, 0.28), thick=0.05)


def _two(pen: Pen) -> None:
    pen.arc(0.5, 0.5, 0.44)
    pen.arc(0.5, 0.6, 0.13, -80, 120)
    pen.line((0.61, 0.53), (0.37, 0.28), (0.65, 0.28), thick=0.05)


def _three(pen: Pen) -> None:
    pen.arc(0.5, 0.5, 0.44)
    pen.line((0.37, 0.72), (0.63, 0.72), (0.5, 0.55), thick=0.05)
    pen.arc(0.48, 0.4, 0.14, 0, 240)


SIGNS: Mapping[str, Callable[[Pen], None]] = {
    "1": _one,
    "2": _two,
    "3": _three,
    "done": _done,
    "now": _now,
    "later": _later,
    "bad": _bad,
}


def _choice(button: Button) -> Choice:
    """The kiosk's buttons say what was pressed by its input; ours by their action."""
    return Choice(button.action, button.title, StillHere())

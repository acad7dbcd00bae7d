"""One view into widgets: sizes by the panel, colours by the look."""

from collections.abc import Callable, Sequence
from typing import Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.fitting import shared
from kiosk.inputs import Touch
from kiosk.look import Paint, look
from kiosk.panel import LINE, PLAIN, Ease, Panel
from kiosk.symbols import SYMBOLS, Symbol
from kiosk.views import (
    Choice,
    Choices,
    Frame,
    Invitation,
    Keypad,
    Notice,
    Rating,
    Report,
    ShowCode,
    Ticket,
    View,
)
from kiosk.widgets import Block, Name, Phone, Press, QrCode, Strip, Surface, Text, Typed
from texts.lines import TIED

FEW_KEYS = 12
"""So many are a telephone's keys; more are an alphabet's."""

ALPHABET = 8
"""In so many columns its keys stand: the digits have a row of their own."""

ALONE = ("say_again", "ease", "language")
"""In this order symbols lose their words where there is no room."""

MAIN = frozenset({"done", "still_here", "ease_done", "enter"})
"""The one button that most will want, where there are several small ones."""


class Drawing:
    """How to draw for this panel and this visitor; `press` gets what is pressed."""

    def __init__(self, panel: Panel, ease: Ease, press: Callable[[Touch], None]) -> None:
        self.panel, self.press, self.look = panel, press, look(contrast=ease.contrast)
        self.ease, self.letters, self.plain = ease, panel.letters(ease), panel.letters(PLAIN)
        # What is read first grows before anything stands beside it.
        self.first = self.letters * (1.2 if ease.large else 1)
        self.gap, self.radius = panel.gap, panel.gap * 0.8

    # Head and foot. ---------------------------------------------------------------------------

    def head(self, frame: Frame) -> Widget:
        """Whose kiosk this is, and where the visitor is. A ticket has the whole screen instead."""
        if isinstance(frame.view, Ticket):
            return Widget(height=0)
        upright = self.panel.upright
        keys = isinstance(frame.view, Keypad)
        choices = keys or isinstance(frame.view, Choices | Rating)
        box = Surface(self.look.card, spacing=self.gap)
        box.height = self.panel.head(self.ease, choices=choices, keys=keys)
        box.orientation = "vertical" if upright else "horizontal"
        box.padding = (self.gap * 1.5, self.gap * (1 if upright else 0.6))
        box.size_hint_y = None
        heading, detail = heading_of(frame.view)
        # A greeting has a line of its own only where there are many.
        heading = heading if upright else heading.replace("!\n", "! ")
        texts = [self._text(heading, 2.0, least=self.first, bold=True)]
        if detail:
            texts.append(self._text(detail, 1.15, colour=self.look.quiet, spare=1))
        words = Block(texts, self.gap * (0.7 if upright else 0.2))
        if isinstance(frame.view, Keypad) and not upright:
            parts: tuple[Widget, ...] = (words, self._typed(frame.view))
            words.size_hint_x = 1.6
        else:
            brand = self._brand(frame.centre)
            parts = (brand, words) if upright else (words, brand)
        for each in parts:
            box.add_widget(each)
        return box

    def foot(self, frame: Frame) -> Widget:
        """The way back or on, and what is on every screen: in two rows, or on a wide screen one."""
        panel, way, tools = self.panel, self._way(frame), self._tools(frame.tools)
        rows = [each for each in (way, tools) if each.children]
        if not panel.upright:
            row = BoxLayout(spacing=self.gap)
            for each in (way, tools) if tools.children else (way,):
                row.add_widget(each)
            rows = [row]
        box = BoxLayout(orientation="vertical", spacing=self.gap, size_hint_y=None, height=0)
        box.padding = (self.gap * 1.5, 0, self.gap * 1.5, self.gap)
        for each in rows:
            each.size_hint_y, each.height = None, panel.tools if each is tools else panel.target
            if (frame.question or frame.news) and each is not tools:
                each.height = way.tall
            box.height += each.height + self.gap
            box.add_widget(each)
        return box

    def _brand(self, centre: str) -> Widget:
        box = Name(self.press, spacing=self.gap * 0.7)
        if self.panel.upright:
            box.size_hint_y, box.height = None, self.plain * 1.3
        else:
            box.size_hint_x = 0.29
        box.add_widget(Strip(colour=self.look.accent, size_hint_x=None, width=self.gap * 0.4))
        name = Text(centre, self.plain * 1.1, self.plain, self.look.accent, bold=True)
        box.add_widget(Block([name]))
        return box

    def _way(self, frame: Frame) -> Any:
        row, fellows = BoxLayout(spacing=self.gap), list[Block]()
        buttons = [self._small(each, fellows) for each in frame.foot]
        if frame.question or frame.news:
            return self._said(frame.question or frame.news, buttons)
        for each in buttons:
            row.add_widget(each)
        return row

    def _said(self, words: str, answers: Sequence[Press]) -> Any:
        """In two lines beside its answers; upright in one above them, where these are many or
        large. `tall` is the height that it needs."""
        many = len(answers) + self.ease.large > 1
        note, above = self.look.note, self.panel.upright and bool(answers) and many
        text = self._text(words, 1.3, colour=note.ink, bold=True)
        row = BoxLayout(spacing=self.gap)
        for each in answers:
            row.add_widget(each)
        box = Surface(note.fill, note.line, radius=self.radius, spacing=self.gap)
        if above:
            row.size_hint_y, row.height = None, self.panel.target
            box.padding = box.spacing = self.gap / 2
            box.tall = self.panel.target + LINE * 1.1 * self.letters + self.gap * 2
        else:
            row.size_hint_x, box.orientation = len(answers) / 1.3, "horizontal"
            box.padding, box.tall = (self.gap, 0, 0, 0), LINE * 2 * self.letters + self.gap
        block = Block([text], halign="center" if above else "left")
        for each in (block, row) if answers else (block,):
            box.add_widget(each)
        return box

    def _tools(self, tools: Sequence[Choice]) -> Any:
        """Symbol and word, or the symbol alone where there is no room: upright in all the width,
        otherwise in two thirds of it."""
        upright, room = self.panel.upright, self.panel.width - 3 * self.gap
        room = (room if upright else room * 0.68) - self.gap * (len(tools) - 1)
        alone = list(ALONE)
        needs = [self._tool_width(each, named=True) for each in tools]
        while sum(needs) > room and alone:
            left_out = alone.pop(0)
            for place, each in enumerate(tools):
                if each.action == left_out:
                    needs[place] = self._tool_width(each, named=False)
        row, fellows = BoxLayout(spacing=self.gap), list[Block]()
        widths = shared(needs, room) if upright and tools else needs
        for each, width, need in zip(tools, widths, needs, strict=True):
            named = need > self._tool_width(each, named=False)
            row.add_widget(self._tool(each, width, fellows, named=named))
        if not upright:
            row.size_hint_x, row.width = None, sum(needs) + self.gap * max(0, len(tools) - 1)
        return row

    def _tool_width(self, tool: Choice, *, named: bool) -> float:
        """What it needs; upright its words stand beneath the symbol, in one line."""
        alone = self.panel.target * 1.15
        if not named:
            return alone
        beside = 0 if self.panel.upright else self.panel.target * 0.45 + self.gap
        return max(alone + 1, beside + self._label(tool).width + self.gap * 1.4)

    def _label(self, tool: Choice) -> Text:
        return self._text(tool.title, 1.2, colour=self.look.button.ink, bold=True)

    def _tool(self, tool: Choice, width: float, fellows: list[Block], *, named: bool) -> Press:
        """The symbol, and its words upright beneath it, otherwise beside."""
        upright, paint = self.panel.upright, self.look.button
        button = self._button(tool, paint, self.gap * 0.45)
        button.size_hint_x, button.width, button.spacing = None, width, self.gap * 0.6
        symbol = Symbol(tool.action, paint.ink)
        button.add_widget(symbol)
        if not named:
            button.padding = self.gap * 1.2
            return button
        words = Block([self._label(tool)], halign="center" if upright else "left", fellows=fellows)
        if upright:
            # A line of text has room of its own above and beneath it.
            button.orientation, button.spacing = "vertical", 0
            button.padding = (self.gap * 0.6, self.gap * 0.9, self.gap * 0.6, self.gap * 0.5)
            self._fixed(words, LINE * 1.05 * self.letters)
        else:
            symbol.size_hint_x, symbol.width = None, self.panel.target * 0.45
        button.add_widget(words)
        return button

    def _small(self, choice: Choice, fellows: list[Block], least: float = 0) -> Press:
        """A button of one or two lines, with a symbol where there is one."""
        paint = self.look.choice if choice.action in MAIN else self.look.button
        paint = paint if choice.available else self.look.closed
        button = self._button(choice, paint, self.gap * 0.6)
        text = self._text(choice.title, 1.25, least=least, colour=paint.ink, bold=True)
        if choice.action in SYMBOLS:
            button.add_widget(self._symbol(choice.action, paint, self.panel.target * 0.4))
        button.add_widget(Block([text], halign="center", fellows=fellows))
        return button

    # Views. -----------------------------------------------------------------------------------

    def content(self, view: View) -> list[Widget]:
        """Everything between head and foot."""
        match view:
            case Choices():
                return self._choices(view)
            case Invitation():
                return [self._invitation(view)]
            case Notice():
                return self._notice(view)
            case ShowCode():
                return self._show_code(view)
            case Keypad():
                return self._keypad(view)
            case Rating():
                return self._rating(view)
            case Ticket():
                return [self._ticket(view), *self._row(view.choices)]
            case Report():
                return [self._report(view), *self._row(view.choices, self.plain * 0.65)]

    def _choices(self, view: Choices) -> list[Widget]:
        parts: list[Widget] = [self._grid(view.choices), Widget(size_hint_y=0.001)]
        if view.note and not self.ease.large:
            note = self._text(view.note, 1.2, colour=self.look.quiet, spare=1)
            parts.append(self._fixed(Block([note], halign="center"), self.letters * 2.6))
        return parts

    def _invitation(self, view: Invitation) -> Widget:
        card = self._card()
        first, *others = view.sentence.split("\n\n")
        texts = [self._text(first, 5, colour=self.look.accent, bold=True)]
        texts += [self._text(each, 3.6) for each in others]
        card.add_widget(Block(texts, self.gap * 3, halign="center"))
        return card

    def _notice(self, view: Notice) -> list[Widget]:
        card = self._card(1.5 if self.panel.upright else 0.8)
        texts = [self._text(each, 1.9) for each in view.sentence.split("\n\n")]
        card.add_widget(Block(texts, self.gap * 2, halign="center"))
        if not view.choices:
            return [card]
        grid = self._grid(view.choices, 1 if self.panel.upright else len(view.choices))
        lines = (4.2 if self.panel.upright else 3.4) - self.ease.large
        tall = lines * self.letters + self.gap
        return [card, self._fixed(grid, len(grid.children) // grid.cols * tall - self.gap)]

    def _show_code(self, view: ShowCode) -> list[Widget]:
        upright = self.panel.upright
        box = BoxLayout(orientation="vertical" if upright else "horizontal", spacing=self.gap)
        sentence = Block([self._text(view.sentence, 1.5)], halign="center")
        sentence.size_hint_y = 0.5 if upright else 1
        for each in (sentence, Phone(self.look.ink)):
            box.add_widget(each)
        return [box, *self._row(view.choices)]

    def _keypad(self, view: Keypad) -> list[Widget]:
        """On a wide screen what is typed stands in the head, and the controls at the side."""
        few = len(view.keys) <= FEW_KEYS
        if self.panel.upright:
            keys = self._keys(view.keys, 3 if few else ALPHABET)
            typed = self._typed(view)
            typed.size_hint_y = 0.28 if self.ease.low or self.ease.large else 0.2
            return [typed, keys, *self._row(view.controls)]
        box = BoxLayout(spacing=self.gap)
        box.add_widget(self._keys(view.keys, 3 if few else ALPHABET))
        if view.controls:
            side, fellows = BoxLayout(orientation="vertical", spacing=self.gap), list[Block]()
            side.size_hint_x = 0.3
            for each in view.controls:
                side.add_widget(self._small(each, fellows))
            box.add_widget(side)
        return [box]

    def typed(self, typed: str) -> Block:
        """What is typed, as it stands in its box."""
        return Block([self._text(typed, 2.6, bold=True)], halign="center")

    def _typed(self, view: Keypad) -> Typed:
        card = Typed(self.look.page, self.look.ink, radius=self.radius, edge=self.panel.mm * 0.4)
        card.padding = self.gap * 0.4
        card.show(view.typed, self.typed(view.typed))
        return card

    def _rating(self, view: Rating) -> list[Widget]:
        ends = self._fixed(
            BoxLayout(spacing=self.gap * 4), self.letters * (3 if self.panel.upright else 2.4)
        )
        worst, best = f"1{TIED}={TIED}{view.worst}", f"10{TIED}={TIED}{view.best}"
        for text, halign in ((worst, "left"), (best, "right")):
            ends.add_widget(Block([self._text(text, 1.3)], halign=halign, valign="top"))
        keys = self._keys(view.scores, 5)
        return [keys, ends]

    def _ticket(self, view: Ticket) -> Widget:
        """Upright, the number above what is said of it; on a wide screen beside. All of it must
        stand on one screen: what the paper says too is left out where there is no room."""
        upright = self.panel.upright
        number = Text(view.number, self.letters * 11, self.plain * 1.8, self.look.accent, bold=True)
        first, *others = view.lines
        heading = self._text(view.heading, 1.6, bold=True)
        texts = [self._text(first, 1.8, least=self.first, bold=True)]
        if view.service:
            service = self._text(view.service, 1.3, colour=self.look.quiet, spare=len(others) + 1)
            texts.insert(0, service)
        texts += [self._text(each, 1.35, spare=spare) for spare, each in enumerate(others, 1)]
        body = BoxLayout(orientation="vertical" if upright else "horizontal", spacing=self.gap)
        left = Block([heading, number], halign="center")
        if upright:
            left.size_hint_y = 1.2 if view.qr else 0.8
        else:
            left.size_hint_x = 0.95 if view.qr else 0.6
        for each in (left, Block(texts, self.gap * 0.8, halign="center")):
            body.add_widget(each)
        if view.qr and not upright:
            body.add_widget(QrCode(view.qr, size_hint_x=0.5))
        card = self._card(1.5 if upright else 1)
        card.add_widget(body)
        if view.paper:
            card.add_widget(self._paper(view))
        return card

    def _paper(self, view: Ticket) -> Widget:
        """What became of the paper, and upright beside it the code to be photographed instead."""
        note, look, upright = self.look.note, self.look, self.panel.upright
        fill, ink = (note.fill, note.ink) if view.warning else (look.card, look.good)
        box = Surface(fill, note.line if view.warning else fill, radius=self.radius)
        box.edge, box.padding = look.line * self.panel.mm, self.gap * 0.5
        *why, what_to_do = view.paper.split("\n")
        texts = [self._text(each, 1.35, colour=ink, bold=True, spare=1) for each in why]
        texts.append(self._text(what_to_do, 1.35, colour=ink, bold=True))
        box.add_widget(Block(texts, halign="center"))
        row = BoxLayout(spacing=self.gap, size_hint_y=0.24 if upright else 0.4)
        if view.qr and upright:
            row.size_hint_y = 0.48
            row.add_widget(QrCode(view.qr, size_hint_x=0.36))
        row.add_widget(box)
        return row

    def _report(self, view: Report) -> Widget:
        card, look = self._card(0.5), self.look
        texts = [
            Text(
                f"{'+' if each.good else '!'}  {each.name}: {each.words}",
                self.plain,
                self.plain * 0.3,
                look.ink if each.good else look.accent,
                bold=not each.good,
            )
            for each in view.lines
        ]
        log = [Text(line, self.plain * 0.6, self.plain * 0.3, look.quiet) for line in view.log]
        card.add_widget(Block(texts, self.gap * 0.3))
        if log:
            card.add_widget(Block(log, self.gap * 0.3, size_hint_y=0.4))
        return card

    # Parts. -----------------------------------------------------------------------------------

    def _grid(self, choices: Sequence[Choice], columns: int = 0) -> Any:
        columns = columns or self.panel.columns(len(choices))
        rows = -(-len(choices) // columns)
        tallest = (10 if rows < 3 else 5.2) * self.letters
        grid = GridLayout(cols=columns, spacing=self.gap)
        grid.size_hint_max_y = rows * tallest + (rows - 1) * self.gap
        fellows: list[Block] = []
        for each in choices:
            grid.add_widget(self._choice(each, 2.1 if rows < 3 else 1.75, fellows))
        return grid

    def _choice(self, choice: Choice, largest: float, fellows: list[Block]) -> Press:
        paint = self.look.choice if choice.available else self.look.closed
        button = self._button(choice, paint, self.gap)
        if choice.on is not None:
            button.add_widget(self._symbol("on" if choice.on else "off", paint, self.letters * 1.4))
        texts = [self._text(choice.title, largest, least=self.first, colour=paint.ink, bold=True)]
        if choice.detail:
            texts.append(self._text(choice.detail, 1.3, colour=paint.ink, spare=1))
        button.add_widget(Block(texts, fellows=fellows))
        symbol = choice.action if choice.available else "closed"
        if symbol in SYMBOLS:
            button.add_widget(self._symbol(symbol, paint, self.letters * 1.2))
        return button

    def _keys(self, keys: Sequence[Choice], columns: int) -> Any:
        grid = GridLayout(cols=columns, spacing=self.gap * 0.5)
        fellows: list[Block] = []
        for each in keys:
            paint = self.look.choice if each.available else self.look.closed
            button = self._button(each, paint, self.gap * 0.3)
            text = self._text(each.title, 2.0, colour=paint.ink, bold=True)
            button.add_widget(Block([text], halign="center", fellows=fellows))
            grid.add_widget(button)
        return grid

    def _row(self, choices: Sequence[Choice], least: float = 0) -> list[Widget]:
        """A row of buttons, where there is any."""
        if not choices:
            return []
        tall = max(self.panel.target, 2.7 * self.letters * self.panel.upright)
        row, fellows = self._fixed(BoxLayout(spacing=self.gap), tall), list[Block]()
        for each in choices:
            row.add_widget(self._small(each, fellows, least))
            row.children[0].size_hint_x = 8 + max(map(len, each.title.split()))
        return [row]

    def _button(self, choice: Choice, paint: Paint, padding: float) -> Press:
        return Press(
            choice,
            paint,
            self.look,
            self.press,
            radius=self.radius,
            edge=self.look.line * self.panel.mm,
            ring=self.panel.mm,
            padding=(padding * 1.4, padding * 0.4),
            spacing=padding,
        )

    def _symbol(self, name: str, paint: Paint, width: float) -> Symbol:
        return Symbol(name, paint.ink, size_hint_x=None, width=width)

    def _card(self, padding: float = 1.5) -> Surface:
        room = self.gap * padding
        return Surface(self.look.card, radius=self.radius, padding=room, spacing=self.gap)

    def _text(
        self,
        words: str,
        largest: float,
        *,
        least: float = 0,
        colour: str = "",
        bold: bool = False,
        spare: int = 0,
    ) -> Text:
        """`largest` as a multiple of the smallest letters."""
        size = max(least, largest * self.letters)
        return Text(words, size, least or self.letters, colour or self.look.ink, bold, spare)

    def _fixed(self, widget: Any, height: float) -> Any:
        widget.size_hint_y, widget.height = None, height
        return widget


def heading_of(view: View) -> tuple[str, str]:
    """What stands in the head: the heading, and one sentence where the view has room for none."""
    match view:
        case Choices(detail=detail):
            return view.heading, detail
        case Keypad(sentence=sentence) | Rating(sentence=sentence):
            return view.heading, sentence
        case _:
            return view.heading, ""

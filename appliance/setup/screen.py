"""The window of the setup: shows what is told, and says what is typed and touched."""

import logging
import time

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

import texts
from appliance.enrolment import CODE_LENGTH, LETTERS
from appliance.setup.drawing import SetupDrawing
from appliance.setup.line import Line
from appliance.setup.pages import Button, Page, first_of, page_of
from appliance.setup.panel import HandPanel, panel_of
from appliance.setup.told import LANGUAGES, Done, Told
from drivers.supervisor import Supervisor
from drivers.window import log_window
from kiosk.keys import KEYS, Key, Strikes
from kiosk.look import USUAL
from kiosk.widgets import Press, Surface, Typed

log = logging.getLogger(__name__)

TITLE = "Rinda setup"
LIVE_SECONDS = 0.5
SETTLE_SECONDS = 0.3
"""After another page came, touches are too early to be meant for it."""


class SetupScreen(App):
    """Everything runs on Kivy's thread but the line to setup, which has its own."""

    def __init__(self, line: Line, supervisor: Supervisor) -> None:
        super().__init__(title=TITLE)
        self._line, self._supervisor = line, supervisor
        self._told: Told | None = None
        self._language = ""
        self._typed, self._short = "", False
        self._page: Page | None = None
        self._focus, self._changed_at = "", 0.0
        self._holder = Surface(USUAL.page)
        self._strikes = Strikes(0.0)
        self._stop_asked = False

    def build(self) -> Surface:
        """See App."""
        return self._holder

    def on_start(self) -> None:
        """Listen; the supervisor hears of it after the first frame."""
        Window.bind(size=lambda *_: self._draw_anew(), on_touch_down=lambda *_: self._mark(""))
        Window.bind(on_key_down=self._key_down, on_key_up=lambda _, code, *__: self._up(code))
        self._draw()
        self._line.start(lambda told: Clock.schedule_once(lambda _: self.show(told)))
        Clock.schedule_once(lambda _: self._supervisor.ready())
        Clock.schedule_interval(self._live, LIVE_SECONDS)
        Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: log_window()))

    def on_stop(self) -> None:
        """Let go of the line."""
        self._line.stop()

    def ask_to_stop(self) -> None:
        """End soon; safe in a signal handler."""
        self._stop_asked = True

    def show(self, told: Told) -> None:
        """This is how it is now."""
        if self._told is None or told.state is not self._told.state:
            self._typed, self._short = "", False
        self._told = told
        self._language = self._language or told.language
        self._draw()

    def act(self, action: str) -> None:
        """Something was pressed."""
        if time.monotonic() - self._changed_at < SETTLE_SECONDS:
            return
        kind, _, value = action.partition(":")
        match kind:
            case "language":
                self._language = self._other
            case "key":
                self._typed, self._short = (self._typed + value)[:CODE_LENGTH], False
            case "erase":
                self._typed = self._typed[:-1]
            case "enter" if len(self._typed) < CODE_LENGTH:
                self._short = True
            case "enter":
                self._line.say(Done(did="give_code", value=self._typed))
            case "hub":
                self._line.say(Done(did="choose_hub", value=value))
            case "again" | "back":
                self._line.say(Done(did="again"))
            case "go_on" | "leave":
                self._line.say(Done(did="go_on"))
        self._draw()

    def _draw(self) -> None:
        language = texts.language(self._language or LANGUAGES[0])
        page = page_of(self._told, language, self._typed, short=self._short)
        if self._only_typed(page):
            self._retype(page)
        else:
            self._build(page)
        self._page = page

    def _draw_anew(self) -> None:
        self._page = None
        self._draw()

    def _build(self, page: Page) -> None:
        if self._page is None or page.pressed() != self._page.pressed():
            self._changed_at = time.monotonic()
        button = Button("language", texts.language(self._other).text("English"))
        drawing = SetupDrawing(self._panel, page.ground, self.act)
        self._holder.clear_widgets()
        self._holder.add_widget(drawing.page(page, button))
        self._mark(self._focus if self._focus in page.pressed() else "")

    def _only_typed(self, page: Page) -> bool:
        before = self._page
        return bool(
            before
            and page.keys
            and (before.heading, before.detail, before.ground, before.pressed())
            == (page.heading, page.detail, page.ground, page.pressed())
        )

    def _retype(self, page: Page) -> None:
        """The keys stay as they are while one types."""
        drawing = SetupDrawing(self._panel, page.ground, self.act)
        for each in self._holder.walk():
            if isinstance(each, Typed):
                each.show(page.typed, drawing.typed(page.typed))

    @property
    def _panel(self) -> HandPanel:
        return panel_of((Window.width, Window.height))

    @property
    def _other(self) -> str:
        return next(each for each in LANGUAGES if each != (self._language or LANGUAGES[0]))

    def _mark(self, action: str) -> None:
        """A key would press this; "" nothing."""
        self._focus = action
        for each in self._holder.walk():
            if isinstance(each, Press):
                each.focused = each.choice.action == action

    def _key_down(self, _: object, code: int, __: int, text: str | None, held: list[str]) -> bool:
        """A USB keyboard does all that touches do."""
        if self._page is None or not self._strikes.down(code, time.monotonic()):
            return True
        letter, key = (text or "").upper(), KEYS.get(code)
        if self._page.keys and letter and letter in LETTERS:
            self.act(f"key:{letter}")
        elif key is Key.BACK:
            self.act("erase" if self._page.keys and self._typed else "back")
        elif key is Key.PRESS:
            usual = "enter" if self._page.keys else first_of(self._page.pressed())
            self.act(self._focus or usual)
        elif key in {Key.NEXT, Key.PREVIOUS}:
            back = key is Key.PREVIOUS or "shift" in held
            self._mark(_moved((*self._page.pressed(), "language"), self._focus, back=back))
        return True

    def _up(self, code: int) -> bool:
        self._strikes.up(code)
        return True

    def _live(self, _: float) -> None:
        """A screen that is drawn once may stay black where there is no desktop."""
        if self._stop_asked:
            self.stop()
        Window.canvas.ask_update()
        self._supervisor.alive()


def _moved(actions: tuple[str, ...], focus: str, *, back: bool) -> str:
    if focus not in actions:
        return actions[0]
    return actions[(actions.index(focus) + (-1 if back else 1)) % len(actions)]

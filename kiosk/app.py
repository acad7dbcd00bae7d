"""The kiosk's window and its wiring: inputs to the flow, effects to the link and the printer."""

import gc
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kivy.app import App
from kivy.base import ExceptionManager
from kivy.clock import Clock
from kivy.core.window import Window

import texts
from config.clock import Clock as WallClock
from config.settings import Settings
from drivers.backlight import Daylight
from drivers.scanner import Scanner
from drivers.supervisor import Supervisor
from drivers.window import log_window
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.confirming import Confirming
from kiosk.flow import begin, step
from kiosk.frames import frame_of
from kiosk.guide import Guide
from kiosk.keys import KEYS, TAB, Key, Strikes
from kiosk.maintenance import LogTail, PinCheck, SelfTest, disk_free
from kiosk.own_numbers import OwnNumbers
from kiosk.panel import Panel
from kiosk.paper import ticket_paper, trial_paper
from kiosk.patience import rests
from kiosk.printing import Job, Printing
from kiosk.reach import Reach
from kiosk.screens import Screens
from kiosk.views import Frame
from kiosk.voice import Voice
from messaging.link import Link
from messaging.messages import CatalogueState, TicketView, UnitStatus
from messaging.roles import roles_of

log = logging.getLogger(__name__)

TITLE = "Rinda kiosk"

TICK_SECONDS = 0.2
SWEEP_SECONDS = 0.1
"""After a new picture: it is on the glass by then, and touches are not taken yet."""

ALIVE_SECONDS = 5.0


def post(action: Callable[[], None]) -> None:
    """Run this on Kivy's thread: the one crossing from all others."""
    Clock.schedule_once(lambda _: action())


@dataclass(frozen=True, slots=True)
class Parts:
    """What the kiosk is made of."""

    settings: Settings
    clock: WallClock
    link: Link
    status: UnitStatus
    printing: Printing
    scanner: Scanner
    voice: Voice
    own: OwnNumbers
    daylight: Daylight
    supervisor: Supervisor
    pins: PinCheck
    log_tail: LogTail


class TicketKiosk(App):
    """Owns the model. Everything here runs on Kivy's thread, except what is given to `post`."""

    def __init__(
        self,
        parts: Parts,
        monotonic: Callable[[], float] = time.monotonic,
        screens: Callable[[Callable[[i.Touch], None]], Screens] = Screens,
    ) -> None:
        super().__init__(title=TITLE)
        self._parts, self._monotonic = parts, monotonic
        self._stop_asked = False
        reply_seconds = parts.settings.kiosk.reply_seconds
        self._reach = Reach(parts.link, parts.own, parts.clock, self.put, reply_seconds, monotonic)
        self._confirming = Confirming(
            parts.link,
            parts.printing,
            roles_of(parts.settings.identity),
            parts.settings.site.id,
            parts.settings.site.booking_secret,
            self._between_visitors,
            lambda: parts.clock.now() - timedelta(seconds=self._reach.clock_ahead or 0.0),
        )
        self._faults: dict[str, frozenset[str]] = {}
        self._told = parts.status
        self._model = begin(parts.settings, monotonic(), parts.clock.now())
        self._screens = screens(self.put)
        self._frame: Frame | None = None
        self._guide = Guide(parts.voice)
        self._strikes = Strikes(parts.settings.kiosk.double_strike_seconds)
        self._sweep = Clock.create_trigger(lambda _: gc.collect(), SWEEP_SECONDS)

    @property
    def screen(self) -> m.Screen:
        """Where the visitor is."""
        return self._model.screen

    def build(self) -> Screens:
        """See App."""
        self._show()
        return self._screens

    def on_start(self) -> None:
        """Connect and begin; the supervisor hears of it after the first frame."""
        ExceptionManager.add_handler(self)
        Window.bind(size=self._sized, on_touch_down=self._touched)
        Window.bind(on_key_down=self._key_down, on_key_up=self._key_up)
        self._parts.voice.start(self._voice_is)
        self._sized(Window, Window.size)
        self._confirming.listen(self._parts.status.unit)
        self._reach.start(self._parts.status.unit)
        self._parts.printing.start(lambda faults: self._report("printer", faults))
        self._parts.scanner.start(
            lambda text: post(lambda: self.put(i.Scanned(text))),
            lambda there: post(lambda: self._scanner_there(there)),
        )
        Clock.schedule_once(self._tick)
        Clock.schedule_once(self._rest)
        Clock.schedule_once(lambda _: post(self._parts.supervisor.ready))
        Clock.schedule_once(lambda _: post(log_window))

    def on_stop(self) -> None:
        """Let everything go."""
        self._parts.daylight.leave()
        self._parts.voice.stop()
        self._parts.scanner.stop()
        self._parts.printing.stop()
        self._parts.link.stop()
        ExceptionManager.remove_handler(self)

    def ask_to_stop(self) -> None:
        """End soon; safe in a signal handler, which may interrupt Kivy anywhere."""
        self._stop_asked = True

    def put(self, *inputs: i.Input) -> None:
        """Everything that happens, one after another; without any, time passes."""
        for each in (i.Tick(self._monotonic(), self._parts.clock.now()), *inputs):
            self._step(each)
        self._show()
        self._parts.daylight.turn(self._parts.clock.now(), resting=rests(self._model))

    def turn(self) -> None:
        """Let time pass everywhere; done several times a second."""
        self._reach.turn()
        self._report("own", self._reach.faults)
        self.put()

    def handle_exception(self, error: BaseException) -> Any:
        """Kivy calls this for whatever was raised on its thread: the visitor sees FailSafe."""
        if not isinstance(error, Exception):
            return ExceptionManager.RAISE
        log.error("the kiosk failed; the screen sends visitors to the staff", exc_info=error)
        self._step(i.Failed())
        self._show()
        return ExceptionManager.PASS

    def _show(self) -> None:
        """A picture that went away holds megabytes until it is swept."""
        frame = frame_of(self._model)
        if frame != self._frame:
            self._guide.shown(frame, self._model.language)
            self._screens.show(frame, self._guide.focus)
            self._frame = frame
            self._sweep()

    def _key_down(self, _: object, code: int, __: int, text: str | None, held: list[str]) -> bool:
        """No key reaches Kivy's own."""
        if self._strikes.down(code, self._monotonic()):
            key = Key.PREVIOUS if code == TAB and "shift" in held else KEYS.get(code)
            touch = self._guide.key(key, text or "")
            self._screens.focus(self._guide.focus)
            self.put(touch)
        return True

    def _key_up(self, _: object, code: int, *__: object) -> None:
        self._strikes.up(code)

    def _touched(self, *_: object) -> None:
        self._guide.touched()
        self._screens.focus("")

    def _sized(self, _: object, size: tuple[int, int]) -> None:
        inches = self._parts.settings.kiosk.window.diagonal_inches
        self.put(i.PanelThere(Panel(*size, inches)))

    def _step(self, given: i.Input) -> None:
        self._model, effects = step(self._model, given)
        out = self._model.out_of_service
        self._report("service", frozenset({"out_of_service"} if out else ()))
        for each in effects:
            self._do(each)

    def _do(self, effect: e.Effect) -> None:
        match effect:
            case e.SendCommand() | e.AnswerAlone() | e.CancelTicket():
                self._reach.do(effect)
            case e.SpeakAgain():
                self._guide.say_again()
            case e.PrintTicket(ticket, again):
                self._print(ticket, copy=again)
            case e.CheckPin(pin):
                self._parts.pins.check(pin, lambda *found: self.put(i.PinChecked(*found)))
            case e.TestSelf():
                self._test_self()
            case e.PrintTrial():
                self._print_trial()
            case e.RestartProgram():
                log.warning("a technician restarts the program")
                self.ask_to_stop()

    def _print(self, ticket: TicketView, *, copy: bool) -> None:
        if self._model.catalogue:
            now, settings = self._parts.clock.now(), self._parts.settings
            page = settings.visitor_page.address
            paper = ticket_paper(
                ticket, self._model.catalogue, now, site=settings.site.id, page=page, copy=copy
            )
            self._parts.printing.submit(
                Job(paper, lambda outcome: self.put(i.PaperCame(ticket.id, outcome)))
            )

    def _between_visitors(self) -> CatalogueState | None:
        """What is offered, while nobody is here and nothing is printed."""
        model = self._model
        calm = isinstance(model.screen, m.Start) and not (model.help_shown or model.easing)
        free = calm and not model.out_of_service and self._parts.printing.is_free
        return model.catalogue if free else None

    def _print_trial(self) -> None:
        site, language = self._parts.settings.site, texts.language(self._model.language)
        zone, now = ZoneInfo(site.timezone), self._parts.clock.now()
        paper = trial_paper(language.pick(site.name), now, zone, language)
        self._parts.printing.submit(Job(paper, lambda outcome: self._test_self()))

    def _tick(self, _: float) -> None:
        # Not an interval: Kivy drops an interval that fails once, and time would stand still.
        Clock.schedule_once(self._tick, TICK_SECONDS)
        if self._stop_asked:
            self.stop()
        self.turn()

    def _rest(self, _: float) -> None:
        """What only the network left behind is swept when nobody is at the kiosk."""
        Clock.schedule_once(self._rest, ALIVE_SECONDS)
        self._parts.supervisor.alive()
        if isinstance(self._model.screen, m.Start):
            gc.collect()

    def _scanner_there(self, there: bool) -> None:
        self._report("scanner", frozenset() if there else frozenset({"scanner_offline"}))
        self.put(i.ScannerThere(there))

    def _voice_is(self, fault: str) -> None:
        """A kiosk that is meant to be silent has no voice, and no fault."""
        audio = self._parts.settings.kiosk.audio
        meant = audio.kind != "none" and audio.speech
        self._report("voice", frozenset({fault} if fault and meant else ()))
        self.put(i.VoiceThere(there=not fault))

    def _test_self(self) -> None:
        silent, kiosk = self._reach.silent, self._parts.settings.kiosk
        found = SelfTest(
            unit=self._parts.status.unit,
            version=self._parts.status.version,
            printer=self._part("printer", kiosk.printer.kind),
            scanner=self._part("scanner", kiosk.scanner.kind),
            broker=self._parts.link.connected,
            module_seconds=silent if math.isfinite(silent) else None,
            clock_seconds=self._reach.clock_ahead,
            disk_free=disk_free(Path("/")),
            log=self._parts.log_tail.lines,
        )
        self.put(i.SelfTested(found))

    def _part(self, name: str, kind: str) -> tuple[str, ...] | None:
        return None if kind == "none" else tuple(sorted(self._faults.get(name, ())))

    def _report(self, part: str, faults: frozenset[str]) -> None:
        self._faults[part] = faults
        known = tuple(sorted(frozenset().union(*self._faults.values())))
        unmerged = len(self._parts.own.waiting)
        status = self._parts.status.model_copy(update={"faults": known, "unmerged": unmerged})
        if status != self._told:
            self._told = status
            self._parts.link.report(status)

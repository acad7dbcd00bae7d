"""`python -m benchmarks.soak`: thousands of random visitors at the kiosk's real window.

They touch anything, press any key, scan anything and walk away at any moment, while the module
refuses or is silent, the broker goes, the paper ends and screens fail to be drawn. After each of
them the kiosk must be back at its start, every ticket seen, printed or cancelled, and in the end
the memory as it was. Time is simulated: nobody waits for a time limit.
"""

import argparse
import gc
import logging
import os
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.soak_parts import Hand, MeantError, RandomLink, RandomPrinter, Time
from benchmarks.windows import resident
from config.devices import BacklightSettings, WindowSettings
from config.pins import Throttle
from drivers.audio import NoAudio
from drivers.build import build_daylight
from drivers.speech import NoSpeech
from drivers.window import prepare_window
from kiosk import demo
from kiosk.frames import frame_of
from kiosk.gallery import MODES, eased
from kiosk.inputs import Failed
from kiosk.keys import KEYS
from kiosk.maintenance import LogTail, PinCheck
from kiosk.model import FailSafe, Start, TicketReady
from kiosk.own_numbers import OwnNumbers
from kiosk.panel import Panel
from kiosk.patience import FAIL_SAFE_SECONDS, MAINTENANCE_SECONDS
from kiosk.printing import Printing
from kiosk.store import Store
from kiosk.voice import Voice
from messaging.booking_code import LETTERS, qr_text, ticket_qr
from messaging.messages import Role, UnitStatus
from rinda import screen

SIZE = (540, 960)
"""Small, as drawing by software takes the most time; what leaks, leaks all the same."""
MOST_ACTIONS = 12
ONWARD = ("need_service", "institution:", "service:", "channel:")
"""Most presses go on towards a ticket where they can."""
SETTLED_SECONDS = 1.5
"""Kivy gives textures back a second after the last reference to them went."""

GROWTH_LIMIT = 10.0
"""MiB beyond the memory after the first fifth of the visitors."""
FEWEST_MEASURED = 500
"""Of fewer visitors the memory says nothing."""

Script = Iterator[None]


@dataclass
class Outcome:
    """What came of it. `lost`: numbers that nobody saw, printed or cancelled. `stuck`: visitors
    after whom the kiosk did not come back to its start, and the screen that stayed instead.
    `mistakes`: what was raised besides what was meant to fail."""

    visitors: int = 0
    touches: int = 0
    keys: int = 0
    scans: int = 0
    tickets: int = 0
    failures: int = 0
    fail_safes: int = 0
    lost: set[str] = field(default_factory=set)
    stuck: list[str] = field(default_factory=list)
    mistakes: set[str] = field(default_factory=set)
    mebibytes: list[float] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Nothing lost, stuck or raised, and the memory as it was."""
        return not (self.lost or self.stuck or self.mistakes) and self.grown < GROWTH_LIMIT

    @property
    def grown(self) -> float:
        """MiB, from the first measure to the largest after it."""
        return max(self.mebibytes, default=0.0) - next(iter(self.mebibytes), 0.0)


def soak(visitors: int, seed: int = 1, size: tuple[int, int] = SIZE) -> Outcome:
    """Let them come, on a virtual screen and in a process of their own."""
    with (
        screen.virtual_screen(*size) as display,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process,
    ):
        return process.submit(_in_window, visitors, seed, size, display).result()


def _in_window(visitors: int, seed: int, size: tuple[int, int], display: str) -> Outcome:
    os.environ.update(screen.DRAW_BY_SOFTWARE, DISPLAY=display)
    with TemporaryDirectory() as home:
        window = WindowSettings(fullscreen=False, width=size[0], height=size[1])
        prepare_window(window, Path(home), frames_per_second=0)
        crowd = Crowd(Random(seed), Path(home))
        log = logging.getLogger("kiosk")
        log.addHandler(_Mistakes(crowd.outcome.mistakes))
        log.propagate = False
        gc.collect()
        gc.freeze()
        gc.disable()  # as the kiosk's own program does
        return crowd.come(visitors)


class Crowd:
    """The visitors, and the kiosk that they come to. Everything that they do waits for a frame."""

    def __init__(self, chance: Random, home: Path) -> None:
        from kiosk.app import Parts, TicketKiosk, post

        self._chance, self._time, self._hand = chance, Time(), Hand()
        self._printer = RandomPrinter(Random(chance.random()))
        settings = demo.settings()
        store, clock = Store(home / "kiosk.db"), settings.to_clock()
        status = UnitStatus(unit="kiosk", role=Role.KIOSK, version="soak", online=True)
        self._link = RandomLink(status, chance, self._time)
        self._post: Callable[[Callable[[], None]], None] = post
        parts = Parts(
            settings=settings,
            clock=clock,
            link=self._link,
            status=status,
            printing=Printing(self._printer, post),
            scanner=self._hand,
            voice=Voice(NoAudio(), NoSpeech(), home, post),
            own=OwnNumbers(settings.to_centre(), status.unit, store, clock),
            daylight=build_daylight(BacklightSettings(), "UTC"),
            supervisor=_Supervisor(),
            pins=PinCheck(settings.kiosk.maintenance_pin, Throttle(self._time.now), post),
            log_tail=LogTail(),
        )
        self._breaks, self._was_calm = False, True
        self._ended: Exception = StopIteration()
        self._app = TicketKiosk(parts, self._time.now, self._brittle_screens())
        kiosk = settings.kiosk
        waits = (kiosk.ticket_seconds, kiosk.idle_seconds, FAIL_SAFE_SECONDS, MAINTENANCE_SECONDS)
        self._longest = round(max(waits)) + kiosk.reply_seconds + 2
        self._seen: set[str] = set()
        self.outcome = Outcome()

    def come(self, visitors: int) -> Outcome:
        """One after another."""
        from kivy.base import EventLoop
        from kivy.clock import Clock

        script, self._finger = self._visits(visitors), _finger()
        EventLoop.add_input_provider(self._finger)

        def proceed(_: float) -> None:
            try:
                self._look()
                next(script)
            except Exception as error:  # noqa: BLE001 - Kivy would hand it to the kiosk
                self._ended = error
                self._app.stop()
            else:
                Clock.schedule_once(proceed)

        Clock.schedule_once(proceed)
        self._app.run()
        if not isinstance(self._ended, StopIteration):
            raise self._ended
        given = self._link.given
        cancelled = {given[each] for each in self._link.cancelled if each in given}
        self.outcome.tickets = len(given)
        self.outcome.lost = set(given.values()) - self._seen - self._printer.numbers - cancelled
        return self.outcome

    def _visits(self, visitors: int) -> Script:
        measured = visitors >= FEWEST_MEASURED
        if measured:
            yield from self._warm_up()
        for number in range(visitors):
            yield from self._visit()
            yield from self._leave(number)
            if measured and number >= visitors // 5 and number % (visitors // 20) == 0:
                yield from self._measure()

    def _warm_up(self) -> Script:
        """Every screen in every mode once: Kivy keeps up to 64 sizes of letters, some large."""
        inches = demo.settings().kiosk.window.diagonal_inches
        width, height = self._app.root.size
        panel = Panel(round(width), round(height), inches)
        for language in ("lv", "en"):
            for model in demo.models(language).values():
                for mode in MODES:
                    shown = replace(model, panel=panel, ease=eased(model.ease, mode))
                    self._app.root.show(frame_of(shown))
                    yield
                    gc.collect()
        self._post(lambda: self._app.put(Failed()))  # which the kiosk itself shows

    def _visit(self) -> Script:
        acts = (self._press, self._touch, self._key, self._scan, self._trouble, self._break)
        for _ in range(self._chance.randint(1, MOST_ACTIONS)):
            (act,) = self._chance.choices(acts, (65, 8, 9, 10, 4, 4))
            act()
            yield
            yield from self._pass(self._chance.choice((0.1, 0.4, 1, 1, 3, 30)))

    def _leave(self, number: int) -> Script:
        """With the broker and the scanner back, the kiosk must come to its start by itself."""
        self._post(lambda: self._link.reach(there=True))
        self._post(lambda: self._hand.report(True))
        yield from self._pass(3)
        for _ in range(self._longest):
            if isinstance(self._app.screen, Start) and "need_service" in self._app.root.buttons():
                break
            yield from self._pass(1)
        else:
            self.outcome.stuck.append(f"{number}: {self._app.screen}")
        self.outcome.visitors += 1

    def _pass(self, seconds: float) -> Script:
        """Let time pass, as the kiosk sees it."""
        while seconds > 0:
            self._time.seconds += min(1.0, seconds)
            seconds -= 1
            self._post(self._app.turn)
            yield

    def _measure(self) -> Script:
        until = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < until:
            yield
        gc.collect()
        self.outcome.mebibytes.append(resident(os.getpid()))

    def _press(self) -> None:
        buttons = self._app.root.buttons()
        onward = [name for name in buttons if name.startswith(ONWARD)]
        names = onward if onward and self._chance.random() < 0.75 else list(buttons)
        if names:
            button = buttons[self._chance.choice(names)]
            self._tap(*button.to_window(button.center_x, button.center_y))

    def _touch(self) -> None:
        width, height = self._app.root.size
        self._tap(self._chance.uniform(0, width), self._chance.uniform(0, height))

    def _tap(self, x: float, y: float) -> None:
        self.outcome.touches += 1
        self._finger.tap(x, y)

    def _key(self) -> None:
        """One of the keypad's, or a letter of a keyboard."""
        from kivy.core.window import Window

        code = self._chance.choice([*KEYS, *map(ord, LETTERS)])
        text = None if code in KEYS else chr(code)
        self._post(lambda: Window.dispatch("on_key_down", code, 0, text, []))
        self._post(lambda: Window.dispatch("on_key_up", code, 0))
        self.outcome.keys += 1

    def _scan(self) -> None:
        self.outcome.scans += 1
        tickets = [*self._link.given, "0" * 32]
        texts = (
            qr_text("demo", demo.CODE),
            qr_text("elsewhere", demo.CODE),
            ticket_qr("demo", self._chance.choice(tickets)),
            "https://example.org/?" + "x" * self._chance.randint(0, 200),
        )
        self._hand.scan(self._chance.choice(texts))

    def _trouble(self) -> None:
        there = self._chance.random() < 0.5
        lose = self._link.reach if self._chance.random() < 0.7 else None
        self._post(lambda: lose(there=there) if lose else self._hand.report(there))

    def _break(self) -> None:
        self._breaks = True

    def _look(self) -> None:
        """Whose number is on the screen, they have seen it."""
        match self._app.screen:
            case TicketReady(ticket):
                self._seen.add(ticket.number)
                self._was_calm = True
            case FailSafe(number):
                self._seen.add(number)
                self.outcome.fail_safes += self._was_calm
                self._was_calm = False
            case _:
                self._was_calm = True

    def _brittle_screens(self) -> Any:
        from kiosk.screens import Screens

        crowd = self

        class BrittleScreens(Screens):
            """Cannot be drawn once in a while."""

            def show(self, frame: Any, focus: str = "") -> None:
                if crowd._breaks:
                    crowd._breaks = False
                    crowd.outcome.failures += 1
                    raise MeantError("a screen that fails")
                super().show(frame, focus)

        return BrittleScreens


class _Mistakes(logging.Handler):
    """Collects the errors that nobody meant."""

    def __init__(self, found: set[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and not isinstance(record.exc_info[1], MeantError):
            self._found.add("".join(traceback.format_exception(record.exc_info[1])[-3:]))


class _Supervisor:
    def ready(self) -> None: ...

    def alive(self) -> None: ...


def _finger() -> Any:
    from kivy.input.provider import MotionEventProvider
    from kivy.tests.common import UnitTestTouch

    class Finger(MotionEventProvider):
        """Touches that come the way of a touch screen's."""

        def __init__(self) -> None:
            super().__init__("finger", "")
            self._events: deque[tuple[str, Any]] = deque()

        def tap(self, x: float, y: float) -> None:
            touch = UnitTestTouch(x, y)
            self._events.extend((("begin", touch), ("end", touch)))

        def update(self, dispatch_fn: Callable[[str, Any], None]) -> None:
            while self._events:
                dispatch_fn(*self._events.popleft())

    return Finger()


def main() -> int:
    """Print what came of it. Returns 1 if the kiosk stuck, lost a ticket or kept memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--visitors", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    started = time.monotonic()
    found = soak(parsed.visitors, parsed.seed)
    took = time.monotonic() - started
    print(
        f"{found.visitors} visitors, {found.touches} touches, {found.keys} keys, "
        f"{found.scans} scans, {found.tickets} tickets in {took:.0f} s; {found.failures} screens "
        f"failed to be drawn, FailSafe was seen {found.fail_safes} times.\n"
        f"Memory of the last four fifths of them: {found.grown:+.1f} MiB at most, "
        f"of {[round(each) for each in found.mebibytes] or 'not measured'}.\n"
        f"Lost tickets: {len(found.lost)}. Stuck: {', '.join(found.stuck) or 'never'}. "
        f"Mistakes: {' '.join(found.mistakes) or 'none'}."
    )
    return int(not found.is_good)


if __name__ == "__main__":
    raise SystemExit(main())

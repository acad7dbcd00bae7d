"""The board's program: news from the link, the voice and the clock go into the board; its view
goes to the screen, and what was shown and spoken back to the queue module."""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window

from config.clock import Clock
from drivers.backlight import Daylight
from drivers.supervisor import Supervisor
from drivers.window import log_window
from messaging.codec import decode, encode
from messaging.link import Arrived, Link
from messaging.messages import BoardCall, BoardState, Seen, UnitStatus
from queue_core.model import Confirmation
from queue_display import board
from queue_display.announcer import Announcer, Outcome
from queue_display.screen import BoardScreen
from queue_display.spoken import sentences
from queue_display.view import Painter
from texts import Language

log = logging.getLogger(__name__)

ALIVE_SECONDS = 5.0
APOLOGY_SECONDS = 5.0
"""How long the fail-safe words stay before the board tries again."""


def post(callback: Callable[[], None]) -> None:
    """Run the callback on the thread of the screen: the only crossing between threads."""
    KivyClock.schedule_once(lambda _: callback())


@dataclass(frozen=True, slots=True)
class Parts:
    """What the program is built of. `status`: the unit when all is well.

    `silent`: this board is meant to have no sound, so that its silence is no fault; `speaks`: it is
    meant to have a voice.
    """

    link: Link
    announcer: Announcer
    painter: Painter
    languages: Sequence[Language]
    clock: Clock
    daylight: Daylight
    supervisor: Supervisor
    status: UnitStatus
    silent: bool
    speaks: bool
    stale_seconds: float
    monotonic: Callable[[], float] = time.monotonic


class DisplayApp(App):
    """Runs until SIGTERM or SIGINT. (Kivy would load board.kv a second time for a BoardApp.)"""

    title = "Rinda board"

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._board = board.Board(parts.stale_seconds, parts.monotonic())
        self._confirmed: frozenset[tuple[int, datetime]] = frozenset()
        self._has_news = False
        self._faults: tuple[str, ...] = ()
        self._ending = False
        self._apology_until = self._alive_at = 0.0

    def build(self) -> BoardScreen:
        """The screen as it is before any news."""
        parts = self._parts
        return BoardScreen(parts.painter.paint(self._board, parts.monotonic(), parts.clock.now()))

    def on_start(self) -> None:
        """Begin to listen, to speak and to draw."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        ExceptionManager.add_handler(_FailSafe(self._apologise))
        Window.bind(on_flip=self._frame_drawn)
        KivyClock.schedule_once(lambda _: self._parts.supervisor.ready())
        KivyClock.schedule_once(lambda _: log_window())
        KivyClock.schedule_once(self._tick)
        self._parts.announcer.start()
        self._parts.link.on(self._parts.link.topics.board, self._board_arrived)
        self._parts.link.on_connection(self._connection_changed)
        self._parts.link.start()

    def open_settings(self, *_: object) -> bool:
        """Kivy's own settings, which F1 would open, are not for visitors."""
        return False

    def on_stop(self) -> None:
        """End the voice, say goodbye, and leave the screen bright."""
        self._parts.daylight.leave()
        self._parts.announcer.stop()
        self._parts.link.stop()

    def _end(self, *_: object) -> None:
        self._ending = True

    def _tick(self, _: float) -> None:
        # Not an interval: Kivy drops an interval that fails once.
        KivyClock.schedule_once(self._tick, board.TICK_SECONDS)
        if self._ending:
            self.stop()
            return
        now = self._parts.monotonic()
        self._parts.link.tick()
        if now >= self._apology_until:
            self._proceed(board.tick(self._board, now))
            self._stay_alive(now)

    def _connection_changed(self, _: bool) -> None:
        # What was published last may be lost: it is confirmed again with the next news.
        self._has_news = False
        self._confirmed = frozenset()

    def _board_arrived(self, arrived: Arrived) -> None:
        snapshot = decode(arrived.payload, BoardState)
        self._parts.painter.check(snapshot)
        arrived.done()
        self._has_news = True
        Window.canvas.ask_update()  # a frame, to confirm what it shows even if nothing changed
        self._proceed(board.receive(self._board, snapshot, self._parts.monotonic()))

    def _proceed(self, step: board.Step) -> None:
        self._board, call = step
        if call:
            self._announce(call)
        parts = self._parts
        self.root.view = parts.painter.paint(self._board, parts.monotonic(), parts.clock.now())

    def _announce(self, call: BoardCall) -> None:
        self._parts.announcer.announce(
            sentences(call, self._parts.languages), lambda outcome: self._heard(call, outcome)
        )

    def _heard(self, call: BoardCall, outcome: Outcome) -> None:
        if outcome.spoken:
            self._publish_seen(call.call, Confirmation.SPOKEN)
        silent, speaks = self._parts.silent, self._parts.speaks
        self._report(() if silent else outcome.faults(speaks=speaks))
        self._proceed(board.heard(self._board, call, self._parts.monotonic()))

    def _report(self, faults: tuple[str, ...]) -> None:
        if faults != self._faults:
            self._faults = faults
            self._parts.link.report(self._parts.status.model_copy(update={"faults": faults}))

    def _frame_drawn(self, _: object) -> None:
        # The frame reaches the glass right after this event: confirm it one turn later.
        awaited = self.root.view.awaited
        if awaited != self._confirmed:
            KivyClock.schedule_once(lambda _: self._confirm(awaited))

    def _confirm(self, awaited: frozenset[tuple[int, datetime]]) -> None:
        if not self._has_news:
            return
        for call, _ in sorted(awaited - self._confirmed):
            self._publish_seen(call, Confirmation.SHOWN)
        self._confirmed = awaited

    def _publish_seen(self, call: int, step: Confirmation) -> None:
        link, unit = self._parts.link, self._parts.status.unit
        link.publish(link.topics.seen(unit), encode(Seen(call=call, step=step)))

    def _stay_alive(self, now: float) -> None:
        if now - self._alive_at >= ALIVE_SECONDS:
            self._alive_at = now
            self._parts.supervisor.alive()
            self._parts.daylight.turn(self._parts.clock.now())
            Window.canvas.ask_update()  # some screens stay black until something is drawn

    def _apologise(self) -> None:
        self._apology_until = self._parts.monotonic() + APOLOGY_SECONDS
        self.root.view = self._parts.painter.apology(self._parts.clock.now())


class _FailSafe(ExceptionHandler):
    """Calm words instead of a crash, whatever went wrong."""

    def __init__(self, apologise: Callable[[], None]) -> None:
        super().__init__()
        self._apologise = apologise

    def handle_exception(self, exception: BaseException) -> int:
        if not isinstance(exception, Exception):
            return int(ExceptionManager.RAISE)
        log.error("the board failed and tries again", exc_info=exception)
        self._apologise()
        return int(ExceptionManager.PASS)

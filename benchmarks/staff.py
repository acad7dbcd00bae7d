"""Those who are not broken in a storm: clerks, a board, and somebody who hears all answers."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from config.programs import BrokerSettings
from desk.watch import Watch
from messaging.codec import decode, encode
from messaging.link import Arrived, Link, Post, Unit
from messaging.messages import BoardState, Reply, Role, Seen, UnitStatus
from messaging.topics import Topics
from queue_core.commands import CallNext, Command, Finish, OpenCounter
from queue_core.model import Confirmation, GivenService
from queue_display import board
from web.asking import ANSWER_SECONDS

PACE = 0.3
STALE_SECONDS = 4.0


def link_of(name: str, role: Role, port: int, post: Post) -> Link:
    """The unit's connection, not started yet."""
    status = UnitStatus(unit=name, role=role, version="chaos", online=True)
    return Link(BrokerSettings(port=port), Topics("demo"), Unit(status), post)


class Listener:
    """Hears the module's answers. `heard`: unit → when it was answered last, and `answered`: all of
    them by their command."""

    def __init__(self, port: int, post: Post) -> None:
        self.heard: dict[str, float] = {}
        self.answered: dict[str, Reply] = {}
        self.link = link_of("listener", Role.DESK, port, post)
        self.link.on(self.link.topics.all_replies, self._arrived)

    def turn(self) -> None:
        """Let time pass."""
        self.link.tick()

    def _arrived(self, arrived: Arrived) -> None:
        reply = decode(arrived.payload, Reply)
        arrived.done()
        self.answered[reply.id] = reply
        self.heard[arrived.topic.rpartition("/")[2]] = time.monotonic()


class Clerk:
    """At a counter, as the desk is used. `calls`: by the desk; else somebody else calls there."""

    def __init__(self, counter: str, port: int, post: Post, *, calls: bool) -> None:
        self.works = True
        self.name, self._counter, self._calls = f"desk-{counter}", counter, calls
        self._waits, self._next = False, 0.0
        self.link = link_of(self.name, Role.DESK, port, post)
        self.watch = Watch(time.monotonic, self.name)
        self.watch.listen(self.link)

    def turn(self) -> None:
        """Do what is to be done now, by what the page shows."""
        self.link.tick()
        if self._waits or not self.works or not self.watch.fresh or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PACE
        command = self._wish()
        if command:
            self._waits = True
            self.link.request(command, ANSWER_SECONDS, self._answered)

    def _answered(self, reply: Reply | None) -> None:
        self._waits = False

    def _wish(self) -> Command | None:
        queue = self.watch.queue
        own = next((x for x in queue.counters if x.id == self._counter), None) if queue else None
        if own is None:
            return None
        if own.status != "open":
            return OpenCounter(self._counter)
        if own.ticket:
            return Finish(self._counter, own.ticket.id, (GivenService(own.ticket.service),))
        return CallNext(self._counter) if self._calls else None


class Board:
    """As `queue_display.app`, with a voice that needs no time. `announced`: (call, moment) → how
    often; `received`: when the module spoke last, in monotonic seconds."""

    def __init__(self, port: int, post: Post) -> None:
        self.announced: Counter[tuple[int, datetime]] = Counter()
        self.received = 0.0
        self.board = board.Board(STALE_SECONDS, time.monotonic())
        self.link = link_of("display", Role.DISPLAY, port, post)
        self.link.on(self.link.topics.board, self._arrived)
        self._post: Callable[[Callable[[], None]], object] = post

    def turn(self) -> None:
        """Let time pass."""
        self.link.tick()
        self._proceed(board.tick(self.board, time.monotonic()))

    def _arrived(self, arrived: Arrived) -> None:
        snapshot = decode(arrived.payload, BoardState)
        arrived.done()
        if not arrived.retained:
            self.received = time.monotonic()
        self._proceed(board.receive(self.board, snapshot, time.monotonic()))

    def _proceed(self, step: board.Step) -> None:
        self.board, call = step
        if call:
            self.announced[call.call, call.announced_at] += 1
            seen = Seen(call=call.call, step=Confirmation.SHOWN)
            self.link.publish(self.link.topics.seen("display"), encode(seen))
            self._post(lambda: self._proceed(board.heard(self.board, call, time.monotonic())))

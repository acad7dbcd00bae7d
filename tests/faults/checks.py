"""What must be true once everything is healed."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from benchmarks import promises
from messaging.messages import BoardState, CatalogueState, QueueState
from queue_core.events import (
    DayOpened,
    NumberCorrected,
    Recorded,
    TicketCalled,
    TicketTaken,
)
from queue_core.evolve import evolve
from queue_core.life import Status
from queue_core.model import Kind, State, label
from queue_display.board import HIGHLIGHT_SECONDS
from queue_module.reading import read_log
from queue_module.storage import StorageError
from tests.faults.programs import Board, Desk, Kiosk, Module
from tests.faults.world import Machine

if TYPE_CHECKING:
    from tests.faults.simulation import Simulation

LATEST = 20.0
"""Seconds after a clerk's press, in which it may still be done: a connection that stood still is
given up by both ends within twice the keepalive."""

NEWS_SECONDS = 8.0
"""Until a board that has news without a gap knows of a call: it calls its news old after half of
them."""

APART = 10.0
"""Seconds: so much is one kiosk's idea of the time behind another's where the network is slow."""

Announcement = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class _Open:
    """An announcement that was to be made: from when until when, in the world's seconds."""

    key: Announcement
    since: float
    until: float


class Check:
    """Looks at everything."""

    def __init__(self, simulation: "Simulation") -> None:
        self._all = simulation
        self._witness = simulation.witness

    def wrong(self) -> Iterator[str]:
        """Each in a sentence."""
        module = self._all.module.program
        assert isinstance(module, Module)
        if module.journal.fault:
            yield f"the log is not well: {module.journal.fault}"
        try:
            log = read_log(self._all.module.disk.folder / "queue.db")
        except StorageError as error:
            yield f"the log cannot be read: {error}"
            return
        yield from promises.given_twice(log)
        yield from self._known(log)
        yield from self._answers(log)
        yield from self._order_at_a_kiosk(log)
        yield from self._order_of_all(log)
        yield from self._board(log)
        states = list(itertools.accumulate(log, evolve, initial=State()))[1:]
        yield from self._missed(log, states)
        yield from self._replicas(module, states[-1])

    def _known(self, log: list[Recorded]) -> Iterator[str]:
        """Whoever saw a number has it in the queue, or had it on a day that is over."""
        shown = self._witness.shown
        yield from promises.not_as_shown(log, shown.items())
        yield from promises.seen_and_cancelled(log, shown)
        for ticket in self._witness.renumbered:
            yield f"{ticket} was shown with two numbers"
        for each in (x for k in self._all.kiosks for x in _kiosk(k).own.waiting):
            yield f"{label(each.series, each.number)} ({each.ticket}) waits at its kiosk yet"

    def _answers(self, log: list[Recorded]) -> Iterator[str]:
        """What was acknowledged is there, once, and soon after it was asked for."""
        yield from promises.not_once(log, self._witness.answered)
        for command, asked in self._witness.asked.items():
            late = self._witness.done.get(command, asked) - asked
            if late > LATEST:
                yield f"{command} was done {late:.0f} s after it was asked for"

    def _order_at_a_kiosk(self, log: list[Recorded]) -> Iterator[str]:
        """Its visitors of one service are in the order in which they came."""
        visitors: dict[tuple[str, str, date], list[_Visitor]] = {}
        for each in self._visitors(log):
            visitors.setdefault((each.kiosk, each.service, each.day), []).append(each)
        for some in visitors.values():
            for before, after in itertools.pairwise(sorted(some, key=lambda each: each.seen)):
                if after.counts_from < before.counts_from:
                    yield f"{after.ticket} came after {before.ticket} and is before it"

    def _order_of_all(self, log: list[Recorded]) -> Iterator[str]:
        """Where no clock was wrong, also at different kiosks, but for a few seconds."""
        if self._all.clocks_fail:
            return
        for before, after in itertools.permutations(self._visitors(log), 2):
            same = (before.service, before.day) == (after.service, after.day)
            if same and before.seen + APART < after.seen and after.counts_from < before.counts_from:
                yield f"{after.ticket} came long after {before.ticket} and is before it"

    def _visitors(self, log: list[Recorded]) -> list["_Visitor"]:
        """Walk-ins whose number was on a screen."""
        found: dict[str, _Visitor] = {}
        day = date.min
        for each in log:
            event = each.event
            if isinstance(event, DayOpened):
                day = event.day
            if isinstance(event, TicketTaken) and event.kind is Kind.WALK_IN:
                seen = self._witness.shown_at.get(event.ticket)
                if seen is not None:
                    found[event.ticket] = _Visitor(
                        event.ticket, each.sender, event.service, day, seen, event.counts_from
                    )
            if isinstance(event, NumberCorrected) and event.issued_at and event.ticket in found:
                known = found[event.ticket]
                counts_from = min(known.counts_from, event.issued_at)
                found[event.ticket] = replace(known, counts_from=counts_from)
        return list(found.values())

    def _board(self, log: list[Recorded]) -> Iterator[str]:
        """Each call once, and none that is not in the log."""
        for (_, call, moment), times in self._witness.announced.items():
            if len(times) > 1:
                yield f"call {call} of {moment} was announced {len(times)} times, at {times}"
        called = {each.sequence for each in log if isinstance(each.event, TicketCalled)}
        for call in {call for _, call, _ in self._witness.announced} - called:
            yield f"call {call} was announced and is not in the log"

    def _missed(self, log: list[Recorded], states: list[State]) -> Iterator[str]:
        """A call that stays open while the board has news is announced, after those before it; a
        recall of one that still waits for that adds none."""
        announced = self._witness.announced.items()
        begun = [(call, at) for (_, call, _), times in announced for at in times]
        keys = {(call, moment) for (_, call, moment), _ in announced}
        for each in self._open(log, states):
            others = sum(each.since - HIGHLIGHT_SECONDS < at < each.until for _, at in begun)
            latest = each.since + NEWS_SECONDS + HIGHLIGHT_SECONDS * others
            watched = any(a < each.since and latest <= b for a, b in self._witness.watched)
            told = each.key in keys or any(x == each.key[0] and y >= each.since for x, y in begun)
            if latest <= each.until and watched and not told:
                yield f"call {each.key[0]} of {each.key[1]} was not announced"

    def _open(self, log: list[Recorded], states: list[State]) -> Iterator[_Open]:
        """Announcements that were asked for, as far as it is known when."""
        since, now = dict[Announcement, float | None](), 0.0
        for each, state in zip(log, states, strict=True):
            done = self._witness.done.get(each.command_id)
            now = max(now, done or 0.0)
            called = [t.call for t in state.tickets.values() if t.status is Status.CALLED]
            keys = {(call.id, call.announced_at) for call in called if call}
            for key in since.keys() - keys:
                if (began := since.pop(key)) is not None:
                    yield _Open(key, began, now)
            for key in keys - since.keys():
                since[key] = done
        for key, began in since.items():
            if began is not None:
                yield _Open(key, began, self._all.world.seconds)

    def _replicas(self, module: Module, state: State) -> Iterator[str]:
        """The module knows what its log says; board, desks and kiosks show it."""
        if state != module.module.state:
            yield "the module's state is not what its log says"
        sequence = module.module.state.sequence
        board = self._all.board.program
        assert isinstance(board, Board)
        shown: dict[str, BoardState | QueueState | CatalogueState | None]
        shown = {"board": board.board.snapshot}
        for each in self._all.desks:
            assert isinstance(each.program, Desk)
            shown[each.name] = each.program.watch.queue
            if not each.program.watch.fresh:
                yield f"{each.name} is not fresh"
        for each in self._all.kiosks:
            shown[each.name] = _kiosk(each).model.catalogue
            if not _kiosk(each).model.connected:
                yield f"{each.name} is not connected"
        for name, snapshot in shown.items():
            if snapshot is None or snapshot.sequence != sequence:
                yield f"{name} shows event {snapshot and snapshot.sequence}, not {sequence}"


@dataclass(frozen=True, slots=True)
class _Visitor:
    """When the number was `seen` first, in the world's seconds, and since when it counts."""

    ticket: str
    kiosk: str
    service: str
    day: date
    seen: float
    counts_from: datetime


def _kiosk(machine: Machine) -> Kiosk:
    assert isinstance(machine.program, Kiosk)
    return machine.program

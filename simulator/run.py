"""Plays a day through the rules of the queue: commands in, events out, as in a centre."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from queue_core.centre import Centre
from queue_core.commands import (
    AddBooking,
    CheckIn,
    Command,
    Finish,
    NoShow,
    OpenCounter,
    PauseCounter,
    Request,
    Start,
    TakeTicket,
)
from queue_core.decide import handle
from queue_core.events import Recorded
from queue_core.life import Status
from queue_core.model import Answer, CounterStatus, GivenService, State
from queue_core.refusals import RefusalCode
from simulator.day import Day, Shift, Visit
from simulator.policies import Policy

PATIENCE = timedelta(minutes=2)
"""How long a clerk waits for somebody who does not come."""


@dataclass(frozen=True, slots=True)
class Played:
    """A day played: the state at its end and its log.

    `kept_free`: counter time kept free for slots. `finished_at`: when the last visitor left.
    """

    day: Day
    state: State
    log: tuple[Recorded, ...]
    kept_free: timedelta
    finished_at: datetime


def play(centre: Centre, day: Day, policy: Policy) -> Played:
    """The day under the policy. The same arguments give the same result."""
    return _Play(policy.adapt(centre), day, policy).run()


@dataclass
class _Play:
    centre: Centre
    day: Day
    policy: Policy
    state: State = field(default_factory=State)
    now: datetime = field(init=False)
    log: list[Recorded] = field(default_factory=list)
    kept_free: timedelta = timedelta()
    _visits: dict[str, Visit] = field(default_factory=dict)
    _free_since: dict[str, datetime] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def run(self) -> Played:
        self.now = min(each.opens for each in self.day.shifts)
        for number, visit in enumerate(self.day.visits):
            self._expect(number, visit)
        for shift in self.day.shifts:
            self._plan(shift)
        while self._agenda:
            self.now, _, act = heapq.heappop(self._agenda)
            act()
        return Played(self.day, self.state, tuple(self.log), self.kept_free, self.now)

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def _do(self, command: Command, command_id: str = "") -> Answer:
        request = Request(command_id or f"{self.state.sequence}", "simulator", command)
        outcome = handle(self.centre, self.state, request, self.now)
        self.state = outcome.state
        self.log += outcome.recorded
        return outcome.answer

    def _expect(self, number: int, visit: Visit) -> None:
        if visit.starts_at is not None:
            self._do(AddBooking(f"booking-{number}", visit.service, visit.starts_at, 20))
        if visit.arrives_at is not None:
            self._at(visit.arrives_at, lambda: self._arrive(number, visit))

    def _arrive(self, number: int, visit: Visit) -> None:
        command = (
            TakeTicket(visit.service, "lv")
            if visit.starts_at is None
            else CheckIn(f"booking-{number}", "lv")
        )
        answer = self._do(command, f"visit-{number}")
        if answer.ticket:
            self._visits[answer.ticket] = visit
            self._call_all()

    def _plan(self, shift: Shift) -> None:
        self._at(shift.opens, lambda: self._open(shift.counter))
        self._at(shift.closes, lambda: self._close(shift))

    def _open(self, counter: str) -> None:
        self._do(OpenCounter(counter))
        self._call(counter)

    def _close(self, shift: Shift) -> None:
        """A break begins once the visitor has left; the day ends when nobody waits any more."""
        if shift.closes < self.day.closes_at:
            self._do(PauseCounter(shift.counter))

    def _call_all(self) -> None:
        for counter in self.centre.counters:
            self._call(counter)

    def _call(self, counter: str) -> None:
        if (
            self.state.counters.get(counter) is not CounterStatus.OPEN
            or counter in self.state.at_counter
        ):
            return
        command = self.policy.command(self.centre, self.state, counter, self.now)
        answer = self._do(command) if command else Answer()
        if answer.refusal and answer.refusal.code is RefusalCode.SLOT_SOON:
            starts_at = datetime.fromisoformat(answer.refusal.facts["starts_at"])
            self._keep_free(counter, starts_at - self.centre.early_call)
            return
        since = self._free_since.pop(counter, None)
        if since:
            self.kept_free += self.now - since
        if answer.ticket:
            self._serve(counter, answer.ticket)

    def _keep_free(self, counter: str, until: datetime) -> None:
        if counter not in self._free_since:
            self._free_since[counter] = self.now
        self._at(until, lambda: self._call(counter))

    def _serve(self, counter: str, ticket: str) -> None:
        visit = self._visits[ticket]
        if visit.comes_after is None:
            self._at(self.now + PATIENCE, lambda: self._end(counter, NoShow(counter, ticket)))
            return
        given = (GivenService(self.state.tickets[ticket].service),)
        coming = min(visit.comes_after, visit.takes)
        self._at(self.now + coming, lambda: self._start(counter, ticket))
        self._at(self.now + visit.takes, lambda: self._end(counter, Finish(counter, ticket, given)))

    def _start(self, counter: str, ticket: str) -> None:
        if self.state.tickets[ticket].status is Status.CALLED:
            self._do(Start(counter, ticket))

    def _end(self, counter: str, command: Command) -> None:
        self._do(command)
        self._call_all()

"""Two kiosks, one queue, and a network that loses whatever it likes: no number twice, none lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config.clock import Clock
from kiosk import demo
from kiosk.own_numbers import OwnNumbers
from kiosk.store import Fate, Store
from messaging.messages import LeaseState, LeaseView
from queue_core.commands import (
    CallNext,
    Command,
    KeepOvernight,
    LeaseNumbers,
    NoShow,
    OpenCounter,
    OpenDay,
    Request,
    TakeTicket,
)
from queue_core.decide import handle
from queue_core.events import Recorded, TicketTaken
from queue_core.life import ENDED, Status
from queue_core.model import Answer, State, label

CENTRE = demo.settings().to_centre()
MOST_NIGHTS = 6
"""So long a kiosk that is cut off is remembered."""

UNITS = ("kiosk", "kiosk-2")
SERVICE = "vsaa-slimiba"

units = st.sampled_from(UNITS)


@dataclass(frozen=True)
class Moments(Clock):
    """A kiosk's clock: the true time, less what it lost in a restart."""

    true: Callable[[], datetime] = datetime.now
    behind: timedelta = timedelta()

    def now(self) -> datetime:
        return self.true() - self.behind

    def monotonic(self) -> float:
        return self.true().timestamp()


@dataclass
class Kiosk:
    """Its store survives it."""

    path: Path
    store: Store
    own: OwnNumbers
    linked: bool = True
    late: list[Request] = field(default_factory=list)


class AnyCut(RuleBasedStateMachine):
    """What visitors have on paper is in `papers`: ticket → number and when it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.now, self.state = demo.NOW, State()
        self.log: list[Recorded] = []
        self.papers: dict[str, tuple[str, datetime]] = {}
        self.asked = 0
        self.clocks_right, self.nights = True, 0
        self.were_late: set[str] = set()
        self.kiosks: dict[str, Kiosk] = {}

    @initialize()
    def begin(self) -> None:
        self.do(OpenCounter("1"))
        for unit in UNITS:
            path = Path(self.folder.name) / f"{unit}.db"
            self.kiosks[unit] = Kiosk(path, *self.started(unit, path, timedelta()))
            self.join(unit)

    def started(self, unit: str, path: Path, behind: timedelta) -> tuple[Store, OwnNumbers]:
        store = Store(path)
        clock = Moments(true=lambda: self.now, behind=behind)
        return store, OwnNumbers(CENTRE, unit, store, clock)

    def do(self, command: Command, command_id: str = "", unit: str = "desk") -> Answer:
        self.asked += 1
        request = Request(command_id or f"command-{self.asked}", unit, command)
        outcome = handle(CENTRE, self.state, request, self.now)
        self.state = outcome.state
        self.log.extend(outcome.recorded)
        return outcome.answer

    def lease(self, unit: str) -> None:
        own = self.kiosks[unit].own
        self.do(LeaseNumbers(own.journal), unit=unit)
        mine = (x for x in self.state.leases if (x.unit, x.journal) == (unit, own.journal))
        views = (
            LeaseView(day=each.day, series=each.series, first=each.first, last=each.last)
            for each in mine
        )
        own.take_leases(LeaseState(unit=unit, journal=own.journal, leases=tuple(views)))

    @rule(unit=units)
    def cut(self, unit: str) -> None:
        self.kiosks[unit].linked = False

    @rule(unit=units)
    def join(self, unit: str) -> None:
        """The module speaks, what was sent arrives, what was given is merged, more is lent."""
        self.kiosks[unit].linked = True
        self.kiosks[unit].own.saw(self.now)
        self.merge(unit, 1000, replies_lost=0)
        self.lease(unit)

    @rule(unit=units, reply_lost=st.booleans(), command_late=st.booleans())
    def take(self, unit: str, reply_lost: bool, command_late: bool) -> None:
        self.asked += 1
        self.now += timedelta(seconds=1)
        kiosk, command = self.kiosks[unit], TakeTicket(SERVICE, "lv")
        ticket = f"ticket-{self.asked:08d}"
        if kiosk.linked and command_late:
            kiosk.late.append(Request(ticket, unit, command))
            self.were_late.add(ticket)
        elif kiosk.linked:
            answer = self.do(command, ticket, unit)
            if answer.ticket and not reply_lost:
                self.papers[ticket] = self.state.tickets[ticket].label, self.now
                return
            if not reply_lost:
                return
        if not kiosk.own.are_there:
            return
        reply = kiosk.own.answer(command, ticket)
        if reply and reply.ticket:
            self.papers[ticket] = reply.ticket.number, self.now

    @rule(unit=units, count=st.integers(1, 5), replies_lost=st.integers(0, 2))
    def merge(self, unit: str, count: int, replies_lost: int) -> None:
        kiosk = self.kiosks[unit]
        for number in range(count if kiosk.linked else 0):
            command = kiosk.own.to_merge()
            if command is None:
                break
            answer = self.do(command, f"merge-{command.ticket}", unit)
            assert answer.refusal is None
            if number >= replies_lost:
                kiosk.own.settle(command.ticket, Fate.MERGED)

    @rule(unit=units)
    def what_was_late_arrives(self, unit: str) -> None:
        while self.kiosks[unit].late:
            request = self.kiosks[unit].late.pop()
            if request.id in self.papers:  # nobody has it on paper: the kiosk would cancel it
                self.do(request.command, request.id, unit)

    @rule(unit=units, minutes=st.sampled_from((0, 0, 0, 3, 600, 5_000_000)))
    def crash(self, unit: str, minutes: int) -> None:
        """And a restart, perhaps with a clock that stood still or has no battery."""
        kiosk = self.kiosks[unit]
        self.clocks_right = self.clocks_right and minutes == 0
        kiosk.store.close()
        kiosk.store, kiosk.own = self.started(unit, kiosk.path, timedelta(minutes=minutes))
        if kiosk.linked:
            self.join(unit)

    @rule(minutes=st.sampled_from((1, 10, 100)))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.do(OpenDay())
        for unit, kiosk in self.kiosks.items():
            kiosk.late.clear()  # a broker keeps no command for so long
            if kiosk.linked:
                self.join(unit)

    @precondition(lambda self: self.nights < MOST_NIGHTS)
    @rule(keep=st.booleans())
    def night(self, keep: bool) -> None:
        self.nights += 1
        self.do(KeepOvernight(keep))
        morning = (self.now + timedelta(days=1)).replace(hour=9, minute=0)
        self.now = morning
        self.wait(1)

    @rule(missed=st.booleans())
    def call(self, missed: bool) -> None:
        self.do(CallNext("1"))
        called = self.state.at_counter.get("1")
        if called and missed:
            self.do(NoShow("1", called))

    @invariant()
    def no_number_is_on_two_papers_of_neighbouring_days(self) -> None:
        recent = [
            (number, at) for number, at in self.papers.values() if self.now - at < timedelta(days=1)
        ]
        numbers = [number for number, at in recent if at.date() == self.now.date()]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def no_two_living_tickets_have_one_number(self) -> None:
        living = [t.label for t in self.state.tickets.values() if t.status not in ENDED]
        assert len(living) == len(set(living))

    def teardown(self) -> None:
        """Once all is merged, every paper is in the log, once, in the order of the papers."""
        for unit in self.kiosks:
            self.what_was_late_arrives(unit)
            self.join(unit)
        taken = [
            (each.event.ticket, each.at.date())
            for each in self.log
            if isinstance(each.event, TicketTaken)
        ]
        assert len(taken) == len(set(taken))
        assert set(self.papers) <= {ticket for ticket, _ in taken}
        for ticket, (number, at) in self.papers.items():
            known = self.state.tickets.get(ticket)
            assert known is None or label(known.series, known.number) == number
            if at.date() == self.now.date() and self.clocks_right:
                assert known
                assert known.status not in {Status.EXPIRED, Status.CANCELLED}
        waiting = [t for t in self.state.tickets.values() if t.status is Status.WAITING]
        if self.clocks_right:
            in_order = sorted(waiting, key=lambda each: each.due_at)
            known_times = self.papers.keys() - self.were_late
            with_paper = [each.id for each in in_order if each.id in known_times]
            assert with_paper == sorted(with_paper, key=lambda each: self.papers[each][1])
        for kiosk in self.kiosks.values():
            kiosk.store.close()
        self.folder.cleanup()


AnyCut.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestAnyCut = AnyCut.TestCase

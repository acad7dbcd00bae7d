"""Waiting ranges: they foretell what the rules then do, and promise nothing they cannot keep."""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.waiting import measure
from queue_core.accuracy import Promise, accuracy
from queue_core.centre import Centre
from queue_core.commands import (
    AddBooking,
    CallNext,
    CheckIn,
    Finish,
    Hold,
    OpenCounter,
    PauseCounter,
)
from queue_core.model import GivenService, WaitRange
from queue_core.outlook import Break, Foreseen
from queue_core.refusals import RefusalCode
from queue_core.service_times import ServiceTimes
from queue_core.waiting import Ranges, in_five_minute_steps, ranges
from simulator.policies import Policy
from tests.queue_core.conftest import Day

WALK_INS = ("vsaa-slimiba", "vid-eds", "nva-darbs", "novads-cits")
CONSULTATIONS = ("vsaa-konsultacija", "vid-konsultacija")
MINUTES = {"vsaa-slimiba": 7.3, "vid-eds": 14.1, "nva-darbs": 11.7, "novads-cits": 5.9}
CONSULTATION_MINUTES = 23.3
ALONE = Foreseen(recent=timedelta(0))
"""No walk-ins come after."""

ALIKE = timedelta(milliseconds=5)


class AsExpected:
    """A chance that takes the middle: everybody comes, everything lasts as long as its median."""

    def random(self) -> float:
        return 0.5

    def gauss(self, mu: float, sigma: float, /) -> float:
        return mu


def service_times(centre: Centre) -> ServiceTimes:
    return ServiceTimes.prior(
        {s: timedelta(minutes=MINUTES.get(s, CONSULTATION_MINUTES)) for s in centre.services}
    )


def foretold(day: Day, chance: AsExpected | random.Random | None = None) -> Ranges:
    times = service_times(day.centre)
    return ranges(day.centre, day.state, times, day.now, chance or AsExpected(), ALONE)


class Turn(NamedTuple):
    """Something that happens `at` seconds: arrivals before counters, counters in their order."""

    at: float
    order: int
    booking: str = ""


@dataclass
class Afterwards:
    """What the real rules do when everything lasts as long as its median."""

    day: Day
    start: datetime
    turns: list[Turn] = field(default_factory=list)
    idle: list[int] = field(default_factory=list)
    ends: dict[str, float] = field(default_factory=dict)
    began: dict[str, tuple[float, str]] = field(default_factory=dict)

    def play(self) -> dict[str, timedelta]:
        """The wait of everybody who was called, by ticket."""
        counters = list(self.day.centre.counters)
        for n in range(len(counters)):
            heappush(self.turns, Turn(0.0, n))
        while self.turns:
            turn = heappop(self.turns)
            self.day.now = self.start + timedelta(seconds=turn.at)
            if turn.booking:
                self.day.do(CheckIn(turn.booking, "lv"))
                self._look_again(turn.at)
            else:
                self._serve(counters[turn.order], turn)
        calls = {t.id: t.call for t in self.day.state.tickets.values()}
        return {ticket: call.at - self.start for ticket, call in calls.items() if call}

    def _look_again(self, at: float) -> None:
        while self.idle:
            heappush(self.turns, Turn(at, self.idle.pop()))

    def _serve(self, counter: str, turn: Turn) -> None:
        busy = self.day.state.at_counter.get(counter)
        if busy:
            if self.ends[counter] > turn.at:
                return
            service = self.day.state.tickets[busy].service
            self.day.do(Finish(counter, busy, (GivenService(service),)))
            self._look_again(turn.at)
        called = self.day.do(CallNext(counter))
        if called.ticket:
            service = self.day.state.tickets[called.ticket].service
            lasts = service_times(self.day.centre).quantile(service, 0.5)
            self.ends[counter] = turn.at + lasts.total_seconds()
            self.began[counter] = turn.at, service
            self._reject_ties(counter)
            heappush(self.turns, Turn(self.ends[counter], turn.order))
        elif called.refusal and called.refusal.code is not RefusalCode.COUNTER_NOT_OPEN:
            self.idle.append(turn.order)
        if called.refusal and called.refusal.code is RefusalCode.SLOT_SOON:
            starts_at = datetime.fromisoformat(called.refusal.facts["starts_at"])
            begins = starts_at - self.day.centre.early_call - self.start
            heappush(self.turns, Turn(begins.total_seconds(), turn.order))

    def _reject_ties(self, counter: str) -> None:
        """Who is free first must not hang on how floats are rounded."""
        for other, end in self.ends.items():
            alike = self.began[other] == self.began[counter]
            assume(alike or abs(end - self.ends[counter]) > 0.01)


arrivals = st.lists(st.tuples(st.floats(0, 4), st.sampled_from(WALK_INS)), min_size=1, max_size=25)
bookings = st.lists(
    st.tuples(st.floats(-20, 90), st.sampled_from(CONSULTATIONS), st.booleans()), max_size=6
)
open_counters = st.sets(st.sampled_from(["1", "2", "kabinets"]), min_size=1)


def filled(
    centre: Centre,
    arriving: list[tuple[float, str]],
    booked: list[tuple[float, str, bool]],
    counters: set[str],
) -> tuple[Day, list[Turn]]:
    """A day on which these have come, and the turns at which the booked will come."""
    day = Day(centre)
    turns: list[Turn] = []
    end = day.now + timedelta(minutes=sum(gap for gap, _ in arriving))
    for n, (minutes, service, present) in enumerate(booked):
        starts_at = end + timedelta(minutes=minutes)
        day.do(AddBooking(f"b{n}", service, starts_at, 20))
        comes = (starts_at - ALONE.comes_before - end).total_seconds()
        if present:
            day.do(CheckIn(f"b{n}", "lv"))
        elif comes > 0:
            turns.append(Turn(comes, -1, f"b{n}"))
    for gap, service in arriving:
        day.wait(gap)
        day.take(service)
    day.now = end
    for counter in sorted(counters):
        day.do(OpenCounter(counter))
    return day, turns


@settings(max_examples=60, deadline=None)
@given(
    arriving=arrivals,
    booked=bookings,
    counters=open_counters,
    early_call=st.sampled_from([timedelta(0), timedelta(minutes=2)]),
)
def test_it_calls_when_the_rules_would(
    centre: Centre,
    arriving: list[tuple[float, str]],
    booked: list[tuple[float, str, bool]],
    counters: set[str],
    early_call: timedelta,
) -> None:
    day, turns = filled(replace(centre, early_call=early_call), arriving, booked, counters)
    waiting = set(day.state.tickets)
    told = foretold(day).tickets
    real = Afterwards(day, day.now, turns).play()
    assert told.keys() == waiting
    for ticket, wait in told.items():
        if wait is None:
            assert ticket not in real
        else:
            assert abs(wait.middle - real[ticket]) < ALIKE, day.state.tickets[ticket].label


@settings(max_examples=60, deadline=None)
@given(arriving=arrivals, counters=open_counters, service=st.sampled_from(WALK_INS))
def test_a_newcomer_is_told_what_the_ticket_then_says(
    centre: Centre, arriving: list[tuple[float, str]], counters: set[str], service: str
) -> None:
    day, _ = filled(centre, arriving, [], counters)
    told = foretold(day).newcomers[service]
    ticket = day.take(service)
    assert foretold(day).tickets[ticket.id] == told


@settings(max_examples=20, deadline=None)
@given(arriving=arrivals, booked=bookings, counters=open_counters, seed=st.integers(0, 2**32))
def test_ranges_are_ordered(
    centre: Centre,
    arriving: list[tuple[float, str]],
    booked: list[tuple[float, str, bool]],
    counters: set[str],
    seed: int,
) -> None:
    day, _ = filled(centre, arriving, booked, counters)
    told = foretold(day, random.Random(seed))
    for wait in (*told.tickets.values(), *told.newcomers.values()):
        if wait:
            assert timedelta(0) <= wait.low <= wait.middle <= wait.high
            low, high = in_five_minute_steps(wait)
            assert timedelta(minutes=low) <= wait.low
            assert wait.high <= timedelta(minutes=high)
            assert low < high


@settings(max_examples=20, deadline=None)
@given(count=st.integers(2, 20), seed=st.integers(0, 2**32))
def test_of_equal_services_the_later_waits_longer(centre: Centre, count: int, seed: int) -> None:
    day, _ = filled(centre, [(0.1, "novads-cits")] * count, [], {"1", "2"})
    told = foretold(day, random.Random(seed))
    waits = [told.tickets[ticket] for ticket in day.state.living]
    waits.append(told.newcomers["novads-cits"])
    for earlier, later in pairwise(waits):
        assert earlier
        assert later
        assert earlier.low <= later.low
        assert earlier.middle <= later.middle
        assert earlier.high <= later.high


def test_nothing_is_promised_where_no_open_counter_serves(day: Day) -> None:
    nva, vid = day.take("nva-darbs"), day.take("vid-eds")
    day.do(PauseCounter("1"))
    told = foretold(day)
    assert told.tickets[vid.id] is None
    assert told.newcomers["vid-eds"] is None
    assert told.tickets[nva.id]
    assert told.newcomers["novads-cits"]
    assert "vsaa-konsultacija" not in told.newcomers
    day.do(PauseCounter("2"))
    assert set(foretold(day).tickets.values()) == {None}


def test_a_break_that_is_known_is_reckoned_with(day: Day) -> None:
    served, ticket = day.take("nva-darbs"), day.take("nva-darbs")
    day.do(CallNext("2"))
    starts, ends = day.now + timedelta(minutes=5), day.now + timedelta(minutes=45)
    known = Foreseen(breaks=(Break("2", starts, ends),))

    def told() -> WaitRange | None:
        times = service_times(day.centre)
        found = ranges(day.centre, day.state, times, day.now, AsExpected(), known)
        return found.tickets[ticket.id]

    assert told() == WaitRange(*[timedelta(minutes=45)] * 3)
    day.wait(6)  # the break has begun, its visitor is still there
    assert told() == WaitRange(*[timedelta(minutes=39)] * 3)
    day.do(PauseCounter("2"))
    day.do(Finish("2", served.id, (GivenService("nva-darbs"),)))
    assert told() == WaitRange(*[timedelta(minutes=39)] * 3)
    day.do(OpenCounter("2"))  # the clerk works through the break
    assert told() == WaitRange(*[timedelta(0)] * 3)
    day.do(PauseCounter("2"))
    day.now = ends
    assert foretold(day).tickets[ticket.id] is None


def test_a_slot_holder_who_is_early_reckons_with_walk_ins_to_come(day: Day) -> None:
    day.do(PauseCounter("2"))
    for _ in range(8):
        day.wait(3)
        day.take("vsaa-slimiba")
        day.do(CallNext("1"))
        for ticket in day.state.at_counter.values():
            day.do(Finish("1", ticket, (GivenService("vsaa-slimiba"),)))
    day.take("vsaa-slimiba")
    day.do(CallNext("1"))
    day.do(AddBooking("b", "vsaa-konsultacija", day.now + timedelta(minutes=60), 20))
    slot = day.check_in("b")
    alone = foretold(day, random.Random(1)).tickets[slot.id]
    times = service_times(day.centre)
    among = ranges(day.centre, day.state, times, day.now, random.Random(1)).tickets[slot.id]
    assert alone
    assert among
    assert alone.high < among.high


def test_a_free_counter_is_no_wait(day: Day) -> None:
    told = foretold(day, random.Random(1)).newcomers["novads-cits"]
    assert told == WaitRange(timedelta(0), timedelta(0), timedelta(0))
    assert in_five_minute_steps(told) == (0, 5)


def test_who_is_set_aside_is_told_nothing_and_in_nobodys_way(day: Day) -> None:
    held, other = day.take("nva-darbs"), day.take("nva-darbs")
    day.do(CallNext("2"))
    day.do(Hold("2", held.id))
    told = foretold(day).tickets
    assert held.id not in told
    assert told[other.id] == WaitRange(timedelta(0), timedelta(0), timedelta(0))


def test_the_time_already_spent_counts(day: Day) -> None:
    day.take("nva-darbs")
    other = day.take("nva-darbs")
    day.do(CallNext("2"))
    early = foretold(day).tickets[other.id]
    day.wait(8)
    late = foretold(day).tickets[other.id]
    assert early
    assert late
    assert early.middle - timedelta(minutes=8) < late.middle < early.middle


def test_a_booked_visitor_who_has_not_come_is_reckoned_with(day: Day) -> None:
    day.do(PauseCounter("2"))
    last = [day.take("vsaa-slimiba") for _ in range(4)][-1]
    free = foretold(day).tickets[last.id]
    day.do(AddBooking("b", "vsaa-konsultacija", day.now + timedelta(minutes=12), 20))
    reckoned = foretold(day).tickets[last.id]
    assert free
    assert reckoned
    assert reckoned.middle > free.middle + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [(0, 0, (0, 5)), (0, 5, (0, 5)), (4.9, 5.1, (0, 10)), (10, 10, (10, 15)), (12, 19, (10, 20))],
)
def test_visitors_see_steps_of_five_minutes(
    low: float, high: float, steps: tuple[int, int]
) -> None:
    middle = timedelta(minutes=(low + high) / 2)
    wait = WaitRange(timedelta(minutes=low), middle, timedelta(minutes=high))
    assert in_five_minute_steps(wait) == steps


def test_promises_are_held_against_what_happened(day: Day) -> None:
    called = [day.take("nva-darbs") for _ in range(2)]
    never = day.take("vid-eds")
    told = WaitRange(timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=9))
    promises = [Promise(ticket.id, day.now, told) for ticket in (*called, never)]
    assert accuracy(promises, day.state.tickets) is None
    day.wait(5)
    day.do(CallNext("2"))
    day.do(Finish("2", called[0].id, (GivenService("nva-darbs"),)))
    day.wait(6)
    day.do(CallNext("2"))
    kept = accuracy(promises, day.state.tickets)
    assert kept
    assert (kept.promises, kept.coverage) == (2, 0.5)
    assert (kept.width, kept.error) == (timedelta(minutes=8), timedelta(minutes=4))


def test_on_unseen_days_the_ranges_hold(centre: Centre) -> None:
    told = measure(centre, 0.8, Policy("Rinda"), range(5000, 5002))
    ours = accuracy(told.walk_ins + told.slots, told.tickets)
    theirs = accuracy(told.theirs, told.tickets)
    assert ours
    assert theirs
    assert 0.68 <= ours.coverage <= 0.92
    assert ours.error < theirs.error

"""Generated days have the figures of the source; recorded ones are read back as they were."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_core.centre import Centre
from queue_core.commands import CallNext, Cancel, KeepOvernight, OpenCounter
from queue_core.events import DayOpened
from queue_module.journal import Journal
from simulator.command import make_days
from simulator.day import ASSUMED, Day, open_to_all, shifts_of, with_counter_from
from simulator.policies import RINDA
from simulator.replay import days_in, read
from simulator.report import measure
from simulator.run import play
from tests.queue_core.conftest import Day as Desk
from tests.queue_module.days import random_days

MONDAY = date(2026, 9, 7)


@pytest.fixture(scope="module")
def days(centre: Centre) -> Sequence[Day]:
    return make_days(open_to_all(centre, 3), MONDAY, 60, 0.8, 5)


def test_a_day_depends_on_nothing_but_its_seed(centre: Centre) -> None:
    assert make_days(centre, MONDAY, 2, 0.8, 5) == make_days(centre, MONDAY, 2, 0.8, 5)
    assert make_days(centre, MONDAY, 2, 0.8, 5) != make_days(centre, MONDAY, 2, 0.8, 6)


def test_visits_by_hour_are_those_of_the_source(days: Sequence[Day]) -> None:
    hours = [
        each.arrives_at.hour
        for day in days
        for each in day.visits
        if each.arrives_at and not each.starts_at and day.closes_at.hour >= 17
    ]
    assert hours.count(11) / len(hours) == pytest.approx(0.1479, abs=0.02)
    assert hours.count(8) / len(hours) < 0.06
    assert hours.count(17) / len(hours) < 0.05


def test_work_fills_the_load_and_slots_their_share(days: Sequence[Day]) -> None:
    opened = sum((s.closes - s.opens for each in days for s in each.shifts), timedelta())
    work = sum((v.takes for each in days for v in each.visits if v.arrives_at), timedelta())
    assert work / opened == pytest.approx(0.8, abs=0.05)
    visits = [each for day in days for each in day.visits]
    booked = [each for each in visits if each.starts_at]
    assert len(booked) / len(visits) == pytest.approx(ASSUMED.slot_share, abs=0.06)
    missed = [each for each in booked if each.arrives_at is None]
    assert len(missed) / len(booked) == pytest.approx(ASSUMED.slots_missed, abs=0.03)


def test_nobody_comes_for_what_is_closed(centre: Centre, days: Sequence[Day]) -> None:
    for day in days:
        for each in day.visits:
            if each.arrives_at and not each.starts_at:
                assert centre.hours_of(each.service).open_at(each.arrives_at)


def test_breaks_are_taken_one_by_one(centre: Centre) -> None:
    shifts = shifts_of(open_to_all(centre, 5), MONDAY)
    breaks = {a.closes for a, b in pairwise(shifts) if a.counter == b.counter}
    assert len(breaks) == 5
    assert shifts_of(centre, date(2026, 9, 6)) == ()


def test_one_more_counter_shortens_the_waits(centre: Centre) -> None:
    days = make_days(centre, MONDAY, 5, 0.9, 5)
    as_it_is = measure(play(centre, each, RINDA) for each in days)
    changed = (with_counter_from(centre, each, time(11)) for each in days)
    with_more = measure(play(*each, RINDA) for each in changed)
    assert sum(with_more.waits) < sum(as_it_is.waits)


def test_a_recorded_day_is_played_as_it_was(centre: Centre, tmp_path: Path) -> None:
    (day,) = make_days(centre, MONDAY, 1, 0.8, 5)
    played = play(centre, day, RINDA)
    journal = Journal(tmp_path / "queue.db")
    journal.open()
    journal.append(played.log)
    (recorded,) = days_in(centre, read(tmp_path / "queue.db"))
    journal.close()
    again = measure([play(centre, recorded, RINDA)])
    once = measure([played])
    assert (again.waits, again.lateness) == (once.waits, once.lateness)


def test_who_left_before_the_call_is_left_out_and_unfinished_work_is_as_expected(
    centre: Centre,
) -> None:
    desk = Desk(centre)
    desk.do(OpenCounter("1"))
    gone, stays = desk.take(), desk.take()
    desk.do(Cancel(gone.id))
    desk.wait(2)
    desk.do(CallNext("1"))
    desk.wait(3)
    (day,) = days_in(centre, desk.log)
    (visit,) = day.visits
    assert (visit.arrives_at, visit.takes) == (stays.arrived_at, timedelta(minutes=8))


def test_who_was_kept_overnight_comes_on_the_day_of_the_call(centre: Centre) -> None:
    desk = Desk(centre)
    desk.do(OpenCounter("1"))
    first, kept = desk.take(), desk.take()
    desk.do(CallNext("1"))
    desk.do(KeepOvernight(True))
    desk.wait(22 * 60)
    desk.do(OpenCounter("1"))
    opened = desk.now
    desk.wait(1)
    desk.do(CallNext("1"))
    desk.wait(3)
    (one,), (other,) = (each.visits for each in days_in(centre, desk.log))
    assert (one.arrives_at, other.arrives_at) == (first.arrived_at, opened)
    assert kept.id in desk.state.tickets
    cut = next(n for n, each in enumerate(desk.log[1:], 1) if isinstance(each.event, DayOpened))
    assert days_in(centre, desk.log[cut:]) == []


@given(seed=st.integers(0, 10_000), cut=st.integers(0, 100))
@settings(max_examples=30)
def test_any_log_is_read(centre: Centre, seed: int, cut: int) -> None:
    """A log may also begin late: old days are forgotten."""
    log = random_days(centre, seed, days=3, steps=40)
    for day in days_in(centre, log[cut:]):
        assert all(each.arrives_at or each.starts_at for each in day.visits)
        assert all(each.takes >= timedelta() for each in day.visits)

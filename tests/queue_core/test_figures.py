"""What a day comes to, and that the queue and the accounting agree."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest

from queue_core.centre import Centre
from queue_core.commands import (
    Account,
    AddBooking,
    CallNext,
    CallTicket,
    Cancel,
    CloseCounter,
    Finish,
    Hold,
    NoShow,
    OpenCounter,
    OpenDay,
    PauseCounter,
    PromiseWait,
    Rate,
    Start,
    TakeTicket,
    Transfer,
    Undo,
)
from queue_core.events import DayOpened
from queue_core.evolve import evolve
from queue_core.figures import TABLES, VISITS, Figures, Row, figures_of
from queue_core.model import Channel, GivenService, State, WaitRange
from tests.queue_core.conftest import Day
from tests.queue_module.days import random_days

ILLNESS = GivenService("vsaa-slimiba")


def figures(day: Day) -> Figures:
    return figures_of(day.state, day.centre.timezone)


def summed(rows: Iterable[Row], **only: str) -> Counter[str]:
    total = Counter[str]()
    for row in rows:
        if all(row[name] == value for name, value in only.items()):
            total.update({name: each for name, each in row.items() if isinstance(each, int)})
    return total


def test_a_visit_is_counted_in_the_hour_of_its_arrival(day: Day) -> None:
    day.do(TakeTicket("vsaa-slimiba", "lv"))
    day.wait(7)
    day.do(CallNext("1"))
    ticket = day.state.at_counter["1"]
    day.wait(50)
    day.do(Finish("1", ticket, (ILLNESS, GivenService("vsaa-pensija", 2, e_service=True))))
    day.do(Rate(ticket, 9))
    (visit,) = figures(day)["visits"]
    where = {"day": "2026-11-24", "hour": "10", "service": "vsaa-slimiba", "counter": "1"}
    assert {**visit, **where, "kind": "walk_in"} == visit
    kept = {"tickets": 1, "served": 1, "called": 1, "called_in_time": 1, "waited_10": 1}
    spent = {"wait_seconds": 420, "serving_seconds": 3000, "ratings": 1, "rating_sum": 9}
    assert {name: visit[name] for name in VISITS.sums if visit[name]} == {**kept, **spent}
    first, second = figures(day)["work"]
    assert (first["service"], first["records"], first["count"]) == ("vsaa-pensija", 0, 2)
    assert (first["hour"], first["e_service"]) == ("11", "yes")
    assert (second["service"], second["records"], second["count"]) == ("vsaa-slimiba", 1, 1)


def test_a_call_by_phone_is_no_visit(day: Day) -> None:
    day.do(Account("1", (GivenService("vid-eds", 3, Channel.PHONE),)))
    assert not figures(day)["visits"]
    (contact,) = figures(day)["work"]
    assert (contact["channel"], contact["records"], contact["count"]) == ("phone", 1, 3)


def test_punctual_is_who_was_called_by_the_promise_after_the_start(day: Day) -> None:
    for minutes, booking in ((10, "early"), (20, "late"), (30, "missed")):
        starts_at = day.now + timedelta(minutes=minutes)
        day.do(AddBooking(booking, "vsaa-konsultacija", starts_at, 10))
    day.do(OpenCounter("kabinets"))
    day.check_in("early")
    day.wait(12)
    _serve(day, "kabinets")  # two minutes after its start
    day.check_in("late")
    day.wait(25)
    _serve(day, "kabinets")  # seventeen minutes after its start
    day.wait(20)
    day.check_in("missed")  # so late that it is a walk-in
    _serve(day, "kabinets")
    visits = summed(figures(day)["visits"], kind="slot")
    assert (visits["slots"], visits["slots_punctual"]) == (2, 1)
    assert visits["slot_seconds"] == (2 + 17) * 60


def test_how_a_counter_was_used(day: Day) -> None:
    day.wait(10)
    day.do(PauseCounter("1"))
    day.wait(5)
    day.do(OpenCounter("1"))
    day.take()
    day.do(CallNext("1"))
    day.wait(6)
    day.do(Finish("1", day.state.at_counter["1"], (ILLNESS,)))
    day.do(CloseCounter("1"))
    day.wait(60)
    used = {row["counter"]: row for row in figures(day)["counters"]}
    assert used["1"]["open_seconds"] == 16 * 60
    assert (used["1"]["paused_seconds"], used["1"]["busy_seconds"]) == (300, 360)
    assert used["2"]["open_seconds"] == 0, "nobody closed it, and nothing happened at it"


def test_who_left_the_counter_is_no_work_of_it_any_more(day: Day) -> None:
    missed, sent = day.take(), day.take()
    day.do(CallNext("1"))
    day.wait(3)
    day.do(NoShow("1", missed.id))
    day.do(CallNext("1"))
    day.wait(30)
    day.do(Transfer("1", sent.id, "vsaa-pensija", "2"))
    day.wait(60)
    day.do(CallNext("2"))
    day.wait(5)
    day.do(Undo("2"))
    day.do(CallNext("2"))
    day.wait(5)
    day.do(Finish("2", sent.id, (ILLNESS,)))
    day.do(CloseCounter("2"))
    used = {row["counter"]: row for row in _night(day)["counters"]}
    assert used["1"]["busy_seconds"] == used["1"]["open_seconds"] == 33 * 60, "nobody closed it"
    assert (used["2"]["busy_seconds"], used["2"]["open_seconds"]) == (5 * 60, 103 * 60)


def test_who_cancels_later_or_is_never_finished_is_no_work_meanwhile(day: Day) -> None:
    sent, left = day.take(), day.take()
    day.do(CallNext("1"))
    day.wait(10)
    day.do(Transfer("1", sent.id, "vid-eds"))
    day.wait(120)
    day.do(Cancel(sent.id))
    day.do(CallNext("1"))
    day.wait(1)
    day.do(Start("1", left.id))
    one, _ = _night(day)["counters"]
    assert (one["busy_seconds"], one["open_seconds"]) == (11 * 60, 131 * 60)


def test_missed_is_only_who_was_called_last_without_coming(day: Day) -> None:
    held, sent, gone, _, _ = (day.take() for _ in range(5))
    for ticket in (held, sent):
        day.do(CallNext("1"))
        day.do(Start("1", ticket.id))
        day.do(Hold("1", held.id))
    day.do(Transfer("1", sent.id, "vsaa-pensija", "2"))
    day.do(CallNext("1", insist=True))
    day.do(NoShow("1", gone.id))
    day.do(CallNext("1", insist=True))
    visits = summed(_night(day)["visits"])
    assert (visits["tickets"], visits["unfinished"], visits["missed"]) == (5, 2, 2)
    assert visits["never_called"] == 1


def test_a_promise_that_was_kept_stays_kept(day: Day) -> None:
    """Waits, promises and time are those of the first call, wherever the visitor goes later."""
    ticket = day.take()
    day.do(PromiseWait(ticket.id, WaitRange(*(timedelta(minutes=each) for each in (1, 5, 9)))))
    day.wait(4)
    day.do(CallNext("1"))
    day.do(Hold("1", ticket.id))
    day.wait(300)
    day.do(CallTicket("2", ticket.id, "?"))
    day.do(Finish("2", ticket.id, (ILLNESS,)))
    visits = summed(figures(day)["visits"], counter="2")
    assert (visits["called_in_time"], visits["called_late"], visits["wait_seconds"]) == (1, 0, 240)
    assert (visits["waited_5"], visits["promises_kept"]) == (1, 1)
    assert day.state.tally.kept == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_queue_and_the_accounting_agree(centre: Centre, seed: int) -> None:
    """On whatever days: everybody is counted once, and who was served is accounted for once."""
    state = State()
    for recorded in random_days(centre, seed):
        if isinstance(recorded.event, DayOpened):
            _check(figures_of(state, centre.timezone))
        state = evolve(state, recorded)


def _night(day: Day) -> Figures:
    """What the day came to once it was over."""
    state, evenings = day.state, len(day.log)
    day.wait(24 * 60)
    day.do(OpenDay())
    for recorded in day.log[evenings:]:
        if isinstance(recorded.event, DayOpened):
            break
        state = evolve(state, recorded)
    return figures_of(state, day.centre.timezone)


def _serve(day: Day, counter: str) -> None:
    day.do(CallNext(counter, insist=True))
    given = (GivenService("vsaa-konsultacija"),)
    assert day.code(Finish(counter, day.state.at_counter[counter], given)) is None


def _check(figures: Figures) -> None:
    visits, work = summed(figures["visits"]), figures["work"]
    ends = ("served", "cancelled", "missed", "never_called", "unfinished")
    assert visits["tickets"] == sum(visits[name] for name in ends)
    assert visits["called"] == visits["called_in_time"] + visits["called_late"]
    for row in figures["counters"]:
        there = int(row["open_seconds"]) + int(row["paused_seconds"])
        assert int(row["busy_seconds"]) <= there
    waited = (name for name in visits if name.startswith("waited_"))
    assert visits["called"] == sum(visits[name] for name in waited)
    with_ticket = summed(work, channel="in_person") + summed(work, channel="remote")
    assert visits["served"] == with_ticket["records"]
    for table in TABLES:
        keys = [tuple(row[name] for name in table.key) for row in figures[table.name]]
        assert len(keys) == len(set(keys))
        for row in figures[table.name]:
            assert list(row) == [*table.key, *table.sums]
            assert all(int(row[name]) >= 0 for name in table.sums)

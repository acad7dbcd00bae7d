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
    CloseCounter,
    Finish,
    OpenCounter,
    PauseCounter,
    Rate,
    TakeTicket,
)
from queue_core.events import DayOpened
from queue_core.evolve import evolve
from queue_core.figures import TABLES, VISITS, Figures, Row, figures_of
from queue_core.model import Channel, GivenService, State
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


@pytest.mark.parametrize("seed", range(6))
def test_the_queue_and_the_accounting_agree(centre: Centre, seed: int) -> None:
    """On whatever days: everybody is counted once, and who was served is accounted for once."""
    state = State()
    for recorded in random_days(centre, seed):
        if isinstance(recorded.event, DayOpened):
            _check(figures_of(state, centre.timezone))
        state = evolve(state, recorded)


def _serve(day: Day, counter: str) -> None:
    day.do(CallNext(counter, insist=True))
    given = (GivenService("vsaa-konsultacija"),)
    assert day.code(Finish(counter, day.state.at_counter[counter], given)) is None


def _check(figures: Figures) -> None:
    visits, work = summed(figures["visits"]), figures["work"]
    ends = ("served", "cancelled", "missed", "never_called")
    assert visits["tickets"] == sum(visits[name] for name in ends)
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

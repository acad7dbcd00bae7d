"""What the module tells kiosks and boards, made from a day."""

from datetime import datetime, time, timedelta

import pytest

from messaging.messages import (
    BoardCall,
    BoardState,
    CounterView,
    Reply,
    WaitingGroup,
    WaitView,
)
from queue_core.centre import Centre
from queue_core.commands import (
    AddBooking,
    CallNext,
    CallTicket,
    CheckIn,
    CloseCounter,
    Command,
    FindTicket,
    NoShow,
    OpenCounter,
    PauseCounter,
)
from queue_core.model import WaitRange
from queue_module import snapshots
from tests.conftest import MORNING
from tests.queue_core.conftest import Day

SLOT = MORNING + timedelta(minutes=20)


@pytest.fixture
def day(centre: Centre) -> Day:
    return Day(centre)


def between(low: int, high: int) -> WaitRange:
    """A range in minutes."""
    middle = timedelta(minutes=(low + high) / 2)
    return WaitRange(timedelta(minutes=low), middle, timedelta(minutes=high))


def answer(day: Day, command: Command) -> Reply:
    done = day.do(command)
    return snapshots.reply(day.centre, day.state, "asked", done, day.now)


def test_a_board_tells_the_wait_for_each_institution_and_the_notices(day: Day) -> None:
    for service in ("vsaa-slimiba", "vsaa-pensija", "vid-eds"):
        day.take(service)
    newcomers = {"vsaa-slimiba": between(5, 15), "vsaa-pensija": between(10, 25), "vid-eds": None}
    board = snapshots.board(day.centre, day.state, day.now, newcomers)
    assert [(each.institution, each.waiting, each.wait) for each in board.groups] == [
        ("vsaa", 2, WaitView(low=5, high=25)),
        ("vid", 1, None),
    ]
    assert board.notices[0]["lv"].startswith("No 24. līdz 26. decembrim")


def test_a_board_tells_when_it_opens_again(day: Day) -> None:
    board = snapshots.board(day.centre, day.state, day.now)
    assert (board.open, board.opens_at) == (True, None)
    night = day.now.replace(hour=22)
    board = snapshots.board(day.centre, day.state, night)
    opens = datetime.combine(day.now.date() + timedelta(days=1), time(8), day.centre.timezone)
    assert (board.open, board.opens_at) == (False, opens)


def test_an_awaited_visitor_stays_on_the_board_however_many_come_after(day: Day) -> None:
    first = day.take()
    for command in (OpenCounter("1"), OpenCounter("2"), CallNext("1")):
        day.do(command)
    for _ in range(snapshots.MOST_CALLS_BEFORE + 2):
        later = day.take()
        day.wait(1)
        assert day.code(CallNext("2")) is None
        assert day.code(NoShow("2", later.id)) is None
    calls = snapshots.board(day.centre, day.state, day.now).calls
    assert [call.number for call in calls if call.open] == [first.label]
    assert len(calls) == 1 + snapshots.MOST_CALLS_BEFORE


def test_a_board_is_told_numbers_and_counters_only() -> None:
    """No service, name, booking or ticket id: what a message has no field for cannot leak."""
    assert set(BoardState.model_fields) == {
        *("sequence", "at", "name", "timezone", "calls", "waiting", "groups", "notices"),
        *("open", "opens_at"),
    }
    assert set(BoardCall.model_fields) == {
        *("call", "number", "language", "counter", "announced_at", "recalls", "open")
    }
    assert set(CounterView.model_fields) == {"id", "sign", "name", "spoken"}
    assert set(WaitingGroup.model_fields) == {"institution", "name", "waiting", "wait"}


@pytest.mark.parametrize(
    ("commands", "offered"),
    [
        ([], False),
        ([OpenCounter("1")], False),
        ([OpenCounter("dators")], True),
        ([OpenCounter("dators"), PauseCounter("dators")], True),
        ([OpenCounter("dators"), CloseCounter("dators")], False),
    ],
)
def test_the_computer_is_offered_while_somebody_helps_there(
    day: Day, commands: list[Command], offered: bool
) -> None:
    for command in commands:
        day.do(command)
    told = snapshots.catalogue(day.centre, day.state, day.now)
    assert bool(told.computer_service) is offered
    night = snapshots.catalogue(day.centre, day.state, day.now.replace(hour=19))
    assert night.computer_service == ""


def test_a_kiosk_hears_what_else_it_offers(day: Day) -> None:
    told = snapshots.catalogue(day.centre, day.state, day.now)
    services = {each.id: each for place in told.institutions for each in place.services}
    assert services["vid-deklaracija"].e_service
    assert services["vid-deklaracija"].address == "eds.vid.gov.lv"
    assert not services["vid-eds"].e_service
    assert {each for s in told.situations for each in s.services} <= set(services)
    assert told.waiting_place["lv"].endswith("zālē pie tablo.")


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (30, False), (31, True)])
def test_a_slot_holder_is_told_of_the_slot_and_of_being_too_late(
    day: Day, minutes: float, late: bool
) -> None:
    day.do(AddBooking("digest", "vsaa-konsultacija", SLOT, 20))
    day.wait(minutes)
    ticket = answer(day, CheckIn("digest", "lv")).ticket
    assert ticket
    assert (ticket.slot_starts_at, ticket.late) == (SLOT, late)


def test_what_a_slot_holder_needs_to_know_when_refused(day: Day) -> None:
    tomorrow = SLOT + timedelta(days=1)
    day.do(AddBooking("today", "vsaa-konsultacija", SLOT, 20))
    day.do(AddBooking("tomorrow", "vsaa-konsultacija", tomorrow, 20))
    ticket = answer(day, CheckIn("today", "lv")).ticket
    assert ticket
    refusals = [answer(day, CheckIn(each, "lv")).refusal for each in ("today", "tomorrow", "x")]
    assert [(each.code, each.facts) for each in refusals if each] == [
        ("booking_used", {"number": "K 001", "ticket": ticket.id}),
        ("booking_other_day", {"starts_at": tomorrow.isoformat()}),
        ("unknown_booking", {}),
    ]


def test_nobody_is_ahead_of_who_waits_no_more(day: Day) -> None:
    day.do(OpenCounter("1"))
    first, second = day.take(), day.take()
    found = answer(day, FindTicket(second.id)).ticket
    assert found
    assert found.ahead == 1
    day.do(CallTicket("1", second.id, "asked"))
    found = answer(day, FindTicket(second.id)).ticket
    assert found
    assert (found.ahead, day.ticket(first).status) == (0, "waiting")

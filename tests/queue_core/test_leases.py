"""Numbers that kiosks give by themselves: lent, merged, corrected."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from queue_core.commands import (
    AddBooking,
    CallNext,
    Cancel,
    CheckIn,
    Finish,
    KeepOvernight,
    LeaseNumbers,
    MergeTicket,
    NoShow,
    OpenDay,
    Start,
    TakeTicket,
    Undo,
)
from queue_core.life import Status
from queue_core.model import GivenService, Kind, Lease, Ticket
from tests.conftest import MORNING
from tests.queue_core.conftest import Day

TODAY = MORNING.date()
GIVEN = (GivenService("vsaa-slimiba"),)


def lease(day: Day, unit: str = "kiosk", journal: str = "journal-1") -> list[Lease]:
    """What the unit is lent now."""
    before = len(day.state.leases)
    assert day.do(LeaseNumbers(journal), sender=unit).refusal is None
    return list(day.state.leases[before:])


def merge(
    day: Day,
    ticket: str,
    number: int,
    issued_at: datetime,
    *,
    unit: str = "kiosk",
    booking: str | None = None,
) -> str | None:
    """The refusal code, None where it was merged."""
    service, series = ("vsaa-konsultacija", "K") if booking else ("vsaa-slimiba", "A")
    command = MergeTicket(ticket, series, number, service, "lv", issued_at, booking)
    refusal = day.do(command, f"merge-{ticket}", unit).refusal
    return refusal.code.value if refusal else None


def labels(tickets: list[Ticket]) -> list[str]:
    return [each.label for each in tickets]


def test_blocks_of_today_and_of_the_next_opening_day_come_from_the_top(day: Day) -> None:
    leases = [each for each in lease(day) if each.series == "A"]
    assert [(each.day, each.first, each.last) for each in leases] == [
        (TODAY, 950, 999),
        (TODAY + timedelta(days=1), 900, 949),
    ]
    assert not lease(day)
    other = [each for each in lease(day, "kiosk-2", "journal-2") if each.series == "A"]
    assert [each.first for each in other] == [850, 800]


def test_on_friday_the_next_day_is_monday(day: Day) -> None:
    day.wait(3 * 24 * 60)
    assert {each.day.isoweekday() for each in lease(day)} == {5, 1}


def test_a_new_store_never_gets_the_numbers_of_the_old_one(day: Day) -> None:
    old, new = lease(day), lease(day, journal="journal-2")
    assert len(old) == len(new)
    assert {(x.series, x.first) for x in old}.isdisjoint((x.series, x.first) for x in new)


def test_where_less_than_half_is_left_another_block_is_lent(day: Day) -> None:
    lease(day)
    for number in range(950, 975):
        assert merge(day, f"own-{number}", number, day.now) is None
    assert not lease(day)
    assert merge(day, "own-975", 975, day.now) is None
    (more,) = lease(day)
    assert (more.day, more.first) == (TODAY, 850)


def test_numbers_given_here_pass_over_what_is_lent(day: Day) -> None:
    day.centre = replace(day.centre, last_number=30)
    firsts = sorted(each.first for each in lease(day) if each.series == "A")
    assert firsts == [25, 28]
    numbers = [day.take().number for _ in range(24)]
    assert numbers == list(range(1, 25))
    assert day.code(TakeTicket("vsaa-slimiba", "lv")) == "numbers_exhausted"


def test_in_a_small_series_nothing_is_lent(day: Day) -> None:
    day.centre = replace(day.centre, last_number=9)
    assert not lease(day)


def test_a_merged_ticket_has_the_place_of_the_moment_it_was_given(day: Day) -> None:
    lease(day)
    day.wait(10)
    later = day.take()
    assert merge(day, "own-1", 950, MORNING + timedelta(minutes=5)) is None
    ticket = day.state.tickets["own-1"]
    assert ticket.label == "A 950"
    assert ticket.arrived_at == MORNING + timedelta(minutes=5)
    assert ticket.due_at == MORNING + timedelta(minutes=35)
    day.do(CallNext("1"))
    assert day.ticket(ticket).status is Status.CALLED
    assert day.take().number == later.number + 1


@pytest.mark.parametrize("year", [1, 1970, 2025, 2038, 9999])
def test_a_clock_that_is_wrong_by_years_wins_nothing(day: Day, year: int) -> None:
    lease(day)
    day.wait(10)
    first = day.take()
    day.wait(1)
    assert merge(day, "own-1", 950, datetime(year, 12, 31, 23, 59, tzinfo=UTC)) is None
    assert day.state.tickets["own-1"].arrived_at == day.now
    day.do(CallNext("1"))
    assert day.ticket(first).status is Status.CALLED


def test_one_kiosks_numbers_keep_the_order_in_which_it_merges_them(day: Day) -> None:
    lease(day)
    day.wait(10)
    assert merge(day, "own-1", 950, MORNING + timedelta(minutes=7)) is None
    assert merge(day, "own-2", 951, MORNING + timedelta(minutes=3)) is None
    assert day.state.tickets["own-2"].arrived_at == MORNING + timedelta(minutes=7)


def test_a_moment_without_a_time_zone_is_refused(day: Day) -> None:
    lease(day)
    assert merge(day, "own-1", 950, MORNING.replace(tzinfo=None)) == "bad_value"


def test_merging_twice_changes_nothing(day: Day) -> None:
    lease(day)
    assert merge(day, "own-1", 950, day.now) is None
    before = day.state
    assert merge(day, "own-1", 950, day.now) is None
    again = MergeTicket("own-1", "A", 950, "vsaa-slimiba", "lv", day.now)
    assert day.do(again, "another-id", "kiosk").refusal is None
    assert day.state == before


def test_the_command_that_comes_after_its_merge_makes_no_second_ticket(day: Day) -> None:
    lease(day)
    assert merge(day, "own-1", 950, day.now) is None
    assert day.do(TakeTicket("vsaa-slimiba", "lv"), "own-1", "kiosk").ticket == "own-1"
    assert labels(list(day.state.tickets.values())) == ["A 950"]


def test_a_number_of_nobodys_or_of_anothers_lease_is_refused(day: Day) -> None:
    lease(day)
    lease(day, "kiosk-2", "journal-2")
    assert merge(day, "own-1", 5, day.now) == "number_not_leased"
    assert merge(day, "own-2", 850, day.now) == "number_not_leased"
    assert merge(day, "own-3", 950, day.now) is None
    assert merge(day, "own-4", 950, day.now) == "number_not_leased"


def test_it_is_merged_though_all_is_closed_by_now(day: Day) -> None:
    lease(day)
    issued_at = day.now
    day.wait(10 * 60)
    assert day.code(TakeTicket("vsaa-slimiba", "lv")) == "service_closed"
    assert merge(day, "own-1", 950, issued_at) is None
    assert day.state.tickets["own-1"].status is Status.WAITING


def test_what_was_given_yesterday_is_noted_and_is_over(day: Day) -> None:
    lease(day)
    issued_at = day.now
    day.wait(24 * 60)
    assert merge(day, "own-1", 950, issued_at) is None
    ticket = day.state.tickets["own-1"]
    assert (ticket.status, ticket.arrived_at) == (Status.EXPIRED, issued_at)


def test_what_was_taken_yesterday_is_not_taken_again(day: Day) -> None:
    lease(day)
    issued_at = day.now
    day.do(TakeTicket("vsaa-slimiba", "lv"), "late", "kiosk")
    day.wait(24 * 60)
    day.do(OpenDay())
    events = len(day.log)
    assert merge(day, "late", 950, issued_at) is None
    assert len(day.log) == events


def test_what_was_given_yesterday_waits_where_the_queue_was_kept(day: Day) -> None:
    lease(day)
    issued_at = day.now
    day.do(KeepOvernight(True))
    day.wait(24 * 60)
    day.do(OpenDay())
    lease(day)
    assert merge(day, "own-1", 950, issued_at) is None
    assert day.state.tickets["own-1"].status is Status.WAITING
    assert not any(each.has("A", 950) for each in day.state.leases if each.day > TODAY)


def test_a_queue_kept_on_friday_waits_on_monday_and_no_longer(day: Day) -> None:
    day.wait(3 * 24 * 60)
    lease(day)
    issued_at, waiting = day.now, day.take()
    day.do(KeepOvernight(True))
    for _ in range(3):
        day.wait(24 * 60)
        day.do(OpenDay())
        lease(day)
    assert merge(day, "own-1", 950, issued_at) is None
    assert day.ticket(waiting).status is day.state.tickets["own-1"].status is Status.WAITING
    assert not day.state.keep_overnight
    day.wait(24 * 60)
    day.do(OpenDay())
    assert not day.state.tickets


def test_a_command_that_comes_a_day_late_lets_nobody_wait(day: Day) -> None:
    lease(day)
    issued_at = day.now
    day.wait(24 * 60)
    day.do(TakeTicket("vsaa-slimiba", "lv"), "own-1", "kiosk")
    assert merge(day, "own-1", 950, issued_at) is None
    ticket = day.state.tickets["own-1"]
    assert (ticket.label, ticket.status) == ("A 950", Status.EXPIRED)


def test_no_kiosk_takes_an_id_of_the_modules_own(day: Day) -> None:
    lease(day)
    tomorrow = f"open-day:{TODAY + timedelta(days=1)}"
    assert merge(day, tomorrow, 950, day.now) == "bad_value"
    day.wait(24 * 60)
    day.do(OpenDay(), tomorrow)
    assert day.state.day == TODAY + timedelta(days=1)


def test_on_monday_fridays_numbers_are_still_known(day: Day) -> None:
    day.wait(3 * 24 * 60)
    lease(day)
    issued_at = day.now
    for _ in range(3):
        day.wait(24 * 60)
        day.do(OpenDay())
    assert merge(day, "own-1", 950, issued_at) is None
    assert day.state.tickets["own-1"].status is Status.EXPIRED


def test_a_slot_holder_keeps_the_promise(day: Day) -> None:
    lease(day)
    starts_at = MORNING + timedelta(minutes=9)
    day.do(AddBooking("digest", "vsaa-konsultacija", starts_at, 20))
    day.wait(30)
    issued_at = MORNING + timedelta(minutes=2)
    assert merge(day, "own-1", 950, issued_at, booking="digest") is None
    ticket = day.state.tickets["own-1"]
    assert (ticket.kind, ticket.due_at) == (Kind.SLOT, starts_at + timedelta(minutes=5))
    assert day.code(CheckIn("digest", "lv")) == "booking_used"
    assert merge(day, "own-2", 951, issued_at, booking="digest") is None
    assert day.state.tickets["own-2"].kind is Kind.WALK_IN


def test_the_printed_number_wins(day: Day) -> None:
    lease(day)
    assert day.do(TakeTicket("vsaa-slimiba", "lv"), "late", "kiosk").ticket
    assert merge(day, "late", 950, day.now) is None
    (ticket,) = day.state.tickets.values()
    assert (ticket.label, ticket.status) == ("A 950", Status.WAITING)


@pytest.mark.parametrize("what", [None, NoShow, Undo])
def test_who_was_called_by_a_number_that_nobody_knew_waits_again(day: Day, what: type) -> None:
    lease(day)
    day.do(TakeTicket("vsaa-slimiba", "lv"), "late", "kiosk")
    arrived = day.state.tickets["late"]
    day.do(CallNext("1"))
    if what is NoShow:
        assert day.code(NoShow("1", "late")) is None
    elif what is Undo:
        assert day.code(Undo("1")) is None
    assert merge(day, "late", 950, day.now) is None
    as_before = replace(day.state.tickets["late"], stays=())  # the counter was busy with it
    assert as_before == replace(arrived, number=950)
    assert not day.state.at_counter
    assert day.code(Undo("1")) == "nothing_to_undo"


def test_who_was_cancelled_by_a_number_that_nobody_knew_waits_again(day: Day) -> None:
    lease(day)
    day.do(TakeTicket("vsaa-slimiba", "lv"), "late", "kiosk")
    day.do(Cancel("late"))
    assert merge(day, "late", 950, day.now) is None
    assert day.state.tickets["late"].status is Status.WAITING


def test_who_has_come_to_the_counter_stays_there(day: Day) -> None:
    lease(day)
    day.do(TakeTicket("vsaa-slimiba", "lv"), "late", "kiosk")
    day.do(CallNext("1"))
    day.do(Start("1", "late"))
    assert merge(day, "late", 950, day.now) is None
    assert day.state.at_counter == {"1": "late"}
    assert day.code(Finish("1", "late", GIVEN)) is None

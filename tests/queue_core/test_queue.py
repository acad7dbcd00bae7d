"""The rules, told as what happens in a centre."""

from datetime import UTC, datetime, timedelta

import pytest

from queue_core.commands import (
    AddBooking,
    CallNext,
    CallTicket,
    Cancel,
    CancelBooking,
    CheckIn,
    CloseCounter,
    ConfirmCall,
    Finish,
    Hold,
    NoShow,
    PauseCounter,
    Recall,
    Resume,
    Start,
    TakeTicket,
    Transfer,
)
from queue_core.evolve import evolve
from queue_core.life import Status
from queue_core.model import CallRule, Confirmation, GivenService, Kind, State
from tests.conftest import MORNING
from tests.queue_core.conftest import Day

SLOT = MORNING + timedelta(minutes=9)  # 10:40
GIVEN = (GivenService("vsaa-slimiba"),)


def book(day: Day, booking: str = "digest", minutes: float = 9) -> None:
    starts_at = MORNING + timedelta(minutes=minutes)
    assert day.code(AddBooking(booking, "vsaa-konsultacija", starts_at, 20)) is None


def test_numbers_run_within_a_series(day: Day) -> None:
    assert [day.take().label, day.take("vid-eds").label, day.take().label] == [
        "A 001",
        "B 001",
        "A 002",
    ]


def test_a_ticket_is_called_served_and_counted(day: Day) -> None:
    ticket = day.take()
    assert day.code(CallNext("1")) is None
    assert day.ticket(ticket).status is Status.CALLED
    assert day.code(Start("1", ticket.id)) is None
    assert day.code(Finish("1", ticket.id, (GivenService("vsaa-slimiba", 2),))) is None
    assert day.ticket(ticket).status is Status.SERVED
    assert day.ticket(ticket).given[0].count == 2
    assert not day.state.at_counter


def test_the_earliest_due_is_called_and_the_reason_names_the_next(day: Day) -> None:
    first = day.take()
    day.wait(1)
    second = day.take("vid-eds")
    day.do(CallNext("1"))
    call = day.ticket(first).call
    assert call
    assert call.reason.rule is CallRule.EARLIEST_DUE
    assert (call.reason.next_number, call.reason.next_due_at) == (second.label, second.due_at)


def test_who_shares_a_counter_calls_for_some_of_its_services(day: Day) -> None:
    first, own = day.take(), day.take("vid-deklaracija")
    assert day.code(CallNext("1", services=("vid-gramatina",))) == "nobody_waiting"
    assert day.code(CallNext("1", services=("vid-deklaracija", "vid-gramatina"))) is None
    assert day.ticket(own).status is Status.CALLED
    assert day.ticket(first).status is Status.WAITING


def test_a_slot_is_called_by_its_due_time_among_walk_ins(day: Day) -> None:
    book(day)
    walk_in = day.take()  # due 11:01
    slot = day.check_in("digest")
    assert (slot.kind, slot.due_at) == (Kind.SLOT, SLOT + timedelta(minutes=5))
    day.wait(8)  # 10:39: the slot has not begun and somebody else waits
    day.do(CallNext("1"))
    assert day.ticket(walk_in).status is Status.CALLED
    later = day.take()
    day.wait(2)  # 10:41: due at 10:45, before the walk-in of 10:39
    day.do(CallNext("2"))
    assert day.ticket(slot).status is Status.CALLED
    assert day.ticket(later).status is Status.WAITING


def test_an_early_slot_holder_is_called_when_nobody_else_waits(day: Day) -> None:
    book(day)
    day.do(CheckIn("digest", "lv"))
    day.do(CallNext("1"))
    (ticket,) = day.state.tickets.values()
    assert ticket.call
    assert ticket.call.reason.rule is CallRule.EARLY_NOBODY_ELSE


@pytest.mark.parametrize(("minutes", "due"), [(9, 14), (19, 14), (20, 50)])
def test_lateness_beyond_the_tolerance_counts_from_arrival(
    day: Day, minutes: float, due: float
) -> None:
    book(day)
    day.wait(minutes)
    ticket = day.check_in("digest")
    assert ticket.due_at == MORNING + timedelta(minutes=due)


def test_a_booking_works_once_on_its_day_only(day: Day) -> None:
    book(day)
    book(day, "tomorrow", minutes=24 * 60)
    assert day.code(CheckIn("digest", "lv")) is None
    assert day.code(CheckIn("digest", "lv")) == "booking_used"
    assert day.code(CheckIn("nobody's", "lv")) == "unknown_booking"
    assert day.code(CheckIn("tomorrow", "lv")) == "booking_other_day"
    assert day.code(AddBooking("digest", "vsaa-konsultacija", SLOT, 20)) == "booking_used"


def test_a_booking_is_moved_by_adding_it_again(day: Day) -> None:
    book(day)
    book(day, minutes=60)
    assert day.state.bookings["digest"].starts_at == MORNING + timedelta(minutes=60)


def test_a_booking_is_given_up_while_nobody_has_used_it(day: Day) -> None:
    book(day)
    book(day, "another")
    assert day.code(CancelBooking("digest")) is None
    assert day.code(CancelBooking("digest")) == "unknown_booking"
    assert day.code(CheckIn("digest", "lv")) == "unknown_booking"
    day.check_in("another")
    assert day.code(CancelBooking("another")) == "booking_used"


@pytest.mark.parametrize("year", [1, 2000, 9999])
def test_a_booking_that_no_calendar_holds_is_refused(day: Day, year: int) -> None:
    starts_at = datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    assert day.code(AddBooking("far", "vsaa-konsultacija", starts_at, 20)) == "bad_value"


def test_a_repeated_id_returns_the_first_answer(day: Day) -> None:
    first = day.do(TakeTicket("vsaa-slimiba", "lv"), "same-id")
    events = len(day.log)
    assert day.do(TakeTicket("vsaa-slimiba", "lv"), "same-id") == first
    refused = day.do(TakeTicket("vzd-kadastrs", "lv"), "refused-id")
    day.wait(60 * 48)  # Thursday: it would be given now
    assert day.do(TakeTicket("vzd-kadastrs", "lv"), "refused-id") == refused
    assert len(day.log) == events + 1


def test_a_closed_service_says_when_it_opens(day: Day) -> None:
    refusal = day.do(TakeTicket("vzd-kadastrs", "lv")).refusal
    assert refusal
    assert refusal.code == "service_closed"
    assert refusal.facts["opens_at"].startswith("2026-11-26T09:00")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (TakeTicket("nothing", "lv"), "unknown_service"),
        (TakeTicket("vsaa-konsultacija", "lv"), "appointment_needed"),
        (CallNext("9"), "unknown_counter"),
        (CallNext("kabinets"), "counter_not_open"),
        (CallNext("1"), "nobody_waiting"),
        (Cancel("nobody"), "unknown_ticket"),
        (Finish("1", "nobody", GIVEN), "unknown_ticket"),
        (ConfirmCall(99, Confirmation.SHOWN), "unknown_ticket"),
    ],
)
def test_refusals(day: Day, command: Cancel, code: str) -> None:
    before = (day.state.tickets, day.state.counters)
    assert day.code(command) == code
    assert (day.state.tickets, day.state.counters) == before


def test_a_counter_serves_one_visitor_at_a_time(day: Day) -> None:
    day.take()
    other = day.take()
    day.do(CallNext("1"))
    assert day.code(CallNext("1")) == "counter_busy"
    assert day.code(CloseCounter("1")) == "counter_busy"
    assert day.code(Finish("2", other.id, GIVEN)) == "not_at_counter"


def test_finishing_needs_a_service_given(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    assert day.code(Finish("1", ticket.id, ())) == "service_needed"
    assert day.code(Finish("1", ticket.id, (GivenService("vsaa-slimiba", 0),))) == "bad_value"
    assert day.code(Finish("1", ticket.id, (GivenService("nothing"),))) == "unknown_service"
    assert day.ticket(ticket).status is Status.CALLED


def test_held_and_missed_visitors_come_back_to_their_place(day: Day) -> None:
    first, second = day.take(), day.take()
    day.do(CallNext("1"))
    day.do(Hold("1", first.id))
    assert day.code(CallNext("1")) is None
    day.do(NoShow("1", second.id))
    day.take()
    day.wait(1)
    day.do(Resume(second.id))
    day.do(Resume(first.id))
    day.do(CallNext("1"))
    assert day.ticket(first).status is Status.CALLED


def test_a_transfer_keeps_number_and_time(day: Day) -> None:
    ticket = day.take()
    day.wait(5)
    day.do(CallNext("1"))
    assert day.code(Transfer("1", ticket.id)) == "bad_value"
    assert day.code(Transfer("1", ticket.id, to_counter="kabinets")) == "counter_does_not_serve"
    assert day.code(Transfer("1", ticket.id, "novads-cits", "2")) is None
    moved = day.ticket(ticket)
    assert (moved.label, moved.due_at, moved.service) == (
        ticket.label,
        ticket.due_at,
        "novads-cits",
    )
    assert day.code(CallNext("1")) == "nobody_waiting"
    assert day.code(CallNext("2")) is None


def test_a_number_is_called_out_of_turn_only_for_a_reason(day: Day) -> None:
    first, second = day.take(), day.take()
    assert day.code(CallTicket("1", second.id, "  ")) == "reason_needed"
    assert day.code(CallTicket("1", second.id, "x" * 201)) == "reason_needed"
    assert day.code(CallTicket("1", second.id, "small child")) is None
    call = day.ticket(second).call
    assert call
    assert (call.reason.rule, call.reason.note) == (CallRule.CHOSEN, "small child")
    assert call.reason.next_number == first.label


def test_a_recall_is_not_repeated_at_once_and_asks_to_be_seen_again(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    call = day.ticket(ticket).call
    assert call
    day.do(ConfirmCall(call.id, Confirmation.SHOWN))
    shown = day.ticket(ticket).call
    assert shown
    assert shown.shown_at == day.now
    assert day.code(Recall("1", ticket.id)) == "too_soon"
    day.wait(1)
    assert day.code(Recall("1", ticket.id)) is None
    again = day.ticket(ticket).call
    assert again
    assert (again.recalls, again.shown_at, again.id) == (1, None, call.id)


def test_a_paused_counter_finishes_but_does_not_call(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    day.do(PauseCounter("1"))
    assert day.code(Finish("1", ticket.id, GIVEN)) is None
    assert day.code(CallNext("1")) == "counter_not_open"


def test_a_new_day_starts_its_numbers_again_and_keeps_bookings_to_come(day: Day) -> None:
    book(day, "tomorrow", minutes=24 * 60)
    day.take()
    day.wait(24 * 60)
    assert day.take().label == "A 001"
    assert len(day.state.tickets) == 1
    assert day.code(CheckIn("tomorrow", "lv")) is None


def test_the_last_number_is_given_and_then_no_more(day: Day) -> None:
    labels = [day.take().label for _ in range(day.centre.last_number)]
    assert (labels[-1], len(set(labels))) == ("A 999", 999)
    assert day.code(TakeTicket("vsaa-slimiba", "lv")) == "numbers_exhausted"


def test_every_prefix_of_the_log_replays_to_the_same_state(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    day.do(Transfer("1", ticket.id, "novads-cits"))
    day.do(CallNext("2"))
    day.do(NoShow("2", ticket.id))
    state = State()
    for position, recorded in enumerate(day.log, start=1):
        assert recorded.sequence == position
        state = evolve(state, recorded)
    assert state == day.state


def test_a_late_slot_holder_after_closing_time_is_told_so(day: Day) -> None:
    """Who comes in time is let in; for who comes too late it is as for a walk-in."""
    for name, minutes in (("in-time", 385), ("too-late", 370)):  # VSAA closes at 17:00
        starts_at = MORNING + timedelta(minutes=minutes)
        day.do(AddBooking(name, "vsaa-konsultacija", starts_at, 20))
    day.wait(391)  # 17:02
    assert day.code(CheckIn("too-late", "lv")) == "service_closed"
    assert day.code(CheckIn("in-time", "lv")) is None


def test_of_many_commands_the_newest_are_known_and_those_that_made_a_ticket(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_core.evolve.MOST_ANSWERS", 10)
    for number in range(50):
        day.do(TakeTicket("vsaa-slimiba", "lv"), f"take-{number}")
        day.do(CallNext("2"), f"call-{number}")
    assert len({**day.state.answers, **day.state.earlier_answers}) < 20
    before = day.state
    assert day.do(TakeTicket("vsaa-slimiba", "lv"), "take-0").ticket == "take-0"
    assert day.do(CallNext("2"), "call-49").refusal
    assert day.state is before

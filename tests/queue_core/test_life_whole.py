"""The whole life of a ticket: priority, undo, return, recall, the night."""

from datetime import timedelta

import pytest

from queue_core.commands import (
    CallNext,
    CallTicket,
    Cancel,
    Finish,
    Hold,
    KeepOvernight,
    NoShow,
    OpenCounter,
    Prioritise,
    PromiseWait,
    Recall,
    Resume,
    Start,
    TakeTicket,
    Transfer,
    Undo,
)
from queue_core.events import TicketExpired
from queue_core.life import Status
from queue_core.model import GivenService, Kind, WaitRange
from tests.queue_core.conftest import Day

GIVEN = (GivenService("vsaa-slimiba"),)


def test_a_priority_visitor_is_called_before_walk_ins_who_came_earlier(day: Day) -> None:
    first = day.take()
    day.wait(5)
    second = day.take()
    assert day.code(Prioritise(second.id)) is None
    assert day.ticket(second).kind is Kind.PRIORITY
    assert day.ticket(second).due_at == second.arrived_at + day.centre.priority_target
    assert day.code(Prioritise(second.id)) == "not_possible_now"
    day.do(CallNext("1"))
    assert day.ticket(second).status is Status.CALLED
    assert day.ticket(first).status is Status.WAITING


def test_undo_takes_back_each_action_of_a_clerk(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    actions = (
        Start("1", ticket.id),
        Finish("1", ticket.id, GIVEN),
        NoShow("1", ticket.id),
        Hold("1", ticket.id),
        Transfer("1", ticket.id, "novads-cits"),
    )
    for action in actions:
        before = day.state
        assert day.code(action) is None, action
        assert day.code(Undo("1")) is None, action
        assert day.state.tickets == before.tickets, action
        assert day.state.at_counter == before.at_counter, action
        assert day.code(Undo("1")) == "nothing_to_undo"


def test_an_undone_call_gives_the_place_back(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    assert day.code(Undo("1")) is None
    assert day.ticket(ticket) == ticket
    assert day.code(CallNext("2")) is None


def test_what_somebody_else_has_gone_on_with_is_not_undone(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    day.do(Transfer("1", ticket.id, to_counter="2"))
    day.do(CallNext("2"))
    assert day.code(Undo("1")) == "nothing_to_undo"
    assert day.code(Undo("2")) is None
    assert day.code(Undo("9")) == "unknown_counter"


def test_only_the_last_action_of_a_counter_is_undone(day: Day) -> None:
    first, second = day.take(), day.take()
    day.do(CallNext("1"))
    day.do(Finish("1", first.id, GIVEN))
    day.do(CallNext("1"))
    assert day.code(Undo("1")) is None
    assert day.ticket(second).status is Status.WAITING
    assert day.ticket(first).status is Status.SERVED


@pytest.mark.parametrize(("minutes", "code"), [(15, None), (16, "return_too_late")])
def test_who_did_not_come_may_return_for_a_while(day: Day, minutes: float, code: str) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    day.do(NoShow("1", ticket.id))
    day.wait(minutes)
    assert day.code(Resume(ticket.id)) == code
    if code:
        assert day.code(CallTicket("1", ticket.id, "came back")) is None


def test_a_call_is_repeated_three_times_at_most(day: Day) -> None:
    ticket = day.take()
    day.do(CallNext("1"))
    for _ in range(day.centre.most_recalls):
        day.wait(1)
        assert day.code(Recall("1", ticket.id)) is None
    day.wait(1)
    assert day.code(Recall("1", ticket.id)) == "too_many_recalls"


def test_the_day_ends_for_all_who_were_not_served(day: Day) -> None:
    served, called, waiting, cancelled = (day.take() for _ in range(4))
    day.do(CallNext("1"))
    day.do(Finish("1", served.id, GIVEN))
    day.do(CallNext("2"))
    day.do(Cancel(cancelled.id))
    day.wait(24 * 60)
    day.take()
    expired = {each.event.ticket for each in day.log if isinstance(each.event, TicketExpired)}
    assert expired == {called.id, waiting.id}


def test_the_queue_is_kept_overnight_by_decision_only(day: Day) -> None:
    day.do(CallNext("1"))
    waiting, held = day.take(), day.take()
    day.do(CallNext("2"))
    day.do(Hold("2", waiting.id))
    assert day.code(KeepOvernight(keep=True)) is None
    day.wait(24 * 60)
    new = day.take()
    assert {t.label for t in day.state.tickets.values()} == {"A 001", "A 002", "A 003"}
    assert new.label == "A 003"
    day.do(OpenCounter("1"))
    day.do(CallNext("1"))
    assert day.ticket(held).status is Status.CALLED
    day.wait(24 * 60)
    day.take()
    assert len(day.state.tickets) == 1, "the decision was for one night"


def test_two_clerks_at_once_never_get_the_same_visitor(day: Day) -> None:
    first, second = day.take(), day.take()
    day.do(CallNext("1"), "press-1", "desk-1")
    day.do(CallNext("2"), "press-2", "desk-2")
    assert day.state.at_counter == {"1": first.id, "2": second.id}
    assert day.do(CallNext("1"), "press-1", "desk-1").ticket == first.id
    assert day.code(TakeTicket("vsaa-slimiba", "en")) is None


def test_what_was_promised_is_measured_when_the_day_is_over(day: Day) -> None:
    ticket = day.take()
    wait = WaitRange(timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20))
    day.do(PromiseWait(ticket.id, wait))
    day.wait(12)
    day.do(CallNext("1"))
    day.wait(24 * 60)
    day.take()
    measured = day.state.accuracy_before
    assert measured
    assert (measured.promises, measured.coverage) == (1, 1.0)
    assert (measured.width, measured.error) == (timedelta(minutes=15), timedelta(minutes=2))
    day.wait(24 * 60)
    day.take()
    assert day.state.accuracy_before is None, "nothing was promised on that day"

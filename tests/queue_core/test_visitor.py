"""What a visitor does besides waiting: chooses the computer, asks for help, looks, rates."""

import pytest

from queue_core.commands import (
    AnswerHelp,
    AskHelp,
    CallNext,
    Cancel,
    FindTicket,
    Finish,
    Rate,
    TakeTicket,
    Undo,
)
from queue_core.events import HelpAsked
from queue_core.life import Status
from queue_core.model import GivenService, Ticket
from tests.queue_core.conftest import Day

GIVEN = (GivenService("vsaa-slimiba"),)


def served(day: Day) -> Ticket:
    ticket = day.take()
    day.do(CallNext("1"))
    assert day.code(Finish("1", ticket.id, GIVEN)) is None
    return ticket


def test_the_choice_between_counter_and_computer_is_kept_for_the_figures(day: Day) -> None:
    day.do(TakeTicket("vid-deklaracija", "lv", offered=True))
    day.do(TakeTicket("dators", "lv", offered=True, instead_of="vid-deklaracija"))
    counter, computer = day.state.living.values()
    assert (counter.offered, counter.instead_of, counter.label) == (True, "", "B 001")
    assert (computer.instead_of, computer.label) == ("vid-deklaracija", "T 001")
    assert day.code(TakeTicket("dators", "lv", True, "nothing")) == "unknown_service"


def test_a_served_visitor_rates_once(day: Day) -> None:
    ticket = served(day)
    assert day.code(Rate(ticket.id, 0)) == "bad_value"
    assert day.code(Rate(ticket.id, 11)) == "bad_value"
    assert day.code(Rate(ticket.id, 10)) is None
    assert day.code(Rate(ticket.id, 1)) == "already_rated"
    assert day.ticket(ticket).rated == 10


def test_who_was_not_served_does_not_rate(day: Day) -> None:
    ticket = day.take()
    assert day.code(Rate(ticket.id, 10)) == "not_served_yet"
    day.do(Cancel(ticket.id))
    assert day.code(Rate(ticket.id, 10)) == "not_served_yet"
    assert day.code(Rate("nobody", 10)) == "unknown_ticket"


def test_undo_takes_no_mark_back(day: Day) -> None:
    ticket = served(day)
    day.do(Rate(ticket.id, 7))
    assert day.code(Undo("1")) is None
    assert (day.ticket(ticket).status, day.ticket(ticket).rated) == (Status.CALLED, 7)
    assert day.code(Finish("1", ticket.id, GIVEN)) is None
    assert day.code(Rate(ticket.id, 1)) == "already_rated"


def test_help_is_asked_once_answered_once_and_over_with_the_day(day: Day) -> None:
    for _ in range(2):
        day.do(AskHelp(), sender="kiosk")
        day.wait(1)
    assert list(day.state.help) == ["kiosk"]
    assert sum(isinstance(each.event, HelpAsked) for each in day.log) == 1
    for _ in range(2):
        assert day.code(AnswerHelp("kiosk")) is None
    assert not day.state.help
    day.do(AskHelp(), sender="kiosk")
    day.wait(24 * 60)
    day.take()
    assert not day.state.help


def test_a_ticket_is_found_as_it_is_now_and_nothing_is_recorded(day: Day) -> None:
    ticket, events = day.take(), len(day.log)
    for _ in range(2):
        assert day.do(FindTicket(ticket.id), "the-same-question").ticket == ticket.id
    refusal = day.do(FindTicket("nobody"), "the-same-question").refusal
    assert refusal
    assert refusal.code == "unknown_ticket"
    assert len(day.log) == events


@pytest.mark.parametrize("service", ["vsaa-slimiba", "vid-eds", "novads-cits"])
def test_the_computer_has_a_counter_of_its_own(day: Day, service: str) -> None:
    day.take("dators")
    assert day.code(CallNext("1")) == "nobody_waiting"
    assert service not in day.centre.counters["dators"].serves

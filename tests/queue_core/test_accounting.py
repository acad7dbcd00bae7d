"""What is accounted for: with a ticket, without one, and put right afterwards."""

from dataclasses import replace

from immutables import Map

from queue_core.commands import Account, Amend, CallNext, Finish, Undo
from queue_core.life import Status
from queue_core.model import Answer, Channel, GivenService, Ticket
from tests.queue_core.conftest import Day

PENSION = GivenService("vsaa-pensija")
ILLNESS = GivenService("vsaa-slimiba")
BY_PHONE = GivenService("vid-eds", 2, Channel.PHONE)


def served(day: Day, *given: GivenService) -> Ticket:
    ticket = day.take()
    day.do(CallNext("1"))
    assert day.code(Finish("1", ticket.id, given)) is None
    return day.ticket(ticket)


def accounted(day: Day, *given: GivenService) -> str:
    assert day.code(Account("1", given)) is None
    return day.state.done["1"][0]


def test_a_call_by_phone_is_accounted_for_without_a_ticket(day: Day) -> None:
    account = accounted(day, BY_PHONE)
    assert day.state.accounts[account].given == (BY_PHONE,)
    assert not day.state.tickets


def test_who_comes_in_person_has_a_ticket_and_who_calls_has_none(day: Day) -> None:
    assert day.code(Account("1", (PENSION,))) == "bad_value"
    ticket = day.take()
    day.do(CallNext("1"))
    assert day.code(Finish("1", ticket.id, (BY_PHONE,))) == "bad_value"
    assert day.code(Finish("1", ticket.id, ())) == "service_needed"
    remote = GivenService("vsaa-slimiba", channel=Channel.REMOTE, e_service=True)
    assert day.code(Finish("1", ticket.id, (remote,))) is None
    assert day.ticket(ticket).given == (remote,)


def test_what_was_done_is_put_right_where_it_was_done(day: Day) -> None:
    ticket, account = served(day, ILLNESS), accounted(day, BY_PHONE)
    assert day.code(Amend("2", ticket.id, (PENSION,))) == "unknown_record"
    assert day.code(Amend("2", account, (BY_PHONE,))) == "unknown_record"
    assert day.code(Amend("1", "nothing", (PENSION,))) == "unknown_record"
    assert day.code(Amend("1", ticket.id, ())) == "service_needed"
    assert day.code(Amend("1", ticket.id, (PENSION, ILLNESS))) is None
    assert day.ticket(ticket).given == (PENSION, ILLNESS)
    fewer = GivenService("vid-eds", 1, Channel.EMAIL)
    assert day.code(Amend("1", account, (fewer,))) is None
    assert day.state.accounts[account].given == (fewer,)


def test_a_withdrawn_account_is_gone_for_good(day: Day) -> None:
    account = accounted(day, BY_PHONE)
    assert day.code(Amend("1", account, ())) is None
    assert not day.state.accounts
    assert not day.state.done["1"]
    assert day.code(Amend("1", account, (BY_PHONE,))) == "unknown_record"


def test_what_is_done_is_listed_the_newest_first_until_it_is_taken_back(day: Day) -> None:
    ticket, account = served(day, ILLNESS), accounted(day, BY_PHONE)
    assert list(day.state.done["1"]) == [account, ticket.id]
    assert day.code(Undo("1")) is None
    assert list(day.state.done["1"]) == [account]
    assert day.code(Amend("1", ticket.id, (PENSION,))) == "unknown_record"
    assert day.ticket(ticket).status is Status.CALLED


def test_what_was_put_right_is_not_taken_back_with_the_finish(day: Day) -> None:
    ticket = served(day, ILLNESS)
    assert day.code(Amend("1", ticket.id, (PENSION,))) is None
    assert day.code(Undo("1")) == "nothing_to_undo"


def test_an_account_is_not_made_twice_over_midnight_however_busy_the_day_was(day: Day) -> None:
    given = (BY_PHONE,)
    day.do(Account("1", given), "at-night")
    flood = Map({f"other-{each}": Answer() for each in range(9)})
    day.state = replace(day.state, answers=flood, earlier_answers=day.state.answers, flooded=True)
    day.wait(24 * 60)
    day.take()
    day.do(Account("1", given), "at-night")
    assert not day.state.accounts
    day.wait(24 * 60)
    day.take()
    assert day.state.answer_to("at-night") is None


def test_a_counter_remembers_over_the_night_what_it_gives(day: Day) -> None:
    served(day, ILLNESS)
    accounted(day, BY_PHONE)
    served(day, PENSION, ILLNESS)
    day.wait(24 * 60)
    day.take()
    assert day.state.lately_given["1"] == ("vsaa-pensija", "vsaa-slimiba", "vid-eds")
    assert not day.state.done
    assert not day.state.accounts

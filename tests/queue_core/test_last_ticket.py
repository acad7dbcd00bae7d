"""Nobody gets a number who cannot be served before closing, where a centre wishes that."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from messaging.catalogue import catalogue
from queue_core.centre import Centre
from queue_core.commands import (
    AddBooking,
    CallNext,
    CheckIn,
    CloseCounter,
    EndTickets,
    GiveTickets,
    TakeTicket,
)
from queue_core.refusals import RefusalCode
from tests.conftest import MORNING
from tests.queue_core.conftest import Day

GIVEN_OUT = RefusalCode.TICKETS_GIVEN_OUT.value
SICKNESS = TakeTicket("vsaa-slimiba", "lv")


@pytest.fixture
def fitting(day: Day) -> Day:
    """Half an hour before closing; both counters serve it, a visit takes ten minutes."""
    services = {
        name: replace(each, expected=timedelta(minutes=10))
        for name, each in day.centre.services.items()
    }
    day.centre = replace(day.centre, last_ticket_fits=True, services=services)
    day.now = MORNING.replace(hour=16, minute=30)
    return day


def counters_for(centre: Centre, day: Day) -> int:
    return sum("vsaa-slimiba" in centre.counters[each].serves for each in day.state.counters)


def test_as_many_are_given_as_can_be_served(fitting: Day) -> None:
    fit = 3 * counters_for(fitting.centre, fitting)
    for _ in range(fit):
        assert fitting.code(SICKNESS) is None
    refusal = fitting.do(SICKNESS).refusal
    assert refusal
    assert refusal.code is RefusalCode.TICKETS_GIVEN_OUT
    assert refusal.facts["opens_at"].startswith("2026-11-25T08:00")
    fitting.centre = replace(fitting.centre, last_ticket_fits=False)
    assert fitting.code(SICKNESS) is None


def test_an_appointment_is_kept_and_counts(fitting: Day) -> None:
    for n in range(counters_for(fitting.centre, fitting)):
        at = MORNING.replace(hour=16, minute=40)
        fitting.do(AddBooking(f"booking-{n}", "vsaa-slimiba", at, 25))
    assert fitting.code(SICKNESS) == GIVEN_OUT
    assert fitting.code(CheckIn("booking-0", "lv")) is None


@pytest.mark.parametrize(("called", "code"), [(35, None), (44, GIVEN_OUT)])
def test_who_is_called_long_ago_is_nearly_done(fitting: Day, called: int, code: str | None) -> None:
    fitting.now = MORNING.replace(hour=16, minute=30)
    for _ in fitting.state.counters:
        fitting.do(SICKNESS)
    fitting.now = MORNING.replace(hour=16, minute=called)
    for counter in fitting.state.counters:
        fitting.do(CallNext(counter))
    fitting.now = MORNING.replace(hour=16, minute=45)
    assert fitting.code(SICKNESS) == code


def test_breaks_are_no_time_left(fitting: Day) -> None:
    fitting.now = MORNING.replace(hour=11, minute=59)
    assert fitting.code(SICKNESS) is None  # it goes on after lunch
    fitting.now = MORNING.replace(hour=16, minute=55)
    assert fitting.code(SICKNESS) == GIVEN_OUT


def test_where_nobody_works_yet_nobody_can_say(fitting: Day) -> None:
    for counter in list(fitting.state.counters):
        fitting.do(CloseCounter(counter))
    fitting.now = MORNING.replace(hour=16, minute=55)
    assert fitting.code(SICKNESS) is None


@pytest.mark.parametrize(("minute", "code"), [(44, None), (45, None), (46, GIVEN_OUT)])
def test_the_last_one_by_the_clock(day: Day, minute: int, code: str | None) -> None:
    day.centre = replace(day.centre, last_ticket=timedelta(minutes=15))
    day.now = MORNING.replace(hour=16, minute=minute)
    assert day.code(SICKNESS) == code


def test_kiosks_are_told(day: Day) -> None:
    centre = replace(day.centre, last_ticket=timedelta(minutes=15))
    told = {
        each.id: each
        for each in catalogue(centre, MORNING.replace(hour=16, minute=50)).institutions
    }
    assert (told["vsaa"].open, told["vsaa"].given_out) == (False, True)
    assert told["vsaa"].opens_at == datetime.fromisoformat("2026-11-25T08:00+02:00")
    assert not told["vzd"].given_out  # which is closed all day
    told = {each.id: each for each in catalogue(centre, MORNING).institutions}
    assert (told["vsaa"].open, told["vsaa"].given_out) == (True, False)


def test_staff_end_it_for_today_and_take_that_back(day: Day) -> None:
    day.do(EndTickets(time(11, 30)))
    assert day.code(SICKNESS) is None
    day.now = MORNING.replace(hour=11, minute=30)
    assert day.code(SICKNESS) == GIVEN_OUT
    told = {each.id: each for each in catalogue(day.centre, day.now, day.state).institutions}
    assert (told["vsaa"].open, told["vsaa"].given_out) == (False, True)
    day.do(GiveTickets())
    assert day.code(SICKNESS) is None
    day.do(EndTickets())
    assert day.code(SICKNESS) == GIVEN_OUT
    day.now += timedelta(days=1)
    assert day.code(SICKNESS) is None

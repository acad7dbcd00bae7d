"""What of a centre cannot be taken away while somebody here needs it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from queue_core.commands import (
    AddBooking,
    CallNext,
    CheckIn,
    CloseCounter,
    Finish,
    NoShow,
    OpenCounter,
    Transfer,
)
from queue_core.in_use import still_in_use
from queue_core.model import GivenService
from queue_core.refusals import RefusalCode
from tests.queue_core.conftest import Day

SERVICE = "vsaa-konsultacija"


def facts(day: Day, *, service: str = "", counter: str = "") -> dict[str, str] | None:
    """Why these may not go now; None: they may."""
    left = replace(
        day.centre,
        services={name: each for name, each in day.centre.services.items() if name != service},
        counters={name: each for name, each in day.centre.counters.items() if name != counter},
    )
    refusal = still_in_use(day.state, day.centre, left, day.now)
    assert refusal is None or refusal.code is RefusalCode.STILL_IN_USE
    return dict(refusal.facts) if refusal else None


def test_a_service_stays_until_who_is_here_for_it_is_served(day: Day) -> None:
    assert facts(day, service="vsaa-slimiba") is None
    ticket = day.take("vsaa-slimiba")
    assert facts(day, service="vsaa-slimiba") == {"number": ticket.label}
    assert facts(day, service="vid-eds") is None
    day.do(OpenCounter("1"))
    day.do(CallNext("1"))
    assert facts(day, service="vsaa-slimiba") == {"number": ticket.label}
    day.do(Finish("1", ticket.id, (GivenService("vsaa-slimiba"),)))
    assert facts(day, service="vsaa-slimiba") is None


def test_who_did_not_come_keeps_nothing(day: Day) -> None:
    ticket = day.take("vsaa-slimiba")
    day.do(OpenCounter("1"))
    day.do(CallNext("1"))
    day.do(NoShow("1", ticket.id))
    assert facts(day, service="vsaa-slimiba") is None


@pytest.mark.parametrize("comes", [True, False])
def test_an_appointment_still_to_come_keeps_its_service(day: Day, *, comes: bool) -> None:
    starts_at = day.now + timedelta(days=3 * (not comes), minutes=5)
    day.do(AddBooking("a-booking", SERVICE, starts_at, 20))
    assert facts(day, service=SERVICE) == {"starts_at": starts_at.isoformat()}
    if comes:
        answer = day.do(CheckIn("a-booking", "lv"))
        assert facts(day, service=SERVICE) == {
            "number": day.state.tickets[answer.ticket or ""].label
        }
    else:
        day.now = starts_at
        assert facts(day, service=SERVICE) is None


def test_a_counter_stays_while_it_is_open_or_somebody_is_sent_to_it(day: Day) -> None:
    day.do(OpenCounter("1"))
    assert facts(day, counter="1") == {"counter": "1"}
    ticket = day.take("vsaa-slimiba")
    day.do(CallNext("1"))
    day.do(Transfer("1", ticket.id, to_counter="2"))
    day.do(CloseCounter("1"))
    assert facts(day, counter="1") is None
    day.do(CloseCounter("2"))
    assert facts(day, counter="2") == {"number": ticket.label}

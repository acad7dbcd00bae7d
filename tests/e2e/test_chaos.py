"""Real processes, a real network and a real file system, broken at random; and who judges it."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.promises import Witness, broken
from benchmarks.windowless import Sight
from kiosk import demo
from messaging.booking_code import ticket_qr
from messaging.messages import Reply
from queue_core.events import Event, Recorded, TicketCancelled, TicketTaken
from queue_core.model import Kind
from tests.conftest import MORNING


@pytest.mark.whole
@pytest.mark.timeout(400)
def test_whatever_breaks_no_promise_does(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.chaos", "--folder", str(tmp_path)]
    storm = [*command, "--seconds", "35", "--seed", "5"]
    done = subprocess.run(storm, capture_output=True, text=True, timeout=380, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


FIRST, SECOND = "ticket-one", "ticket-two"
SAW_FIRST = Sight(FIRST, "A 001", 1.0, alone=False, touches=3, cut_off=0)
SAW_SECOND = replace(SAW_FIRST, ticket=SECOND, number="A 002", at=9.0)


def taken(ticket: str, number: int) -> Event:
    moment = MORNING + timedelta(minutes=number)
    return TicketTaken(ticket, "A", number, "vsaa-slimiba", Kind.WALK_IN, "lv", moment, moment)


def wrong(*events: Event, seen: tuple[Sight, ...] = (), paper: str = "") -> str:
    log = [
        Recorded(place, MORNING, f"command-{place}", "kiosk", event)
        for place, event in enumerate(events, 1)
    ]
    papers = [(paper, ticket_qr("demo", FIRST))] if paper else []
    return "\n".join(broken(log, Witness("demo", {"kiosk": seen}, papers)))


def test_what_is_as_it_was_seen_is_well() -> None:
    log = taken(FIRST, 1), taken(SECOND, 2)
    assert wrong(*log, seen=(SAW_FIRST, SAW_SECOND), paper="… A 001 …") == ""


def test_each_broken_promise_is_found() -> None:
    first, second, cancelled = taken(FIRST, 1), taken(SECOND, 2), TicketCancelled(FIRST)
    assert "A 001 was given twice" in wrong(first, taken(SECOND, 1))
    assert "was shown, and is None" in wrong(second, seen=(SAW_FIRST,))
    assert "was shown, and is A 002" in wrong(taken(FIRST, 2), seen=(SAW_FIRST,))
    assert "was seen, and is cancelled" in wrong(first, cancelled, seen=(SAW_FIRST,))
    assert "was seen, and is cancelled" in wrong(first, cancelled, paper="A 001")
    assert "on paper" in wrong(first, paper="A 002")
    late = replace(SAW_FIRST, at=10.0)
    assert f"{FIRST} came after {SECOND}" in wrong(first, second, seen=(late, SAW_SECOND))


def test_what_was_done_twice_or_lost_is_found() -> None:
    again = Recorded(1, MORNING, "command", "kiosk", taken(FIRST, 1))
    other = Recorded(2, MORNING, "other", "kiosk", TicketCancelled(FIRST))
    log = [again, other, replace(again, sequence=3)]
    assert "command was done 2 times" in broken(log, Witness("demo"))
    ticket = demo.ticket("lv")
    answered = {"command-9": Reply(id="command-9", ticket=ticket)}
    lost = broken(log[:1], Witness("demo", answered=answered))
    assert list(lost) == ["command-9 was acknowledged, and is lost"]

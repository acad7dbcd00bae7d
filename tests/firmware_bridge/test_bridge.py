"""Presses to commands and the queue to lamps and displays, without a line."""

from datetime import UTC, datetime

import pytest

from firmware_bridge.bridge import FAULTS, FLASH_SECONDS, STALE_SECONDS, Bridge
from firmware_bridge.frames import (
    Button,
    ButtonPressed,
    Contact,
    Frame,
    Lamp,
    SetLamp,
    ShowNumber,
)
from messaging.messages import DeskCounter, DeskTicket, HelpView, QueueState
from queue_core.commands import CallNext, NoShow, Recall
from queue_core.life import Status
from queue_core.model import CounterStatus, Kind
from texts import language
from texts.sentences import fault

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NEXT, RECALL, NO_SHOW = (ButtonPressed(1, button) for button in Button)


def queue_state(number: str = "", *, help_at: str = "") -> QueueState:
    ticket = DeskTicket(
        id="t1",
        number=number,
        service="vsaa-pensija",
        kind=Kind.WALK_IN,
        status=Status.CALLED,
        language="lv",
        arrived_at=NOW,
        due_at=NOW,
        ahead=0,
    )
    counter = DeskCounter(
        id="1",
        sign="1",
        name={},
        serves=(),
        status=CounterStatus.OPEN,
        ticket=ticket if number else None,
    )
    return QueueState(
        sequence=1,
        at=NOW,
        counters=(counter,),
        waiting=(),
        held=(),
        missed=(),
        served=0,
        help=(HelpView(unit=help_at, at=NOW),) if help_at else (),
    )


@pytest.fixture
def bridge() -> Bridge:
    return Bridge(["1", "elsewhere"], kiosk="kiosk")


def shown(bridge: Bridge, now: float) -> list[Frame]:
    """Place 0 and 1."""
    return list(bridge.frames(now))[:3]


def test_presses_are_the_commands_of_the_desk(bridge: Bridge) -> None:
    bridge.take_queue(queue_state("A 042"), now=0)
    assert bridge.command(NEXT, 1) == CallNext("1")
    assert bridge.command(RECALL, 1) == Recall("1", "t1")
    assert bridge.command(NO_SHOW, 1) == NoShow("1", "t1")


def test_a_press_that_means_nothing_is_no_command(bridge: Bridge) -> None:
    assert bridge.command(NEXT, 0) is None
    bridge.take_queue(queue_state(), now=0)
    assert bridge.command(RECALL, 1) is None
    assert bridge.command(ButtonPressed(2, Button.NEXT), 1) is None
    assert bridge.command(ButtonPressed(3, Button.NEXT), 1) is None
    assert bridge.command(NEXT, STALE_SECONDS) is None


def test_lamp_and_number_follow_the_queue_and_go_dark_with_it(bridge: Bridge) -> None:
    dark = [SetLamp(0, Lamp.OFF), SetLamp(1, Lamp.OFF), ShowNumber(1, "")]
    assert shown(bridge, 0) == dark
    bridge.take_queue(queue_state("A 042"), now=0)
    assert shown(bridge, 1) == [SetLamp(0, Lamp.ON), SetLamp(1, Lamp.ON), ShowNumber(1, "A 042")]
    assert shown(bridge, STALE_SECONDS) == dark


def test_a_refusal_flashes_for_a_moment(bridge: Bridge) -> None:
    bridge.take_queue(queue_state(), now=10)
    bridge.refuse(1, now=10)
    assert SetLamp(1, Lamp.BLINKING) in shown(bridge, 10)
    assert SetLamp(1, Lamp.OFF) in shown(bridge, 10 + FLASH_SECONDS)


def test_the_units_lamp_blinks_while_its_visitor_asks_for_help(bridge: Bridge) -> None:
    bridge.take_queue(queue_state(help_at="kiosk"), now=0)
    assert SetLamp(0, Lamp.BLINKING) in shown(bridge, 1)
    bridge.take_queue(queue_state(help_at="other"), now=1)
    assert SetLamp(0, Lamp.ON) in shown(bridge, 1)


def test_every_fault_has_its_sentence() -> None:
    for code in (*FAULTS.values(), "too_hot", "controller_offline"):
        assert code not in fault(language("lv"), code)
    assert set(FAULTS) == set(Contact) - {Contact.PRESENCE}

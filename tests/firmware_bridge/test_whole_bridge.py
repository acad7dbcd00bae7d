"""The program itself: real broker, queue module and firmware, on a pseudo-terminal."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.flash import image, lay_out
from firmware_bridge.frames import Button, Contact
from firmware_bridge.simulated_controller import SimulatedController
from messaging.messages import Presence, UnitStatus
from queue_core.centre import Centre
from queue_core.commands import OpenCounter, TakeTicket
from queue_core.events import CommandRefused, NoShowRecorded, TicketCalled, TicketRecalled
from rinda.broker import Broker
from rinda.observer import Observer
from tests.conftest import DEMO, MORNING
from tests.parts import ModuleThread, UnitThread, clock_at, wait_until

UNIT = """\
unit.id = "kiosk"
broker.port = {broker}
bridge.port = "{port}"
bridge.counters = ["2", "1"]
bridge.kiosk = "kiosk"
"""


Verb = Callable[[SimulatedController], None]


@dataclass
class Desk:
    controller: SimulatedController
    observer: Observer
    unit: UnitThread

    def faults(self) -> tuple[str, ...] | None:
        return self.status.faults if self.status else None

    @property
    def status(self) -> UnitStatus | None:
        status = self.observer.latest(self.observer.topics.unit_status("bridge"), UnitStatus)
        return status if status and status.online else None

    def present(self) -> bool | None:
        presence = self.observer.latest(self.observer.topics.presence("bridge"), Presence)
        return presence.present if presence else None


def older(slot: Path) -> None:
    (slot / "version").write_text("0.0.9")


def older_and_full(slot: Path) -> None:
    older(slot)
    updates = slot / "firmware_bridge" / "firmware" / "updates.py"
    updates.write_text(updates.read_text().replace("0x40000", "0x100"))


@pytest.fixture
def made() -> Callable[[Path], None]:
    """How the controller's firmware differs from this package's."""
    return lambda slot: None


@pytest.fixture
def desk(
    centre: Centre, broker: Broker, tmp_path: Path, made: Callable[[Path], None]
) -> Iterator[Desk]:
    lay_out(tmp_path / "flash")
    made(tmp_path / "flash" / "slot_a")
    unit_file = tmp_path / "unit.toml"
    unit_file.write_text(UNIT.format(broker=broker.port, port=tmp_path / "controller"))
    files = ["--site", str(DEMO / "site.toml"), "--unit", str(unit_file)]
    with (
        SimulatedController(tmp_path / "controller", tmp_path / "flash") as controller,
        ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)),
        UnitThread(broker.port) as unit,
        Observer("demo", broker.port) as observer,
        subprocess.Popen([sys.executable, "-m", "rinda", "bridge", *files], env=os.environ) as app,
    ):
        try:
            yield Desk(controller, observer, unit)
        finally:
            app.terminate()
        assert app.wait(10) == 0


def test_a_visitor_is_called_by_the_button_and_stays_away(desk: Desk) -> None:
    wait_until(lambda: desk.controller.lit(0))
    assert desk.unit.ask(TakeTicket("vsaa-pensija", "lv"))
    desk.controller.press(2, Button.NEXT)  # counter 1 is closed
    wait_until(lambda: desk.controller.lit(2))
    wait_until(lambda: not desk.controller.lit(2))
    assert not desk.observer.events(TicketCalled)
    assert desk.unit.ask(OpenCounter("1"))
    desk.controller.press(2, Button.NEXT)
    wait_until(lambda: desk.controller.number(2) == "A001" and desk.controller.lit(2))
    assert desk.controller.number(1) == ""
    (called,) = desk.observer.events(TicketCalled)
    assert called[1].sender == "bridge"
    desk.controller.press(2, Button.RECALL)  # at once: too soon
    wait_until(lambda: len(desk.observer.events(CommandRefused)) == 2)
    assert not desk.observer.events(TicketRecalled)
    desk.controller.press(2, Button.NO_SHOW)
    wait_until(lambda: desk.observer.events(NoShowRecorded))
    wait_until(lambda: desk.controller.number(2) == "")


def test_the_unit_says_how_it_is(desk: Desk) -> None:
    wait_until(lambda: desk.faults() == () and desk.present() is False)
    desk.controller.contact(Contact.PRESENCE, active=True)
    wait_until(desk.present)
    desk.controller.contact(Contact.DOOR, active=True)
    wait_until(lambda: desk.faults() == ("door_open",))
    desk.controller.contact(Contact.POWER_FAILING, active=True)
    desk.controller.contact(Contact.TAMPER, active=True)
    wait_until(lambda: desk.faults() == ("door_open", "power_failing", "tampered"))
    desk.controller.celsius(70)
    desk.controller.kill()  # or it would tell only in a minute
    wait_until(lambda: desk.faults() == ("door_open", "power_failing", "tampered", "too_hot"))


@pytest.mark.parametrize("made", [older])
def test_an_older_firmware_is_replaced_by_itself(desk: Desk) -> None:
    desk.controller.hang()  # so that nobody misses it
    wait_until(lambda: desk.faults() == ("controller_offline",))
    desk.controller.go_on()
    wait_until(lambda: desk.status and desk.status.firmware_percent is not None)
    wait_until(lambda: desk.status and desk.status.firmware == image().version)
    assert desk.faults() == ()
    desk.controller.press(1, Button.NEXT)  # counter 2 is closed
    wait_until(lambda: desk.controller.lit(1))


@pytest.mark.parametrize("made", [older_and_full])
def test_a_firmware_that_cannot_be_replaced_serves_on(desk: Desk) -> None:
    wait_until(lambda: desk.faults() == ("controller_update_failed",))
    assert desk.status
    assert (desk.status.firmware, desk.status.firmware_percent) == ("0.0.9", None)
    desk.controller.press(1, Button.NEXT)  # counter 2 is closed
    wait_until(lambda: desk.controller.lit(1))


@pytest.mark.parametrize(
    ("away", "back"),
    [
        (SimulatedController.unplug, SimulatedController.plug),
        (SimulatedController.hang, SimulatedController.go_on),
    ],
    ids=["pulled out", "hung"],
)
def test_a_controller_that_was_away_goes_on(desk: Desk, away: Verb, back: Verb) -> None:
    wait_until(lambda: desk.present() is False)
    desk.unit.ask(OpenCounter("2"))
    desk.unit.ask(TakeTicket("vsaa-pensija", "lv"))
    desk.controller.press(1, Button.NEXT)
    wait_until(lambda: desk.controller.number(1) == "A001")
    away(desk.controller)
    wait_until(lambda: desk.faults() == ("controller_offline",))
    assert desk.present()
    back(desk.controller)
    wait_until(lambda: desk.controller.number(1) == "A001")
    wait_until(lambda: desk.faults() == () and desk.present() is False)
    assert len(desk.observer.events(TicketCalled)) == 1

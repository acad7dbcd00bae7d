"""The controller's own firmware over a real pseudo-terminal."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from config.programs import BridgeSettings
from firmware_bridge.frames import Button
from firmware_bridge.simulated_controller import SimulatedController
from messaging.messages import Finding
from selftest.buttons import try_buttons
from selftest.person import Nobody, Person
from tests.selftest.scripted import Scripted
from texts import language

COUNTERS = {"1": "Counter 1", "2": "Counter 2"}


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[SimulatedController]:
    with SimulatedController(tmp_path / "controller", tmp_path / "flash") as controller:
        yield controller


def press_them(folder: Path, person: Person) -> Finding:
    bridge = BridgeSettings(port=str(folder / "controller"), counters=("2", "1"))
    return try_buttons(bridge, COUNTERS, person, language("en"))


def pressing(controller: SimulatedController, places: dict[str, int]) -> Scripted:
    return Scripted(
        {
            f"Press a button at this counter: {counter}": partial(
                controller.press, place, Button.RECALL
            )
            for counter, place in places.items()
        }
    )


def test_a_press_at_each_counter(controller: SimulatedController, tmp_path: Path) -> None:
    person = pressing(controller, {"Counter 2": 1, "Counter 1": 2})
    finding = press_them(tmp_path, person)
    assert (finding.code, finding.facts) == ("buttons_good", {"count": "2"})
    assert not controller.lit(1)
    shown = (tmp_path / "flash" / "shown.log").read_text().splitlines()
    assert [each for each in shown if each.endswith("888")] == ["number 1 888", "number 2 888"]


def test_dark_displays(controller: SimulatedController, tmp_path: Path) -> None:
    person = pressing(controller, {"Counter 2": 1, "Counter 1": 2})
    person.no = "Did the lamp blink"
    assert press_them(tmp_path, person).code == "displays_dark"


def test_swapped_wires_are_named(controller: SimulatedController, tmp_path: Path) -> None:
    finding = press_them(tmp_path, pressing(controller, {"Counter 2": 2, "Counter 1": 1}))
    assert finding.code == "button_swapped"
    assert finding.facts == {"counter": "Counter 2", "number": "2"}


def test_a_button_that_is_not_heard(controller: SimulatedController, tmp_path: Path) -> None:
    person = pressing(controller, {"Counter 2": 1})
    person.deeds["Press a button at this counter: Counter 1"] = person.give_up
    finding = press_them(tmp_path, person)
    assert (finding.code, finding.facts) == ("button_silent", {"counter": "Counter 1"})


def test_a_controller_alone(controller: SimulatedController, tmp_path: Path) -> None:
    assert press_them(tmp_path, Nobody()).code == "controller_good"
    controller.unplug()
    assert press_them(tmp_path, Nobody()).code == "controller_offline"

"""The firmware itself: its pure part here, and all of it but the pins on a pseudo-terminal."""

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from firmware_bridge.firmware import controller as firmware
from firmware_bridge.firmware import updates
from firmware_bridge.firmware.controller import Controller, Debounced
from firmware_bridge.firmware.displays import SEGMENTS, packet
from firmware_bridge.firmware.updates import Updates
from firmware_bridge.flash import image, lay_out
from firmware_bridge.frames import (
    Answer,
    Button,
    ButtonPressed,
    Code,
    Contact,
    ContactChanged,
    Firmware,
    FirmwareState,
    Frame,
    Lamp,
    SetLamp,
    ShowNumber,
    Temperature,
    read,
    write,
)
from firmware_bridge.link import Link
from firmware_bridge.simulated_controller import SimulatedController
from firmware_bridge.wire import Decoder
from tests.parts import wait_until

MICROPYTHON = shutil.which("micropython", path=str(Path(sys.executable).parent))
NEXT = bytes((Code.BUTTON_PRESSED, 1, Button.NEXT))
DOOR = bytes((Code.CONTACT_CHANGED, Contact.DOOR))
AT_FIRST = [
    ContactChanged(Contact.DOOR, active=False),
    Firmware(FirmwareState.WORKS, image().version),
    Temperature(31),
]


class Desk:
    """The Pi's link and a controller, in virtual milliseconds."""

    def __init__(self) -> None:
        self.pi, self.controller = Link(0, first_session=7), Controller(63, Updates())
        self.inputs = {NEXT: False, DOOR: False}
        self.celsius = 31
        self.now = 0
        self.cut = False
        self.heard: list[Frame] = []

    def run(self, milliseconds: int) -> None:
        for _ in range(0, milliseconds, 5):
            self.now += 5
            to_controller = b"" if self.cut else self.pi.transmit(self.now)
            to_pi = self.controller.step(to_controller, self.inputs, self.celsius, self.now)
            self.heard += map(read, self.pi.receive(b"" if self.cut else to_pi, self.now))

    def press(self, milliseconds: int = 80) -> None:
        self.inputs[NEXT] = True
        self.run(milliseconds)
        self.inputs[NEXT] = False
        self.run(50)

    def presses(self) -> int:
        return self.heard.count(ButtonPressed(1, Button.NEXT))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    ready = Desk()
    ready.run(200)
    return ready


def test_at_first_it_tells_its_contacts_and_temperature(desk: Desk) -> None:
    assert desk.heard == AT_FIRST
    desk.inputs[DOOR] = True
    desk.celsius = -7
    desk.run(60_100)
    assert desk.heard[3:] == [ContactChanged(Contact.DOOR, active=True), Temperature(-7)]


def test_a_pi_that_started_again_is_told_all_of_it_once_more(desk: Desk) -> None:
    desk.pi = Link(0, first_session=8)
    desk.heard.clear()
    desk.run(1_000)
    assert desk.heard == AT_FIRST


def test_a_press_is_one_press_however_the_contact_bounces(desk: Desk) -> None:
    for level in (True, False, True, False, True):
        desk.inputs[NEXT] = level
        desk.run(10)
    desk.run(3_000)
    assert desk.presses() == 1
    desk.inputs[NEXT] = False
    desk.run(100)
    desk.press()
    assert desk.presses() == 2


def test_a_touch_shorter_than_the_bounce_is_none() -> None:
    contact = Debounced()
    assert [contact.update(level, now) for now, level in ((0, True), (20, True), (25, False))] == [
        False
    ] * 3
    assert not contact.level


def test_presses_while_the_pi_is_away_are_forgotten(desk: Desk) -> None:
    desk.cut = True
    for _ in range(20):
        desk.press()
        desk.run(400)
    desk.cut = False
    desk.run(3_000)
    assert desk.pi.up
    assert desk.presses() == 0


def test_a_press_during_a_short_break_still_arrives_once(desk: Desk) -> None:
    desk.cut = True
    desk.press()
    desk.cut = False
    desk.run(500)
    assert desk.presses() == 1


def test_lamps_and_numbers_obey_and_go_dark_without_the_pi(desk: Desk) -> None:
    for frame in (SetLamp(1, Lamp.ON), SetLamp(0, Lamp.BLINKING), ShowNumber(1, "A 042")):
        desk.pi.send(write(frame))
        desk.run(20)
    assert desk.controller.numbers == {1: "A 042"}
    assert desk.controller.lit(1, desk.now)
    assert [desk.controller.lit(0, now) for now in (0, 499, 500, 999, 1000)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    desk.cut = True
    desk.run(3_100)
    assert desk.controller.numbers == {}
    assert not desk.controller.lit(1, desk.now)


def test_what_it_does_not_understand_is_counted_and_the_link_goes_on(desk: Desk) -> None:
    for message in (b"\x7f", b"\x20\1\3", b"\x20\1", b"\x21", b"\x21\x01123456789"):
        desk.pi.send(message)
        desk.run(20)
    assert desk.controller.refused == 5
    assert desk.pi.ready


def test_codes_are_those_of_the_pi() -> None:
    for code in Code:
        assert getattr(firmware if hasattr(firmware, code.name) else updates, code.name) == code
    for word in (*Answer, *FirmwareState):
        assert getattr(updates, word.name) == word
    for lamp in Lamp:
        assert getattr(firmware, lamp.name) == lamp


def test_a_display_gets_its_place_and_eight_digits_to_the_right() -> None:
    (given,) = Decoder().feed(packet(3, "B 005"))
    assert given == bytes((3, 0, 0, 0, 0, 0x7C, 0x3F, 0x3F, 0x6D))
    (other,) = Decoder().feed(packet(3, "?"))
    assert other[-1] == SEGMENTS["-"]


class Port:
    """The Pi's end at a real port."""

    def __init__(self, port: Path) -> None:
        self.link = Link(0, first_session=99)
        self.heard: list[Frame] = []
        self._port = serial.Serial(str(port), timeout=0.005, exclusive=True)

    def run_until(self, what: Frame) -> None:
        wait_until(lambda: self._turn() and what in self.heard)

    def say(self, frame: Frame) -> None:
        wait_until(lambda: self._turn() and self.link.ready)
        self.link.send(write(frame))
        wait_until(lambda: self._turn() and self.link.ready)

    def close(self) -> None:
        self._port.close()

    def _turn(self) -> bool:
        now = time.monotonic_ns() // 1_000_000
        self._port.write(self.link.transmit(now))
        self.heard += map(read, self.link.receive(self._port.read(64), now))
        return True


@pytest.fixture(params=["micropython", "python"])
def simulated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimulatedController]:
    if request.param == "micropython" and not MICROPYTHON:
        # Its package has wheels for x86-64 only; the same firmware runs under Python all the same.
        pytest.skip("no MicroPython for this machine")
    interpreter = str(MICROPYTHON) if request.param == "micropython" else sys.executable
    with SimulatedController(tmp_path / "controller", tmp_path / "flash", [interpreter]) as twin:
        yield twin


def test_the_firmware_runs_unchanged_over_a_real_line(
    simulated: SimulatedController, tmp_path: Path
) -> None:
    port = Port(tmp_path / "controller")
    port.run_until(ContactChanged(Contact.POWER_FAILING, active=False))
    assert port.link.peer == 63
    simulated.press(2, Button.RECALL)
    port.run_until(ButtonPressed(2, Button.RECALL))
    simulated.contact(Contact.PRESENCE, active=True)
    port.run_until(ContactChanged(Contact.PRESENCE, active=True))
    port.say(ShowNumber(4, "K 001"))
    port.say(SetLamp(4, Lamp.ON))
    wait_until(lambda: simulated.number(4) == "K001" and simulated.lit(4))
    simulated.unplug()
    port.close()

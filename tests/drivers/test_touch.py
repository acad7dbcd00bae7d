"""What fingers do on a panel, from the bytes that Linux gives of it."""

import os
from pathlib import Path

import pytest

from drivers.calibration import after, corrected, fitted, on_panel
from drivers.touch import (
    ABSOLUTE,
    DIRECT,
    DROPPED,
    FINGER_TOOL,
    KEY,
    SLOT,
    SYNCHRONISE,
    TOUCHED,
    TRACKING,
    Fingers,
    X,
    Y,
    is_panel,
)
from selftest.touch import TARGETS
from tests.drivers.panel import MOST, REPORTED, TWO_AXES, Machine, event, finger, lifted, tap

RANGES = ((0.0, MOST), (0.0, MOST))
PLAIN = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def fingers(*, many: bool = True) -> Fingers:
    return Fingers(RANGES, PLAIN, many=many)


def seen(reader: Fingers, data: bytes) -> list[tuple[str, int, float, float]]:
    moves = reader.feed(data)
    return [(m.action, m.finger, round(m.place[0], 2), round(m.place[1], 2)) for m in moves]


def test_a_tap_begins_and_ends_however_its_bytes_arrive() -> None:
    reader = fingers()
    data = tap(0.25, 0.75)
    found = [each for byte in data for each in seen(reader, bytes([byte]))]
    assert found == [("begin", 0, 0.25, 0.75), ("end", 0, 0.25, 0.75)]


def test_two_fingers_are_told_apart() -> None:
    reader = fingers()
    assert seen(reader, finger(0, 0.1, 0.1, 5)) == [("begin", 0, 0.1, 0.1)]
    assert seen(reader, finger(1, 0.9, 0.5, 6))[-1] == ("begin", 1, 0.9, 0.5)
    assert ("end", 1, 0.9, 0.5) in seen(reader, lifted(1))
    assert seen(reader, lifted(0)) == [("end", 0, 0.1, 0.1)]


def test_a_place_that_stays_the_same_is_not_said_again_by_the_kernel() -> None:
    reader = fingers()
    seen(reader, tap(0.5, 0.5))
    again = event(ABSOLUTE, SLOT, 0) + event(ABSOLUTE, TRACKING, 8) + REPORTED
    assert seen(reader, again) == [("begin", 0, 0.5, 0.5)]


def test_a_panel_of_one_finger() -> None:
    reader = fingers(many=False)
    place = event(ABSOLUTE, X, MOST) + event(ABSOLUTE, Y, 0)
    assert seen(reader, event(KEY, TOUCHED, 1) + place + REPORTED) == [("begin", 0, 1, 0)]
    assert seen(reader, event(KEY, TOUCHED, 0) + REPORTED) == [("end", 0, 1, 0)]


def test_what_the_kernel_dropped_lifts_all_fingers() -> None:
    reader = fingers()
    seen(reader, finger(0, 0.1, 0.1, 5))
    assert seen(reader, event(SYNCHRONISE, DROPPED, 0)) == [("end", 0, 0.1, 0.1)]


def test_panels_come_and_go(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    panels = machine.panels()
    assert list(panels.read(0)) == []
    wire = machine.plug("event3")
    os.write(wire, finger(0, 0.5, 0.5, 1))
    assert list(panels.read(0.5)) == []
    found = [each for now in (1.0, 1.1) for each in panels.read(now)]
    assert [(name, move.action) for name, move in found] == [("event3", "begin")]
    os.close(wire)
    assert [move.action for _, move in panels.read(1.2)] == ["end"]
    panels.close()


@pytest.mark.parametrize(
    ("axes", "keys", "properties", "touched"),
    [
        ((X, Y, SLOT, 0x35, 0x36, TRACKING), (TOUCHED,), (DIRECT,), True),
        (TWO_AXES, (TOUCHED,), (), True),
        (TWO_AXES, (TOUCHED, FINGER_TOOL), (), False),
        (TWO_AXES, (TOUCHED, FINGER_TOOL), (DIRECT,), True),
        (TWO_AXES, (0x110,), (), False),
        ((), (30,), (), False),
    ],
    ids=["panel", "one finger", "touchpad", "panel with a tool", "tablet of QEMU", "keyboard"],
)
def test_what_is_a_panel(
    tmp_path: Path,
    axes: tuple[int, ...],
    keys: tuple[int, ...],
    properties: tuple[int, ...],
    touched: bool,
) -> None:
    machine = Machine(tmp_path)
    os.close(machine.plug("event0", axes, keys, properties))
    assert is_panel(machine.names / "event0" / "device") == touched


def test_five_touches_find_the_six_numbers() -> None:
    fault = (0.02, -0.9, 0.95, 1.1, 0.01, -0.04)
    arrived = [corrected(each, fault) for each in TARGETS]
    lead = fitted(arrived, TARGETS)
    assert lead
    assert after(lead, fault) == pytest.approx(PLAIN, abs=1e-9)
    for place, target in zip(arrived, TARGETS, strict=True):
        assert corrected(place, lead) == pytest.approx(target)


def test_touches_on_one_line_find_nothing() -> None:
    assert fitted([(each[0], 0.5) for each in TARGETS], TARGETS) is None


def test_a_turned_picture_begins_in_another_corner_of_its_panel() -> None:
    corners = [on_panel((0, 0), rotation) for rotation in (0, 90, 180, 270)]
    assert corners == [(0, 0), (1, 0), (1, 1), (0, 1)]

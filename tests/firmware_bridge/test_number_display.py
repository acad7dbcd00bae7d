"""The other end of the chain."""

import shutil
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.firmware.displays import packet
from firmware_bridge.firmware.number_display import DARK_MS, Display, registers
from firmware_bridge.flash import lay_out_display

MICROPYTHON = shutil.which("micropython", path=str(Path(sys.executable).parent))


def test_it_shows_the_number_of_its_own_place_and_is_dark_without_news() -> None:
    display = Display(3)
    display.take(packet(2, "A 001") + packet(3, "A 021") + packet(4, "A 003"), 10)
    assert display.digits(10 + DARK_MS - 1) == bytes((0, 0, 0, 0, 0x77, 0x3F, 0x5B, 0x06))
    assert display.digits(10 + DARK_MS) == bytes(8)
    display.take(packet(3, ""), 20)
    assert display.digits(20) == bytes(8)


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_noise_shows_nothing(noise: list[bytes]) -> None:
    display = Display(3)
    for data in noise:
        display.take(data, 0)
    assert display.digits(0) == bytes(8)


def test_segments_are_those_of_the_max7219() -> None:
    digits = bytes((0x01, 0x40, 0x77, 0, 0, 0, 0, 0x06))  # a; g; A; 1
    assert registers(digits)[:3] == [bytes((8, 0x40)), bytes((7, 0x01)), bytes((6, 0x77))]
    assert registers(digits)[7] == bytes((1, 0x30))


def test_its_files_run(tmp_path: Path) -> None:
    lay_out_display(tmp_path)
    shutil.copyfile(Path(__file__).with_name("machine_of_a_display.py"), tmp_path / "machine.py")
    command = [MICROPYTHON or sys.executable, "main.py"]
    told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    shown = dict(line.split() for line in told.splitlines())
    assert [shown[str(each)] for each in (8, 5, 4, 3, 2, 1)] == [
        "0",
        "0",
        "119",
        "126",
        "109",
        "48",
    ]
    assert (shown["11"], shown["12"]) == ("7", "1")

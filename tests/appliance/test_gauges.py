"""What a Pi says of itself, from files as Linux has them."""

from pathlib import Path

import pytest

from appliance.gauges import CARD_FILE_WRONG, UPDATE, Gauges, Readings
from messaging.machine import UpdateView
from tests.appliance.a_pi import a_pi, write


def test_a_pi_tells_all_it_knows(tmp_path: Path) -> None:
    gauges = Gauges(a_pi(tmp_path), tmp_path)
    assert (gauges.version, gauges.slot, gauges.role) == ("1.4", "B", "all-in-one")
    assert gauges.model == "Raspberry Pi 4 Model B Rev 1.5"
    read = gauges.read()
    assert (read.celsius, read.under_voltage) == (51.54, False)
    assert (read.memory_free_megabytes, read.written_gigabytes) == (831, 12)
    assert read.uptime_seconds == 93784
    assert read.data_free_megabytes is not None
    assert read.data_megabytes is not None
    assert 0 < read.data_free_megabytes <= read.data_megabytes


def test_what_is_not_there_is_not_told(tmp_path: Path) -> None:
    gauges = Gauges(tmp_path / "nothing", tmp_path / "nothing")
    assert gauges.read() == Readings()
    assert (gauges.version, gauges.slot, gauges.model, gauges.role) == ("", "", "", "")


@pytest.mark.parametrize("text", ["", "x", "\0\0", "-", "1e9", "0x"])
def test_what_cannot_be_read_is_not_told(tmp_path: Path, text: str) -> None:
    root = a_pi(tmp_path, temp=text, meminfo=f"MemAvailable: {text} kB", uptime=text)
    write(root, "sys/block/mmcblk0/device/life_time", text)
    write(root, str(UPDATE), text)
    read = Gauges(root, root).read()
    assert (read.celsius, read.uptime_seconds) == (None, 0)
    assert (read.card_used_percent, read.update) == (None, None)


@pytest.mark.parametrize(
    ("life_time", "percent"),
    [("0x01 0x02", 20), ("0x09 0x01", 90), ("0x0b 0x01", 100), ("0x00 0x00", None)],
)
def test_a_cards_own_account_of_its_wear(
    tmp_path: Path, life_time: str, percent: int | None
) -> None:
    write(tmp_path, "sys/block/mmcblk1/device/life_time", life_time)
    assert Gauges(tmp_path, tmp_path).read().card_used_percent == percent


@pytest.mark.parametrize(
    ("programs", "role"),
    [
        ("rinda-module.service rinda-desk.service", "hub"),
        ("rinda-kiosk.service", "kiosk"),
        ("rinda-display.service rinda-bridge.service", "board"),
        ("rinda-bridge.service", ""),
    ],
)
def test_its_role_is_what_runs_on_it(tmp_path: Path, programs: str, role: str) -> None:
    assert Gauges(a_pi(tmp_path, programs=programs), tmp_path).role == role


def test_what_others_on_it_left_to_be_told(tmp_path: Path) -> None:
    write(tmp_path, str(UPDATE), '{"state": "installing", "version": "1.5", "percent": 40}')
    write(tmp_path, str(CARD_FILE_WRONG), "")
    read = Gauges(tmp_path, tmp_path).read()
    assert read.update == UpdateView(state="installing", version="1.5", percent=40)
    assert read.card_file_wrong

"""Updates on a whole card: U-Boot's counters, RAUC, and a stick that a clerk puts in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from image.build import Made
from image.machine import Machine, kernel_words
from tests.image.conftest import MINUTES, Start
from tests.image.served import with_file
from tests.image.sticks import stick, update, with_stick

pytestmark = pytest.mark.image


def told(machine: Machine, state: str) -> Mapping[str, Any]:
    """What the unit tells once it is so far."""
    file = "/run/rinda/update.json"
    said = machine.wait_until(f"grep '\"{state}\"' {file}", 20 * MINUTES)
    found: dict[str, Any] = json.loads(said)
    return found


def begin(made: Made, start: Start, image: Path, *more: str) -> Machine:
    devices = (*with_stick(image), *more)
    return start(kernel_words(made), starts_itself=True, devices=devices)


@pytest.mark.timeout(3600)
def test_a_stick_brings_a_version_that_is_kept(made: Made, start: Start, tmp_path: Path) -> None:
    machine = begin(made, start, stick(made, tmp_path, "99.1"))
    machine.wait_for("rinda: slot B", 30 * MINUTES)
    machine.restarted()
    assert told(machine, "done")["version"] == "99.1"
    assert machine.run("fw_printenv BOOT_ORDER BOOT_B_LEFT").split() == [
        "BOOT_ORDER=B",
        "A",
        "BOOT_B_LEFT=3",
    ]


@pytest.mark.timeout(3600)
def test_a_version_is_written_as_it_comes(made: Made, start: Start, tmp_path: Path) -> None:
    network, address = with_file(update(made, tmp_path, "99.6"))
    machine = start(kernel_words(made), starts_itself=True, network=network)
    machine.wait_until("systemctl is-active rinda-setup", 15 * MINUTES)
    machine.run(f"systemd-run --unit by-hand rinda update --now {address}")
    machine.wait_for("rinda: slot B", 30 * MINUTES)
    machine.restarted()
    assert told(machine, "done")["version"] == "99.6"


@pytest.mark.timeout(3600)
def test_a_version_that_does_not_start_is_left_by_itself(
    made: Made, start: Start, tmp_path: Path
) -> None:
    machine = begin(made, start, stick(made, tmp_path, "99.2", ["rm /usr/lib/systemd/systemd"]))
    machine.wait_for("(?s)rinda: slot B.*rinda: slot B.*rinda: slot A", 40 * MINUTES)
    machine.restarted()
    assert told(machine, "failed")["reason"] == "not_started"


@pytest.mark.timeout(3600)
def test_a_version_that_hangs_is_left_by_itself(made: Made, start: Start, tmp_path: Path) -> None:
    hanging = tmp_path / "hanging"
    hanging.write_text("#!/bin/sh\nwhile :; do sleep 60; done\n")
    init = "/usr/lib/systemd/systemd"
    changes = [f"rm {init}", f"write {hanging} {init}", f"set_inode_field {init} mode 0100755"]
    image = stick(made, tmp_path, "99.5", changes)
    machine = begin(made, start, image, "-device", "i6300esb")
    machine.wait_for("(?s)rinda: slot B.*rinda: slot B.*rinda: slot A", 40 * MINUTES)
    machine.restarted()
    assert told(machine, "failed")["reason"] == "not_started"


@pytest.mark.timeout(3600)
def test_the_power_is_cut_while_a_slot_is_written(made: Made, start: Start, tmp_path: Path) -> None:
    machine = begin(made, start, stick(made, tmp_path, "99.3"))
    machine.wait_until("grep -E '\"percent\":[5-9]' /run/rinda/update.json", 20 * MINUTES)
    machine.cut_power()
    machine.start()
    assert told(machine, "failed")["reason"] == "cut_off"
    assert "rauc.slot=A" in machine.run("cat /proc/cmdline")

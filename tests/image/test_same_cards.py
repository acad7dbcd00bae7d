"""Two cards of one image in a unit: it goes by the one that it was started from, in all things."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from image.boot import BOOT
from image.build import Made
from image.layout import DISK
from image.machine import card_for, identifier
from image.system import INITRAMFS
from tests.image.conftest import Start

SAME = "PARTUUID=72696e64-02"
MINUTES = 60.0


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Its initramfs, in a folder. Partitions are files; one that says `same` is a card's slot."""
    for folder in ("bin", "proc", "dev", "conf", "run"):
        (tmp_path / folder).mkdir()
    command(tmp_path, "sleep", "exit 0")
    command(tmp_path, "blkid", 'shift 4; grep -ls same "$@"')
    return tmp_path


@pytest.mark.parametrize(
    ("said", "there", "root"),
    [
        ("mmc", ["sda2", "mmcblk0p2"], "mmcblk0p2"),
        ("mmc", ["mmcblk1p2", "sda2"], "mmcblk1p2"),
        ("usb", ["mmcblk0p2", "sda2"], "sda2"),
        ("virtio", ["sda2", "vda2"], "vda2"),
        ("mmc", ["sda2"], ""),
        ("nvme", ["sda2"], ""),
    ],
)
def test_the_root_is_on_the_kind_of_disk_that_was_started(
    unit: Path, said: str, there: list[str], root: str
) -> None:
    for each in there:
        (unit / "dev" / each).write_text("same")
    (unit / "dev/mmcblk0p4").write_text("another")
    assert chosen(unit, f"quiet rinda.card={said} panic=10") == root


def test_without_a_word_whichever_is_there_is_taken(unit: Path) -> None:
    (unit / "dev/sda2").write_text("same")
    assert chosen(unit, "root=PARTUUID=72696e64-02 ro") == ""


def test_u_boot_says_the_kind() -> None:
    assert " rinda.card=${devtype} " in (BOOT / "boot.cmd").read_text()


@pytest.mark.parametrize(
    ("slot", "names"),
    [
        ("mmcblk0p3", ["mmcblk0", "mmcblk0p1", "mmcblk0p2", "mmcblk0p3"]),
        ("sdb2", ["sdb", "sdb1", "sdb2", "sdb3"]),
        ("vda2", ["vda", "vda1", "vda2", "vda3"]),
    ],
)
def test_the_card_is_the_disk_of_the_root(unit: Path, slot: str, names: list[str]) -> None:
    (unit / "proc/mounts").write_text(
        f"udev /dev devtmpfs rw 0 0\n/dev/{slot} /root ext4 ro 0 0\n/dev/sdz1 /roots ext4 ro 0 0\n"
    )
    run(unit, "local-bottom", rootmnt="/root")
    rules = (unit / "run/udev/rules.d/60-rinda-card.rules").read_text()
    assert re.findall(r'KERNEL=="(.*?)", SYMLINK\+="(.*?)"', rules) == list(
        zip(names, ("rinda/card", "rinda/boot", "rinda/slot-a", "rinda/slot-b"), strict=True)
    )


@pytest.mark.image
@pytest.mark.timeout(3600)
def test_a_second_card_of_the_same_image_stays_untouched(
    made: Made, start: Start, tmp_path: Path
) -> None:
    second = card_for(made, tmp_path / "second.img")
    drive = f"file={second},if=none,id=second,format=raw"
    usb = ("-drive", drive, "-device", "usb-storage,drive=second")
    machine = start(words="rinda.card=usb", devices=usb)
    machine.wait_until("readlink -f /dev/rinda/card | grep -x /dev/sda", 15 * MINUTES)
    assert machine.run("findmnt -no SOURCE /data") == "/dev/sda4"
    machine.cut_power()
    assert identifier(machine.card) == DISK
    assert identifier(second) != DISK


def chosen(unit: Path, words: str) -> str:
    """The name of the partition; "" where it is left to what has the right identifier."""
    (unit / "proc/cmdline").write_text(f"{words}\n")
    run(unit, "local-top", ROOT=SAME)
    said = unit / "conf/param.conf"
    return Path(said.read_text().strip().removeprefix("ROOT=")).name if said.exists() else ""


def run(unit: Path, step: str, **variables: str) -> None:
    path = f"{unit / 'bin'}:{os.environ['PATH']}"
    subprocess.run(
        ["sh", INITRAMFS / "scripts" / step / "rinda"],
        env={"RINDA_ROOT": str(unit), "PATH": path, **variables},
        check=True,
    )


def command(unit: Path, name: str, body: str) -> None:
    file = unit / "bin" / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)

"""U-Boot itself on a card without systems: which slot it tries, and what it writes down."""

import shlex
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from image.boot import STATE, environment, script, start_files, state

MEBIBYTE = 2**20
UBOOT = Path("/usr/lib/u-boot/qemu-x86/u-boot.rom")
QEMU = "qemu-system-x86_64"
BOOT, SLOT = 34, 1


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """As the build lays it out, but its two slots have no file system."""
    if not (UBOOT.exists() and shutil.which(QEMU)):
        # `./run` installs both, so it never skips this; nothing else starts a card as U-Boot does.
        pytest.skip("needs qemu-system-x86 and u-boot-qemu")
    fat, made = tmp_path / "fat", tmp_path / "card"
    files = tmp_path / "files"
    files.mkdir()
    for name, data in start_files("twin", 0).items():
        (files / name).write_bytes(data)
    subprocess.run(["mkfs.vfat", "-F", "32", "-C", fat, str(BOOT * 1024)], check=True)
    subprocess.run(["mcopy", "-i", fat, *files.iterdir(), "::/"], check=True)
    starts = (4, 4 + BOOT, 4 + BOOT + SLOT)
    with made.open("wb") as file:
        file.truncate((starts[-1] + SLOT) * MEBIBYTE)
        file.seek(440)
        file.write(struct.pack("<IH", 0x72696E64, 0))
        for at, size, kind in zip(starts, (BOOT, SLOT, SLOT), (0x0C, 0x83, 0x83), strict=True):
            active = 0x80 if kind == 0x0C else 0
            file.write(struct.pack("<B3xB3xII", active, kind, at * 2048, size * 2048))
        file.seek(510)
        file.write(b"\x55\xaa")
        file.seek(4 * MEBIBYTE)
        file.write(fat.read_bytes())
    return made


@pytest.mark.whole
def test_when_no_slot_has_attempts_left_all_begin_again(card: Path) -> None:
    keep(card, environment({"BOOT_ORDER": "A B", "BOOT_A_LEFT": "1", "BOOT_B_LEFT": "1"}, STATE))
    assert said(card, 4) == [
        "slot A, order A B, left A 0 B 1",
        "slot B, order A B, left A 0 B 0",
        "no attempts are left, all begin again",
        "slot A, order A B, left A 2 B 3",
    ]
    assert kept(card) == {"BOOT_ORDER": "A B", "BOOT_A_LEFT": "2", "BOOT_B_LEFT": "3"}


@pytest.mark.whole
def test_a_new_system_is_tried_twice_before_the_old_one_starts(card: Path) -> None:
    keep(card, environment({"BOOT_ORDER": "B A", "BOOT_A_LEFT": "3", "BOOT_B_LEFT": "2"}, STATE))
    assert said(card, 3) == [
        "slot B, order B A, left A 3 B 1",
        "slot B, order B A, left A 3 B 0",
        "slot A, order B A, left A 2 B 0",
    ]


@pytest.mark.whole
@pytest.mark.parametrize("torn", [b"\xff" * STATE, bytes(STATE)])
def test_a_torn_state_starts_the_first_slot(card: Path, torn: bytes) -> None:
    keep(card, torn)
    assert said(card, 1) == ["slot A, order A B, left A 2 B 3"]


def test_a_state_is_read_as_it_was_written() -> None:
    values = {"BOOT_ORDER": "B A", "BOOT_A_LEFT": "0"}
    sector = environment(values, STATE)
    assert len(sector) == STATE
    assert state(sector) == values
    assert state(b"x" + sector[1:]) == {}


def test_a_script_is_what_the_tool_of_u_boot_makes(tmp_path: Path) -> None:
    if not shutil.which("mkimage"):
        pytest.skip("needs u-boot-tools")  # `./run` installs them, to compare with
    (tmp_path / "script").write_text("echo ā\n")
    subprocess.run(
        shlex.split("mkimage -A arm -T script -C none -n rinda -d script made"),
        cwd=tmp_path,
        env={"SOURCE_DATE_EPOCH": "7", "PATH": "/usr/bin"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    assert script("echo ā\n", 7) == (tmp_path / "made").read_bytes()


def test_the_environment_of_a_pi_starts_by_itself() -> None:
    made = start_files("pi", 0)["uboot.env"]
    assert len(made) == 0x4000
    assert b"\0bootcmd=" in made
    assert b"bootdelay=-2\0" in made


def said(card: Path, count: int) -> list[str]:
    """The first `count` decisions; lines about a slot that does not start are left out."""
    lines = (each for each in _console(card) if "does not start" not in each)
    return [next(lines) for _ in range(count)]


def kept(card: Path) -> dict[str, str]:
    with card.open("rb") as file:
        file.seek(MEBIBYTE)
        return dict(state(file.read(STATE)))


def keep(card: Path, sector: bytes) -> None:
    with card.open("r+b") as file:
        file.seek(MEBIBYTE)
        file.write(sector)


def _console(card: Path) -> Iterator[str]:
    command = [QEMU, "-M", "pc", "-accel", "tcg", "-m", "512", "-nographic", "-nic", "none"]
    drive = f"file={card},if=virtio,format=raw,cache=writethrough"
    machine = subprocess.Popen(
        [*command, "-bios", UBOOT, "-drive", drive],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        for line in machine.stdout or ():
            if line.startswith("rinda: "):
                yield line.removeprefix("rinda: ").strip()
    finally:
        machine.kill()
        machine.wait()

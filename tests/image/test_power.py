"""The power of a started card goes, twenty times under load and twenty times during an update.

What the card was given is noted once, with its flushes. Each cut is a card as it may be after a cut
at one moment of that: all that it had to hold, and of what came later only some, in any order.
"""

import socket
import subprocess
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from image.boot import STATE, state
from image.build import Made
from image.layout import BOOT, MEBIBYTE, SLOT, START
from image.machine import Machine, card_for, kernel_words
from image.tools import run
from image.writes import Write, cut_cards, writes
from queue_core.events import Recorded, TicketCancelled, TicketTaken
from queue_module.reading import read_log
from tests.image.conftest import MINUTES, MONDAY, NETWORK, SIZE, SetUp, all_active
from tests.image.sticks import stick, with_stick

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

CUTS, STARTED = 20, 3
"""So many cards are looked at; so many of them are started again."""

LOAD = Path(__file__).with_name("load.py").read_bytes()
ANSWERS = 300
"""After so many, the power goes."""

STARTS = {"A": START + BOOT, "B": START + BOOT + SLOT}
DATA = START + BOOT + 2 * SLOT
"""MiB: where slots and data begin."""

AUDIT = "rinda audit --site /etc/rinda/site.toml --unit /etc/rinda/unit.toml"


@dataclass
class Answers:
    """What the module answered, each line with the length of the log of writes when it came."""

    line: Path
    noted: Path

    def __post_init__(self) -> None:
        self.heard: list[tuple[int, str]] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(self.line))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with self._socket.makefile() as lines:
            for line in lines:
                self.heard.append((self.noted.stat().st_size, line.strip()))


@pytest.fixture(scope="module")
def loaded(
    made: Made, set_up: SetUp, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Sequence[tuple[int, str]]]:
    """The card before, what it was given, and what was answered while it was."""
    folder = tmp_path_factory.mktemp("load")
    before, noted, line = set_up.copy(folder), folder / "writes", folder / "answers"
    card = folder / "loaded.img"
    run("cp", "--sparse=auto", before, card)
    port = (
        *("-chardev", f"socket,id=answers,path={line},server=on,wait=off"),
        *("-device", "virtserialport,chardev=answers,name=answers"),
    )
    with Machine(made, card, folder, SIZE, (*port, *MONDAY), NETWORK, noted=noted) as machine:
        machine.wait_until(all_active("rinda-module"), 15 * MINUTES)
        machine.run("systemctl stop rinda-kiosk", 5 * MINUTES)
        answers = Answers(line, noted)
        machine.send(LOAD, "/run/load.py")
        machine.run("cd /opt && setsid /opt/rinda/venv/bin/python /run/load.py >/run/load 2>&1 &")
        machine.until(lambda: len(answers.heard) >= ANSWERS, 15 * MINUTES, "no answers")
    return before, noted, answers.heard


def test_nothing_answered_is_lost_when_the_power_goes_under_load(
    made: Made,
    loaded: tuple[Path, Path, Sequence[tuple[int, str]]],
    tmp_path: Path,
) -> None:
    before, noted, heard = loaded
    chance, given = Random(1), list(writes(noted))
    first = next(number for number, each in enumerate(given) if each.end >= heard[0][0])
    moments = sorted(chance.sample(range(first, len(given)), CUTS))
    assert not any(touches_slot(each, slot) for each in given for slot in "AB")
    for number, card in enumerate(cut_cards(before, noted, given, moments, tmp_path, chance)):
        end = given[moments[number]].end
        said = {line for at, line in heard if at <= end}
        events = read_log(database_of(clean_data(card), tmp_path / "database"))
        assert said <= {"refused", *answered(events)}, f"cut {number}"
        if number >= CUTS - STARTED:
            folder = tmp_path / f"again{number}"
            with Machine(made, card, folder, SIZE, MONDAY, NETWORK) as machine:
                machine.wait_until(all_active("rinda-module", "rinda-kiosk"), 15 * MINUTES)
                machine.run(AUDIT, 5 * MINUTES)
                assert not machine.run("systemctl --failed --plain --no-legend")


def answered(events: Sequence[Recorded]) -> Iterator[str]:
    """The lines that these allow."""
    for each in events:
        match each.event:
            case TicketTaken(ticket=ticket):
                yield f"taken {ticket}"
            case TicketCancelled(ticket=ticket):
                yield f"cancelled {ticket}"


def touches_slot(write: Write, slot: str) -> bool:
    """Whether it is to this one."""
    begin = STARTS[slot] * MEBIBYTE
    return write.size > 0 and begin <= write.at < begin + SLOT * MEBIBYTE


def clean_data(card: Path) -> Path:
    """The data's file system, once its journal has been played as each start does; it and the first
    partition are without a fault."""
    fat, data = card.with_suffix(".fat"), card.with_suffix(".data")
    _part(card, START, BOOT, fat)
    _part(card, DATA, card.stat().st_size // MEBIBYTE - DATA, data)
    run("/usr/sbin/fsck.vfat", "-n", fat)
    played = subprocess.run(["/usr/sbin/e2fsck", "-p", data], capture_output=True, check=False)
    assert played.returncode in {0, 1}, played
    run("/usr/sbin/e2fsck", "-fn", data)
    return data


def _part(card: Path, at: int, mebibytes: int, to: Path) -> None:
    to.unlink(missing_ok=True)
    span = ("bs=1M", f"skip={at}", f"count={mebibytes}", "conv=sparse")
    run("dd", f"if={card}", f"of={to}", *span)


def database_of(data: Path, to: Path) -> Path:
    """The queue's log."""
    to.mkdir(exist_ok=True)
    for name in ("queue.db", "queue.db-wal"):
        (to / name).unlink(missing_ok=True)
        run("/usr/sbin/debugfs", "-R", f"dump /rinda/{name} {to / name}", data)
    return to / "queue.db"


@pytest.fixture(scope="module")
def updated(
    made: Made, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Collection[str]]:
    """The card before, what it was given by an update from a stick that was kept, and what may be
    in a slot that is started."""
    folder = tmp_path_factory.mktemp("update")
    before, noted, card = folder / "before.img", folder / "writes", folder / "updated.img"
    card_for(made, before, kernel_words(made))
    run("cp", "--sparse=auto", before, card)
    devices = with_stick(stick(made, folder, "99.4"))
    machine = Machine(
        *(made, card, folder, SIZE, devices, NETWORK),
        starts_itself=True,
        noted=noted,
    )
    with machine:
        machine.wait_for("rinda: slot B", 40 * MINUTES)
        machine.restarted()
        machine.wait_until("grep '\"done\"' /run/rinda/update.json", 20 * MINUTES)
        machine.run("sync")
    assert state(sector(card))["BOOT_ORDER"] == "B A"
    return before, noted, {digest(made.slot), digest(folder / "slot.ext4")}


def test_one_whole_slot_is_started_whenever_the_power_goes_during_an_update(
    made: Made, updated: tuple[Path, Path, Collection[str]], tmp_path: Path
) -> None:
    before, noted, whole = updated
    chance, given = Random(2), list(writes(noted))
    assert not any(touches_slot(each, "A") for each in given)
    written = [number for number, each in enumerate(given) if touches_slot(each, "B")]
    during = chance.sample(range(written[0], written[-1]), CUTS // 2)
    after = chance.sample(range(written[-1], len(given)), CUTS // 2)
    moments = sorted([*during, *after])
    for number, card in enumerate(cut_cards(before, noted, given, moments, tmp_path, chance)):
        clean_data(card)
        left = attempts(sector(card))
        assert left, f"cut {number}"
        assert all(digest(card, STARTS[slot], SLOT) in whole for slot in left), f"cut {number}"
        if number in {CUTS // 2 - 1, CUTS // 2, CUTS - 1}:
            folder = tmp_path / f"again{number}"
            again = Machine(made, card, folder, SIZE, starts_itself=True)
            with again as machine:
                machine.wait_for(f"rinda: slot {left[0]}", 5 * MINUTES)
                machine.wait_until("systemctl is-active rinda-setup", 15 * MINUTES)
                assert f"rauc.slot={left[0]}" in machine.run("cat /proc/cmdline")


def attempts(data: bytes) -> Sequence[str]:
    """The slots that U-Boot may start, in order (image/boot/boot.cmd)."""
    said = state(data) or {"BOOT_ORDER": "A B"}
    return [each for each in said["BOOT_ORDER"].split() if said.get(f"BOOT_{each}_LEFT") != "0"]


def sector(card: Path) -> bytes:
    """Where the card remembers which slot is started."""
    with card.open("rb") as file:
        file.seek(MEBIBYTE)
        return file.read(STATE)


def digest(file: Path, at: int = 0, mebibytes: int = SLOT) -> str:
    """Of so much of the file, from there on, in MiB."""
    found = sha256()
    with file.open("rb") as opened:
        opened.seek(at * MEBIBYTE)
        for _ in range(mebibytes):
            found.update(opened.read(MEBIBYTE))
    return found.hexdigest()

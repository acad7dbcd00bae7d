"""Cards for tests: made once, started in software."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.simulated_printer import SimulatedPrinter
from image.build import BUILD, Made, build, version
from image.machine import Machine, card_for
from image.target import TARGETS
from image.tools import BuildError, run
from tests.conftest import DEMO
from tests.parts import wait_until

SIZE = (800, 1280)
CARD = '[card]\nrole = "all-in-one"\n'
PRINTER = '[kiosk.printer]\nkind = "serial"\nport = "/dev/ttyUSB0"\n'
FILES = {
    "rinda.toml": f"{(DEMO / 'site.toml').read_text()}\n{CARD}{PRINTER}".encode(),
    "bookings.toml": (DEMO / "bookings.toml").read_bytes(),
}
MINUTES = 60.0
ROOM = 12 * 2**30
"""Bytes of disk for a card that is made from nothing and started."""

SOUND = (
    *("-audiodev", "none,id=sound", "-device", "ich9-intel-hda"),
    *("-device", "hda-output,audiodev=sound"),
)
MONDAY = ("-rtc", "base=2026-11-23T08:30:00")
"""The demonstration's centre is open."""

CALM = (241, 244, 248)
"""Behind what is being done; behind how it ended there is another."""

NETWORK = ("-nic", "user,model=virtio-net-pci,restrict=on")
"""A cable into a network that gives addresses and leads nowhere."""

Start = Callable[..., Machine]


@pytest.fixture(scope="session")
def made() -> Made:
    """The card of $RINDA_IMAGE, made anew by who of several comes first.

    Where nobody asked for one: the twin's, if there is room and the mirror answers.
    """
    asked = "RINDA_IMAGE" in os.environ
    target = TARGETS[os.environ.get("RINDA_IMAGE", "twin")]
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f"{target.name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() == run:
            return Made(target, version(), BUILD / f"{target.name}-{version()}")
        if not asked and (free := shutil.disk_usage(BUILD).free) < ROOM:
            # A full disk would fail all other tests; who asks for the card is told by the build.
            pytest.skip(f"no card on a disk with {free >> 30} GiB left")
        try:
            made = build(target, version(), BUILD, moved=True)
        except BuildError as error:
            if asked or "fetch" not in str(error).lower():
                raise
            # Nothing of ours: what cannot be fetched cannot be tried. Any other error is a failure.
            pytest.skip(f"no card without Debian's mirror: {error}")
        lock.truncate(0)
        lock.write(run)
    return made


@pytest.fixture
def start(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a card with these files on its first partition; all are switched off in the end."""
    with ExitStack() as machines:

        def begin(files: Mapping[str, bytes] | None = None, **how: Any) -> Machine:
            folder = tmp_path_factory.mktemp("machine")
            card = card_for(made, folder / "card.img", files)
            machine = Machine(made, card, folder, **{"network": NETWORK, **how})
            return machines.enter_context(machine)

        yield begin


@dataclass(frozen=True, slots=True)
class SetUp:
    """A hub with a kiosk after its first start, switched off, and the page that it ended in."""

    card: Path
    page: Path

    def copy(self, folder: Path) -> Path:
        """A card of its own for one computer."""
        run("cp", "--sparse=auto", self.card, folder / "card.img")
        return folder / "card.img"


def cable(port: Path) -> Sequence[str]:
    """A printer on a USB cable with a serial line in it; sound; an hour of the centre's."""
    line = f"serial,id=printer,path={port.resolve()}"
    return ("-chardev", line, "-device", "usb-serial,chardev=printer", *SOUND, *MONDAY)


@pytest.fixture(scope="session")
def set_up(made: Made, tmp_path_factory: pytest.TempPathFactory) -> SetUp:
    """One for all tests: the first start takes minutes."""
    folder = tmp_path_factory.mktemp("first")
    card, page = card_for(made, folder / "card.img", FILES), folder / "page.png"
    port = folder / "printer"
    with (
        SimulatedPrinter(port, folder / "tickets"),
        Machine(made, card, folder, SIZE, cable(port), NETWORK) as machine,
    ):
        at_its_page(machine, page)
        machine.wait_until("test -s /data/unit/card.sha256", 5 * MINUTES)
        machine.wait_until(all_active("rinda-kiosk", "rinda-module", "rinda-desk"), 15 * MINUTES)
        machine.run("systemctl poweroff")
        machine.wait_off(5 * MINUTES)
    return SetUp(card, page)


def at_its_page(machine: Machine, picture: Path) -> None:
    """Wait for the page in which setup ends, draw it, and touch it away."""
    machine.wait_until("journalctl -b -u queue-setup | grep -q 'service: page'", 20 * MINUTES)
    wait_until(lambda: background(machine.picture(picture)) != CALM, 10 * MINUTES)
    machine.touch(0.5, 0.95)


def background(picture: Path) -> object:
    """Its most frequent colour."""
    with Image.open(picture) as opened:
        return max(opened.convert("RGB").getcolors(1 << 24) or [(0, ())])[1]


def all_active(*services: str) -> str:
    """A command; systemctl itself is content with one."""
    return " && ".join(f"systemctl is-active {each}" for each in services)

"""The names of devices, as systemd's own rule engine gives them: it is shown a /sys of our making,
in a mount namespace, so that nothing of this machine is read or changed."""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

RULES = Path(__file__).parents[2] / "systemd" / "udev.rules"
STICKS = ROOT / "image/root/usr/lib/udev/rules.d/61-rinda-stick.rules"
NAME = "70-rinda.rules"
GROUP = 987
SHOW = """
mount --bind "$1/sys" /sys && mount --bind "$1/rules" /etc/udev/rules.d &&
mount --bind "$1/group" /etc/group && mount -t tmpfs none /run && mount -t tmpfs none /dev &&
exec udevadm test "$2"
"""
KEYBOARD = {
    "ev": "120013",
    "key": "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe",
}

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0,
    reason="only root can show another /sys",
)


@dataclass(frozen=True)
class Shown:
    """What udev says of a device: its names of ours, its complaints about our rules, and what
    systemd is to start."""

    names: set[str]
    said: str
    wants: str


class Machine:
    """A /sys with what is added to it."""

    def __init__(self, folder: Path, rules: str) -> None:
        self._folder = folder
        (folder / "sys").mkdir()
        (folder / "rules").mkdir()
        (folder / "rules" / NAME).write_text(rules)
        (folder / "group").write_text(f"{Path('/etc/group').read_text()}rinda:x:{GROUP}:\n")

    def usb(self, port: str, identity: str) -> str:
        """Plugs in a device of `vendor:product`; returns the path of its first interface."""
        vendor, product = identity.split(":")
        device = f"devices/usb1/{port}"
        self.add(device, "bus/usb", driver="usb", idVendor=vendor, idProduct=product)
        return self.add(f"{device}/{port}:1.0", "bus/usb")

    def add(self, path: str, subsystem: str, *, driver: str = "", **attributes: str) -> str:
        """One device as the kernel describes it; attributes are files, `__` a folder."""
        device = self._folder / "sys" / path
        device.mkdir(parents=True)
        links = {"subsystem": subsystem} | (
            {"driver": f"bus/usb/drivers/{driver}"} if driver else {}
        )
        for name, target in links.items():
            place = self._folder / "sys" / target
            place.mkdir(parents=True, exist_ok=True)
            (device / name).symlink_to(os.path.relpath(place, device))
        number = f"MAJOR=240\nMINOR=0\nDEVNAME={device.name}\n"
        (device / "uevent").write_text("" if subsystem == "bus/usb" else number)
        for name, value in attributes.items():
            file = device / name.replace("__", "/")
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"{value}\n")
        return path

    def show(self, path: str) -> Shown:
        """Lets udev handle the device."""
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", SHOW, "sh", self._folder, f"/sys/{path}"],
            env=os.environ | {"SYSTEMD_DEVICE_VERIFY_SYSFS": "0"},
            capture_output=True,
            text=True,
            check=True,
        )
        links = re.search(r"^DEVLINKS=(.*)$", done.stdout, re.MULTILINE)
        names = set(re.findall(r"/dev/rinda/(\S+)", links[1])) if links else set()
        ours = [line for line in done.stderr.splitlines() if NAME in line]
        wants = re.search(r"^SYSTEMD_WANTS=(.*)$", done.stdout, re.MULTILINE)
        said = "\n".join(line for line in ours if "Reading" not in line)
        return Shown(names, said, wants[1].strip() if wants else "")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, RULES.read_text())


def acm(machine: Machine, identity: str) -> str:
    return machine.add(f"{machine.usb('1-1.2', identity)}/tty/ttyACM0", "class/tty")


def adapter(machine: Machine, identity: str) -> str:
    port = machine.add(f"{machine.usb('1-1.3', identity)}/ttyUSB0", "bus/usb-serial")
    return machine.add(f"{port}/tty/ttyUSB0", "class/tty")


def printer(machine: Machine, identity: str) -> str:
    return machine.add(f"{machine.usb('1-1.4', identity)}/usbmisc/lp0", "class/usbmisc")


def typing(machine: Machine, identity: str) -> str:
    keys = {f"capabilities__{name}": bits for name, bits in KEYBOARD.items()}
    device = machine.add(f"{machine.usb('1-1.1', identity)}/input/input5", "class/input", **keys)
    return machine.add(f"{device}/event5", "class/input")


def pointing(machine: Machine, identity: str) -> str:
    keys = {
        "capabilities__ev": "17",
        "capabilities__key": "70000 0 0 0 0",
        "capabilities__rel": "3",
    }
    device = machine.add(f"{machine.usb('1-1.1', identity)}/input/input6", "class/input", **keys)
    return machine.add(f"{device}/event6", "class/input")


def camera(machine: Machine, identity: str, index: int = 0) -> str:
    interface = machine.usb("1-1.1", identity)
    return machine.add(f"{interface}/video4linux/video0", "class/video4linux", index=str(index))


def second_stream(machine: Machine, identity: str) -> str:
    return camera(machine, identity, index=1)


@pytest.mark.parametrize(
    ("plug", "identity", "names"),
    [
        (acm, "1eab:0c10", {"scanner", "port/1-1.2"}),
        (acm, "04b8:0202", {"printer", "port/1-1.2"}),
        (adapter, "1a86:7523", {"port/1-1.3"}),
        (printer, "04b8:0e15", {"printer"}),
        (printer, "0416:5011", {"printer"}),
        (typing, "0c2e:0b61", {"scanner"}),
        (typing, "046d:c31c", set()),
        (pointing, "0c2e:0b61", set()),
        (camera, "046d:0825", {"camera"}),
        (second_stream, "046d:0825", set()),
    ],
)
def test_a_device_gets_its_names_and_its_group(
    machine: Machine, plug: Callable[[Machine, str], str], identity: str, names: set[str]
) -> None:
    shown = machine.show(plug(machine, identity))
    assert shown.names == names
    assert (f"GROUP {GROUP}" in shown.said) == bool(names)
    assert ("MODE 0660" in shown.said) == bool(names)


def test_the_pis_own_serial_port_is_no_device_of_ours(machine: Machine) -> None:
    machine.add("devices/soc", "bus/platform")
    assert machine.show(machine.add("devices/soc/tty/ttyAMA0", "class/tty")).names == set()


def test_udev_finds_nothing_wrong_with_the_rules_and_complains_of_a_slip(tmp_path: Path) -> None:
    slips = [
        ("SYMLINK+=", "SYMLINKS+="),
        ('LABEL="rinda_end"', 'LABEL="end"'),
        ('"printer"\n', "\n"),
    ]
    for number, (right, wrong) in enumerate([("", ""), *slips]):
        (folder := tmp_path / str(number)).mkdir()
        text = RULES.read_text()
        assert right in text
        machine = Machine(folder, text.replace(right, wrong) if right else text)
        said = machine.show(machine.add("devices/soc/tty/ttyS9", "class/tty")).said
        assert bool(said) == bool(right), said


@pytest.mark.parametrize(
    ("known", "wants"),
    [
        ('ENV{ID_FS_LABEL}="KINGSTON"', "queue-stick@sda1.service"),
        ("", "queue-stick@sda1.service"),
        ('ENV{ID_FS_LABEL}="RINDABACKUP"', ""),
        ('SYMLINK+="rinda/boot"', ""),
    ],
)
def test_only_a_stick_that_may_bring_an_update_is_looked_at(
    tmp_path: Path, known: str, wants: str
) -> None:
    stick = ", ".join(filter(None, ('ENV{ID_BUS}="usb", ENV{ID_FS_TYPE}="vfat"', known)))
    machine = Machine(tmp_path, f"{stick}\n{STICKS.read_text()}")
    assert machine.show(machine.add("devices/sda1", "class/block")).wants == wants

"""What a card is made of, before it is made."""

import io
import tarfile
from collections import Counter
from pathlib import Path

from appliance.whereabouts import HOSTS
from image.boot import start_files
from image.layout import make_boot
from image.system import compare, installed
from image.target import PI, TWIN
from image.tree import ENABLED, entries, make_root, places

EPOCH = 1_763_800_000


def debian(folder: Path) -> Path:
    """A tar file as mmdebstrap leaves it, with next to nothing in it."""
    status = b"Package: mosquitto\nVersion: 2.0.21-1\n\nPackage: chrony\nVersion: 4.6.1-3\n"
    files = {
        "./var/lib/dpkg/status": status,
        "./boot/vmlinuz-6.12": b"kernel",
        "./etc/machine-id": b"of the building computer",
        "./etc/ssh/ssh_host_ed25519_key": b"secret",
        "./usr/bin/env": b"program",
    }
    made = folder / "debian.tar"
    with tarfile.open(made, "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(data), 2**31, 0o755
            archive.addfile(member, io.BytesIO(data))
    return made


def root(folder: Path) -> Path:
    made = folder / "root.tar"
    make_root(TWIN, debian(folder), [folder / "none"], "1.2.3", EPOCH, made)
    return made


def test_packages_that_moved_are_named() -> None:
    wanted, found = {"chrony": "4.6.1-3", "kbd": "2.7"}, {"chrony": "4.6.1-4", "nftables": "1.1"}
    assert compare(wanted, found) == [
        "  chrony: 4.6.1-3 → 4.6.1-4",
        "  kbd: 2.7 → none",
        "  nftables: none → 1.1",
    ]


def test_the_packages_of_a_system_are_read_from_it(tmp_path: Path) -> None:
    assert installed(debian(tmp_path)) == {"chrony": "4.6.1-3", "mosquitto": "2.0.21-1"}


def test_a_slot_has_our_files_and_nothing_of_the_computer_that_built_it(tmp_path: Path) -> None:
    with tarfile.open(root(tmp_path)) as archive:
        members = {each.name.removeprefix("./"): each for each in archive}
        release = archive.extractfile("./etc/os-release")
        assert release
        assert "IMAGE_VERSION=1.2.3" in release.read().decode()
    assert members["etc/machine-id"].size == 0
    assert "etc/ssh/ssh_host_ed25519_key" not in members
    assert members["boot/vmlinuz"].linkname == "vmlinuz-6.12"
    assert members["usr/lib/rinda/words"].mode == 0o755
    assert members["usr/lib/systemd/system-generators/rinda"].mode == 0o755
    assert members["etc/hosts"].linkname == f"..{HOSTS}"
    assert members["etc/systemd/dnssd"].linkname == "network"
    assert members["etc/systemd/system/getty@.service"].linkname == "/dev/null"
    assert {each.uid for each in members.values()} == {0}
    assert max(each.mtime for each in members.values()) <= EPOCH


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    once = root(tmp_path).read_bytes()
    assert root(tmp_path).read_bytes() == once
    (tmp_path / "boot").mkdir()
    for name, data in start_files("pi", EPOCH).items():
        (tmp_path / "boot" / name).write_bytes(data)
    for name in ("first", "second"):
        make_boot(tmp_path / "boot", EPOCH, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_what_is_enabled_is_there_and_every_place_is_taken_once(tmp_path: Path) -> None:
    paths = Counter(each.path for each in entries(PI, [tmp_path], "1"))
    assert [path for path, count in paths.items() if count > 1] == []
    ours = {Path(each).name for each in places().values()}
    for unit in (each for units in ENABLED.values() for each in units if each[:5] == "queue"):
        assert unit in ours

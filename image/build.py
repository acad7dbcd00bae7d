"""From Debian's packages and this checkout to a card."""

import shutil
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from image import layout
from image.boot import start_files
from image.bundle import keys, trust
from image.layout import copy_matching, from_root, make_card, make_slot
from image.software import needs, software
from image.system import system
from image.target import Target
from image.tools import Newer, needed
from image.tree import make_root

CHECKOUT = Path(__file__).parents[1]
BUILD = CHECKOUT / "build/image"


@dataclass(frozen=True, slots=True)
class Made:
    """What a build leaves: all in one folder."""

    target: Target
    version: str
    folder: Path

    @property
    def card(self) -> Path:
        """The whole card."""
        return self.folder / f"rinda-{self.target.name}-{self.version}.img"

    @property
    def slot(self) -> Path:
        """One slot: what an update brings."""
        return self.folder / "slot.ext4"

    @property
    def update(self) -> Path:
        """The slot, signed, for units that have an earlier version (`image.bundle`)."""
        return self.folder / f"rinda-{self.target.name}-{self.version}.raucb"

    @property
    def root(self) -> Path:
        """What is in a slot, as a tar file."""
        return self.folder / "root.tar"

    @property
    def kernel(self) -> Path:
        """For machines that start it themselves."""
        return self.folder / "start/vmlinuz"

    @property
    def initrd(self) -> Path:
        """What the kernel starts with."""
        return self.folder / "start/initrd.img"


def build(target: Target, version: str, folder: Path, *, moved: bool = False) -> Made:
    """Make the card; what takes long is kept in `folder` for the next time. Raises BuildError."""
    needed("mcopy", "mkfs.vfat", "sfdisk", "dd")
    made = Made(target, version, folder / f"{target.name}-{version}")
    shutil.rmtree(made.folder, ignore_errors=True)
    made.folder.mkdir(parents=True)
    newer, when = Newer(folder / "tools"), epoch()
    debian = system(target, folder, moved=moved)
    own = made.folder / "software"
    software(own, newer, when)
    trust(keys(folder), own / "etc/rauc")
    python = needs(target, folder, newer)
    make_root(target, debian, [python, own], version, when, made.root)
    shutil.rmtree(own)
    make_slot(made.root, newer, when, made.slot)
    boot = made.folder / "boot"
    from_root(made.root, ["boot/initrd.img", kernel_name(made.root)], made.folder / "start")
    next((made.folder / "start").glob("vmlinuz-*")).rename(made.kernel)
    _boot(target, debian, boot, when)
    make_card(made.slot, boot, b"", newer, when, made.card)
    return made


def _boot(target: Target, debian: Path, to: Path, when: int) -> None:
    """The first partition: what a Raspberry Pi reads, U-Boot, and our script."""
    to.mkdir()
    for folder, patterns in target.firmware.items():
        copy_matching(debian, patterns, to / folder)
    for name, data in start_files(target.name, when).items():
        (to / name).write_bytes(data)


def kernel_name(root: Path) -> str:
    """Where the kernel is in the tar file `root`."""
    with tarfile.open(root) as archive:
        names = (each.name.removeprefix("./") for each in archive)
        return next(each for each in names if each.startswith("boot/vmlinuz-"))


def epoch() -> int:
    """The moment of the commit, in seconds: all files of ours are as old."""
    said = subprocess.run(
        ["git", "-C", CHECKOUT, "log", "-1", "--format=%ct"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(said.stdout)


def version() -> str:
    """Of this checkout."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    return str(project["project"]["version"])


__all__ = ["BUILD", "Made", "build", "epoch", "layout", "version"]

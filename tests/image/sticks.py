"""Sticks with a version, as a clerk puts them in."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from image.build import BUILD, Made
from image.bundle import keys, make_bundle


def update(made: Made, folder: Path, version: str, changes: Sequence[str] = ()) -> Path:
    """A bundle of this version: the card's own, but for its name and `changes` of debugfs."""
    slot, release = folder / "slot.ext4", folder / "os-release"
    subprocess.run(["cp", "--sparse=always", made.slot, slot], check=True)
    said = subprocess.run(
        ["/usr/sbin/debugfs", "-R", "cat /etc/os-release", slot], capture_output=True, check=True
    )
    release.write_bytes(said.stdout.replace(made.version.encode(), version.encode()))
    lines = ["rm /etc/os-release", f"write {release} /etc/os-release", *changes, ""]
    (folder / "lines").write_text("\n".join(lines))
    subprocess.run(["/usr/sbin/debugfs", "-w", "-f", folder / "lines", slot], check=True)
    bundle = folder / f"rinda-{version}.raucb"
    make_bundle(slot, made.target.compatible, version, keys(BUILD), bundle, level=1)
    return bundle


def stick(made: Made, folder: Path, version: str, changes: Sequence[str] = ()) -> Path:
    """A stick with such an update."""
    bundle, made_stick = update(made, folder, version, changes), folder / "stick.img"
    kibibytes = bundle.stat().st_size // 1024 + 16384
    subprocess.run(
        ["/usr/sbin/mkfs.vfat", "-F", "32", "-C", made_stick, str(kibibytes)], check=True
    )
    subprocess.run(["mcopy", "-i", made_stick, bundle, "::/"], check=True)
    return made_stick


def with_stick(image: Path) -> Sequence[str]:
    drive = f"file={image},if=none,id=stick,format=raw,readonly=on"
    return ("-drive", drive, "-device", "usb-storage,drive=stick")

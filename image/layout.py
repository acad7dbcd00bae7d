"""A card, byte by byte: no loop device, nothing mounted, and the same each time.

One MBR, as the boot ROM of a Raspberry Pi 3 wants it:

==========  =====================================================================
1 MiB       one sector: which slot to start, and how often it may still be tried
4 MiB       FAT, ``RINDA``: firmware, U-Boot, and the technician's `rinda.toml`
then        slot A and slot B, ext4 without a journal, only ever read
last        data, ext4: takes the rest of the card at the first start
==========  =====================================================================
"""

import fnmatch
import io
import os
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

from image.tools import Newer, run

MEBIBYTE = 2**20
SECTORS = MEBIBYTE // 512

LABEL = "RINDA"
DISK = 0x72696E64
"""``rind``: PARTUUID=72696e64-01 and so on, until a card's first start gives it its own."""

START, BOOT, SLOT, DATA = 4, 128, 1280, 128
"""MiB. The data partition of a card that was never started."""

ROOT_ID = "72696e64-0000-4000-8000-000000000002"
DATA_ID = "72696e64-0000-4000-8000-000000000004"

FOLDERS = (
    "etc",
    "etc/rinda",
    "etc/broker",
    "etc/network",
    "etc/wpa_supplicant",
    "etc/chrony",
    "etc/ssh",
    "rinda",
    "mosquitto",
    "chrony",
    "journal",
    "rauc",
    "updates",
    "unit",
    "timers",
)
"""Of the data partition: each is bound to where its program looks for it (image/root/etc/fstab)."""


def make_slot(root: Path, newer: Newer, epoch: int, to: Path) -> None:
    """The file system of a slot from the tar file `root`."""
    _sized(to, SLOT)
    options = "^has_journal,^orphan_file,^metadata_csum_seed"
    newer.run(
        "usr/sbin/mke2fs",
        *("-q", "-t", "ext4", "-O", options, "-L", "root", "-U", ROOT_ID, "-m", "0"),
        *("-E", f"hash_seed={ROOT_ID},nodiscard,root_owner=0:0", "-N", "48000"),
        *("-d", root, to),
        env=_moment(epoch),
    )


def make_card(slot: Path, boot: Path, state: bytes, newer: Newer, epoch: int, to: Path) -> None:
    """The whole card: the slot twice, the folder `boot` on the FAT, `state` in its sector."""
    first, second = to.with_suffix(".boot"), to.with_suffix(".data")
    make_boot(boot, epoch, first)
    make_data(newer, epoch, second)
    sizes = (BOOT, SLOT, SLOT, DATA)
    starts = [START + sum(sizes[:each]) for each in range(len(sizes))]
    _sized(to, starts[-1] + DATA)
    kinds = ("c, bootable", "83", "83", "83")
    lines = [
        f"start={at * SECTORS}, size={size * SECTORS}, type={kind}"
        for at, size, kind in zip(starts, sizes, kinds, strict=True)
    ]
    run("sfdisk", "-q", to, stdin="\n".join(["label: dos", f"label-id: {DISK:#x}", *lines, ""]))
    for part, at in zip((first, slot, slot, second), starts, strict=True):
        run("dd", f"if={part}", f"of={to}", "bs=1M", f"seek={at}", "conv=notrunc,sparse")
    if state:
        with to.open("r+b") as card:
            card.seek(MEBIBYTE)
            card.write(state)
    first.unlink()
    second.unlink()


def make_boot(folder: Path, epoch: int, to: Path) -> None:
    """The first partition."""
    _sized(to, BOOT)
    env = {**_moment(epoch), "MTOOLS_SKIP_CHECK": "1"}
    run("mkfs.vfat", "--invariant", "-F", "32", "-n", LABEL, "-i", f"{DISK:08x}", to, env=env)
    for each in sorted(folder.rglob("*")):
        os.utime(each, (epoch, epoch))
    if names := sorted(folder.iterdir()):
        run("mcopy", "-s", "-m", "-i", to, *names, "::/", env=env)


def make_data(newer: Newer, epoch: int, to: Path) -> None:
    """The last partition, as it is before its first start."""
    skeleton = to.with_suffix(".skeleton.tar")
    with tarfile.open(skeleton, "w") as archive:
        for name in FOLDERS:
            member = tarfile.TarInfo(f"./{name}")
            member.type, member.mode, member.mtime = tarfile.DIRTYPE, 0o755, epoch
            archive.addfile(member, io.BytesIO())
    _sized(to, DATA)
    newer.run(
        "usr/sbin/mke2fs",
        *("-q", "-t", "ext4", "-O", "^orphan_file,^metadata_csum_seed", "-L", "data"),
        *(
            "-b",
            "4096",
            "-i",
            "65536",
            "-J",
            "size=16",
            "-U",
            DATA_ID,
            "-E",
            f"hash_seed={DATA_ID},nodiscard,root_owner=0:0",
        ),
        *("-d", skeleton, to),
        env=_moment(epoch),
    )
    skeleton.unlink()


def from_root(root: Path, wanted: Sequence[str], to: Path) -> None:
    """Files of the tar file `root` into the folder `to`, without their folders."""
    to.mkdir(parents=True, exist_ok=True)
    with tarfile.open(root) as archive:
        for name in wanted:
            source = archive.extractfile(f"./{name}")
            if source is None:
                raise FileNotFoundError(name)
            with (to / Path(name).name).open("wb") as file:
                shutil.copyfileobj(source, file)


def copy_matching(root: Path, patterns: Sequence[str], to: Path) -> None:
    """Those files of the tar file `root` that fit one of the patterns into the folder `to`."""
    to.mkdir(parents=True, exist_ok=True)
    with tarfile.open(root) as archive:
        for member in archive:
            path = member.name.removeprefix("./")
            if member.isreg() and any(fnmatch.fnmatchcase(path, each) for each in patterns):
                source = archive.extractfile(member)
                assert source
                (to / Path(path).name).write_bytes(source.read())


def _moment(epoch: int) -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": str(epoch), "E2FSPROGS_FAKE_TIME": str(epoch), "TZ": "UTC"}


def _sized(file: Path, mebibytes: int) -> None:
    file.unlink(missing_ok=True)
    with file.open("wb") as made:
        made.truncate(mebibytes * MEBIBYTE)

"""Debian itself, as a tar file, before anything of ours is in it."""

import hashlib
import os
import platform
import tarfile
from collections.abc import Mapping
from pathlib import Path

from image.target import PACKAGES, SUITE, USERS, Target
from image.tools import BuildError, as_root, needed, run, sources

HERE = Path(__file__).parent
ROOT = HERE / "root"
INITRAMFS = ROOT / "etc/initramfs-tools"
WORDS = HERE.parent / "systemd/words"
LOCKS = HERE / "locks"

EMULATED = "cortex-a72"
"""The processor that is emulated: the default one's signed pointers take fifteen times as long."""

BINFMT = Path("/proc/sys/fs/binfmt_misc")

LEFT_OUT = ("man", "doc", "locale", "info", "lintian", "bug")
"""Folders of /usr/share without use on a card; licences stay."""


def system(target: Target, keep: Path, *, moved: bool = False) -> Path:
    """The tar file, from `keep` if it is there. Raises BuildError for packages other than the
    locked ones, unless they may have `moved`."""
    needed("mmdebstrap")
    made = keep / f"system-{target.name}-{_digest(target)}.tar"
    if not made.exists() or not (moved or _is_locked(target, made)):
        keep.mkdir(parents=True, exist_ok=True)
        _install(target, made)
    if not (moved or _is_locked(target, made)):
        differences = "\n".join(compare(locked(target), installed(made)))
        raise BuildError(
            "Debian's mirror has other packages than the lock. Look at what changed, then "
            f"`./run image lock {target.name}`, or build with --moved:\n{differences}"
        )
    return made


def _is_locked(target: Target, made: Path) -> bool:
    return not compare(locked(target), installed(made))


def installed(system_tar: Path) -> Mapping[str, str]:
    """Package → version."""
    with tarfile.open(system_tar) as archive:
        status = archive.extractfile("./var/lib/dpkg/status")
        text = status.read().decode() if status else ""
    found = {}
    for paragraph in text.split("\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in paragraph.splitlines()
            if line.startswith(("Package: ", "Version: "))
        )
        if fields:
            found[fields["Package"]] = fields["Version"]
    return dict(sorted(found.items()))


def locked(target: Target) -> Mapping[str, str]:
    """Package → version, as last looked at."""
    lines = lock_file(target).read_text().splitlines() if lock_file(target).exists() else []
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def lock_file(target: Target) -> Path:
    """Where the packages of this target are written down."""
    return LOCKS / f"{target.name}.txt"


def lock(target: Target, packages: Mapping[str, str]) -> None:
    """Write the packages down."""
    LOCKS.mkdir(exist_ok=True)
    lines = [f"{name} {version}\n" for name, version in sorted(packages.items())]
    lock_file(target).write_text(
        f"# Debian packages of the image `{target.name}`\n{''.join(lines)}"
    )


def compare(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """A line for each package that differs."""
    return [
        f"  {name}: {wanted.get(name, 'none')} → {found.get(name, 'none')}"
        for name in sorted({*wanted, *found})
        if wanted.get(name) != found.get(name)
    ]


def _digest(target: Target) -> str:
    """Of all that goes into it, but for the mirror."""
    digest = hashlib.sha256(repr((target, PACKAGES, sorted(USERS.items()))).encode())
    for file in [Path(__file__), WORDS, *sorted(INITRAMFS.rglob("*"))]:
        if file.is_file():
            digest.update(f"{file.name} {file.stat().st_mode}".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def emulate(machine: str) -> None:
    """Let this computer run programs of another processor: registered with the kernel, once."""
    if platform.machine() == machine:
        return
    if not (BINFMT / "register").exists():
        run(*as_root("mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT))
    if not (BINFMT / f"qemu-{machine}").exists():
        interpreter = f"/usr/bin/qemu-{machine}-static"
        magic = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
        mask = r"\xff\xff\xff\xff\xff\xff\xff\x00" + r"\xff" * 8 + r"\xfe\xff\xff\xff"
        line = f":qemu-{machine}:M::{magic}:{mask}:{interpreter}:FP"
        run(*as_root("tee", BINFMT / "register"), stdin=line)


def _install(target: Target, made: Path) -> None:
    emulate(target.machine)
    new = made.with_suffix(".new.tar")
    shares = [f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in LEFT_OUT]
    users = "".join(
        f"echo {name}:x:{number}:{number}::/var/lib/{name}:/usr/sbin/nologin >>$1/etc/passwd;"
        f"echo {name}:x:{number}: >>$1/etc/group; echo '{name}:!*:1::::::' >>$1/etc/shadow;"
        for name, number in USERS.items()
    )
    # One pass at the end: each package that asks for it would take a minute under emulation.
    initramfs = (
        'for kernel in $(ls "$1/lib/modules"); do '
        'INITRD= chroot "$1" mkinitramfs -o /boot/initrd.img "$kernel"; done'
    )
    own = 'cd "$1/etc/initramfs-tools" && chown -R 0:0 . && chmod -R go-w .'
    environment = {
        "SOURCE_DATE_EPOCH": "1700000000",
        "QEMU_CPU": EMULATED,
        "INITRD": "No",
    }
    run(
        *as_root("mmdebstrap", "--mode=root", "--variant=apt"),
        f"--architectures={target.architecture}",
        "--components=main,non-free-firmware",
        f"--include={','.join((*PACKAGES, *target.packages))}",
        '--aptopt=Apt::Install-Recommends "false"',
        *shares,
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        f"--essential-hook={users}",
        f"--customize-hook=copy-in {INITRAMFS} /etc",
        '--customize-hook=mkdir -p "$1/usr/lib/rinda"',
        f"--customize-hook=copy-in {WORDS} /usr/lib/rinda",
        f"--customize-hook={own}",
        f"--customize-hook={initramfs}",
        SUITE,
        new,
        *sources(),
        env=environment,
    )
    run(*as_root("chown", f"{os.getuid()}:{os.getgid()}", new))
    new.replace(made)

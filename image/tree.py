"""The root of a slot, as a tar file: Debian, our files, and what each becomes on a card."""

import fnmatch
import io
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from image.target import Target

HERE = Path(__file__).parent
ROOT = HERE / "root"
SYSTEMD = HERE.parent / "systemd"
RAUC = "etc/rauc/system.conf"

LEFT_OUT = (
    "dev/*",
    "etc/ssh/ssh_host_*",
    "etc/mosquitto/*.example",
    "etc/machine-id",
    "etc/hostname",
    "etc/resolv.conf",
    "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
    "var/cache/*",
    "var/log/*",
    "var/lib/apt/lists/*",
    "usr/lib/raspi-firmware/*",
    "usr/lib/u-boot/*",
    "usr/lib/linux-image-*/*",
)
"""Made on each card, of no use there, or on its first partition instead."""

ENABLED: Mapping[str, tuple[str, ...]] = {
    "multi-user.target": ("queue-health.service",),
    "timers.target": ("queue-update.timer", "queue-fetch.timer"),
    "paths.target": ("queue-update.path",),
    "sysinit.target": ("systemd-networkd.service", "systemd-resolved.service", "nftables.service"),
    "basic.target": ("queue-words.service", "queue-screen.service"),
}
MASKED = (
    "ctrl-alt-del.target",
    "getty@.service",
    "serial-getty@.service",
    "console-getty.service",
    "console-setup.service",
    "keyboard-setup.service",
    "ldconfig.service",
    "systemd-journal-catalog-update.service",
    "systemd-networkd-wait-online.service",
    "systemd-machine-id-commit.service",
    "systemd-firstboot.service",
    "systemd-binfmt.service",
    "proc-sys-fs-binfmt_misc.automount",
    "systemd-tpm2-setup-early.service",
    "systemd-tpm2-setup.service",
    "systemd-pcrphase-sysinit.service",
    "systemd-pcrphase.service",
    "systemd-pcrmachine.service",
    "systemd-pstore.service",
    "systemd-hibernate-clear.service",
    "systemd-timesyncd.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
)
"""Of no use on a card that is never written; or, like the network's wait, two minutes of it."""

DISABLED = ("mosquitto.service", "ssh.service", "wpa_supplicant.service")
"""Debian starts them at once; here the unit's role decides."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of ours; `link`: where it points instead."""

    path: str
    data: bytes = b""
    mode: int = 0o644
    link: str = ""


def make_root(
    target: Target, system: Path, software: Sequence[Path], version: str, epoch: int, to: Path
) -> None:
    """Write the tar file `to`, the same bytes for the same input."""
    ours = {each.path: each for each in entries(target, software, version)}
    with tarfile.open(system) as debian, tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as root:
        known = set()
        for member in debian:
            path = member.name.removeprefix("./")
            if path.startswith("boot/vmlinuz-"):
                ours["boot/vmlinuz"] = Entry("boot/vmlinuz", link=Path(path).name)
            if (path in ours and ours[path].link != "/") or _is_left_out(path):
                continue
            member.mtime = min(member.mtime, epoch)
            known.add(path)
            root.addfile(member, debian.extractfile(member) if member.isreg() else None)
        for path in sorted({*ours, *_folders(ours)} - known):
            _add(root, ours.get(path) or Entry(path, mode=0o755, link="/"), epoch)


def entries(target: Target, software: Sequence[Path], version: str) -> Iterator[Entry]:
    """All that is ours."""
    for entry in _files(ROOT):
        yield entry if entry.path != RAUC else _for(target, entry)
    for name, place in places().items():
        yield _entry(place, SYSTEMD / name)
    for folder in software:
        yield from _files(folder)
    yield Entry("etc/os-release", _release(target, version).encode())
    for name in ("etc/machine-id", "etc/hostname"):
        yield Entry(name)
    yield Entry("etc/resolv.conf", link="../run/systemd/resolve/stub-resolv.conf")
    yield Entry("etc/localtime", link="/usr/share/zoneinfo/Europe/Riga")
    yield Entry("etc/hosts", link="../run/rinda-hub/hosts")  # they say where the hub is
    yield Entry("etc/systemd/dnssd", link="network")  # where a hub's announcement is kept
    yield Entry("usr/local/bin/rinda", link="/opt/rinda/venv/bin/rinda")
    yield Entry("data", mode=0o755, link="/")
    yield Entry("boot/firmware", mode=0o755, link="/")
    for place in ("etc", "var"):  # all that systemd would bring up to date there has been built in
        yield Entry(f"{place}/.updated", f"TIMESTAMP_NSEC={2**62}\n".encode())
    for wanting, units in ENABLED.items():
        for unit in units:
            yield Entry(f"etc/systemd/system/{wanting}.wants/{unit}", link=f"../{unit}")
    yield Entry("etc/systemd/system-generators/systemd-ssh-generator", link="/dev/null")
    for unit in MASKED:
        yield Entry(f"etc/systemd/system/{unit}", link="/dev/null")


def _for(target: Target, entry: Entry) -> Entry:
    """An update for one kind of machine does not fit another."""
    return replace(entry, data=entry.data.replace(b"rinda-pi", f"rinda-{target.name}".encode()))


def places() -> Mapping[str, str]:
    """What lies in systemd/ → its place, by the table there."""
    table = (SYSTEMD / "README.md").read_text()
    return dict(re.findall(r"^\| `(\S+)` \| `/(\S+)`.*\|$", table, re.MULTILINE))


def _files(folder: Path) -> Iterator[Entry]:
    for file in sorted(folder.rglob("*")):
        path = str(file.relative_to(folder))
        if file.is_symlink():
            yield Entry(path, link=str(file.readlink()))
        elif file.is_file():
            yield _entry(path, file)


def _entry(path: str, file: Path) -> Entry:
    return Entry(path, file.read_bytes(), 0o755 if file.stat().st_mode & 0o100 else 0o644)


def _is_left_out(path: str) -> bool:
    if path.split("/")[-1] in DISABLED and ".wants/" in path:
        return True
    return any(fnmatch.fnmatchcase(path, each) for each in LEFT_OUT)


def _folders(paths: Mapping[str, Entry]) -> set[str]:
    return {str(above) for path in paths for above in Path(path).parents} - {"."}


def _add(root: tarfile.TarFile, entry: Entry, epoch: int) -> None:
    member = tarfile.TarInfo(f"./{entry.path}")
    member.mtime, member.mode = epoch, entry.mode
    if entry.link == "/":
        member.type = tarfile.DIRTYPE
    elif entry.link:
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, entry.link, 0o777
    else:
        member.size = len(entry.data)
    root.addfile(member, io.BytesIO(entry.data) if member.isreg() else None)


def _release(target: Target, version: str) -> str:
    return (
        'NAME="Rinda"\nID=rinda\nID_LIKE=debian\n'
        f'PRETTY_NAME="Rinda {version}"\nIMAGE_ID=rinda\nIMAGE_VERSION={version}\n'
        f"VARIANT_ID={target.name}\nVERSION_ID=13\n"
    )

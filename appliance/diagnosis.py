"""A bundle by which somebody far away sees what is wrong: no secret and nobody's data."""

import io
import platform
import tarfile
import time
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import tomli_w

from appliance.hiding import (
    KEPT_BACK,
    SHORTEST,
    hidden,
    secrets_in,
    secrets_in_lines,
    without_secrets,
)
from appliance.services import OURS, said
from config import VERSION
from messaging.machine import LONGEST_BUNDLE, MachineStatus

CARD_FILE = Path("boot/firmware/rinda.toml")
RESULT_FILE = Path("boot/firmware/rinda-result.txt")
SELF_TEST = "selftest.html"
DATA = Path("/var/lib/rinda")
DAYS = "--since=-3 days"
WATCHED = (*OURS, "chrony*", "rauc*", "systemd-networkd*", "systemd-resolved*", "wpa_supplicant*")

COMMANDS = {
    "journal.txt": (
        *("journalctl", "--quiet", "--no-pager", "--output=short-iso", "--lines=15000", DAYS),
        *(f"--unit={each}" for each in WATCHED),
    ),
    "kernel.txt": (
        *("journalctl", "--quiet", "--no-pager", "--output=short-iso", "--lines=3000", DAYS),
        *("--dmesg", "--priority=warning"),
    ),
    "services.txt": ("systemctl", "list-units", "--all", "--plain", "--no-pager", *WATCHED),
    "failed.txt": ("systemctl", "list-units", "--state=failed", "--plain", "--no-pager"),
    "clock.txt": ("chronyc", "-n", "tracking"),
    "addresses.txt": ("ip", "-brief", "address"),
    "disk.txt": ("df", "--human-readable"),
}
"""File of the bundle → whose words it has."""

LONGEST_FILE = 2_000_000
"""Letters. A journal shrinks to a tenth; where that is too much, its oldest are left out."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`files`: the unit's settings; `told`: how it says that it is."""

    root: Path
    data: Path
    files: Sequence[Path]
    told: Callable[[], MachineStatus | None]

    def bundle(self) -> bytes:
        """A .tar.gz of at most LONGEST_BUNDLE bytes."""
        secrets = tuple(self._secrets())
        files = {name: hidden(text[-LONGEST_FILE:], secrets) for name, text in self._texts(secrets)}
        longest = LONGEST_FILE
        while len(packed := _packed(files, longest)) > LONGEST_BUNDLE:
            longest //= 2
        return packed

    def _secrets(self) -> Iterator[str]:
        for file in (*self.files, self.root / CARD_FILE):
            yield from secrets_in(_values(file))
            yield from secrets_in_lines(_text(file))

    def _texts(self, secrets: Collection[str]) -> Iterator[tuple[str, str]]:
        yield "README.txt", _about(secrets)
        told = self.told()
        yield "status.json", told.model_dump_json(indent=1) if told else ""
        yield "versions.txt", _versions(self.root)
        for file in self.files:
            yield file.name, tomli_w.dumps(without_secrets(_values(file)))
        yield SELF_TEST, _text(self.data / SELF_TEST)
        yield "rinda-result.txt", _text(self.root / RESULT_FILE)
        for name, command in COMMANDS.items():
            yield name, said(*command)


def of_this_unit(files: Sequence[Path]) -> bytes:
    """The same at the unit itself, whether or not its agent runs."""
    return Diagnosis(Path("/"), DATA, files, lambda: None).bundle()


def _about(secrets: Collection[str]) -> str:
    keys = ", ".join(sorted(KEPT_BACK))
    return (
        f"Left out of the settings: {keys}.\n"
        "Marked [hidden] in every text: what these keys say, and whatever looks like a key, a\n"
        "code, a PIN, a password, a ticket's id, an e-mail address, a phone number or a personal\n"
        "code.\n"
        f"Secrets of this unit that were looked for: {sum(len(s) >= SHORTEST for s in secrets)}.\n"
    )


def _versions(root: Path) -> str:
    installed = sorted(f"{each.name} {each.version}" for each in distributions())
    own = [f"rinda {VERSION}", f"Python {platform.python_version()}", platform.platform()]
    signer = f"updates signed by {_text(root / 'etc/rauc/trusted').strip() or 'nobody'}"
    return "\n".join([*own, signer, _text(root / "etc/os-release"), *installed, ""])


def _values(file: Path) -> dict[str, Any]:
    with suppress(ValueError):
        return tomllib.loads(_text(file))
    return {}


def _text(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="utf-8-sig", errors="replace")
    return ""


def _packed(files: dict[str, str], longest: int) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            content = text[-longest:].encode()
            entry = tarfile.TarInfo(f"diagnosis/{name}")
            entry.size, entry.mtime = len(content), int(time.time())
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()

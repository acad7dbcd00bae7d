"""Programs that build the card. Debian 13's own where Debian 12's are not good enough."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from image.target import SUITE

SOURCES = Path("/etc/apt/sources.list.d/debian.sources")

NEWER = ("e2fsprogs", "libarchive13t64", "python3")
"""mke2fs before 1.47.2 writes moments of this computer; Python compiles for the card."""

Words = Sequence[str | Path]
"""Of a command."""

LIBRARIES = "usr/lib/x86_64-linux-gnu"
LOADER = "usr/lib64/ld-linux-x86-64.so.2"


class BuildError(Exception):
    """The card cannot be built; the words say why."""


def run(*command: str | Path, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
    """What the command said. Raises BuildError with its last words."""
    done = subprocess.run(
        [str(each) for each in command],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        check=False,
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise BuildError(f"{shlex.join(str(each) for each in command)[:300]}\n{last}")
    return done.stdout


def as_root(*command: str | Path) -> Words:
    """The command, with sudo where needed."""
    return [*command] if os.geteuid() == 0 else ["sudo", "--preserve-env", *command]


def sources() -> Sequence[str]:
    """apt's lines for Debian 13, from the mirrors that this computer uses itself."""
    mirrors = [
        line.split()[1] for line in SOURCES.read_text().splitlines() if line.startswith("URIs:")
    ]
    if not mirrors:
        raise BuildError(f"{SOURCES}: names no mirror.")
    parts = "main non-free-firmware"
    return (
        f"deb {mirrors[0]} {SUITE} {parts}",
        f"deb {mirrors[0]} {SUITE}-updates {parts}",
        f"deb {mirrors[-1]} {SUITE}-security {parts}",
    )


class Newer:
    """Programs of Debian 13, unpacked into a folder and run from there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not (folder / "usr/bin/python3").exists():
            run(*as_root("rm", "-rf", folder))
            run(
                *as_root("mmdebstrap", "--mode=root", "--variant=extract"),
                f"--include={','.join(NEWER)}",
                SUITE,
                folder,
                *sources(),
            )
            run(*as_root("chown", "-R", f"{os.getuid()}:{os.getgid()}", folder))

    def run(
        self, program: str, *arguments: str | Path, env: Mapping[str, str] | None = None
    ) -> str:
        """As `run`; `program`: where it is under the root, e.g. ``usr/sbin/mke2fs``."""
        loader: Words = (self._folder / LOADER, "--library-path", self._folder / LIBRARIES)
        home = {"PYTHONHOME": str(self._folder / "usr")}
        return run(*loader, self._folder / program, *arguments, env={**home, **(env or {})})


def needed(*programs: str) -> None:
    """Raises BuildError where one is not installed."""
    if missing := [each for each in programs if not shutil.which(each)]:
        raise BuildError(f"Not installed: {', '.join(missing)}.")

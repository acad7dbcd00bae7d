"""The unit's own programs, which hold its devices while they run."""

import grp
import os
import pwd
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

PROCESSES = Path("/proc")

USER, GROUPS = "rinda", ("video", "render", "input", "audio")
"""As the services have them (systemd/)."""


def running(programs: Collection[str], unit_file: Path) -> dict[str, int]:
    """Which of the programs run with this unit's settings: program → process id."""
    found = {}
    for each in PROCESSES.iterdir():
        words = _command(each) if each.name.isdigit() else []
        program = _program(words)
        if program and program in programs and _names(words, unit_file, each):
            found[program] = int(each.name)
    return found


@contextmanager
def released(programs: Collection[str]) -> Iterator[None]:
    """The services of the programs stop for so long, and start again. Raises OSError."""
    units = [f"rinda-{each}.service" for each in programs]
    _systemctl("stop", *units)
    try:
        yield
    finally:
        _systemctl("start", *units)


def has_unit_user() -> bool:
    """Whether root is asking, and the unit's programs have a user of their own."""
    return os.geteuid() == 0 and USER in {each.pw_name for each in pwd.getpwall()}


def run_as_unit(command: Sequence[str]) -> int:
    """Run the command with the rights of the unit's programs; returns its exit status."""
    groups = [each.gr_gid for each in grp.getgrall() if each.gr_name in GROUPS]
    user = pwd.getpwnam(USER)
    return subprocess.run(
        command,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=groups,
        env={**os.environ, "HOME": user.pw_dir},
        check=False,
    ).returncode


def _systemctl(verb: str, *units: str) -> None:
    if units:
        subprocess.run(["systemctl", verb, *units], check=False)


def _command(process: Path) -> list[str]:
    with suppress(OSError):
        return (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    return []


def _program(words: Sequence[str]) -> str:
    """``rinda kiosk`` → ``kiosk``, however Python was told to run it."""
    for command, program in pairwise(words):
        if Path(command).name == "rinda":
            return program
    return ""


def _names(words: Sequence[str], unit_file: Path, process: Path) -> bool:
    """Whether the command's ``--unit`` is this file; a relative name is meant from its folder."""
    if "--unit" not in words[:-1]:
        return False
    named = Path(words[words.index("--unit") + 1])
    with suppress(OSError):
        return ((process / "cwd").readlink() / named).resolve() == unit_file.resolve()
    return named.resolve() == unit_file.resolve()

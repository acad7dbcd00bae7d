"""A PostgreSQL of the tests' own: in a folder, on a socket, without the network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

HOMES = "/usr/lib/postgresql"


@contextmanager
def running() -> Iterator[str]:
    """Its address. It refuses to be root's, so root lends it to the user of the package."""
    programs = max(Path(HOMES).glob("*/bin/initdb"), default=None)
    if programs is None:  # `./run` installs it; without it SQLite runs the same tests
        pytest.skip(f"PostgreSQL is not installed: there is no {HOMES}/*/bin/initdb")
    folder = Path(tempfile.mkdtemp(prefix="rinda-postgresql-", dir="/tmp"))  # others may enter
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        yield from _served(programs.parent, folder)
    finally:
        shutil.rmtree(folder)


def _served(programs: Path, folder: Path) -> Iterator[str]:
    data = str(folder / "data")
    _run(programs / "initdb", "-D", data, "-U", "rinda", "-A", "trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    control = (programs / "pg_ctl", "-D", data, "-w")
    _run(*control, "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql:///postgres?host={folder}&user=rinda"
    finally:
        _run(*control, "-m", "immediate", "stop")


def _run(program: Path, *arguments: str) -> None:
    command: Sequence[str] = (str(program), *arguments)
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    subprocess.run(
        command,
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
    )

"""Programs of the unit that are in the way, and systemd."""

import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from selftest import services
from selftest.services import has_unit_user, released, run_as_unit, running

WAITING = "import sys; sys.stdin.read()"


@contextmanager
def program(*words: str, folder: Path) -> Iterator[int]:
    """A process that is called so."""
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, *words], stdin=subprocess.PIPE, cwd=folder
    )
    yield process.pid
    process.communicate()


def test_programs_with_this_units_settings_are_found(tmp_path: Path) -> None:
    mine, other = tmp_path / "unit.toml", tmp_path / "other.toml"
    with (
        program(
            "/opt/rinda/venv/bin/rinda", "kiosk", "--unit", str(mine), folder=tmp_path
        ) as kiosk,
        program("-m", "rinda", "bridge", "--unit", "unit.toml", folder=tmp_path) as bridge,
        program("rinda", "display", "--unit", str(other), folder=tmp_path),
        program("rinda", "desk", "--unit", str(mine), folder=tmp_path),
        program("rinda", "kiosk", "--unit", folder=tmp_path),
    ):
        found = running({"kiosk", "bridge", "display", ""}, mine)
        assert found == {"kiosk": kiosk, "bridge": bridge}
    assert running({"kiosk", "bridge"}, mine) == {}


def test_services_stop_for_the_time_of_the_test_whatever_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(KeyboardInterrupt), released(["kiosk", "bridge"]):
        raise KeyboardInterrupt
    with released([]):
        pass
    assert (tmp_path / "asked").read_text().splitlines() == [
        "stop rinda-kiosk.service rinda-bridge.service",
        "start rinda-kiosk.service rinda-bridge.service",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_root_leaves_the_test_to_the_units_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "USER", "rinda-is-not-here")
    assert not has_unit_user()
    monkeypatch.setattr(services, "USER", "nobody")
    assert has_unit_user()
    nobody, audio = pwd.getpwnam("nobody"), grp.getgrnam("audio")
    says = "import os; exit(os.getuid() == {} and os.getgid() == {} and {} in os.getgroups())"
    script = says.format(nobody.pw_uid, nobody.pw_gid, audio.gr_gid)
    assert run_as_unit(["/usr/bin/python3", "-c", script]) == 1

"""RAUC's command as it fails on a slow computer: a program in its place says what it said there."""

import os
from pathlib import Path

import pytest

from appliance.rauc import ATTEMPTS, Rauc, UpdateError
from appliance.updates import Reason

ADDRESS = "http://10.0.2.100/rinda-1.2.raucb"
LOST = "Failed mounting bundle: Failed to load dm table: Argument list too long"
BROKEN = "Failed updating slot rootfs.1: No space left on device"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def fails(folder: Path, times: int, why: str) -> None:
    """Before it succeeds."""
    program = folder / "rauc"
    program.write_text(f"""#!/bin/sh
echo "$@" >>{folder}/asked
echo "installing"
echo " 20% Checking bundle"
[ "$(wc -l <{folder}/asked)" -gt {times} ] && echo "100% Installing done." && exit
echo "LastError: {why}"
echo "Installing failed"
exit 1
""")
    program.chmod(0o755)


def asked(folder: Path) -> int:
    return len((folder / "asked").read_text().splitlines())


def test_a_bundle_whose_device_was_lost_is_opened_again(folder: Path) -> None:
    fails(folder, ATTEMPTS - 1, LOST)
    told: list[int] = []
    Rauc().install(ADDRESS, told.append)
    assert asked(folder) == ATTEMPTS
    assert told == [20] * ATTEMPTS + [100]


@pytest.mark.parametrize(
    ("bundle", "why", "times"),
    [(ADDRESS, LOST, ATTEMPTS), (ADDRESS, BROKEN, 1), ("/data/rinda-1.2.raucb", LOST, 1)],
)
def test_what_does_not_help_is_not_done_again(
    folder: Path, bundle: str, why: str, times: int
) -> None:
    fails(folder, ATTEMPTS, why)
    with pytest.raises(UpdateError, match=why) as failed:
        Rauc().install(bundle, lambda percent: None)
    assert failed.value.reason == Reason.NOT_WRITTEN
    assert asked(folder) == times

"""The unit as systemd's own tools see it: installed by the table of systemd/README.md."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from image.target import USERS
from messaging.enrolling import SOCKET, Enrolling
from rinda.command import main
from selftest import PAGE
from tests.conftest import DEMO, ROOT
from tests.parts import wait_until

SYSTEMD = Path(__file__).parents[2] / "systemd"
PLACES = dict(
    re.findall(r"^\| `(\S+)` \| `/(\S+)`.*\|$", (SYSTEMD / "README.md").read_text(), re.MULTILINE)
)
PROGRAMS = [
    "module",
    "desk",
    "visitor-page",
    "consultations",
    "kiosk",
    "display",
    "bridge",
    "machine",
]
UNITS = [
    *(f"rinda-{program}.service" for program in PROGRAMS),
    "rinda-specialist.service",
    "rinda@rinda-kiosk.service",
    "queue-backup.service",
    "queue-certificates.service",
    "queue-enrolment.service",
    "queue-selftest@kiosk.service",
    "queue-restart.service",
    "queue-health.service",
    "queue-update.service",
    "queue-fetch.service",
    "queue-offer.service",
    "queue-stick@sda1.service",
    "queue-setup.service",
    "queue-result.service",
    "rinda-setup.service",
    "queue-health.service",
    "queue-update.service",
    "queue-fetch.service",
    "queue-offer.service",
    "queue-stick@sda1.service",
    "queue-words.service",
    "queue-screen.service",
    "mosquitto.service",
]
COMMANDS = [
    "opt/rinda/venv/bin/rinda",
    "bin/kill",
    "bin/sh",
    "usr/bin/cp",
    "usr/bin/mount",
    "usr/bin/mv",
    "usr/bin/sleep",
    "usr/bin/sync",
    "usr/bin/systemctl",
    "usr/bin/systemd-mount",
    "usr/bin/timeout",
    "usr/sbin/mosquitto",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A unit's file system: Debian's own units, ours, and the commands they start."""
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    for file, place in PLACES.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SYSTEMD / file, tmp_path / place)
    for command in COMMANDS:
        (tmp_path / command).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / command).touch(0o755)
    return tmp_path


def run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def test_every_file_has_its_place() -> None:
    files = {str(file.relative_to(SYSTEMD)) for file in SYSTEMD.rglob("*") if file.is_file()}
    assert files == {*PLACES, "README.md"}


@pytest.mark.parametrize(
    "unit",
    [
        *UNITS,
        "rinda.target",
        "queue-backup.timer",
        "queue-certificates.timer",
        "queue-restart.path",
        "queue-enrolment.socket",
    ],
)
def test_systemd_has_nothing_to_say_against_a_unit(root: Path, unit: str) -> None:
    assert run("systemd-analyze", "verify", "--man=no", f"--root={root}", unit) == (0, "")


def test_systemd_reads_our_files_and_complains_of_a_slip(root: Path) -> None:
    common = root / PLACES["rinda-.service.d/common.conf"]
    common.write_text(common.read_text().replace("WatchdogSec", "WatchdogSecs"))
    _, said = run("systemd-analyze", "verify", "--man=no", f"--root={root}", UNITS[0])
    assert "WatchdogSecs" in said


def test_no_unit_says_what_all_programs_share() -> None:
    shared = settings_of(SYSTEMD / "rinda-.service.d/common.conf")
    adding = {"After", "Environment", "ReadWritePaths", "SystemCallFilter"}
    for unit in SYSTEMD.glob("rinda-*.service"):
        assert not (settings_of(unit) & shared) - adding, unit


def settings_of(file: Path) -> set[str]:
    return set(re.findall(r"^(\w+)=", file.read_text(), re.MULTILINE))


@pytest.mark.parametrize(("program", "other"), [("kiosk", "setup"), ("setup", "kiosk")])
def test_who_rests_does_not_take_the_screen_back(program: str, other: str) -> None:
    text = (SYSTEMD / f"rinda-{program}.service").read_text()
    conflicts = " ".join(re.findall(r"^Conflicts=(.+)$", text, re.MULTILINE)).split()
    assert f"rinda@rinda-{other}.service" in conflicts


@pytest.mark.parametrize("unit", UNITS)
def test_exposure_is_at_most_two_of_ten(root: Path, unit: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20"]
    status, said = run(*command, "--no-pager", f"--root={root}", unit)
    assert status == 0, said


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_unit_starts_its_program_with_the_units_settings(program: str) -> None:
    text = (SYSTEMD / f"rinda-{program}.service").read_text()
    settings = "--site /etc/rinda/site.toml --unit /etc/rinda/unit.toml"
    assert re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE) == [
        f"/opt/rinda/venv/bin/rinda {program} {settings}"
    ]


@pytest.mark.parametrize("role", ["kiosk", "display", "module"])
def test_a_new_unit_is_tested_without_anybody(role: str) -> None:
    text = (SYSTEMD / "queue-selftest@.service").read_text()
    (started,) = re.findall(r"^ExecStart=\S+ (.+)$", text, re.MULTILINE)
    with pytest.raises(SystemExit) as ended:
        main([*started.replace("%i", role).split(), "--help"])
    assert ended.value.code == 0
    assert f"/var/lib/rinda/{PAGE}" in text


def test_the_user_and_the_groups_of_the_devices_are_made(root: Path) -> None:
    status, said = run(
        "systemd-sysusers", "--dry-run", f"--root={root}", root / PLACES["sysusers.conf"]
    )
    assert status == 0
    assert "Creating user 'rinda'" in said
    units = "".join((SYSTEMD / f"rinda-{program}.service").read_text() for program in PROGRAMS)
    for group in " ".join(re.findall(r"^SupplementaryGroups=(.+)$", units, re.MULTILINE)).split():
        assert f"Creating group '{group}'" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another user")
def test_settings_are_kept_from_others(root: Path) -> None:
    settings = root / "etc/rinda/unit.toml"
    settings.parent.mkdir()
    settings.touch(0o644)
    run("systemd-sysusers", f"--root={root}", root / PLACES["sysusers.conf"])
    assert run(
        "systemd-tmpfiles", "--create", f"--root={root}", root / PLACES["tmpfiles.conf"]
    ) == (0, "")
    assert settings.stat().st_mode & 0o777 == 0o640
    assert settings.parent.stat().st_mode & 0o777 == 0o750
    assert settings.stat().st_gid != 0


def test_a_hub_lets_units_in_at_the_socket_that_desks_know(tmp_path: Path) -> None:
    """The socket, handed over as systemd does it."""
    text = (SYSTEMD / "queue-enrolment.socket").read_text()
    assert f"ListenStream={SOCKET}\n" in text
    (started,) = re.findall(
        r"^ExecStart=\S+ (.+)$", (SYSTEMD / "queue-enrolment.service").read_text(), re.MULTILINE
    )
    at = tmp_path / SOCKET.name
    places = ["--authority", tmp_path / "authority", "--broker", tmp_path / "broker"]
    rinda = [sys.executable, "-m", "rinda", *started.split(), *places]
    command = ["systemd-socket-activate", "-l", at, *rinda, "--site", DEMO / "site.toml"]
    with subprocess.Popen([*command, "--unit", DEMO / "site.toml"], cwd=ROOT) as service:
        try:
            wait_until(at.exists)
            assert asyncio.run(Enrolling(at).open()) == ()
        finally:
            service.terminate()


def test_a_stick_for_backups_is_mounted_where_they_go_for_who_makes_them() -> None:
    lines = (ROOT / "image/root/etc/fstab").read_text().splitlines()
    (stick,) = (each.split() for each in lines if each.startswith("LABEL=RINDABACKUP "))
    _, folder, kinds, options, *_ = stick
    assert kinds == "vfat,exfat"
    mine = {f"uid={USERS['rinda']}", f"gid={USERS['rinda']}", "umask=077"}
    quiet = {"nofail", "x-systemd.automount", "x-systemd.idle-timeout=1min"}
    assert mine | quiet <= set(options.split(","))
    service = (SYSTEMD / "queue-backup.service").read_text().splitlines()
    mount = f"{folder[1:].replace('-', chr(92) + 'x2d').replace('/', '-')}.mount"
    assert {f"Wants={mount}", f"After={mount}", f"ReadWritePaths=-{folder}"} <= set(service)
    assert (ROOT / "docs/operating.md").read_text().count(f'backup_folder = "{folder}"') == 2


def test_a_program_that_fails_and_fails_rests_before_it_is_tried_again() -> None:
    rest = re.search(
        r"^ExecStart=(/usr/bin/sleep .*)$", (SYSTEMD / "rinda@.service").read_text(), re.MULTILINE
    )
    assert rest
    tried = subprocess.run(["timeout", "0.5", *rest[1].split()], check=False)
    assert tried.returncode == 124

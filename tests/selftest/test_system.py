"""Disk, network and clock."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.programs import BrokerSettings
from drivers.host import SystemClock, system_clock
from messaging.messages import Outcome
from selftest import system
from tests.conftest import MORNING

RIGA = "Europe/Riga"
LOOPBACK = BrokerSettings()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "queue.db"
    with closing(sqlite3.connect(path)) as queue, queue:
        queue.execute("create table event (body text)")
        queue.executemany("insert into event values (?)", [("x" * 500,)] * 200)
    return path


def test_a_disk_with_a_whole_file(database: Path, tmp_path: Path) -> None:
    assert system.disk(tmp_path, database, tmp_path).code == "disk_good"
    assert [each.name for each in tmp_path.iterdir()] == ["queue.db"]


def test_a_disk_without_a_queue(tmp_path: Path) -> None:
    assert system.disk(tmp_path, tmp_path / "none.db", tmp_path).code == "disk_good"


@pytest.mark.parametrize("damage", [(0, b"not a database"), (8192, b"\xff" * 4096)])
def test_a_damaged_file(database: Path, tmp_path: Path, damage: tuple[int, bytes]) -> None:
    with database.open("r+b") as file:
        file.seek(damage[0])
        file.write(damage[1])
    finding = system.disk(tmp_path, database, tmp_path)
    assert (finding.code, finding.facts) == ("database_damaged", {"file": str(database)})


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert system.disk(gone, gone / "queue.db", tmp_path).code == "disk_read_only"


def test_errors_that_the_kernel_counted(database: Path, tmp_path: Path) -> None:
    for name, count in (("mmcblk0p1", "0\n"), ("mmcblk0p2", "3\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "errors_count").write_text(count)
    assert system.disk(tmp_path, database, tmp_path).facts == {"count": "3"}


@pytest.mark.parametrize(
    ("states", "host", "code"),
    [
        ({"lo": "unknown", "eth0": "down"}, "127.0.0.1", "network_not_needed"),
        ({"lo": "unknown", "eth0": "down"}, "10.0.0.2", "network_down"),
        ({"lo": "unknown", "eth0": "up"}, "127.0.0.1", "network_good"),
        ({"lo": "unknown", "eth0": "up"}, "hub.invalid", "network_good"),
    ],
)
def test_the_network(tmp_path: Path, states: dict[str, str], host: str, code: str) -> None:
    for name, state in states.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "operstate").write_text(f"{state}\n")
    assert system.network(BrokerSettings(host=host), tmp_path).code == code


@pytest.mark.parametrize(
    ("now", "said", "ahead", "code"),
    [
        (MORNING, SystemClock(True, RIGA), 0.2, "clock_by_module"),
        (MORNING, SystemClock(False, RIGA), -4.9, "clock_by_module"),
        (MORNING, SystemClock(True, RIGA), 5.0, "clock_differs"),
        (MORNING, SystemClock(True, RIGA), None, "clock_by_network"),
        (MORNING, SystemClock(False, RIGA), None, "clock_free"),
        (MORNING, SystemClock(None, None), None, "clock_free"),
        (MORNING, SystemClock(None, None), 0.0, "clock_by_module"),
        (MORNING, SystemClock(True, "Etc/UTC"), 0.0, "clock_zone"),
        (MORNING - timedelta(days=20_000), SystemClock(True, RIGA), 0.0, "clock_year"),
    ],
)
def test_the_clock(now: datetime, said: SystemClock, ahead: float | None, code: str) -> None:
    finding = system.clock(now, said, RIGA, ahead)
    assert finding.code == code
    assert (finding.outcome is Outcome.GOOD) == (code.startswith("clock_by"))


def test_the_system_is_asked() -> None:
    assert isinstance(system_clock(), SystemClock)

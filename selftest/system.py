"""The unit itself: its disk, its network, its clock."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfo

from config.programs import BrokerSettings
from drivers.host import SOMEWHERE, SystemClock, own_address
from messaging.messages import Finding
from selftest.findings import bad, good, skipped

LEAST_MEGABYTES = 200
CLOCK_SECONDS = 5
FIRST_YEAR = 2026
"""A unit without a battery begins long before this software was written."""

FILE_SYSTEMS = Path("/sys/fs/ext4")
INTERFACES = Path("/sys/class/net")


def disk(folder: Path, database: Path, file_systems: Path = FILE_SYSTEMS) -> Finding:
    """Room, writing, the queue's file where there is one, and errors that the kernel counted."""
    try:
        _write(folder / ".selftest")
    except OSError:
        return bad("disk", "disk_read_only", folder=folder)
    if errors := sum(_number(each) for each in file_systems.glob("*/errors_count")):
        return bad("disk", "disk_errors", count=errors)
    if database.exists() and not _is_whole(database):
        return bad("disk", "database_damaged", file=database)
    free = disk_usage(folder).free // 10**6
    if free < LEAST_MEGABYTES:
        return bad("disk", "disk_full", free=free)
    return good("disk", "disk_good", free=free)


def network(broker: BrokerSettings, interfaces: Path = INTERFACES) -> Finding:
    """Whether a cable or Wi-Fi is there, and by which address the broker would be asked."""
    up = [each.name for each in sorted(interfaces.iterdir()) if _is_connected(each)]
    alone = _is_loopback(broker.host)
    if not up:
        return skipped("network", "network_not_needed") if alone else bad("network", "network_down")
    address = own_address(SOMEWHERE if alone else broker.host) or own_address(SOMEWHERE)
    if address is None:
        return bad("network", "network_no_address")
    return good("network", "network_good", interface=", ".join(up), address=address)


def clock(now: datetime, system: SystemClock, zone: str, ahead: float | None) -> Finding:
    """`now`: the unit's time; `ahead`: seconds it is ahead of the module's, if that is known."""
    if now.year < FIRST_YEAR:
        return bad("clock", "clock_year", year=now.year)
    if ahead is not None and abs(ahead) >= CLOCK_SECONDS:
        return bad("clock", "clock_differs", seconds=round(abs(ahead)))
    if system.zone not in (None, zone):
        return bad("clock", "clock_zone", zone=system.zone, wanted=zone)
    time = now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    if ahead is not None:
        return good("clock", "clock_by_module", time=time, seconds=round(abs(ahead)))
    if system.synchronised:
        return good("clock", "clock_by_network", time=time)
    return bad("clock", "clock_free", time=time)


def _write(file: Path) -> None:
    """Onto the card itself, and away again."""
    with file.open("wb") as written:
        written.write(b"Rinda")
        os.fsync(written.fileno())
    file.unlink()


def _is_whole(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as queue:
            return bool(queue.execute("pragma quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _number(file: Path) -> int:
    with suppress(OSError, ValueError):
        return int(file.read_text())
    return 0


def _is_connected(interface: Path) -> bool:
    with suppress(OSError):
        return (interface / "operstate").read_text().strip() == "up"
    return False


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"

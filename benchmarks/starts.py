"""`python -m benchmarks.starts`: how soon the module knows its state again, by the length of its log.

Days of a busy centre, beside SQLite reading the same rows; with and without what was kept.
"""

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from config.load import load_settings
from queue_core import commands as c
from queue_core.centre import Centre
from queue_core.decide import handle
from queue_core.model import GivenService
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.waits import Waits
from rinda.centre_at_hand import MORNING, SITE

DAYS = (1, 25, 250)
TICKETS = 120
"""A day, each of about six events: taken, told, called, shown, spoken, served."""

ROUNDS = 5
SERVICES = ("vsaa-slimiba", "vid-eds", "lad-eps")


def main() -> None:
    """Print a table."""
    centre = load_settings([SITE], {}).to_centre()
    print("| days | events | MB | start | SQLite reads all rows | replay of all |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for days in DAYS:
            database = Path(folder) / f"{days}.db"
            _write(centre, database, days)
            start, events, replayed = _start(centre, database)
            row = f"{days} | {events} | {database.stat().st_size / 1e6:.1f}"
            floor, replay = _read(database), _replay(centre, database)
            print(f"| {row} | {start * 1000:.1f} ms, {replayed} replayed | {floor * 1000:.0f} ms | {replay:.2f} s |")


def _commands(day: int) -> Iterator[tuple[str, c.Command]]:
    yield f"open-{day}", c.OpenCounter("1")
    for number in range(TICKETS):
        ticket = f"ticket-{day}-{number}"
        service = SERVICES[number % len(SERVICES)]
        yield ticket, c.TakeTicket(service, "lv")

"""`python -m benchmarks.starts`: how soon the module knows its state again, by its log's length.

Days of a busy centre; beside it, what SQLite needs to read the same rows, and a replay of them all.
"""

import logging
import random
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from pathlib import Path

from benchmarks.floors import durable_write
from benchmarks.timing import Sample
from benchmarks.timing import row as row_of
from config.load import load_settings
from queue_core import commands as c
from queue_core.centre import Centre, OpenInterval, weekly
from queue_core.decide import handle
from queue_core.events import Recorded
from queue_core.evolve import evolve
from queue_core.model import Confirmation, GivenService, State, WaitRange
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.reading import read_log
from queue_module.schema import open_for_writing
from queue_module.storage import transaction
from queue_module.waits import Waits
from rinda.centre_at_hand import MORNING, SITE

DAYS = (1, 25, 250)
TICKETS = 120
KEEP_DAYS = 400
"""A day, of six events each: taken, told, called, shown, spoken, served."""

ROUNDS = 9
SERVICE = "vsaa-slimiba"
ALWAYS = weekly(*(OpenInterval(day, time(), time.max) for day in range(7)))
TOLD = WaitRange(timedelta(minutes=5), timedelta(minutes=9), timedelta(minutes=17))


def main() -> None:
    """Print a table."""
    centre = load_settings([SITE], {}).to_centre()
    always = {each.id: replace(each, hours=ALWAYS) for each in centre.institutions.values()}
    centre = replace(centre, institutions=always)
    logging.disable()
    print("| days | events | start | of them replayed | SQLite reads all | replay of all |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for days in DAYS:
            database = Path(folder) / f"{days}.db"
            _write(centre, database, days)
            restored = _restored(centre, database)
            start = _timed(ROUNDS, partial(_restored, centre, database))
            read = _timed(ROUNDS, partial(_read, database))
            replay = _timed(1, partial(_replay, database))
            print(
                f"| {days} | {restored.state.sequence} | {start * 1000:.0f} ms "
                f"| {restored.replayed} | {read * 1000:.0f} ms | {replay:.1f} s |"
            )
        print("\n| figure | median | p99 | floor in the same run | ratio |\n|---|---|---|---|---|")
        _stores(Path(folder))


def _stores(folder: Path) -> None:
    """What it costs to wait for the disk with every event, beside not waiting."""
    floor = durable_write(folder)
    for synchronous in ("full", "normal"):
        sample = Sample(f"one event stored, synchronous={synchronous}")
        with closing(open_for_writing(folder / f"{synchronous}.db")) as log:
            log.execute(f"pragma synchronous = {synchronous}")
            for number in range(300):
                row = (number, "", "", "", "", "{}", "")
                with sample.timed(), transaction(log):
                    log.execute("insert into event values (?, ?, ?, ?, ?, ?, ?)", row)
        print(row_of(sample, floor.median, "one fdatasync"))


def _write(centre: Centre, database: Path, days: int) -> None:
    """A log as the module leaves it when it is killed at a day's end."""
    ledger, journal = _ledger(centre, database)
    ledger.restore()
    for day in range(days):
        for visits in (0, TICKETS):
            state, recorded = _played(centre, ledger.state, day, visits)
            ledger.store(state, recorded)
            ledger.keep_if_due()
    journal.close()


def _played(
    centre: Centre, state: State, day: int, visits: int
) -> tuple[State, tuple[Recorded, ...]]:
    """A counter opens, or so many visitors are served."""
    now, log = MORNING + timedelta(days=day), list[Recorded]()

    def do(name: str, command: c.Command) -> None:
        nonlocal state
        outcome = handle(centre, state, c.Request(f"{name}-{day}", "bench", command), now)
        assert not outcome.answer.refusal, outcome.answer
        state = outcome.state
        log.extend(outcome.recorded)

    if not visits:
        do("open", c.OpenCounter("1"))
    for number in range(visits):
        now += timedelta(minutes=4)
        ticket = f"ticket-{number}-{day}"
        do(f"ticket-{number}", c.TakeTicket(SERVICE, "lv"))
        do(f"told-{number}", c.PromiseWait(ticket, TOLD))
        do(f"call-{number}", c.CallNext("1"))
        call = state.sequence
        for step in Confirmation:
            do(f"{step}-{number}", c.ConfirmCall(call, step))
        do(f"finish-{number}", c.Finish("1", ticket, (GivenService(SERVICE),)))
    return state, tuple(log)


def _ledger(centre: Centre, database: Path) -> tuple[Ledger, Journal]:
    journal = Journal(database)
    return Ledger(journal, Waits(centre, random.Random(1)), KEEP_DAYS), journal


def _restored(centre: Centre, database: Path) -> Ledger:
    ledger, journal = _ledger(centre, database)
    ledger.restore()
    journal.close()
    return ledger


def _replay(database: Path) -> None:
    state = State()
    for recorded in read_log(database):
        state = evolve(state, recorded)


def _read(database: Path) -> None:
    with closing(sqlite3.connect(database)) as log:
        deque(log.execute("select * from event order by sequence"), maxlen=0)


def _timed(rounds: int, action: Callable[[], object]) -> float:
    """The median of so many rounds, in seconds."""
    sample = Sample("")
    for _ in range(rounds):
        with sample.timed():
            action()
    return sample.median


if __name__ == "__main__":
    main()

"""`python -m benchmarks.events`: what an event costs, early and late in a day of a million.

The real rules, log and snapshots in one process, without a broker. A visit is seven events: taken,
told, called, shown, spoken, served, rated. Twenty wait all day, and numbers do not run out.
"""

import argparse
import logging
import os
import random
import tempfile
from collections import deque
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.starts import ALWAYS, KEEP_DAYS, SERVICE, TOLD
from benchmarks.timing import Sample
from benchmarks.windows import resident
from config.load import load_settings
from messaging.codec import encode
from queue_core import commands as c
from queue_core.centre import Centre
from queue_core.decide import handle
from queue_core.events import Recorded
from queue_core.model import Confirmation, GivenService, State
from queue_module import snapshots
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.waits import Waits
from rinda.centre_at_hand import MORNING, SITE

PLACES = (1, 1_000, 10_000, 100_000, 1_000_000)
"""Events of the day from which on it is measured."""

MEASURED = 100
"""Visits."""

TOGETHER = 100
"""Visits stored in one transaction where nothing is measured: the disk is not what is asked for."""

WAITING = 20


class Day:
    """One day at one counter, whose events go to the ledger."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        self.centre, self.now = centre, MORNING
        self.journal = Journal(folder / "queue.db")
        self.ledger = Ledger(self.journal, Waits(centre, random.Random(1)), KEEP_DAYS)
        self.ledger.restore()
        self.decided, self.stored, self.told, self.kept = (Sample("") for _ in range(4))
        self._state = self.ledger.state
        self._log = list[Recorded]()
        self._tickets, self._count = deque[str](), 0
        self._do(c.OpenCounter("1"))
        for _ in range(WAITING):
            self._take()
        self.store()

    @property
    def state(self) -> State:
        """With what is not stored yet."""
        return self._state

    def visit(self) -> None:
        """Somebody comes, and the first in line is served."""
        self.now += timedelta(milliseconds=1)
        self._take()
        self._do(c.CallNext("1"))
        call, ticket = self.state.sequence, self._tickets.popleft()
        for step in Confirmation:
            self._do(c.ConfirmCall(call, step))
        self._do(c.Finish("1", ticket, (GivenService(SERVICE),)))
        self._do(c.Rate(ticket, 9))

    def store(self) -> None:
        """All that was decided."""
        self.ledger.store(self._state, self._log)
        self._log.clear()

    def measured(self) -> tuple[float, float, float]:
        """Seconds: of rules for an event, of the disk for an event, of what all are told of it."""
        for sample in (self.decided, self.stored, self.told):
            sample.seconds.clear()
        for _ in range(MEASURED):
            self.visit()
            with self.stored.timed():
                self.store()
            with self.told.timed():
                for snapshot in (snapshots.board, snapshots.queue):
                    encode(snapshot(self.centre, self.state, self.now))
        return self.decided.median, self.stored.median / 7, self.told.median

    def go_on_until(self, sequence: int) -> None:
        """Up to this event of the day; the state is kept as the module does."""
        while self.state.sequence < sequence:
            for _ in range(min(TOGETHER, (sequence - self.state.sequence) // 7 + 1)):
                self.visit()
            self.store()
            self.decided.seconds.clear()
            with self.kept.timed():
                self.ledger.keep_if_due()

    def _take(self) -> None:
        self._do(c.TakeTicket(SERVICE, "lv"))
        self._tickets.append(f"{self._count:032x}")
        self._do(c.PromiseWait(self._tickets[-1], TOLD))

    def _do(self, command: c.Command) -> None:
        self._count += 1
        request = c.Request(f"{self._count:032x}", "desk", command)
        with self.decided.timed():
            outcome = handle(self.centre, self._state, request, self.now)
        assert not outcome.answer.refusal, outcome.answer
        self._state = outcome.state
        self._log.extend(outcome.recorded)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events", description=__doc__)
    parser.add_argument("--events", type=int, default=PLACES[-1])
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        day = Day(_centre(), Path(folder))
        day.measured()  # the first of all are slow: nothing is in any cache
        print("| event | rules | log | board and queue told | first = 1 | memory |")
        print("|---|---|---|---|---|---|")
        first, memory = 0.0, resident(os.getpid())
        for place in (each for each in PLACES if each <= given.events):
            day.go_on_until(place)
            rules, log, told = (each * 1e6 for each in day.measured())
            first = first or rules
            print(
                f"| {day.state.sequence:,} | {rules:.0f} µs | {log:.0f} µs | {told:.0f} µs "
                f"| {rules / first:.2f} | {resident(os.getpid()):.0f} MiB |"
            )
        grown = (resident(os.getpid()) - memory) * 2**20 / day.state.sequence
        longest = max(day.kept.seconds) * 1000
        print(
            f"\n{grown:.0f} bytes an event; the state kept for a start: {longest:.0f} ms at most."
        )
        day.journal.close()


def _centre() -> Centre:
    centre = load_settings([SITE], {}).to_centre()
    always = {each.id: replace(each, hours=ALWAYS) for each in centre.institutions.values()}
    return replace(centre, institutions=always, last_number=PLACES[-1])


if __name__ == "__main__":
    main()

"""`python -m benchmarks.load --seconds 600`: fifty kiosks and twenty desks at one module.

Real module, broker and file, in processes of their own. The units are links in this process: what
they take of the machine is in the figures.
"""

import argparse
import itertools
import queue
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kills import SERVICES, Commands, ModuleProcess
from benchmarks.timing import Sample
from benchmarks.windows import resident
from config.settings import BrokerSettings
from messaging.link import Arrived, Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.topics import Topics
from queue_core.commands import CallNext, Cancel, Finish, OpenCounter, TakeTicket
from queue_core.model import GivenService
from rinda.broker import Broker, free_port

KIOSKS, DESKS = 50, 20
COUNTERS = ("1", "2", "kabinets", "dators")
TICK_SECONDS = 0.1
ANSWER_SECONDS = 20.0


@dataclass
class Outcome:
    """What was seen. `refused`: by code; `mebibytes`: of the module, at first and at last."""

    replies: Sample = field(default_factory=lambda: Sample("command → reply"))
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    snapshots: int = 0
    mebibytes: tuple[float, float] = (0.0, 0.0)


class Crowd:
    """All units on one thread; `ask` sends the next command of a unit that waits for nothing."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.outcome = Outcome()
        self._chance, self._work = chance, queue.SimpleQueue[Callable[[], None]]()
        self._units = [self._unit(f"kiosk-{n}", Role.KIOSK, port, kiosk()) for n in range(KIOSKS)]
        counters = itertools.cycle(COUNTERS)
        self._units += [
            self._unit(f"desk-{n}", Role.DESK, port, clerk(next(counters))) for n in range(DESKS)
        ]
        self._turns = itertools.cycle(chance.sample(self._units, len(self._units)))

    def run(self, seconds: float, rate: float) -> None:
        """Ask so often a second; then wait for the answers."""
        began = ticked = time.monotonic()
        asked = 0
        while (now := time.monotonic()) < began + seconds:
            while asked < (now - began) * rate:
                next(self._turns).ask(self.outcome)
                asked += 1
            if now - ticked >= TICK_SECONDS:
                ticked = now
                for each in self._units:
                    each.link.tick()
            self._do(0.002)
        until = time.monotonic() + ANSWER_SECONDS
        while any(each.waits for each in self._units) and time.monotonic() < until:
            self._do(0.05)
            for each in self._units:
                each.link.tick()

    def stop(self) -> None:
        """End all."""
        for each in self._units:
            each.link.stop()

    def _do(self, seconds: float) -> None:
        try:
            self._work.get(timeout=seconds)()
            while True:
                self._work.get_nowait()()
        except queue.Empty:
            pass

    def _unit(self, name: str, role: Role, port: int, commands: Commands) -> "_Asker":
        status = UnitStatus(unit=name, role=role, version="load", online=True)
        link = Link(BrokerSettings(port=port), Topics("demo"), Unit(status), self._work.put)
        topics = link.topics
        for topic in (topics.queue,) if role is Role.DESK else (topics.catalogue, topics.bookings):
            link.on(topic, self._told)
        link.start()
        return _Asker(link, commands)

    def _told(self, arrived: Arrived) -> None:
        self.outcome.snapshots += 1
        arrived.done()


class _Asker:
    def __init__(self, link: Link, commands: Commands) -> None:
        self.link, self.waits = link, False
        self._commands = commands
        self._newest: Reply | None = None

    def ask(self, outcome: Outcome) -> None:
        if self.waits or not self.link.connected:
            return
        asked_at = time.perf_counter()

        def answered(reply: Reply | None) -> None:
            self.waits, self._newest = False, reply
            outcome.replies.seconds.append(time.perf_counter() - asked_at)
            outcome.unanswered += reply is None
            if reply and reply.refusal:
                outcome.refused[reply.refusal.code] += 1

        self.waits = True
        self.link.request(self._commands.send(self._newest), ANSWER_SECONDS, answered)


def kiosk() -> Commands:
    """Half of the visitors go away again: who waits shall not become ever more."""
    for service in itertools.cycle(SERVICES):
        taken = yield TakeTicket(service, "lv")
        if taken and taken.ticket:
            yield Cancel(taken.ticket.id)


def clerk(counter: str) -> Commands:
    """One of several at a counter."""
    yield OpenCounter(counter)
    while True:
        called = yield CallNext(counter)
        if called and called.ticket:
            yield Finish(counter, called.ticket.id, (GivenService(called.ticket.service),))


def run(folder: Path, seconds: float, rate: float, seed: int = 1) -> Outcome:
    """Load a fresh module."""
    with Broker(folder / "broker", free_port()) as broker:
        module = ModuleProcess(folder, broker.port)
        with module.running():
            crowd = Crowd(broker.port, random.Random(seed))
            crowd.run(2.0, rate)
            crowd.outcome.replies.seconds.clear()
            before = resident(module.process.pid)
            crowd.run(seconds, rate)
            crowd.outcome.mebibytes = before, resident(module.process.pid)
            crowd.stop()
    return crowd.outcome


def main() -> None:
    """Load it, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=100.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = run(Path(folder), given.seconds, given.rate)
    replies, (before, after) = seen.replies, seen.mebibytes
    done = len(replies.seconds)
    print(
        f"{KIOSKS} kiosks and {DESKS} desks for {given.seconds:.0f} s: {done} commands "
        f"({done / given.seconds:.0f} a second), {seen.snapshots} snapshots. Command → reply: "
        f"median {replies.median * 1000:.1f} ms, p99 {replies.worst * 1000:.0f} ms; "
        f"{seen.unanswered} without an answer; refused: {seen.refused.total()}. "
        f"Module: {before:.0f} MiB, then {after:.0f} MiB."
    )


if __name__ == "__main__":
    main()

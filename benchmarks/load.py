"""`python -m benchmarks.load --seconds 600`: fifty kiosks and twenty desks at one module.

Real module, broker and file, in processes of their own. The units are real links, in a few
processes beside them: what they take of the machine is in the figures.
"""

import argparse
import itertools
import multiprocessing
import os
import queue
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kills import SERVICES, Commands, ModuleProcess
from benchmarks.timing import Sample
from benchmarks.windows import resident
from config.programs import BrokerSettings
from messaging.link import Arrived, Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.topics import Topics
from queue_core.commands import CallNext, Cancel, Finish, OpenCounter, TakeTicket
from queue_core.model import GivenService
from rinda.broker import Broker, free_port

KIOSKS, DESKS = 50, 20
COUNTERS = ("1", "2", "kabinets", "dators")
CROWDS = 4
"""Processes of units: one alone would ask too slowly."""

WARM_UP_SECONDS = 2.0
TICK_SECONDS = 0.1
ANSWER_SECONDS = 20.0


@dataclass
class Outcome:
    """What units saw. `refused`: by code; `received`: bytes of snapshots."""

    replies: Sample = field(default_factory=lambda: Sample("command → reply"))
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    snapshots: int = 0
    received: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            Sample(self.replies.name, self.replies.seconds + other.replies.seconds),
            self.refused + other.refused,
            self.unanswered + other.unanswered,
            self.snapshots + other.snapshots,
            self.received + other.received,
        )


@dataclass(frozen=True, slots=True)
class Module:
    """What the module needs: MiB, and seconds of the processor since its start."""

    mebibytes: float
    seconds: float

    @classmethod
    def now(cls, pid: int) -> "Module":
        """As the kernel counts it."""
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return cls(resident(pid), sum(map(int, times)) / os.sysconf("SC_CLK_TCK"))


class Crowd:
    """Some units on one thread; `ask` sends the next command of a unit that waits for nothing."""

    def __init__(
        self, port: int, kiosks: Sequence[int], desks: Sequence[int], chance: random.Random
    ) -> None:
        self.outcome = Outcome()
        self._work = queue.SimpleQueue[Callable[[], None]]()
        self._units = [self._unit(f"kiosk-{n}", Role.KIOSK, port, kiosk()) for n in kiosks]
        self._units += [
            self._unit(f"desk-{n}", Role.DESK, port, clerk(COUNTERS[n % len(COUNTERS)]))
            for n in desks
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
        self.outcome.received += len(arrived.payload)
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


def crowd(port: int, number: int, seconds: float, rate: float) -> Outcome:
    """The units of one process ask, together so often a second."""
    kiosks, desks = range(number, KIOSKS, CROWDS), range(number, DESKS, CROWDS)
    units = Crowd(port, kiosks, desks, random.Random(number))
    units.run(seconds, rate)
    units.stop()
    return units.outcome


def run(folder: Path, seconds: float, rate: float) -> tuple[Outcome, Module, Module]:
    """Load a fresh module; what it needed when warm, and at the end."""
    port = free_port()
    module = ModuleProcess(folder, port, last_number=9999)
    processes = ProcessPoolExecutor(CROWDS, multiprocessing.get_context("spawn"))
    with Broker(folder / "broker", port), module.running(), processes:

        def load(seconds: float) -> Outcome:
            asking = [
                processes.submit(crowd, port, number, seconds, rate / CROWDS)
                for number in range(CROWDS)
            ]
            return sum((each.result() for each in asking), Outcome())

        load(WARM_UP_SECONDS)
        warm = Module.now(module.process.pid)
        return load(seconds), warm, Module.now(module.process.pid)


def main() -> None:
    """Load it, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=100.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen, warm, ended = run(Path(folder), given.seconds, given.rate)
    replies, done = seen.replies, len(seen.replies.seconds)
    refused = ", ".join(f"{code} {times}" for code, times in seen.refused.most_common())
    share = (ended.seconds - warm.seconds) / given.seconds
    print(
        f"{KIOSKS} kiosks and {DESKS} desks for {given.seconds:.0f} s: {done} commands "
        f"({done / given.seconds:.0f} a second). Command → reply: median "
        f"{replies.median * 1000:.1f} ms, p99 {replies.worst * 1000:.0f} ms; {seen.unanswered} "
        f"without an answer; refused: {refused}. Snapshots: "
        f"{seen.snapshots / given.seconds:.0f} a second, "
        f"{seen.received / given.seconds / 1024:.0f} KiB. Module: {warm.mebibytes:.0f} MiB, then "
        f"{ended.mebibytes:.0f} MiB; {share:.0%} of a core."
    )


if __name__ == "__main__":
    main()

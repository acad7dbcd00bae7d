"""`python -m benchmarks.kills --kills 100`: the real module, killed at random moments under load.

Real processes, broker and file. Afterwards the log must hold what was acknowledged, once.
"""

import argparse
import itertools
import queue
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import ProgramProcess
from benchmarks.timing import Sample
from config.programs import BrokerSettings
from messaging.link import Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.topics import Topics
from queue_core.commands import CallNext, Command, Finish, OpenCounter, TakeTicket
from queue_core.events import Recorded, TicketTaken
from queue_core.model import GivenService, label
from queue_module.reading import read_log
from rinda.broker import Broker, free_port

KIOSKS = 4
UNDER_WAY = 3
"""Tickets that each kiosk has asked for and not got yet."""

KILLED_WHILE_STARTING = 0.3
"""The share of starts that are not waited for."""

SERVICES = ("vsaa-slimiba", "vid-eds", "lad-eps", "nva-darbs")


class ModuleProcess(ProgramProcess):
    """The module; `database`: where its log is."""

    def __init__(
        self, folder: Path, port: int, database: Path | None = None, last_number: int = 999
    ) -> None:
        self.database = database or folder / "queue.db"
        settings = {
            "BROKER__PORT": port,
            "MODULE__DATABASE": self.database,
            "SITE__BOOKINGS_FILE": "",
            "SITE__LAST_NUMBER": last_number,
        }
        super().__init__("module", folder, settings)


Commands = Generator[Command, Reply | None, None]
"""What a unit asks one after another; it is told the newest answer."""


class Asker:
    """A unit in a thread of its own, which always has so many commands `under_way`.

    `answered`: command id → reply. `arrived` is set with each.
    """

    def __init__(self, name: str, port: int, commands: Commands, under_way: int) -> None:
        self.answered: dict[str, Reply] = {}
        self.arrived = threading.Event()
        self._commands, self._under_way = commands, under_way
        self._newest: Reply | None = None
        self._work: queue.Queue[Callable[[], None]] = queue.Queue()
        status = UnitStatus(unit=name, role=Role.KIOSK, version="kills", online=True)
        self._link = Link(BrokerSettings(port=port), Topics("demo"), Unit(status), self._work.put)
        self._pending = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        """Begin to ask."""
        self._link.start()
        self._thread.start()

    def stop(self) -> None:
        """Ask nothing more, wait for the answers, and end."""
        self._stopping.set()
        self._thread.join()
        self._link.stop()

    def _run(self) -> None:
        while self._pending or not self._stopping.is_set():
            while self._pending < self._under_way and not self._stopping.is_set():
                self._pending += 1
                command = self._commands.send(self._newest)
                self._link.request(command, 60, self._answered)
            try:
                self._work.get(timeout=0.05)()
            except queue.Empty:
                self._link.tick()

    def _answered(self, reply: Reply | None) -> None:
        self._pending -= 1
        if reply:  # else it was given up after a minute
            self._newest = self.answered[reply.id] = reply
            self.arrived.set()


def kiosk() -> Commands:
    """Visitors, one after another."""
    for service in itertools.cycle(SERVICES):
        yield TakeTicket(service, "lv")


def clerk() -> Commands:
    """One at a counter."""
    yield OpenCounter("1")
    while True:
        called = yield CallNext("1")
        if called and called.ticket:
            yield Finish("1", called.ticket.id, (GivenService(called.ticket.service),))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen. `restarts`: from the start of a process to its first answer.

    `lost`: acknowledged, and not in the log. `doubled`: numbers given twice, and commands that were
    done twice. `altered`: tickets whose number in the log is not the one that was told.
    """

    kills: int
    acknowledged: int
    restarts: Sample
    lost: frozenset[str]
    doubled: frozenset[str]
    altered: frozenset[str]


def run(folder: Path, kills: int, chance: random.Random) -> Outcome:
    """Kill it so often. The log is left in `folder`."""
    with Broker(folder / "broker", free_port()) as broker:
        module = ModuleProcess(folder, broker.port)
        units = [Asker(f"kiosk-{n}", broker.port, kiosk(), UNDER_WAY) for n in range(KIOSKS)]
        units.append(Asker("desk", broker.port, clerk(), 1))
        restarts = Sample("start of the killed module → its first answer")
        with module.running():
            for unit in units:
                unit.start()
            for _ in range(kills):
                _until_killed(module, units, restarts, chance)
                module.start()
            for unit in units:
                unit.stop()
    answered = {name: reply for unit in units for name, reply in unit.answered.items()}
    return _compared(kills, restarts, answered, read_log(module.database))


def _until_killed(
    module: ModuleProcess, units: Sequence[Asker], restarts: Sample, chance: random.Random
) -> None:
    if chance.random() < KILLED_WHILE_STARTING:
        time.sleep(chance.uniform(0, 1))
    else:
        units[0].arrived.clear()
        with restarts.timed():
            units[0].arrived.wait(60)
        time.sleep(chance.expovariate(4))
    module.end(signal.SIGKILL)


def _compared(
    kills: int, restarts: Sample, answered: Mapping[str, Reply], log: Sequence[Recorded]
) -> Outcome:
    taken = {
        each.command_id: label(each.event.series, each.event.number)
        for each in log
        if isinstance(each.event, TicketTaken)
    }
    commands = [name for name, _ in itertools.groupby(each.command_id for each in log)]
    told = {
        name: reply.ticket.number
        for name, reply in answered.items()
        if reply.ticket and name == reply.ticket.id
    }
    return Outcome(
        kills,
        len(answered),
        restarts,
        lost=frozenset(answered.keys() - set(commands)),
        doubled=_twice(commands) | _twice(taken.values()),
        altered=frozenset(name for name, number in told.items() if taken.get(name) != number),
    )


def _twice(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name, count in Counter(names).items() if count > 1)


def main() -> None:
    """Kill it, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = run(Path(folder), given.kills, random.Random(given.seed))
    print(
        f"{seen.kills} kills, {seen.acknowledged} commands acknowledged: {len(seen.lost)} lost, "
        f"{len(seen.doubled)} doubled, {len(seen.altered)} altered. From the start of a process to "
        f"its first answer: median {seen.restarts.median:.2f} s, worst {seen.restarts.worst:.2f} s."
    )


if __name__ == "__main__":
    main()

"""Real parts for tests: a module in a thread, a link with its own small loop."""

import queue
import random
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

import pytest

from config.clock import Clock
from config.programs import BrokerSettings
from messaging.link import Arrived, Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.topics import Topics
from messaging.work import Work
from queue_core.centre import Centre
from queue_core.commands import Command, FindTicket
from queue_module.administration import Administration
from queue_module.health import Health
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.module import QueueModule
from queue_module.reports import Reports
from queue_module.waits import Waits

TOPICS = Topics("demo")


def clock_at(moment: datetime) -> Clock:
    """A clock that says `moment` now and runs on."""
    return Clock(moment - datetime.now(moment.tzinfo) + timedelta(0))


def wait_until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something that another thread or process does; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.01)


class Supervised:
    """A supervisor that remembers what it was told."""

    def __init__(self) -> None:
        self.is_ready = threading.Event()

    def ready(self) -> None:
        self.is_ready.set()

    def alive(self) -> None: ...


class Program(Protocol):
    """What works until it is stopped."""

    def stop(self) -> None: ...


class ProgramThread(ABC):
    """A real program, run in a thread: `run` sets `program` and `link`, and works until it ends."""

    program: Program
    link: Link

    def __init__(self) -> None:
        self.supervisor, self.work = Supervised(), Work()
        self._thread = threading.Thread(target=self.run, name=type(self).__name__)

    @abstractmethod
    def run(self) -> None: ...

    def __enter__(self) -> Self:
        self._thread.start()
        assert self.supervisor.is_ready.wait(10)
        wait_until(lambda: self.link.connected)
        return self

    def __exit__(self, *_: object) -> None:
        self.program.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()


class ModuleThread(ProgramThread):
    """The real queue module."""

    def __init__(
        self,
        centre: Centre,
        database: Path,
        port: int,
        clock: Clock,
        roles: Mapping[str, Role] | None = None,
        administration: Administration | None = None,
    ) -> None:
        super().__init__()
        self._parts, self.clock = (centre, database, port, clock), clock
        self._roles, self._administration = roles or {}, administration

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """The module is there but does nothing, as when its disk stalls."""
        release = threading.Event()

        def wait() -> None:
            release.wait(60)

        self.work.post(wait)
        yield
        release.set()

    def run(self) -> None:
        centre, database, port, clock = self._parts
        journal = Journal(database)
        status = UnitStatus(unit="module", role=Role.MODULE, version="test", online=True)
        link = self.link = Link(
            BrokerSettings(port=port), Topics(centre.id), Unit(status, 3600), self.work.post
        )
        waits = Waits(centre, random.Random(1))
        ledger = Ledger(journal, waits, keep_days=400)
        health = Health(status, link, database, backed_up=False)
        threads = ThreadPoolExecutor(1, "reports")
        reports = Reports(database, centre, threads.submit)
        self.program = self.module = QueueModule(
            centre,
            ledger,
            link,
            self.work,
            clock,
            waits,
            health,
            self._roles,
            reports,
            self._administration,
        )
        ledger.restore()
        self.module.open_day()
        link.start()
        self.module.run(self.supervisor)
        threads.shutdown()
        link.stop()
        journal.close()


def until_it_answers(port: int) -> None:
    """The module listens by now: also what a unit sends once only will reach it."""
    with UnitThread(port, "early") as early:
        assert early.ask(FindTicket("nobody"), 20)


class UnitThread:
    """A unit's link, with a thread that runs its callbacks and ticks."""

    def __init__(self, port: int, name: str = "kiosk", topics: Topics = TOPICS) -> None:
        self.arrived: queue.Queue[Arrived] = queue.Queue()
        self._work: queue.Queue[Callable[[], None]] = queue.Queue()
        self._stopping = threading.Event()
        status = UnitStatus(unit=name, role=Role.KIOSK, version="test", online=True)
        self.link = Link(BrokerSettings(port=port), topics, Unit(status), self._work.put)
        self._thread = threading.Thread(target=self._run, name=name)

    def listen(self, topic: str) -> None:
        """Collect what arrives on a topic; before entering."""
        self.link.on(topic, self._keep)

    def ask(self, command: Command, seconds: float = 5.0, by: str = "") -> Reply | None:
        """Send a command and wait for its answer."""
        replies: queue.Queue[Reply | None] = queue.Queue()

        def send() -> None:
            self.link.request(command, seconds, replies.put, by=by)

        self._work.put(send)
        return replies.get(timeout=seconds + 5)

    def call(self, action: Callable[[], None]) -> None:
        """Run something on the link's thread."""
        self._work.put(action)

    def __enter__(self) -> Self:
        self.link.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(10)
        self.link.stop()

    def _keep(self, arrived: Arrived) -> None:
        self.arrived.put(arrived)
        arrived.done()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work.get(timeout=0.02)()
            except queue.Empty:
                self.link.tick()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own in this folder, e.g. of ``256k``; only root makes one."""
    folder.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "rinda-test", folder], check=False
    )
    if made.returncode:  # only root may; what it is for cannot be had otherwise
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)

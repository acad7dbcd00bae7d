"""A desk at work: its own process, the real queue module, a real broker, a real browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from desk.gallery import DEMO_SITE
from queue_core.centre import Centre
from queue_core.events import Event
from queue_module.reading import read_log
from rinda.broker import Broker, free_port
from tests.conftest import MORNING
from tests.pages import answers, browsed
from tests.parts import ModuleThread, clock_at, wait_until

START_DESK = """
import os, sys
from pathlib import Path
from config.load import load_settings
from desk import main
from drivers.supervisor import SystemdSupervisor
sys.exit(main(load_settings([Path(sys.argv[1])], os.environ), SystemdSupervisor()))
"""


@dataclass
class DeskProcess:
    """The desk as systemd would start it."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def start_desk(port: int, broker_port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "RINDA_BROKER__PORT": str(broker_port),
        "RINDA_DESK__HOST": "127.0.0.1",
        "RINDA_DESK__PORT": str(port),
        "RINDA_UNIT__ID": "desk",
    }
    return subprocess.Popen([sys.executable, "-c", START_DESK, str(DEMO_SITE)], env=environment)


@pytest.fixture
def desk(broker: Broker) -> Iterator[DeskProcess]:
    port = free_port()
    with start_desk(port, broker.port) as process:
        wait_until(lambda: answers(port), 30)
        yield DeskProcess(port, process)
        process.terminate()


@dataclass
class Module:
    """The real queue module, which can be ended before the test is over."""

    thread: ModuleThread
    database: Path
    ended: bool = False

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self.thread.__exit__()

    def events(self) -> list[Event]:
        """All that was decided, from the disk."""
        return [each.event for each in read_log(self.database)]


@pytest.fixture
def module(centre: Centre, tmp_path: Path, broker: Broker) -> Iterator[Module]:
    database = tmp_path / "queue.db"
    with_clock = clock_at(MORNING)
    running = Module(ModuleThread(centre, database, broker.port, with_clock), database)
    running.thread.__enter__()
    yield running
    running.end()


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser's page that fails the test when a script of the desk does."""
    with browsed(viewport={"width": 1366, "height": 768}) as page:
        yield page

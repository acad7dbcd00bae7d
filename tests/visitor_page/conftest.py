"""The phones' page: by itself over plain HTTP, and its own process beside the real queue module."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page

from config.settings import Settings
from messaging.messages import BoardCall, Reply
from queue_core.centre import Centre
from queue_core.commands import Command
from rinda.broker import Broker, free_port
from tests.conftest import DEMO, MORNING
from tests.pages import Answer, answer, answers, browsed
from tests.parts import ModuleThread, clock_at, wait_until
from visitor_page.board import Board
from visitor_page.gallery import NOW, Scene, board_of
from visitor_page.pages import Pages
from visitor_page.patience import Patient
from visitor_page.tickets import Tickets
from visitor_page.web import Web
from web.pictures import serving


@dataclass
class Site:
    """The running application, what it asked the module, and what that says."""

    settings: Settings
    now: float = 0.0
    asked: list[Command] = field(default_factory=list)
    reply: Reply | None = None
    address: str = ""

    def __post_init__(self) -> None:
        self.board = Board(lambda: self.now)
        self.tickets = Tickets(self._ask, self.board, lambda: self.now)
        languages = self.settings.site.languages
        self.web = Web(Pages(self.settings), self.board, self.tickets, languages, lambda: self.now)
        self.board.take_connection(True)
        self._at = NOW
        self.hear()
        self.hear()

    def hear(self, *calls: BoardCall, sequence: int = 57) -> None:
        """The board says something new."""
        self._at += timedelta(seconds=2)
        state = board_of(Scene({}), self._at)
        self.board.take(state.model_copy(update={"calls": calls, "sequence": sequence}))

    async def _ask(self, command: Command) -> Reply | None:
        self.asked.append(command)
        return self.reply

    def get(self, path: str) -> Answer:
        """For another thread."""
        return answer(urlsplit(self.address).netloc, "GET", path, "", {})

    def post(self, path: str, form: Mapping[str, str], origin: str = "") -> Answer:
        """From the page itself, or from another `origin`."""
        headers = {"Origin": origin or self.address}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return answer(urlsplit(self.address).netloc, "POST", path, urlencode(form), headers)


@pytest.fixture
async def site(demo_settings: Settings) -> AsyncIterator[Site]:
    site = Site(demo_settings)
    async with serving(site.web.application, http=Patient) as site.address:
        yield site
        site.board.close()


def start_page(port: int, broker_port: int) -> subprocess.Popen[bytes]:
    """As systemd would start it."""
    environment = {
        **os.environ,
        "RINDA_BROKER__PORT": str(broker_port),
        "RINDA_VISITOR_PAGE__ADDRESS": f"http://127.0.0.1:{port}",
        "RINDA_VISITOR_PAGE__PORT": str(port),
        "RINDA_UNIT__ID": "visitor-page",
    }
    command = [sys.executable, "-m", "rinda", "visitor-page", "--site", str(DEMO / "site.toml")]
    return subprocess.Popen(command, env=environment)


@pytest.fixture
def address(broker: Broker) -> Iterator[str]:
    """Where the page's process is reached."""
    port = free_port()
    with start_page(port, broker.port) as process:
        wait_until(lambda: answers(port), 30)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def module(centre: Centre, tmp_path: Path, broker: Broker) -> Iterator[ModuleThread]:
    patient = replace(centre, recall_pause=timedelta())
    with ModuleThread(patient, tmp_path / "queue.db", broker.port, clock_at(MORNING)) as running:
        yield running


@pytest.fixture
def phone() -> Iterator[Page]:
    """A phone's browser, whose page fails the test when a script does."""
    with browsed(viewport={"width": 390, "height": 844}, has_touch=True) as page:
        yield page

"""A morning of remote consultations in two centres by keys alone: two brokers, two real modules,
the program in its own process, a real browser."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.load import load_settings
from messaging.appointments import RegisterState, Reserved
from messaging.codec import encode
from messaging.topics import Topics
from queue_core.commands import CheckIn
from queue_core.events import NoShowRecorded, TicketServed
from queue_core.model import Channel
from queue_module.reading import read_log
from rinda.broker import Broker, free_port
from tests.conftest import DEMO, MORNING
from tests.pages import answers, browsed
from tests.parts import ModuleThread, UnitThread, clock_at, wait_until

pytestmark = pytest.mark.whole

SITE = (DEMO / "site.toml").read_text()
SPECIALIST = """\
[specialist]
name = {{ lv = "VSAA", en = "VSAA" }}
port = {port}

[[staff]]
id = "anna"
pin = "scrypt:7261756770696c73:ef8b130cf78854823c87354863552be5c8149f3005f9831e8bc32640f687e978"
"""
CENTRE = """
[[centre]]
site = "{name}.toml"
room = "kabinets"
services = ["vsaa-konsultacija"]
unit = "vsaa"
broker.port = {port}
"""


@dataclass
class Centre:
    """One of the two."""

    broker: Broker
    module: ModuleThread
    kiosk: UnitThread
    database: Path

    def books(self, *minutes: int) -> None:
        """Appointments so long after the morning's moment; their digests are 0, 1 …"""
        bookings = tuple(
            Reserved(
                booking=f"{n}" * 32,
                service="vsaa-konsultacija",
                starts_at=MORNING + timedelta(minutes=each),
                minutes=20,
            )
            for n, each in enumerate(minutes)
        )
        day = MORNING.date()
        state = RegisterState(at=MORNING, first_day=day, last_day=day, bookings=bookings)
        topic = self.kiosk.link.topics.register
        wait_until(lambda: self.kiosk.link.connected)
        self.kiosk.call(lambda: self.kiosk.link.publish(topic, encode(state)))
        wait_until(lambda: len(self.module.module.state.bookings) == len(minutes))

    def comes(self, booking: int) -> None:
        """The visitor checks in at the kiosk."""
        reply = self.kiosk.ask(CheckIn(f"{booking}" * 32, "lv"))
        assert reply
        assert reply.refusal is None

    @property
    def in_room(self) -> str | None:
        """The ticket called into the room."""
        return self.module.module.state.at_counter.get("kabinets")


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[tuple[Centre, Centre]]:
    with ExitStack() as stack:
        yield _centre(stack, tmp_path, "ezermala"), _centre(stack, tmp_path, "priedaine")


def _centre(stack: ExitStack, folder: Path, name: str) -> Centre:
    site = SITE.replace('id = "demo"', f'id = "{name}"').replace("Paraugpils", name.title())
    (folder / f"{name}.toml").write_text(site)
    broker = stack.enter_context(Broker(folder / f"broker-{name}", free_port()))
    database = folder / f"{name}.db"
    rules = load_settings([folder / f"{name}.toml"], {}).to_centre()
    module = ModuleThread(rules, database, broker.port, clock_at(MORNING))
    kiosk = UnitThread(broker.port, topics=Topics(name))
    return Centre(broker, stack.enter_context(module), stack.enter_context(kiosk), database)


@pytest.fixture
def page(centres: tuple[Centre, Centre], tmp_path: Path) -> Iterator[Page]:
    """The specialist's page in a browser, signed in."""
    port = free_port()
    file = tmp_path / "specialist.toml"
    named = zip(("ezermala", "priedaine"), centres, strict=True)
    tables = (CENTRE.format(name=name, port=each.broker.port) for name, each in named)
    file.write_text(SPECIALIST.format(port=port) + "".join(tables))
    command = [sys.executable, "-m", "rinda", "specialist", "--site", str(file)]
    with subprocess.Popen(command) as process, browsed() as page:
        wait_until(lambda: answers(port), 30)
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#pin")).to_be_focused()
        page.keyboard.type("2580")
        page.keyboard.press("Enter")
        yield page
        process.terminate()


def test_a_morning_in_two_centres_by_keys_alone(centres: tuple[Centre, Centre], page: Page) -> None:
    here, there = centres
    here.books(0, 25)
    there.books(-5)
    press, now, message = page.keyboard.press, page.locator("#now"), page.locator("#message")
    expect(page.locator("#open[aria-disabled=false]")).to_be_visible(timeout=20_000)
    expect(page.locator("#rooms .out-of-reach")).to_have_count(0, timeout=20_000)
    press("o")
    expect(page.locator("#counter .state")).to_have_text("Atvērti kabineti: 2 no 2")
    expect(page.locator("#visitors tbody tr")).to_have_count(3)
    here.comes(0)
    there.comes(0)
    expect(page.locator("#visitors .came")).to_have_count(2)

    press(" ")
    expect(now.locator(".where")).to_contain_text("Priedaine")  # due five minutes earlier
    assert (here.in_room, there.in_room is None) == (None, False)
    press("Enter")
    expect(page.locator("#finish-button.primary")).to_be_visible()
    press("f")
    press("Enter")
    expect(page.locator("#call-next")).to_be_visible()
    served = [each.event for each in read_log(there.database)][-1]
    assert isinstance(served, TicketServed)
    assert [each.channel for each in served.given] == [Channel.REMOTE]

    press(" ")
    expect(now.locator(".where")).to_contain_text("Ezermala")
    press("n")
    expect(page.locator("#visitors")).to_contain_text("neieradās")
    assert isinstance([each.event for each in read_log(here.database)][-1], NoShowRecorded)
    press("u")
    expect(now.locator(".where")).to_contain_text("Ezermala")

    there.broker.kill()
    expect(page.locator("#problems")).to_contain_text("Priedaine VPVKAC: nav savienojuma.")
    expect(page.locator("#rooms .out-of-reach")).to_contain_text("Nav savienojuma")
    press("f")
    press("Shift+Enter")
    expect(message).to_have_text("Pašlaik nav klāt neviena, ko izsaukt.")
    here.comes(1)
    expect(page.locator(".next")).to_contain_text("Ezermala")
    press(" ")
    expect(now.locator(".where")).to_contain_text("Ezermala")
    assert here.in_room

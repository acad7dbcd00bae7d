"""The page of units: how each is, and who may do what with it."""

import asyncio
import base64
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.middleware import Middleware

from config.pins import Throttle
from config.programs import BrokerSettings
from config.settings import Settings
from desk import demo
from desk.demo import NOW
from desk.interface import SESSION
from desk.machines import free_id, seen
from desk.pages import Pages
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.units import Units, asking
from desk.watch import Watch
from messaging.enrolling import EnrollingError, OpenCode
from messaging.link import Link, Unit
from messaging.machine import MachineAnswer, MachineOrder
from messaging.messages import Finding, Outcome, Role, SelfTestReport, UnitStatus
from rinda.broker import Broker
from tests.appliance.test_machine import BUNDLE, Pi
from tests.parts import TOPICS, wait_until
from texts import language
from web.guard import Guard

ENGLISH = language("en")
MANAGER = Session("tehnikis", "1", frozenset(), manages_units=True)
CLERK = Session("klientu-2", "1")


@dataclass
class Desk:
    """The page over a hub and Pis whose answers the test chooses."""

    settings: Settings
    folder: Path
    orders: list[tuple[str, str]] = field(default_factory=list)
    answers: bool = True
    bundle: bytes = b"a bundle"
    refusal: str = ""
    session: Session = MANAGER

    def __post_init__(self) -> None:
        self.watch, self.sessions = Watch(lambda: 0.0, "desk"), Sessions(60, lambda: 0.0)
        for each in demo.units():
            self.watch.take_unit(each)
        demo.tell_machines(self.watch)
        self.socket = self.folder / "enrolment.sock"
        self.socket.touch()
        self.pages = Pages(self.settings)
        units = Units(
            self.pages,
            self.sessions,
            self.watch,
            ("en", "lv"),
            self._machine,
            self,
            self.socket,
            lambda: "order-001",
        )
        self.application = Starlette(routes=units.routes, middleware=[Middleware(Guard)])

    async def _machine(self, unit: str, order: MachineOrder) -> MachineAnswer | None:
        self.orders.append((order.do, unit))
        bundle = base64.b64encode(self.bundle).decode() if order.do == "diagnose" else ""
        return MachineAnswer(id=order.id, bundle=bundle) if self.answers else None

    async def ask(self, unit: str, role: str = "") -> str:
        self._perhaps_not()
        self.orders.append((f"code {role}".strip(), unit))
        return "K7QM-2WDX-4T9P"

    async def open(self) -> tuple[OpenCode, ...]:
        self._perhaps_not()
        return (OpenCode("kiosk-1", "kiosk", NOW + timedelta(minutes=30), joined=False),)

    async def revoke(self, unit: str) -> None:
        self._perhaps_not()
        self.orders.append(("revoke", unit))

    def _perhaps_not(self) -> None:
        if self.refusal:
            raise EnrollingError(self.refusal)

    async def get(self, path: str = "/units") -> Response:
        async with self._browser() as browser:
            return await browser.get(path)

    async def post(self, **form: str) -> Response:
        async with self._browser() as browser:
            return await browser.post("/units", data=form)

    def _browser(self) -> AsyncClient:
        origin = "http://desk"
        token = self.sessions.open(self.session)
        return AsyncClient(
            transport=ASGITransport(self.application),
            base_url=origin,
            headers={"Origin": origin},
            cookies={SESSION: token},
        )


@pytest.fixture
def desk(demo_settings: Settings, tmp_path: Path) -> Desk:
    return Desk(demo_settings, tmp_path)


async def test_everybody_on_the_staff_sees_how_each_unit_is(desk: Desk) -> None:
    desk.session = CLERK
    page = (await desk.get()).text
    for words in (
        "Kiosk at the entrance",
        "The power supply is too weak.",
        "The ticket printer will soon be out of paper.",
        "It is off, or without network.",
        "1.4, slot A",
        "63 °C",
        "22.4 GB of 26.9 GB",
        "Version 1.5 is there and waits for the centre to close.",
        "All well (8)",
    ):
        assert words in page
    assert "<button" not in page
    assert "diagnosis" not in page


async def test_a_stranger_sees_nothing(desk: Desk) -> None:
    transport = ASGITransport(desk.application)
    async with AsyncClient(transport=transport, base_url="http://desk") as stranger:
        for path in ("/units", "/units/kiosks/diagnosis.tar.gz"):
            assert (await stranger.get(path)).headers["location"] == "/"
        answer = await stranger.post(
            "/units", data={"do": "restart"}, headers={"Origin": "http://desk"}
        )
        assert answer.status_code == 401
    assert desk.orders == []


@pytest.mark.parametrize("do", ["add", "card", "restart", "revoke"])
async def test_a_clerk_does_nothing_with_units(desk: Desk, do: str) -> None:
    desk.session = CLERK
    answer = await desk.post(do=do, unit="kiosks", role="kiosk", confirmed="yes")
    assert answer.status_code == 403
    assert (await desk.get("/units/kiosks/diagnosis.tar.gz")).headers["location"] == "/units"
    assert desk.orders == []


def test_technicians_and_leads_look_after_units(demo_settings: Settings) -> None:
    staff = [
        each.model_copy(update={"id": role, "role": role})
        for each, role in zip(
            demo_settings.staff[:1] * 3, ("clerk", "lead", "technician"), strict=True
        )
    ]
    door = Door(staff, Throttle(lambda: 0.0))
    assert [each.id for each in staff if door.manages_units(each.id)] == ["lead", "technician"]
    assert not door.manages_units("stranger")


async def test_a_code_for_a_new_unit_is_shown_with_what_to_do(desk: Desk) -> None:
    page = (await desk.post(do="add", role="kiosk")).text
    assert "K7QM-2WDX-4T9P" in page
    assert "Wait for the green page." in page
    assert desk.orders == [("code kiosk", "kiosk-2")]


async def test_a_new_card_for_a_known_unit(desk: Desk) -> None:
    assert "K7QM-2WDX-4T9P" in (await desk.post(do="card", unit="tablo")).text
    assert desk.orders == [("code", "tablo")]


@pytest.mark.parametrize(("do", "done"), [("restart", "restarts"), ("revoke", "is shut out")])
async def test_what_cannot_be_taken_back_is_asked_twice(desk: Desk, do: str, done: str) -> None:
    assert "Kiosk at the entrance" in (await desk.post(do=do, unit="kiosks")).text
    assert desk.orders == []
    assert done in (await desk.post(do=do, unit="kiosks", confirmed="yes")).text
    assert desk.orders == [(do, "kiosks")]


@pytest.mark.parametrize("do", ["revoke", "card"])
async def test_nobody_shuts_out_the_hub_from_here(desk: Desk, do: str) -> None:
    answer = await desk.post(do=do, unit="hub", confirmed="yes")
    assert answer.status_code in {400, 403}
    assert desk.orders == []
    assert "Restart: Hub" in (await desk.get()).text
    assert "Shut out: Hub" not in (await desk.get()).text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "add", "role": "desk"},
        {"do": "add"},
        {"do": "restart", "unit": "kiosk-9", "confirmed": "yes"},
        {"do": "restart", "unit": "../kiosks"},
        {"do": "card", "unit": ""},
        {"do": "erase", "unit": "kiosks"},
    ],
)
async def test_what_no_page_asks_for_is_refused(desk: Desk, form: dict[str, str]) -> None:
    assert (await desk.post(**form)).status_code in {400, 415}
    assert desk.orders == []


async def test_a_bundle_is_a_file(desk: Desk) -> None:
    answer = await desk.get("/units/kiosks/diagnosis.tar.gz")
    assert (answer.status_code, answer.content) == (200, b"a bundle")
    assert "rinda-kiosks-" in answer.headers["content-disposition"]
    assert (await desk.get("/units/stranger/diagnosis.tar.gz")).status_code == 303


async def test_a_unit_that_is_silent_is_said_to_be(desk: Desk) -> None:
    desk.answers = False
    for answer in (
        await desk.get("/units/kiosks/diagnosis.tar.gz"),
        await desk.post(do="restart", unit="kiosks", confirmed="yes"),
    ):
        assert answer.status_code == 503
        assert "The unit does not answer." in answer.text


@pytest.mark.parametrize("do", ["add", "card", "revoke"])
async def test_why_the_hub_does_not_do_it(desk: Desk, do: str) -> None:
    desk.refusal = "too_many"
    answer = await desk.post(do=do, unit="tablo", role="board", confirmed="yes")
    assert answer.status_code == 409
    assert "A hundred units are awaited already." in answer.text
    assert (await desk.get()).status_code == 200


async def test_away_from_the_hub_nobody_is_let_in(desk: Desk) -> None:
    desk.socket.unlink()
    page = (await desk.get()).text
    assert "Add a unit" not in page
    assert "New card" not in page
    assert "Diagnostics" in page


def test_a_new_unit_has_a_number_that_nobody_has() -> None:
    watch = Watch(lambda: 0.0, "desk")
    status = UnitStatus(unit="board-1", role=Role.DISPLAY, version="", online=True)
    watch.take_unit(status)
    assert free_id(watch, "board", ["board-2"]) == "board-3"
    assert free_id(watch, "kiosk", ["board-2"]) == "kiosk-1"


def test_a_unit_without_an_agent_is_seen_too(desk: Desk) -> None:
    watch = Watch(lambda: 0.0, "desk")
    watch.take_unit(UnitStatus(unit="kiosk-1", role=Role.KIOSK, version="1", online=True))
    watch.take_unit(UnitStatus(unit="module", role=Role.MODULE, version="1", online=True))
    (kiosk,) = seen(watch, ENGLISH, desk.pages.zone)
    assert (kiosk.unit, kiosk.online, kiosk.faults) == ("kiosk-1", True, ())
    agent = UnitStatus(unit="kiosk-1-machine", role=Role.MACHINE, version="1", online=False)
    watch.take_unit(agent)
    (kiosk,) = seen(watch, ENGLISH, desk.pages.zone)
    assert kiosk.faults == ("What watches over this unit does not answer.",)


def test_what_a_self_test_found_stands_among_the_faults(desk: Desk) -> None:
    bad = Finding(check="disk", outcome=Outcome.BAD, code="disk_full", facts={"free": "90"})
    report = SelfTestReport(unit="kiosks", name={}, version="1", at=NOW, findings=(bad,))
    desk.watch.take_self_test(report)
    kiosk = next(
        each for each in seen(desk.watch, ENGLISH, desk.pages.zone) if each.unit == "kiosks"
    )
    assert kiosk.faults[-1].startswith("Disk: Only 90 MB are free. ")
    assert dict(kiosk.facts)["Self-test"].startswith("1 of 1 to put right")


async def test_names_are_not_taken_for_html(desk: Desk) -> None:
    evil = {"en": "<script>alert(1)</script>"}
    for each in demo.machines():
        desk.watch.take_machine(
            each.model_copy(update={"name": evil, "version": evil["en"], "model": evil["en"]})
        )
    assert "<script>" not in (await desk.get()).text


async def test_a_real_pi_is_asked_over_the_broker(tmp_path: Path, broker: Broker) -> None:
    loop = asyncio.get_running_loop()
    status = UnitStatus(unit="desk-2", role=Role.DESK, version="test", online=True)
    settings, connected = BrokerSettings(port=broker.port), asyncio.Event()
    link = Link(settings, TOPICS, Unit(status), loop.call_soon_threadsafe)
    link.on_connection(lambda _: connected.set())
    ask = asking(link, "desk-2")
    with Pi(tmp_path, broker.port, {}).at_work() as pi:
        link.start()
        await asyncio.wait_for(connected.wait(), 10)
        told = await ask("kiosk-1", MachineOrder(id="order-001", do="diagnose"))
        assert told
        assert base64.b64decode(told.bundle) == BUNDLE
        assert await ask("kiosk-1", MachineOrder(id="order-002", do="restart"))
        wait_until(pi.restart.exists)
        link.stop()

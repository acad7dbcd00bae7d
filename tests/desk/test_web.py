"""The web application over a real server and plain HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.routing import Route

from config.pins import Throttle
from config.settings import Settings
from desk import demo, metrics
from desk.demo import Morning
from desk.interface import FORM, JSON, OPERATIONS
from desk.pages import Pages
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.watch import Watch
from desk.web import Web
from messaging.messages import RefusalView, Reply
from queue_core.commands import CallNext, Command
from queue_core.evolve import UNDOABLE
from queue_core.refusals import RefusalCode
from tests.pages import Answer, answer
from web.pictures import serving


@dataclass
class Site:
    """The running application and what it asked the module."""

    settings: Settings
    now: float = 0.0
    asked: list[Command] = field(default_factory=list)
    reply: Reply | None = None
    origin: str = ""

    def __post_init__(self) -> None:
        self.watch = Watch(lambda: self.now, "desk")
        self.sessions = Sessions(10, lambda: self.now)
        pages = Pages(self.settings)
        self.web = Web(
            pages=pages,
            door=Door(self.settings.staff, Throttle(lambda: self.now)),
            sessions=self.sessions,
            watch=self.watch,
            ask=self._ask,
            languages=self.settings.site.languages,
            bookings=demo.appointments(self.settings, pages, self.sessions, self.watch),
            more=[
                *metrics.routes(self.watch, dict, enabled=False),
                *demo.units_page(pages, self.sessions, self.watch).routes,
            ],
        )
        self.watch.take_connection(True)
        state = Morning().state()
        self.watch.take_queue(state)
        self.watch.take_queue(state.model_copy(update={"at": state.at + timedelta(seconds=1)}))

    def signed_in(self) -> dict[str, str]:
        """The cookie of a clerk at counter 1."""
        return {"Cookie": f"rinda_session={self.sessions.open(Session('klientu-1', '1'))}"}

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return await asyncio.to_thread(self.send, "GET", path, b"", dict(headers or {}))

    async def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A form (dict of texts at /sign-in) or JSON, from the desk's own page."""
        if path == "/sign-in" and isinstance(body, dict):
            payload, kind = urlencode(body), FORM
        else:
            payload, kind = json.dumps(body), JSON
        given = {"Origin": self.origin, "Content-Type": kind, **(headers or {})}
        return await asyncio.to_thread(self.send, "POST", path, payload.encode(), given)

    async def _ask(self, command: Command, by: str) -> Reply | None:
        self.asked.append(command)
        return self.reply

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return answer(urlsplit(self.origin).netloc, method, path, body, headers)


@pytest.fixture
async def site(demo_settings: Settings) -> AsyncIterator[Site]:
    site = Site(demo_settings)
    async with serving(site.web.application) as site.origin:
        yield site
        site.watch.close()


CALL_NEXT = {"name": "call_next", "body": {}}
RIGHT = {"staff": "klientu-1", "counter": "1", "pin": "2580"}


async def test_a_stranger_sees_the_sign_in_page_in_latvian(site: Site) -> None:
    answer = await site.get("/")
    assert '<html lang="lv">' in answer.text
    assert 'name="pin"' in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_nothing_of_the_page_is_inline(site: Site) -> None:
    for headers in ({}, site.signed_in()):
        text = (await site.get("/", headers)).text
        assert "style=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count('<script type="module" src="/desk.js">')


async def test_the_right_pin_opens_a_session(site: Site) -> None:
    answer = await site.post("/sign-in", RIGHT)
    assert answer.status == 303
    assert "HttpOnly; Path=/; SameSite=strict" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "wrong", [{"pin": "0000"}, {"staff": "nobody"}, {"counter": "9"}, {"pin": ""}]
)
async def test_nothing_else_does(site: Site, wrong: dict[str, str]) -> None:
    answer = await site.post("/sign-in", {**RIGHT, **wrong})
    assert "rinda_session" not in answer.headers.get("set-cookie", "")


async def test_guessing_is_made_to_wait(site: Site) -> None:
    for _ in range(5):
        answer = await site.post("/sign-in", {**RIGHT, "pin": "0000"})
        assert answer.status == 403
        assert "PIN nav pareizs" in answer.text
    answer = await site.post("/sign-in", RIGHT)
    assert answer.status == 403
    assert "Uzgaidiet 5 sekundes." in answer.text


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://[", "null", ""])
@pytest.mark.parametrize("path", ["/command", "/sign-in", "/sign-out"])
async def test_foreign_pages_are_refused(site: Site, path: str, origin: str) -> None:
    answer = await site.post(path, RIGHT, {**site.signed_in(), "Origin": origin})
    assert answer.status == 403
    assert site.asked == []


async def test_what_a_role_may_not_order_is_not_asked(site: Site) -> None:
    token = site.sessions.open(Session("klientu-1", "1", frozenset({"recall"})))
    cookie = {"Cookie": f"rinda_session={token}"}
    answer = await site.post("/command", CALL_NEXT, cookie)
    assert answer.status == 403
    assert "lemj cits" in answer.text
    assert 'id="overnight"' not in (await site.get("/", cookie)).text
    assert site.asked == []


async def test_an_order_becomes_a_command_of_the_own_counter(site: Site) -> None:
    site.reply = Reply(id="12345678")
    answer = await site.post("/command", CALL_NEXT, site.signed_in())
    assert answer.status == 200
    assert site.asked == [CallNext("1")]


async def test_a_refusal_comes_back_as_a_sentence(site: Site) -> None:
    site.reply = Reply(id="12345678", refusal=RefusalView(code=RefusalCode.NOBODY_WAITING))
    headers = site.signed_in()
    headers["Cookie"] += "; rinda_language=en"
    answer = await site.post("/command", CALL_NEXT, headers)
    assert answer.status == 409
    assert json.loads(answer.text) == {
        "message": "Nobody is waiting for this counter.",
        "refusal": "nobody_waiting",
    }


async def test_strangers_and_nonsense_order_nothing(site: Site) -> None:
    assert (await site.post("/command", CALL_NEXT)).status == 401
    assert (await site.post("/command", [], site.signed_in())).status == 400
    assert (await site.post("/command", "x" * 9000, site.signed_in())).status == 413
    other = {"name": "call_next", "body": {"counter": "2"}}
    assert (await site.post("/command", other, site.signed_in())).status == 400
    assert site.asked == []


@pytest.mark.parametrize("kind", ["", "text/plain", "application/jsonp", "multipart/form-data"])
@pytest.mark.parametrize("path", ["/command", "/sign-in"])
async def test_other_content_types_are_refused(site: Site, path: str, kind: str) -> None:
    headers = {**site.signed_in(), "Content-Type": kind}
    assert (await site.post(path, CALL_NEXT, headers)).status == 415
    assert site.asked == []


async def test_other_methods_are_refused(site: Site) -> None:
    for each in OPERATIONS:
        for method in {"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}:
            if (method, each.path) not in {(one.method, one.path) for one in OPERATIONS}:
                headers = {"Origin": site.origin, "Content-Length": "0"}
                answer = await asyncio.to_thread(site.send, method, each.path, b"", headers)
                assert answer.status == 405, (method, each.path)


def test_what_is_described_is_what_is_there(site: Site) -> None:
    described = {(each.method, each.path) for each in OPERATIONS}
    there = {
        (method, route.path)
        for route in site.web.application.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert described == there


async def test_a_counter_that_is_no_more_is_said(site: Site) -> None:
    answer = await site.post("/sign-in", {**RIGHT, "counter": "9"})
    assert answer.status == 400
    assert "Lapa ir novecojusi" in answer.text


async def test_without_connection_nothing_is_asked(site: Site) -> None:
    site.watch.take_connection(False)
    answer = await site.post("/command", CALL_NEXT, site.signed_in())
    assert answer.status == 503
    assert site.asked == []


async def test_the_promised_waits_are_held_against_the_real_ones(site: Site) -> None:
    text = " ".join((await site.get("/", site.signed_in())).text.split())
    assert "solījumi šodien: 81 % precīzi (17 no 21), vidējais intervāls 12 min." in text
    assert "Iepriekšējā dienā: 79 % precīzi (41 no 52), vidējais intervāls 14 min." in text
    assert "vēl 10–20 min" in text


async def test_what_is_taken_back_is_said(site: Site) -> None:
    assert site.watch.queue
    for verb in UNDOABLE:
        undoable = site.watch.queue.model_copy(update={"undoable": {"1": verb}})
        site.watch.take_queue(undoable)
        text = (await site.get("/", site.signed_in())).text
        assert "Atsaukt: " in text, verb


async def test_signing_out_ends_the_session(site: Site) -> None:
    headers = site.signed_in()
    await site.post("/sign-out", None, headers)
    assert (await site.post("/command", CALL_NEXT, headers)).status == 401


async def test_the_stream_of_a_stranger_says_so_and_ends(site: Site) -> None:
    assert "event: signed_out" in (await site.get("/events")).text


async def test_health_tells_a_monitor(site: Site) -> None:
    answer = await site.get("/health")
    assert answer.status == 200
    assert json.loads(answer.text) == {"connected": True, "fresh": True, "age_seconds": 0.0}
    site.now = 6
    answer = await site.get("/health")
    assert answer.status == 503
    assert json.loads(answer.text) == {"connected": True, "fresh": False, "age_seconds": 6.0}


async def test_only_the_sites_languages_can_be_chosen(site: Site) -> None:
    answer = await site.get("/language/en")
    assert "rinda_language=en" in answer.headers["set-cookie"]
    answer = await site.get("/language/xx")
    assert "rinda_language=lv" in answer.headers["set-cookie"]

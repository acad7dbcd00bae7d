"""The page of the centre's units: how each is, and what technicians and leads do with them."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from desk.browser import language_of, taking, token
from desk.entrance import out_of_date
from desk.interface import FORM, GZIP
from desk.machines import Machine, free_id, seen
from desk.pages import Pages, SignInForm
from desk.questions import Questions
from desk.sessions import Session, Sessions
from desk.watch import Watch
from messaging.enrolling import SOCKET, EnrollingError, OpenCode
from messaging.link import Link
from messaging.machine import DIAGNOSIS_SECONDS, ORDER_SECONDS, MachineAnswer, MachineOrder
from texts import Language, enrolment

AskMachine = Callable[[str, MachineOrder], Awaitable[MachineAnswer | None]]

NEW_ROLES = ("kiosk", "board")


class Hub(Protocol):
    """Who lets units in, as `messaging.enrolling.Enrolling` does. All raise EnrollingError."""

    async def ask(self, unit: str, role: str = "") -> str:
        """A code."""

    async def open(self) -> tuple[OpenCode, ...]:
        """Who is awaited."""

    async def revoke(self, unit: str) -> None:
        """Shut it out."""


def asking(link: Link, desk: str) -> AskMachine:
    """How Pis are asked over this link; before its `start`."""
    topics = link.topics
    answers = topics.machine_answer(desk=desk)
    questions = Questions(link, answers, MachineAnswer, DIAGNOSIS_SECONDS)

    async def ask(unit: str, order: MachineOrder) -> MachineAnswer | None:
        to, reply = topics.machine_order(desk, unit), topics.machine_answer(desk, unit)
        seconds = ORDER_SECONDS if order.do == "restart" else DIAGNOSIS_SECONDS
        return await questions.ask(to, reply, order, seconds)

    return ask


class Units:
    """`routes` are for the application. `hub` lets units in, where this desk is on the hub: where
    `socket` is."""

    def __init__(
        self,
        pages: Pages,
        sessions: Sessions,
        watch: Watch,
        languages: Sequence[str],
        ask: AskMachine,
        hub: Hub,
        socket: Path = SOCKET,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._pages, self._sessions, self._watch = pages, sessions, watch
        self._languages, self._ask, self._hub = languages, ask, hub
        self._socket, self._new_id = socket, new_id
        self.routes = [
            Route("/units", self._look),
            Route("/units", taking(FORM, self._order), methods=["POST"]),
            Route("/units/{unit}/diagnosis.tar.gz", self._diagnose),
        ]

    async def _look(self, request: Request) -> Response:
        session = self._sessions.use(token(request))
        if session is None:
            return RedirectResponse("/", 303)
        return await self._page(self._words(request), session)

    async def _order(self, request: Request) -> Response:
        session, words = self._sessions.use(token(request)), self._words(request)
        if session is None:
            form_to_fill = SignInForm(message=words.text("You are signed out. Sign in again."))
            return HTMLResponse(self._pages.sign_in(words, form_to_fill), 401)
        if not session.manages_units:
            said = words.text("Somebody else decides that. Nothing was done.")
            return await self._page(words, session, 403, message=said)
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        known = {each.unit: each for each in self._seen(words)}
        match form:
            case {"do": "add", "role": role} if role in NEW_ROLES:
                return await self._code(words, session, "", role)
            case {"do": "card", "unit": unit} if unit in known and not known[unit].is_hub:
                return await self._code(words, session, unit)
            case {"do": "restart" | "revoke" as what, "unit": unit} if unit in known:
                if what == "revoke" and known[unit].is_hub:
                    said = enrolment.sentence(words, "not_allowed")
                    return await self._page(words, session, 403, message=said)
                if form.get("confirmed") != "yes":
                    return await self._page(words, session, sure=what, machine=known[unit])
                act = self._restart if what == "restart" else self._revoke
                return await act(words, session, known[unit])
        return await self._page(words, session, 400, message=out_of_date(words))

    async def _diagnose(self, request: Request) -> Response:
        session, words = self._sessions.use(token(request)), self._words(request)
        if session is None or not session.manages_units:
            return RedirectResponse("/units" if session else "/", 303)
        unit = request.path_params["unit"]
        if unit not in {each.unit for each in self._seen(words)}:
            return RedirectResponse("/units", 303)
        answer = await self._ask(unit, MachineOrder(id=self._new_id(), do="diagnose"))
        try:
            bundle = base64.b64decode(answer.bundle, validate=True) if answer else b""
        except binascii.Error:
            bundle = b""
        if not bundle:
            return await self._page(words, session, 503, message=_silent(words))
        name = f"rinda-{unit}-{self._watch.now.astimezone(self._pages.zone):%Y-%m-%d-%H%M}.tar.gz"
        kept = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(bundle, media_type=GZIP, headers=kept)

    async def _code(self, words: Language, session: Session, unit: str, role: str = "") -> Response:
        try:
            awaited = [each.unit for each in await self._hub.open()]
            unit = unit or free_id(self._watch, role, awaited)
            code = await self._hub.ask(unit, role)
        except EnrollingError as error:
            said = enrolment.sentence(words, error.refusal)
            return await self._page(words, session, 409, message=said)
        return await self._page(words, session, code=code, unit=unit)

    async def _revoke(self, words: Language, session: Session, machine: Machine) -> Response:
        try:
            await self._hub.revoke(machine.unit)
        except EnrollingError as error:
            said = enrolment.sentence(words, error.refusal)
            return await self._page(words, session, 409, message=said)
        said = words.text(
            "{place} is shut out. It can come back with a new code.", place=machine.place
        )
        return await self._page(words, session, message=said)

    async def _restart(self, words: Language, session: Session, machine: Machine) -> Response:
        answer = await self._ask(machine.unit, MachineOrder(id=self._new_id(), do="restart"))
        if answer is None:
            return await self._page(words, session, 503, message=_silent(words))
        said = words.text("{place} restarts. It is back in about two minutes.", place=machine.place)
        return await self._page(words, session, message=said)

    async def _page(
        self, words: Language, session: Session, status: int = 200, **facts: Any
    ) -> Response:
        lets_in = session.manages_units and self._socket.exists()
        drawn: Mapping[str, Any] = {
            "machines": self._seen(words),
            "awaited": await self._awaited() if lets_in and not facts else (),
            "lets_in": lets_in,
            "now": self._watch.now,
            **facts,
        }
        return HTMLResponse(self._pages.units(words, session, drawn), status)

    async def _awaited(self) -> tuple[OpenCode, ...]:
        try:
            return await self._hub.open()
        except EnrollingError:
            return ()

    def _seen(self, words: Language) -> tuple[Machine, ...]:
        return seen(self._watch, words, self._pages.zone)

    def _words(self, request: Request) -> Language:
        return language_of(request, self._languages)


def _silent(words: Language) -> str:
    return words.text("The unit does not answer. See that it is on and connected.")

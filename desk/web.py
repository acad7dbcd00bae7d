"""What the browser asks for: pages, the stream of changes, orders."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from urllib.parse import parse_qsl

from sse_starlette.event import JSONServerSentEvent, ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from config.pins import SignInError, TooManyAttemptsError
from desk.administration import Administration
from desk.bookings import Bookings
from desk.browser import LANGUAGE, language_of, token
from desk.drawings import Drawings
from desk.figures import FiguresPages
from desk.interface import FORM, JSON, SESSION, Answer, Health
from desk.orders import answer_text, order
from desk.pages import FOLDER, Pages, SignInForm
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.view import view
from desk.watch import Watch
from messaging.codec import BadMessageError
from messaging.messages import Message, RefusalView, Reply
from queue_core.commands import Command
from texts import Language
from web.guard import Guard

log = logging.getLogger(__name__)

LAST = "rinda_last"
YEAR = 365 * 24 * 3600

PULSE_SECONDS = 1.0
"""The page hears at least so often; it holds the line for lost after four silent seconds."""

RETRY_MILLISECONDS = 1000

FILES = (
    "desk.css",
    "desk.js",
    "attention.js",
    "dialogs.js",
    "bookings.js",
    "figures.css",
    "icon.svg",
)
"""What the pages load."""

Respond = Callable[[Request], Awaitable[Response]]
RespondIn = Callable[[Request, Language], Awaitable[Response]]
Ask = Callable[[Command, str], Awaitable[Reply | None]]


class Web:
    """The staff's web page. `application` is for an ASGI server."""

    def __init__(
        self,
        pages: Pages,
        door: Door,
        sessions: Sessions,
        watch: Watch,
        ask: Ask,
        languages: tuple[str, ...],
        bookings: Bookings,
        more: Sequence[Route] = (),
    ) -> None:
        self._pages, self._door, self._sessions = pages, door, sessions
        self._watch, self._ask = watch, ask
        self._drawings = Drawings(pages, watch)
        self._administration = Administration(pages, watch, ask, bookings.stranded)
        self._languages = languages
        figures = FiguresPages(pages, watch, ask)
        self.application = Starlette(
            routes=[
                Route("/", self._home),
                Route("/sign-in", _taking(FORM, self._sign_in), methods=["POST"]),
                Route("/sign-out", self._sign_out, methods=["POST"]),
                Route("/language/{code}", self._choose_language),
                Route("/events", self._events),
                Route("/command", _taking(JSON, self._command), methods=["POST"]),
                Route("/health", self._health),
                Route("/figures", self._for_staff(figures.page)),
                Route("/figures/{file}", self._for_staff(figures.file)),
                *bookings.routes,
                Route("/settings", self._administer),
                Route("/settings/{table}/{entry}", self._administer),
                Route(
                    "/settings/{table}/{entry}", _taking(FORM, self._administer), methods=["POST"]
                ),
                *(Route(f"/{name}", _file(name)) for name in FILES),
                *more,
            ],
            middleware=[Middleware(Guard)],
        )

    async def _home(self, request: Request) -> Response:
        words = self._language(request)
        session = self._sessions.use(token(request))
        if session is None:
            staff, _, counter = request.cookies.get(LAST, "").partition(".")
            return HTMLResponse(self._pages.sign_in(words, SignInForm(staff, counter)))
        seen = view(self._watch, session.counter, words)
        return HTMLResponse(self._pages.page(words, session, seen))

    async def _sign_in(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode(errors="replace")))
        staff, counter = given.get("staff", ""), given.get("counter", "")
        words = self._language(request)
        address = request.client.host if request.client else ""
        if counter not in self._pages.centre.counters:
            form = SignInForm(staff, message=_out_of_date(words))
            return HTMLResponse(self._pages.sign_in(words, form), 400)
        try:
            await self._door.check(staff, given.get("pin", ""), address)
        except SignInError as error:
            log.warning("a sign-in was refused, from %s: %s", address, error)
            form = SignInForm(staff, counter, _sign_in_refusal(words, error))
            return HTMLResponse(self._pages.sign_in(words, form), 403)
        response = RedirectResponse("/", 303)
        opened = self._sessions.open(Session(staff, counter, self._door.orders(staff)))
        _set_cookie(request, response, SESSION, opened, None)
        _set_cookie(request, response, LAST, f"{staff}.{counter}", YEAR)
        return response

    async def _sign_out(self, request: Request) -> Response:
        self._sessions.close(token(request))
        return RedirectResponse("/", 303)

    async def _choose_language(self, request: Request) -> Response:
        response = RedirectResponse("/", 303)
        _set_cookie(request, response, LANGUAGE, self._known(request.path_params["code"]), YEAR)
        return response

    async def _command(self, request: Request) -> Response:
        words = self._language(request)
        session = self._sessions.use(token(request))
        if session is None:
            return _answer(words.text("You are signed out. Sign in again."), 401)
        try:
            payload = await request.body()
            command, name = order(payload, session.counter)
        except BadMessageError:
            return _answer(_out_of_date(words), 400)
        if name not in session.orders:
            return _answer(words.text("Somebody else decides that. Nothing was done."), 403)
        if not self._watch.fresh:
            return _answer(words.text("No connection to the queue. Nothing was done."), 503)
        reply = await self._ask(command, session.staff)
        done = reply is not None and reply.refusal is None
        message = answer_text(words, self._pages.zone, name, reply)
        return _answer(message, 200 if done else 409, reply.refusal if reply else None)

    async def _administer(self, request: Request) -> Response:
        session = self._sessions.use(token(request))
        if session is None or "change_settings" not in session.orders:
            return RedirectResponse("/", 303)
        return await self._administration.respond(
            request, session, language_of(request, self._languages)
        )

    async def _events(self, request: Request) -> Response:
        stream = self._stream(token(request), self._language(request))
        return EventSourceResponse(stream, ping=3600)

    async def _stream(
        self, token: str, words: Language
    ) -> AsyncIterator[JSONServerSentEvent | ServerSentEvent]:
        sent: Mapping[str, str] = {}
        while not self._watch.closed:
            session = self._sessions.look(token)
            if session is None:
                yield ServerSentEvent("now", event="signed_out")
                return
            since, drawing = self._watch.version, self._drawings.newest(session, words)
            news = drawing.view.news
            yield JSONServerSentEvent(
                {
                    "fresh": self._watch.fresh,
                    "settings": self._pages.version,
                    "now": self._watch.now.timestamp(),
                    "news": news and self._pages.clock(news),
                    "regions": drawing.beside(sent),
                },
                retry=RETRY_MILLISECONDS,
            )
            sent = drawing.regions
            await self._watch.changed(since, PULSE_SECONDS)

    async def _health(self, request: Request) -> Response:
        age = self._watch.age
        health = Health(
            connected=self._watch.connected,
            fresh=self._watch.fresh,
            age_seconds=None if age is None else round(age, 1),
        )
        return _json(health, 200 if health.fresh else 503)

    def _for_staff(self, respond: RespondIn) -> Respond:
        async def respond_if_signed_in(request: Request) -> Response:
            if self._sessions.use(token(request)) is None:
                return RedirectResponse("/", 303)
            return await respond(request, self._language(request))

        return respond_if_signed_in

    def _language(self, request: Request) -> Language:
        return language_of(request, self._languages)

    def _known(self, code: str) -> str:
        return code if code in self._languages else self._languages[0]


def _taking(kind: str, respond: Respond) -> Respond:
    """Answer only what is said to be of this content type."""

    async def respond_if_so(request: Request) -> Response:
        given, _, _ = request.headers.get("content-type", "").partition(";")
        if given.strip().lower() != kind:
            return PlainTextResponse("Refused: of another content type.\n", 415)
        return await respond(request)

    return respond_if_so


def _file(name: str) -> Respond:
    async def respond(request: Request) -> Response:
        return FileResponse(FOLDER / name)

    return respond


def _set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int | None
) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure
    )


def _answer(message: str, status: int, refusal: RefusalView | None = None) -> Response:
    return _json(Answer(message=message, refusal=refusal.code if refusal else None), status)


def _json(said: Message, status: int) -> Response:
    return JSONResponse(said.model_dump(mode="json"), status)


def _out_of_date(words: Language) -> str:
    return words.text("The page is out of date. Load it again.")


def _sign_in_refusal(words: Language, error: SignInError) -> str:
    if isinstance(error, TooManyAttemptsError):
        seconds = max(1, round(error.seconds))
        return words.plural(
            "Too many attempts. Wait {count} second.",
            "Too many attempts. Wait {count} seconds.",
            seconds,
        )
    return words.text("The PIN is not right. Try once more.")

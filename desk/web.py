"""What the browser asks for: pages, the stream of changes, orders."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from sse_starlette.event import JSONServerSentEvent, ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from desk.administration import Administration
from desk.bookings import Bookings
from desk.browser import Respond, language_of, sending, taking, token
from desk.drawings import Drawings
from desk.entrance import Entrance, out_of_date
from desk.figures import FiguresPages
from desk.interface import FORM, JSON, Answer, Health
from desk.orders import answer_text, order
from desk.pages import FOLDER, Pages
from desk.sessions import Sessions
from desk.sign_in import Door
from desk.view import view
from desk.watch import Watch
from messaging.codec import BadMessageError
from messaging.messages import Message, RefusalView, Reply
from queue_core.commands import Command
from texts import Language
from web.guard import Guard

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
        self._pages, self._sessions, self._watch, self._ask = pages, sessions, watch, ask
        self._drawings = Drawings(pages, watch)
        self._entrance = Entrance(
            pages.sign_in, door, sessions, languages, lambda: pages.centre.counters
        )
        self._administration = Administration(pages, watch, ask, bookings.stranded)
        self._languages = languages
        figures = FiguresPages(pages, watch, ask)
        self.application = Starlette(
            routes=[
                Route("/", self._home),
                *self._entrance.routes,
                Route("/events", self._events),
                Route("/command", taking(JSON, self._command), methods=["POST"]),
                Route("/health", self._health),
                Route("/figures", self._for_staff(figures.page)),
                Route("/figures/{file}", self._for_staff(figures.file)),
                *bookings.routes,
                Route("/settings", self._administer),
                Route("/settings/{table}/{entry}", self._administer),
                Route(
                    "/settings/{table}/{entry}", taking(FORM, self._administer), methods=["POST"]
                ),
                *(Route(f"/{name}", sending(FOLDER / name)) for name in FILES),
                *more,
            ],
            middleware=[Middleware(Guard)],
        )

    async def _home(self, request: Request) -> Response:
        words = self._language(request)
        session = self._sessions.use(token(request))
        if session is None or session.counter not in self._pages.centre.counters:
            return self._entrance.page(request)
        seen = view(self._watch, session.counter, words)
        return HTMLResponse(self._pages.page(words, session, seen))

    async def _command(self, request: Request) -> Response:
        words = self._language(request)
        session = self._sessions.use(token(request))
        if session is None:
            return _answer(words.text("You are signed out. Sign in again."), 401)
        try:
            payload = await request.body()
            command, name = order(payload, session.counter)
        except BadMessageError:
            return _answer(out_of_date(words), 400)
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


def _answer(message: str, status: int, refusal: RefusalView | None = None) -> Response:
    return _json(Answer(message=message, refusal=refusal.code if refusal else None), status)


def _json(said: Message, status: int) -> Response:
    return JSONResponse(said.model_dump(mode="json"), status)

"""What the browser asks for: the page, the stream of changes, orders."""

from collections.abc import AsyncIterator, Sequence

from sse_starlette.event import JSONServerSentEvent, ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from desk.browser import language_of, sending, taking, token
from desk.entrance import Entrance, out_of_date
from desk.interface import JSON
from desk.pages import FOLDER
from desk.sessions import Sessions
from desk.sign_in import Door
from desk.specialist.orders import Orders, Outcome
from desk.specialist.pages import OWN_FOLDER, Pages
from desk.specialist.rooms import changed, versions
from desk.specialist.view import View
from desk.web import PULSE_SECONDS, RETRY_MILLISECONDS
from messaging.codec import BadMessageError
from texts import Language
from web.guard import Guard

SHARED = ("desk.css", "desk.js", "attention.js", "dialogs.js", "icon.svg")
"""Files of the desk that this page loads too."""


class Web:
    """The specialist's page. `application` is for an ASGI server."""

    def __init__(
        self,
        pages: Pages,
        door: Door,
        sessions: Sessions,
        orders: Orders,
        languages: Sequence[str],
    ) -> None:
        self._pages, self._sessions, self._orders = pages, sessions, orders
        self._languages = languages
        self._entrance = Entrance(pages.sign_in, door, sessions, languages)
        self.application = Starlette(
            routes=[
                Route("/", self._home),
                *self._entrance.routes,
                Route("/events", self._events),
                Route("/command", taking(JSON, self._command), methods=["POST"]),
                Route("/health", self._health),
                Route("/specialist.css", sending(OWN_FOLDER / "specialist.css")),
                *(Route(f"/{name}", sending(FOLDER / name)) for name in SHARED),
            ],
            middleware=[Middleware(Guard)],
        )

    async def _home(self, request: Request) -> Response:
        session = self._sessions.use(token(request))
        if session is None:
            return self._entrance.page(request)
        words = language_of(request, self._languages)
        return HTMLResponse(self._pages.page(words, session, self._orders.view()))

    async def _command(self, request: Request) -> Response:
        words = language_of(request, self._languages)
        session = self._sessions.use(token(request))
        if session is None:
            return _answer(Outcome(words.text("You are signed out. Sign in again.")), 401)
        payload = await request.body()
        try:
            outcome = await self._orders.give(words, payload, session.staff, session.orders)
        except BadMessageError:
            return _answer(Outcome(out_of_date(words)), 400)
        return _answer(outcome, 200 if outcome.done else 409)

    async def _events(self, request: Request) -> Response:
        stream = self._stream(token(request), language_of(request, self._languages))
        return EventSourceResponse(stream, ping=3600)

    async def _stream(
        self, token: str, words: Language
    ) -> AsyncIterator[JSONServerSentEvent | ServerSentEvent]:
        sent: dict[str, str] = {}
        while not any(each.watch.closed for each in self._orders.rooms):
            session = self._sessions.look(token)
            if session is None:
                yield ServerSentEvent("now", event="signed_out")
                return
            since = versions(self._orders.rooms)
            seen = self._orders.view()
            regions = self._pages.regions(words, session, seen)
            fresh = {name: html for name, html in regions.items() if sent.get(name) != html}
            sent = regions
            yield JSONServerSentEvent(
                {
                    "fresh": seen.fresh,
                    "now": seen.now.timestamp(),
                    "news": self._news(seen),
                    "regions": fresh,
                },
                retry=RETRY_MILLISECONDS,
            )
            await changed(self._orders.rooms, since, PULSE_SECONDS)

    def _news(self, seen: View) -> str:
        last = max((each for each in seen.rooms if each.news), key=lambda r: r.now, default=None)
        return self._pages.clock(last.centre, last.news) if last and last.news else ""

    async def _health(self, request: Request) -> Response:
        """Which centres are reached; 503 unless all are."""
        rooms = {each.centre: each.fresh for each in self._orders.view().rooms}
        return JSONResponse({"fresh": rooms}, 200 if all(rooms.values()) else 503)


def _answer(outcome: Outcome, status: int) -> Response:
    return JSONResponse({"message": outcome.message, "refusal": outcome.refusal or None}, status)

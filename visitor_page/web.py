"""What a phone asks for: its ticket's page, the stream of changes, two orders."""

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from sse_starlette.event import JSONServerSentEvent, ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from messaging.messages import TicketView
from queue_core.commands import Cancel, Command, Rate
from texts import Language, language
from visitor_page.board import Board
from visitor_page.budgets import Budget
from visitor_page.pages import FOLDER, SCORES, Pages
from visitor_page.tickets import NoAnswerError, Tickets
from visitor_page.view import View
from web.guard import Guard

ID = re.compile(r"[0-9a-f]{32}")
"""122 bits of chance, made by the unit that took the ticket. Nothing else is looked for."""

REQUESTS_A_MINUTE = 600
GUESSES_A_MINUTE = 20
"""Ids that nobody knows, and orders that came to nothing, from one address."""

STREAMS_OF_A_TICKET = 3
"""The oldest ends when another begins: its phone may be out of reach."""

MOST_STREAMS = 1000
BODY_SECONDS = 5.0
UNSENT_SECONDS = 10.0
RETRY_MILLISECONDS = 2000
AFTER_CALLED_SECONDS = 0.05
"""Whoever is called is told before all the others."""

FILES = ("page.css", "page.js", "icon.svg")

Respond = Callable[[Request], Awaitable[Response]]


class Web:
    """The phones' page. `application` is for an ASGI server."""

    def __init__(
        self,
        pages: Pages,
        board: Board,
        tickets: Tickets,
        languages: tuple[str, ...],
        monotonic: Callable[[], float],
    ) -> None:
        self._pages, self._board, self._tickets = pages, board, tickets
        self._languages, self._first = languages, languages[0]
        self._requests = Budget(REQUESTS_A_MINUTE, monotonic)
        self._guesses = Budget(GUESSES_A_MINUTE, monotonic)
        self._streams: defaultdict[str, deque[object]] = defaultdict(
            lambda: deque(maxlen=STREAMS_OF_A_TICKET)
        )
        self.application = Starlette(
            routes=[
                *(Route(f"/{name}", self._within_budget(_file(name))) for name in FILES),
                Route("/robots.txt", self._within_budget(_robots)),
                Route("/{ticket}", self._within_budget(self._page)),
                Route("/{ticket}/events", self._within_budget(self._events)),
                Route("/{ticket}/rate", self._within_budget(self._rate), methods=["POST"]),
                Route("/{ticket}/leave", self._within_budget(self._leave), methods=["POST"]),
                Route("/{rest:path}", self._within_budget(self._lost)),
            ],
            middleware=[Middleware(Guard)],
        )

    async def _page(self, request: Request) -> Response:
        return await self._answer(request)

    async def _rate(self, request: Request) -> Response:
        ticket = request.path_params["ticket"]
        score = (await _form(request)).get("score", "")
        if score not in map(str, SCORES):
            return self._nothing(request, 400)
        return await self._order(request, Rate(ticket, int(score)))

    async def _leave(self, request: Request) -> Response:
        return await self._order(request, Cancel(request.path_params["ticket"]))

    async def _events(self, request: Request) -> Response:
        if len(self._streams) >= MOST_STREAMS:
            return PlainTextResponse("Too many phones.\n", 503)
        found = await self._found(request)
        if found in {429, 503}:
            return PlainTextResponse("Ask again later.\n", found)
        words = self._words(request, found)
        stream = self._stream(request.path_params["ticket"], words)
        return EventSourceResponse(stream, ping=3600, send_timeout=UNSENT_SECONDS)

    async def _lost(self, request: Request) -> Response:
        return self._nothing(request, 404)

    async def _answer(self, request: Request, message: str = "") -> Response:
        found = await self._found(request)
        if isinstance(found, int):
            return self._nothing(request, found)
        words = self._words(request, found)
        news = None if self._board.fresh else self._board.last_news
        said = self._pages.page(
            found.id, self._view(found, words), words, news=news, message=message
        )
        return HTMLResponse(said, 409 if message else 200)

    async def _order(self, request: Request, command: Command) -> Response:
        found, address = await self._found(request), _address(request)
        if isinstance(found, int):
            return self._nothing(request, found)
        if not self._guesses.spend(address):
            return self._nothing(request, 429)
        reply = await self._tickets.do(command, found.id) if self._board.fresh else None
        if reply is None:
            none = self._words(request, found).text("No connection to the queue. Nothing was done.")
            return await self._answer(request, none)
        if reply.refusal is None:
            self._guesses.give_back(address)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{found.id}{query}", 303)

    async def _found(self, request: Request) -> TicketView | int:
        """The ticket, or the status that says why there is none: 404, 429 or 503."""
        ticket, address = request.path_params["ticket"], _address(request)
        if not ID.fullmatch(ticket):
            return 404
        is_guess = self._tickets.known(ticket) is None
        if is_guess and not self._board.fresh:
            return 503
        if is_guess and not self._guesses.spend(address):
            return 429
        try:
            found = await self._tickets.find(ticket)
        except NoAnswerError:
            return 503
        if found and is_guess:
            self._guesses.give_back(address)
        return found or 404

    async def _stream(
        self, ticket: str, words: Language
    ) -> AsyncIterator[JSONServerSentEvent | ServerSentEvent]:
        own, streams, shown = object(), self._streams[ticket], None
        streams.append(own)
        try:
            while not self._board.closed and own in streams:
                news, found = self._board.news, self._tickets.known(ticket)
                if found is None:
                    yield ServerSentEvent("now", event="gone")
                    return
                view = self._view(found, words)
                yield self._said(ticket, view, words, drawn=view != shown)
                shown = view
                await self._news(ticket, news)
                if self._board.call_of(found.number) is None:
                    await asyncio.sleep(AFTER_CALLED_SECONDS)
        finally:
            if own in streams:
                streams.remove(own)
            if not streams:
                self._streams.pop(ticket, None)

    async def _news(self, ticket: str, since: int) -> None:
        """Return when the board has news, or the ticket; a call never waits for a slow answer."""
        changed = asyncio.create_task(self._board.changed(since))
        renewal = self._tickets.renewal(ticket, len(self._streams))
        try:
            await asyncio.wait(
                {changed, renewal} if renewal else {changed}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            changed.cancel()

    def _said(
        self, ticket: str, view: View, words: Language, *, drawn: bool
    ) -> JSONServerSentEvent:
        news = self._board.last_news
        said = {
            "fresh": self._board.fresh,
            "news": news and self._pages.clock(news),
            "title": f"{view.number}: {view.lead}",
            "call": view.call,
            "regions": self._pages.regions(ticket, view, words) if drawn else {},
        }
        return JSONServerSentEvent(said, retry=RETRY_MILLISECONDS)

    def _view(self, ticket: TicketView, words: Language) -> View:
        return self._pages.view(ticket, self._board.call_of(ticket.number), words)

    def _nothing(self, request: Request, status: int) -> Response:
        words = self._words(request)
        heading, *lines = _WHY.get(status, _unknown)(words)
        again = {"Refresh": "20"} if request.method == "GET" and status != 429 else None
        return HTMLResponse(self._pages.nothing(words, heading, lines), status, again)

    def _within_budget(self, respond: Respond) -> Respond:
        async def respond_if_so(request: Request) -> Response:
            if not self._requests.spend(_address(request)):
                return PlainTextResponse("Too many requests.\n", 429)
            return await respond(request)

        return respond_if_so

    def _words(self, request: Request, found: TicketView | int = 404) -> Language:
        """The language chosen on the page, else the ticket's own."""
        own = found.language if isinstance(found, TicketView) else ""
        wanted = (request.query_params.get("language", ""), own)
        return language(next((each for each in wanted if each in self._languages), self._first))


def _unknown(words: Language) -> tuple[str, ...]:
    """The very same of a number that a kiosk gave while it was cut off, of another day's and of one
    that never was: whoever tries ids learns nothing, whoever has a number enough."""
    return (
        words.text("Your number cannot be seen here yet"),
        words.text("If it was given today, it is yours and stays valid."),
        words.text("This page tries again by itself and will show it in a while."),
        words.text("Please watch the board, or ask the staff."),
        words.text("A number of another day is no longer valid."),
    )


_WHY: Mapping[int, Callable[[Language], tuple[str, ...]]] = {
    429: lambda w: (w.text("Please wait a minute"), w.text("Then load this page again.")),
    503: lambda w: (
        w.text("No connection to the queue."),
        w.text("Your number stays valid. Please watch the board. This page tries again by itself."),
    ),
}


def _file(name: str) -> Respond:
    async def respond(request: Request) -> Response:
        return FileResponse(FOLDER / name)

    return respond


async def _robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _form(request: Request) -> dict[str, str]:
    """What was sent; nothing of what comes too slowly."""
    try:
        body = await asyncio.wait_for(request.body(), BODY_SECONDS)
    except TimeoutError:
        return {}
    return dict(parse_qsl(body.decode(errors="replace")))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

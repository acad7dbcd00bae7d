"""What a visitor takes home of an appointment, for whoever ordered it: paper, PDF, calendar."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl
from uuid import uuid4

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from config.clock import Clock
from config.settings import Settings
from desk.browser import language_of, token
from desk.confirmation import Confirmation, calendar_file, pdf
from desk.interface import FORM
from desk.pages import Pages
from desk.printers import Printers
from desk.sessions import Sessions
from messaging.appointments import Answer, Ask, FindOrdered, Made, PaperOutcome, PrintPaper
from messaging.booking_code import made_code
from texts import Language, sentences
from texts import language as named

AskRegister = Callable[[Ask, str, str], Awaitable[Answer | None]]
"""What is asked, who asks, and the question's id."""


class Papers:
    """`routes` are for the application. `ask` asks the register."""

    def __init__(
        self,
        settings: Settings,
        pages: Pages,
        sessions: Sessions,
        ask: AskRegister,
        printers: Printers,
        clock: Clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.printers = printers
        self._site, self._zone, self._sessions = settings.site, pages.zone, sessions
        self._ask, self._clock, self._new_id = ask, clock, new_id
        self._schedules = {each.id: each.service for each in settings.schedule}
        self._pages = pages
        self.routes = [
            Route("/bookings/{question}/paper", self._paper, methods=["POST"]),
            Route("/bookings/{question}/confirmation.pdf", self._pdf),
            Route("/bookings/{question}/appointment.ics", self._ics),
        ]

    def code(self, made: Made | None) -> str:
        """The visitor's; "" where nobody knows any more who made it."""
        return made_code(self._site.booking_secret, made.by, made.question) if made else ""

    def confirmation(self, answer: Answer, words: Language) -> Confirmation | None:
        """Of the appointment that was ordered; None while it has no time."""
        view = answer.appointments[0] if answer.appointments else None
        if view is None or view.starts_at is None or view.minutes is None or answer.made is None:
            return None
        service = self._schedules.get(view.schedule, view.schedule)
        return Confirmation(
            site=self._site.id,
            booking=view.booking,
            made=answer.made,
            code=self.code(answer.made),
            place=words.pick(self._site.name),
            service=service,
            service_name=self._pages.service(words, service),
            starts_at=view.starts_at,
            minutes=view.minutes,
            zone=self._zone,
        )

    async def _pdf(self, request: Request) -> Response:
        words = self._asked_language(request, request.query_params.get("language", ""))
        found = await self._ordered(request, words)
        if isinstance(found, Response):
            return found
        return Response(pdf(found, words), media_type="application/pdf")

    async def _ics(self, request: Request) -> Response:
        found = await self._ordered(request, self._asked_language(request))
        if isinstance(found, Response):
            return found
        return Response(calendar_file(found, self._clock.now()), media_type="text/calendar")

    async def _paper(self, request: Request) -> Response:
        """In a sentence, for the page to say."""
        kind, _, _ = request.headers.get("content-type", "").partition(";")
        if kind.strip().lower() != FORM:
            return PlainTextResponse("Refused: of another content type.\n", 415)
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        words = self._asked_language(request)
        found = await self._ordered(request, words)
        if isinstance(found, Response):
            return found
        language = self._asked_language(request, form.get("language", ""))
        outcome = await self.printers.print(form.get("kiosk", ""), self._wanted(found, language))
        status = 200 if outcome is PaperOutcome.PRINTED else 409
        return PlainTextResponse(sentences.paper(words, outcome), status)

    async def _ordered(self, request: Request, words: Language) -> Confirmation | Response:
        """What this member of staff ordered by the question in the path."""
        session = self._sessions.use(token(request))
        if session is None or not session.orders:
            return RedirectResponse("/", 303)
        try:
            ask = FindOrdered(order=request.path_params["question"])
        except ValidationError:
            return RedirectResponse("/bookings", 303)
        answer = await self._ask(ask, session.staff, "")
        if answer is None:
            silent = words.text("The register of consultations does not answer.")
            return PlainTextResponse(silent, 503)
        return self.confirmation(answer, words) or RedirectResponse("/bookings", 303)

    def _wanted(self, told: Confirmation, language: Language) -> PrintPaper:
        return PrintPaper(
            id=self._new_id(),
            made=told.made,
            booking=told.booking,
            service=told.service,
            starts_at=told.starts_at,
            language=language.code,
            asked_at=self.printers.now,
        )

    def _asked_language(self, request: Request, code: str = "") -> Language:
        """The one of this code, if it is one of the centre's; else the page's."""
        languages = self._site.languages
        return named(code) if code in languages else language_of(request, languages)

"""The pages on which staff book, move and give up appointments for visitors."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from config.changes import Change
from config.clock import Clock
from config.settings import Settings
from desk.browser import language_of, token
from desk.confirmation import Confirmation, svg
from desk.interface import FORM
from desk.pages import Pages, SignInForm
from desk.papers import AskRegister, Papers
from desk.sessions import Session, Sessions
from messaging.appointments import (
    AcceptOffer,
    Answer,
    AppointmentView,
    Ask,
    BookingRefusal,
    BookSlot,
    FindBooking,
    FindSlots,
    FindStranded,
    GiveUp,
    MoveBooking,
    PastView,
    Question,
    ReadAgenda,
    ReadWaitingList,
    SlotView,
    WaitForSlot,
)
from messaging.booking_code import (
    LONGEST,
    ForeignCodeError,
    OtherCentreError,
    booking_digest,
    code_in_qr,
)
from messaging.codec import BadMessageError, decode
from messaging.messages import UnitStatus
from texts import Language, sentences

DAYS_SHOWN = 7
DAYS_ASKED = 62
"""To find the next free time as well."""

FURTHEST = timedelta(days=800)

ORDERS = (BookSlot, MoveBooking, GiveUp, WaitForSlot, AcceptOffer)
GONE = (BookingRefusal.UNKNOWN_BOOKING, BookingRefusal.NOT_POSSIBLE_NOW)
"""No other time helps an appointment that is none any more."""


@dataclass(frozen=True, slots=True)
class Week:
    """The free times of a schedule from a Monday on, by day. `booking`: what is to be moved."""

    schedule: str
    monday: date
    days: tuple[tuple[date, tuple[SlotView, ...]], ...]
    next_free: date | None
    question: str
    booking: str = ""

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=DAYS_SHOWN - 1)

    def link(self, days: int) -> str:
        """To another week."""
        return self.link_to(self.monday + timedelta(days=days))

    def link_to(self, day: date) -> str:
        """To the week of that day."""
        start = f"move/{self.booking}" if self.booking else "slots"
        return f"/bookings/{start}/{self.schedule}/{day}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page of appointments shows; of `week`, `found` and `done` one at most."""

    day: date
    message: str = ""
    refused: bool = False
    agenda: tuple[AppointmentView, ...] = ()
    waiting: tuple[AppointmentView, ...] = ()
    stranded: tuple[AppointmentView, ...] = ()
    week: Week | None = None
    found: AppointmentView | None = None
    done: Confirmation | None = None
    question: str = ""
    code: str = ""
    qr: str = ""
    printers: Sequence[UnitStatus] = ()
    past: tuple[PastView, ...] = ()


class NoAnswerError(Exception):
    """The register did not answer in time."""


class Bookings:
    """`routes` are for the application, with those of `papers`. `ask` asks the register."""

    def __init__(
        self,
        settings: Settings,
        pages: Pages,
        sessions: Sessions,
        ask: AskRegister,
        papers: Papers,
        came: Callable[[], Mapping[str, str]],
        clock: Clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._site, self._pages, self._sessions = settings.site, pages, sessions
        self._ask, self._papers, self._came = ask, papers, came
        self._clock, self._new_id = clock, new_id
        self._schedules = schedules_of(settings)
        self.routes = [
            Route("/bookings", self._today),
            Route("/bookings", self._order, methods=["POST"]),
            Route("/bookings/day/{day}", self._day),
            Route("/bookings/slots/{schedule}/{day}", self._slots),
            Route("/bookings/move/{booking}/{schedule}/{day}", self._slots),
            *papers.routes,
        ]

    async def stranded(
        self, changes: Sequence[Change], by: str
    ) -> Sequence[AppointmentView] | None:
        """The appointments that would lose their slots by these changes; None: nobody answers."""
        answer = await self._ask(FindStranded(changes=tuple(changes)), by, "")
        return None if answer is None or answer.refusal else answer.appointments

    @property
    def _services(self) -> dict[str, Mapping[str, str]]:
        """Schedule of this centre → the name of its service, by language."""
        known = self._pages.ever.services
        return {name: known[service].name for name, service in self._schedules.items()}

    @property
    def _now_day(self) -> date:
        return self._local_day(self._clock.now())

    def _asked_day(self, request: Request) -> date:
        """The day in the path; today where that is none, or too far away."""
        today = self._now_day
        try:
            day = date.fromisoformat(request.path_params["day"])
        except ValueError:
            return today
        return day if abs(day - today) <= FURTHEST else today

    async def _today(self, request: Request) -> Response:
        return await self._shown(request, lambda by: self._home(by, self._now_day))

    async def _day(self, request: Request) -> Response:
        day = self._asked_day(request)
        return await self._shown(request, lambda by: self._home(by, day))

    async def _slots(self, request: Request) -> Response:
        schedule = request.path_params["schedule"]
        day = self._asked_day(request)
        booking = request.path_params.get("booking", "")
        if schedule not in self._services:
            return RedirectResponse("/bookings", 303)
        return await self._shown(request, lambda by: self._week(by, schedule, day, booking))

    async def _shown(self, request: Request, see: Callable[[str], Awaitable[Seen]]) -> Response:
        session = self._session(request)
        if session is None:
            return RedirectResponse("/", 303)
        try:
            seen = await see(session.staff)
        except NoAnswerError:
            return self._silent(request, session)
        return self._page(request, session, seen)

    async def _order(self, request: Request) -> Response:
        kind, _, _ = request.headers.get("content-type", "").partition(";")
        if kind.strip().lower() != FORM:
            return HTMLResponse("Refused: of another content type.\n", 415)
        session = self._session(request)
        if session is None:
            form_to_fill = SignInForm()
            return HTMLResponse(self._pages.sign_in(self._language(request), form_to_fill), 401)
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        try:
            if "code" in form:
                return await self._find(request, session, form["code"])
            return await self._do(request, session, form)
        except BadMessageError:
            words = self._language(request).text("The page is out of date. Load it again.")
            return self._page(request, session, Seen(self._now_day, words, refused=True), 400)
        except NoAnswerError:
            return self._silent(request, session, ordered="name" in form)

    async def _find(self, request: Request, session: Session, given: str) -> Response:
        code = self._code(given)
        booking = booking_digest(self._site.booking_secret, code)
        answer = await self._asked(FindBooking(booking=booking), session.staff)
        if answer.refusal:
            return await self._refused(request, session, answer)
        seen = Seen(
            self._now_day,
            found=answer.appointments[0],
            question=self._new_id(),
            past=answer.history,
        )
        return self._page(request, session, seen)

    def _code(self, given: str) -> str:
        try:
            return code_in_qr(given, self._site.id)
        except (ForeignCodeError, OtherCentreError):
            letters = (each for each in given.upper() if each.isalnum())
            return "".join(letters)[:LONGEST]

    async def _do(self, request: Request, session: Session, form: dict[str, str]) -> Response:
        question = decode(
            json.dumps({"id": form.pop("id", ""), "by": session.staff, "ask": form}).encode(),
            Question,
        )
        if not isinstance(question.ask, ORDERS):
            raise BadMessageError("not an order")
        answer = await self._asked(question.ask, session.staff, question.id)
        if answer.refusal:
            schedule = form.get("schedule", "")
            return await self._refused(request, session, answer, question.ask, schedule)
        return await self._done(request, session, question, answer)

    async def _done(
        self, request: Request, session: Session, question: Question, answer: Answer
    ) -> Response:
        words = self._language(request)
        if isinstance(question.ask, GiveUp):
            seen = await self._home(session.staff, self._now_day)
            given_up = words.text("It is given up. The time is free for others.")
            return self._page(request, session, replace(seen, message=given_up))
        is_new = isinstance(question.ask, BookSlot | WaitForSlot)
        seen = Seen(self._now_day, "" if is_new else words.text("It is recorded."))
        return self._page(request, session, self._taken_home(seen, question.id, answer, words))

    def _taken_home(self, seen: Seen, question: str, answer: Answer, words: Language) -> Seen:
        """With the code, where it is known, and what there is to print."""
        view, code = answer.appointments[0], self._papers.code(answer.made)
        if not code:
            return replace(seen, found=view, question=self._new_id())
        done = self._papers.confirmation(answer, words)
        return replace(
            seen,
            found=view,
            done=done,
            question=question,
            code=code,
            qr=svg(done) if done else "",
            printers=self._papers.printers.ready(),
        )

    async def _refused(
        self,
        request: Request,
        session: Session,
        answer: Answer,
        ask: Ask | None = None,
        schedule: str = "",
    ) -> Response:
        """Where another time may do, its week is shown again."""
        by = session.staff
        match ask:
            case BookSlot():
                seen = await self._week(by, ask.schedule, self._local_day(ask.starts_at))
            case MoveBooking() if schedule in self._services and answer.refusal not in GONE:
                day = self._local_day(ask.starts_at)
                seen = await self._week(by, schedule, day, ask.booking)
            case _:
                seen = await self._home(by, self._now_day)
        assert answer.refusal
        message = sentences.not_booked(self._language(request), answer.refusal)
        return self._page(request, session, replace(seen, message=message, refused=True), 409)

    async def _home(self, by: str, day: date) -> Seen:
        agenda = await self._asked(ReadAgenda(day=day), by)
        waiting = await self._asked(ReadWaitingList(), by)
        return Seen(
            day,
            agenda=agenda.appointments,
            waiting=waiting.appointments,
            stranded=tuple(await self.stranded((), by) or ()),
        )

    async def _week(self, by: str, schedule: str, day: date, booking: str = "") -> Seen:
        monday = max(day, self._now_day)
        monday -= timedelta(days=monday.weekday())
        last = monday + timedelta(days=DAYS_ASKED - 1)
        ask = FindSlots(schedule=schedule, first_day=monday, last_day=last)
        days = tuple(self._by_day((await self._asked(ask, by)).slots))
        shown = tuple(each for each in days if each[0] < monday + timedelta(days=DAYS_SHOWN))
        later = next((each for each, _ in days if each >= monday + timedelta(days=7)), None)
        week = Week(schedule, monday, shown, later, self._new_id(), booking)
        return Seen(self._now_day, week=week)

    def _by_day(self, slots: tuple[SlotView, ...]) -> Iterator[tuple[date, tuple[SlotView, ...]]]:
        for day, of_day in groupby(slots, lambda each: self._local_day(each.starts_at)):
            yield day, tuple(of_day)

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self._pages.zone).date()

    async def _asked(self, ask: Ask, by: str, question: str = "") -> Answer:
        answer = await self._ask(ask, by, question)
        if answer is None:
            raise NoAnswerError
        return answer

    def _session(self, request: Request) -> Session | None:
        """Of somebody who may give orders."""
        session = self._sessions.use(token(request))
        return session if session and session.orders else None

    def _silent(self, request: Request, session: Session, ordered: bool = False) -> Response:
        words = self._language(request)
        message = (
            words.text(
                "The register of consultations does not answer. It may be done already:"
                " go back and press once more, nothing is done twice."
            )
            if ordered
            else words.text("The register of consultations does not answer.")
        )
        return self._page(request, session, Seen(self._now_day, message, refused=True), 503)

    def _page(self, request: Request, session: Session, seen: Seen, status: int = 200) -> Response:
        html = self._pages.bookings(
            self._language(request), session, seen, self._services, self._came()
        )
        return HTMLResponse(html, status)

    def _language(self, request: Request) -> Language:
        return language_of(request, self._site.languages)


def schedules_of(settings: Settings) -> dict[str, str]:
    """Schedule of this centre → its service."""
    here = settings.site.id
    return {
        each.id: each.service for each in settings.schedule if here in (each.centres or (here,))
    }

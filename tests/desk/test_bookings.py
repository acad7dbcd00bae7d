"""The pages of appointments, and a visitor's appointment made by keys alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from icalendar import Calendar
from playwright.sync_api import Page, expect
from starlette.applications import Starlette

from config.settings import Settings
from desk.bookings import Bookings
from desk.browser import LANGUAGE
from desk.demo import NOW
from desk.interface import SESSION
from desk.pages import Pages
from desk.papers import Papers
from desk.printers import Printers
from desk.sessions import Session, Sessions
from desk.watch import Watch
from messaging.appointments import (
    Answer,
    AppointmentView,
    Ask,
    BookingRefusal,
    BookSlot,
    FindBooking,
    GiveUp,
    Made,
    PaperAnswer,
    PaperOutcome,
    PastView,
    PrintPaper,
    ReadAgenda,
)
from messaging.booking_code import booking_digest, made_code, qr_text
from messaging.messages import Role, UnitStatus
from queue_core.commands import CheckIn
from rinda.broker import Broker, free_port
from tests.conftest import MORNING
from tests.consultations.desks import RegisterThread
from tests.desk.conftest import DeskProcess, Module, start_desk
from tests.kiosk.papers import CATALOGUE, PrintingKiosk, printing_kiosk
from tests.pages import answers
from tests.parts import clock_at, wait_until
from texts import language
from texts.sentences import not_booked

QUESTION = "question-1"
KIOSK = UnitStatus(unit="kiosk", role=Role.KIOSK, version="1", online=True, prints=True)
ONE = MORNING.replace(hour=13, minute=0)
BOOK = {
    "name": "book",
    "id": QUESTION,
    "schedule": "vsaa-specialists",
    "starts_at": ONE.isoformat(),
}


@dataclass
class Desk:
    """The pages over answers that the test chooses."""

    settings: Settings
    asked: list[Ask] = field(default_factory=list)
    printed: list[tuple[str, PrintPaper]] = field(default_factory=list)
    outcome: PaperOutcome | None = PaperOutcome.PRINTED
    refusal: BookingRefusal | None = None
    silent: bool = False

    def __post_init__(self) -> None:
        self.sessions = Sessions(60, lambda: 0.0)
        clock = clock_at(NOW)
        self.watch = Watch(lambda: 0.0, "desk")
        self.watch.take_connection(True)
        self.watch.take_unit(KIOSK)
        pages = Pages(self.settings)
        printers = Printers(self.watch, self.ask_kiosk, clock)
        papers = Papers(self.settings, pages, self.sessions, self.ask, printers, clock)
        bookings = Bookings(self.settings, pages, self.sessions, self.ask, papers, dict, clock)
        transport = ASGITransport(Starlette(routes=bookings.routes))
        cookies = {LANGUAGE: "en", SESSION: self.sessions.open(Session("ilze", "1"))}
        self.browser = AsyncClient(transport=transport, cookies=cookies, base_url="http://desk")

    @property
    def code(self) -> str:
        return made_code(self.settings.site.booking_secret, "ilze", QUESTION)

    @property
    def digest(self) -> str:
        return booking_digest(self.settings.site.booking_secret, self.code)

    async def ask(self, ask: Ask, by: str, question: str) -> Answer | None:
        self.asked.append(ask)
        if self.silent:
            return None
        if self.refusal and not isinstance(ask, ReadAgenda):
            return Answer(id=question, refusal=self.refusal)
        view = AppointmentView(
            booking=self.digest,
            status="booked",
            schedule="vsaa-specialists",
            starts_at=ONE,
            minutes=20,
        )
        if isinstance(ask, FindBooking):
            past = PastView(at=NOW, by="anna", what="moved", starts_at=ONE)
            return Answer(id=question, appointments=(view,), history=(past,))
        made = Made(by="ilze", question=QUESTION)
        return Answer(id=question, appointments=(view,), made=made)

    async def ask_kiosk(self, kiosk: str, asked: PrintPaper) -> PaperAnswer | None:
        self.printed.append((kiosk, asked))
        return PaperAnswer(id=asked.id, outcome=self.outcome) if self.outcome else None

    async def print_at(self, kiosk: str, language: str = "lv") -> Response:
        form = {"kiosk": kiosk, "language": language}
        return await self.browser.post(f"/bookings/{QUESTION}/paper", data=form)

    async def post(self, form: dict[str, str]) -> Response:
        return await self.browser.post("/bookings", data=form)


@pytest.fixture
def desk(demo_settings: Settings) -> Desk:
    return Desk(demo_settings)


async def test_what_is_booked_is_told_once_with_its_code(desk: Desk) -> None:
    told = await desk.post(BOOK)
    assert told.status_code == 200
    assert f"{desk.code[:5]} {desk.code[5:]}" in told.text
    assert "<svg" in told.text or "<svg:svg" in told.text
    assert desk.asked == [BookSlot(schedule="vsaa-specialists", starts_at=ONE)]
    assert desk.code not in (await desk.browser.get("/bookings")).text


async def test_a_page_to_print_and_a_line_for_a_calendar(desk: Desk) -> None:
    paper = await desk.browser.get(f"/bookings/{QUESTION}/confirmation.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    file = await desk.browser.get(f"/bookings/{QUESTION}/appointment.ics")
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert event.decoded("dtstart") == ONE
    assert desk.code.encode() not in file.content


@pytest.mark.parametrize("given", ["{code}", "{lower}", " {half} {rest} ", "{qr}"])
async def test_an_appointment_is_found_however_its_code_is_given(desk: Desk, given: str) -> None:
    code = desk.code
    typed = given.format(
        code=code,
        lower=code.lower(),
        half=code[:5],
        rest=code[5:],
        qr=qr_text("demo", code),
    )
    found = await desk.post({"code": typed})
    assert "Another time" in found.text
    assert "anna" in found.text  # moved it
    assert desk.asked == [FindBooking(booking=desk.digest)]
    assert code not in found.text


async def test_what_is_given_up_is_said(desk: Desk) -> None:
    done = await desk.post({"name": "give_up", "id": QUESTION, "booking": desk.digest})
    assert "It is given up." in done.text
    assert desk.asked[0] == GiveUp(booking=desk.digest)


async def test_a_refusal_is_said_in_words(desk: Desk) -> None:
    desk.refusal = BookingRefusal.FULL
    refused = await desk.post({"code": desk.code})
    assert refused.status_code == 409
    assert "Somebody has just taken that time." in refused.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "book"},
        {**BOOK, "id": "short"},
        {**BOOK, "starts_at": "soon"},
        {**BOOK, "name": "agenda", "day": "2026-11-24"},
        {"name": "give_up", "id": QUESTION, "booking": "../.."},
    ],
)
async def test_what_is_no_order_is_refused(desk: Desk, form: dict[str, str]) -> None:
    assert (await desk.post({"x": "y", **form})).status_code == 400
    assert desk.asked == []


async def test_the_ticket_printer_has_what_the_kiosk_makes_the_code_of(desk: Desk) -> None:
    assert 'value="kiosk"' in (await desk.post(BOOK)).text
    said = await desk.print_at("kiosk")
    assert (said.status_code, said.text) == (200, "Printed: the paper is in the ticket printer.")
    ((kiosk, asked),) = desk.printed
    assert (kiosk, asked.booking, asked.starts_at) == ("kiosk", desk.digest, ONE)
    assert (asked.language, asked.service) == ("lv", "vsaa-konsultacija")
    assert desk.code not in asked.model_dump_json()
    await desk.print_at("kiosk", "xx")
    assert desk.printed[1][1].language == "en"
    assert desk.printed[1][1].id != asked.id


@pytest.mark.parametrize("outcome", [*PaperOutcome, None])
async def test_what_became_of_the_paper_is_said(desk: Desk, outcome: PaperOutcome | None) -> None:
    desk.outcome = outcome
    said = await desk.print_at("kiosk")
    assert said.status_code == (200 if outcome is PaperOutcome.PRINTED else 409)
    assert outcome is PaperOutcome.PRINTED or "PDF" in said.text


@pytest.mark.parametrize(
    "known",
    [
        {"online": False},
        {"prints": False},
        {"faults": ("paper_out",)},
        {"faults": ("out_of_service",)},
        {"role": Role.DISPLAY},
    ],
)
async def test_a_kiosk_that_cannot_print_is_not_offered(
    desk: Desk, known: dict[str, object]
) -> None:
    desk.watch.take_unit(KIOSK.model_copy(update=known))
    told = (await desk.post(BOOK)).text
    assert 'value="kiosk"' not in told
    assert "Print (PDF)" in told


async def test_of_several_kiosks_each_is_called_by_its_name(desk: Desk) -> None:
    other = KIOSK.model_copy(update={"unit": "hall", "name": {"en": "In the hall"}})
    desk.watch.take_unit(other.model_copy(update={"faults": ("paper_low",)}))
    told = (await desk.post(BOOK)).text
    assert "Print: In the hall" in told
    assert "Print: kiosk" in told


async def test_nothing_is_printed_at_a_kiosk_that_is_gone_or_of_what_was_never_ordered(
    desk: Desk,
) -> None:
    said = await desk.print_at("nowhere")
    assert said.text == "The ticket printer does not answer. Print the PDF."
    for path in ("short", "question-2%20"):
        assert (await desk.browser.post(f"/bookings/{path}/paper", data={"x": "y"})).is_redirect
    assert (await desk.browser.post(f"/bookings/{QUESTION}/paper")).status_code == 415
    assert desk.printed == []


async def test_what_is_moved_can_be_taken_home_too(desk: Desk) -> None:
    move = {"name": "move", "id": "question-2", "booking": desk.digest}
    told = await desk.post({**move, "starts_at": ONE.isoformat()})
    assert "It is recorded." in told.text
    assert "/bookings/question-2/paper" in told.text


@pytest.mark.parametrize(
    ("code", "week"),
    [
        (BookingRefusal.FULL, True),
        (BookingRefusal.OVERLAPPING, True),
        (BookingRefusal.UNKNOWN_BOOKING, False),
    ],
)
async def test_who_cannot_be_moved_there_is_shown_other_times(
    desk: Desk, code: BookingRefusal, week: bool
) -> None:
    desk.refusal = code
    move = {"name": "move", "id": QUESTION, "booking": desk.digest}
    form = {**move, "starts_at": ONE.isoformat(), "schedule": "vsaa-specialists"}
    refused = await desk.post(form)
    assert refused.status_code == 409
    assert not_booked(language("en"), code) in refused.text
    assert (f"/bookings/move/{desk.digest}" in refused.text) is week


async def test_a_silent_register_is_said(desk: Desk) -> None:
    desk.silent = True
    for path in ("/bookings", f"/bookings/{QUESTION}/confirmation.pdf"):
        answer = await desk.browser.get(path)
        assert answer.status_code == 503
        assert "does not answer" in answer.text
    answer = await desk.post(BOOK)
    assert answer.status_code == 503
    assert "may be done already" in answer.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "soon"])
async def test_a_day_that_is_none_is_today(desk: Desk, day: str) -> None:
    assert (await desk.browser.get(f"/bookings/day/{day}")).status_code == 200
    assert desk.asked[0] == ReadAgenda(day=NOW.date())
    assert (await desk.browser.get(f"/bookings/slots/vsaa-specialists/{day}")).status_code == 200


async def test_nobody_but_staff_sees_anything(desk: Desk) -> None:
    for each in ({}, {SESSION: desk.sessions.open(Session("tech", "1", frozenset()))}):
        desk.browser.cookies = each
        assert (await desk.browser.get("/bookings")).status_code == 303
        assert (await desk.post(BOOK)).status_code == 401
    assert desk.asked == []


@pytest.mark.parametrize("code", BookingRefusal)
def test_every_refusal_has_words_in_latvian(code: BookingRefusal) -> None:
    lv, en = (not_booked(language(each), code) for each in ("lv", "en"))
    assert lv != en


@pytest.fixture
def register(
    demo_settings: Settings,
    tmp_path: Path,
    broker: Broker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[RegisterThread]:
    """With a desk, started after it, whose clock is as the register's."""
    offset = (MORNING - datetime.now(UTC)).total_seconds()
    monkeypatch.setenv("RINDA_CLOCK__OFFSET_SECONDS", str(offset))
    database = tmp_path / "consultations.db"
    with RegisterThread(demo_settings, database, broker.port, clock_at(MORNING)) as running:
        yield running


@pytest.mark.whole
def test_booked_moved_and_checked_in_by_keys(
    register: RegisterThread,
    module: Module,
    desk_process: DeskProcess,
    page: Page,
    broker: Broker,
    demo_settings: Settings,
    kiosk: PrintingKiosk,
) -> None:
    page.goto(desk_process.address)
    page.locator("#pin").fill("2580")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Pierakstīt, pārcelt, atcelt").press("Enter")
    expect(page.locator("#services a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#week button").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    code = (page.locator("#code").text_content() or "").replace(" ", "")
    digest = booking_digest(demo_settings.site.booking_secret, code)
    wait_until(lambda: starts(module) == {digest: ONE + timedelta(minutes=20)})
    kiosk.until_free()
    page.keyboard.press("Enter")
    expect(page.locator("#printed")).to_contain_text("Izdrukāts")
    assert [each.code for each in kiosk.printer.tickets] == [qr_text("demo", code)]
    page.get_by_role("link", name="Visi pieraksti").press("Enter")
    expect(page.locator("#agenda")).to_contain_text("13:20")
    page.locator("#given").press_sequentially(code.lower())
    page.keyboard.press("Enter")
    page.locator("#move").press("Enter")
    expect(page.locator("#week button").first).to_be_focused()
    page.keyboard.press("Enter")
    wait_until(lambda: starts(module) == {digest: ONE})
    kiosk.catalogue = None
    page.locator("[name=language][value=en]").check()
    page.locator("[name=kiosk]").press("Enter")
    expect(page.locator("#printed")).to_contain_text("apmeklētājs")
    kiosk.catalogue = CATALOGUE
    kiosk.until_free()
    page.locator("[name=kiosk]").press("Enter")
    expect(page.locator("#printed")).to_contain_text("Izdrukāts")
    assert ("13:00", qr_text("demo", code)) == paper(kiosk)
    reply = kiosk.unit.ask(CheckIn(digest, "lv"))
    assert reply
    assert reply.ticket
    page.get_by_role("link", name="Visi pieraksti").press("Enter")
    expect(page.locator("#agenda")).to_contain_text("K 001")


@pytest.fixture
def desk_process(register: RegisterThread, broker: Broker) -> Iterator[DeskProcess]:
    port = free_port()
    with start_desk(port, broker.port) as process:
        wait_until(lambda: answers(port), 30)
        yield DeskProcess(port, process)
        process.terminate()


@pytest.fixture
def kiosk(broker: Broker, module: Module, tmp_path: Path) -> Iterator[PrintingKiosk]:
    with printing_kiosk(broker.port, tmp_path, {}, module.thread.clock) as here:
        yield here


def paper(kiosk: PrintingKiosk) -> tuple[str, str]:
    """The hour and the code on the last one, in English."""
    last = kiosk.printer.tickets[-1]
    assert "Your appointment" in last.text
    return next(each for each in last.text.split() if ":" in each), last.code


def starts(module: Module) -> dict[str, datetime]:
    """Booking → when it starts, in the queue."""
    bookings = module.thread.module.state.bookings.values()
    return {each.id: each.starts_at for each in bookings}

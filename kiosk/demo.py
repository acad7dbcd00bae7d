"""The demonstration centre on Tuesday, 24 November 2026, 10:31: for pictures and tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from config.load import load_settings
from config.settings import Settings
from drivers.printer import Fault, PrintOutcome, PrintResult
from kiosk import model as m
from kiosk.flow import begin
from kiosk.maintenance import SelfTest
from kiosk.model import Model
from kiosk.panel import Ease
from kiosk.patience import BUSY_SECONDS
from kiosk.steps.helping import NEWS_SECONDS
from messaging.appointments import Made, PrintPaper
from messaging.booking_code import booking_digest, made_code
from messaging.catalogue import catalogue as offered
from messaging.messages import (
    CatalogueState,
    HelpView,
    RefusalView,
    TicketView,
    WaitView,
)
from queue_core.centre import Centre
from queue_core.commands import TakeTicket
from queue_core.life import Status
from queue_core.model import Kind, State
from queue_core.refusals import RefusalCode

NOW = datetime(2026, 11, 24, 10, 31, tzinfo=ZoneInfo("Europe/Riga"))
CODE = "K7QM2WDX4T"
SITE = Path(config.__file__).parent / "sites" / "demo" / "site.toml"


@cache
def settings() -> Settings:
    """The demonstration site."""
    return load_settings([SITE], {})


def catalogue(centre: Centre, now: datetime = NOW) -> CatalogueState:
    """What the queue module would publish for this centre at this moment."""
    return offered(centre, now, State(sequence=1), centre.computer_service)


def asked_for_help(offered: CatalogueState, at: datetime = NOW) -> CatalogueState:
    """The same while a visitor at the kiosk waits for somebody."""
    return offered.model_copy(update={"help": (HelpView(unit=settings().unit.id, at=at),)})


def ticket(language: str = "lv") -> TicketView:
    """A walk-in's ticket."""
    return TicketView(
        id="0123456789abcdef",
        number="A 042",
        service="vsaa-slimiba",
        kind=Kind.WALK_IN,
        status=Status.WAITING,
        language=language,
        arrived_at=NOW,
        due_at=NOW + timedelta(minutes=30),
        ahead=3,
        wait=WaitView(low=10, high=20),
    )


def slot_ticket(
    language: str, starts_at: datetime, wait: WaitView | None = None, *, late: bool = False
) -> TicketView:
    """The ticket of a visitor who checks in now with an appointment for `starts_at`."""
    appointment = {
        "number": "K 001",
        "service": "vsaa-konsultacija",
        "kind": Kind.SLOT,
        "slot_starts_at": starts_at,
        "late": late,
        "ahead": 0,
        "wait": wait,
    }
    return ticket(language).model_copy(update=appointment)


def asked_paper(language: str) -> PrintPaper:
    """What a desk asks after it has booked for the day after tomorrow."""
    made = Made(by="ilze", question="question-1")
    secret = settings().site.booking_secret
    return PrintPaper(
        id="asking-1",
        made=made,
        booking=booking_digest(secret, made_code(secret, made.by, made.question)),
        service="vsaa-konsultacija",
        starts_at=NOW.replace(hour=13, minute=20) + timedelta(days=2),
        language=language,
        asked_at=NOW,
    )


def standing(ticket: TicketView, status: Status) -> TicketView:
    """The same ticket later in its life."""
    return ticket.model_copy(update={"status": status})


def self_test() -> SelfTest:
    """A kiosk whose paper has ended."""
    return SelfTest(
        unit="kiosk",
        version="2026.11",
        printer=("paper_out",),
        scanner=(),
        broker=True,
        module_seconds=1.2,
        clock_seconds=0.1,
        disk_free=11_800,
        log=(
            "10:28:12 WARNING kiosk.printing: the printer has no paper",
            "10:31:00 INFO scanner: there",
        ),
    )


def models(language: str) -> Mapping[str, Model]:
    """Every screen by name, in one language."""
    empty = replace(begin(settings(), 0.0, NOW), language=language, scanner=True)
    calm = replace(empty, catalogue=catalogue(settings().to_centre()), connected=True)
    evening = NOW.replace(hour=19)
    night = replace(calm, now=evening, catalogue=catalogue(settings().to_centre(), evening))
    screens = {**_choices(), **_answers(language, calm), **_technician()}
    present = {name: replace(calm, screen=each) for name, each in screens.items()}
    patience = calm.settings.kiosk.idle_seconds
    long_ago = NOW - timedelta(seconds=BUSY_SECONDS)
    asking = asked_for_help(catalogue(settings().to_centre()), long_ago)
    return present | {
        "starting": empty,
        "resting": replace(
            calm,
            language=settings().site.languages[0],
            seconds=settings().kiosk.rest_minutes * 60,
        ),
        "no-connection": replace(calm, connected=False),
        "out-of-service": replace(calm, out_of_service=True),
        "closed": night,
        "help": replace(calm, help_shown=True, bell=m.Bell.HEARD),
        "help-rings": replace(calm, help_shown=True, bell=m.Bell.RINGING),
        "help-broken": replace(calm, help_shown=True, bell=m.Bell.BROKEN),
        "help-busy": replace(calm, help_shown=True, bell=m.Bell.HEARD, catalogue=asking),
        "help-answered": replace(calm, help_shown=True, bell=m.Bell.ANSWERED),
        "news": replace(present["institutions"], news_until=NEWS_SECONDS),
        "news-code": replace(present["typed-code"], news_until=NEWS_SECONDS),
        "still-here": replace(present["institutions"], seconds=patience - 1.0),
        "still-here-ticket": replace(
            present["ticket"], seconds=calm.settings.kiosk.ticket_seconds - 1.0
        ),
        "help-ticket": replace(present["ticket-no-paper"], help_shown=True, bell=m.Bell.HEARD),
        "ease": replace(present["institutions"], easing=True, can_speak=True),
        "ease-ticket": replace(present["ticket-no-paper"], easing=True, can_speak=True),
        "ease-voice": replace(
            present["institutions"], easing=True, can_speak=True, ease=Ease(voice=True)
        ),
    }


def _choices() -> Mapping[str, m.Screen]:
    return {
        "start": m.Start(),
        "institutions": m.Institutions(),
        "services": m.Services("vsaa"),
        "services-municipality": m.Services("novads"),
        "situations": m.Situations(),
        "situation": m.Situation("darbs"),
        "situation-closed": m.Situation("ipasums"),
        "channel": m.Channel("vid-deklaracija", m.Services("vid")),
        "show-code": m.ShowCode(),
        "type-code": m.TypeCode(),
        "typed-code": m.TypeCode(CODE),
        "code-too-short": m.TypeCode(CODE[:5], too_short=True),
        "working": m.Working(m.Start(), TakeTicket("vsaa-slimiba", "lv")),
    }


def _answers(language: str, calm: Model) -> Mapping[str, m.Screen]:
    walked_in = ticket(language)
    early = slot_ticket(language, NOW.replace(minute=40), WaitView(low=5, high=15))
    on_time = slot_ticket(language, NOW.replace(minute=30), WaitView(low=0, high=5))
    late = slot_ticket(language, NOW.replace(minute=10), WaitView(low=15, high=30), late=True)
    printed, no_paper = PrintOutcome(PrintResult.PRINTED), _failed("paper_out")
    closed = next(each for each in calm.offer.institutions if not each.open)
    used = RefusalView(code=RefusalCode.BOOKING_USED, facts={"number": "K 001"})
    tomorrow = {"starts_at": (NOW + timedelta(days=1)).isoformat()}
    other_day = RefusalView(code=RefusalCode.BOOKING_OTHER_DAY, facts=tomorrow)
    unknown = RefusalView(code=RefusalCode.UNKNOWN_BOOKING)
    return {
        "ticket-printing": m.TicketReady(walked_in),
        "ticket": m.TicketReady(walked_in, printed),
        "ticket-alone": m.TicketReady(
            walked_in.model_copy(update={"ahead": None, "wait": None}), printed
        ),
        "ticket-early": m.TicketReady(early, printed),
        "ticket-on-time": m.TicketReady(on_time, printed),
        "ticket-late": m.TicketReady(late, printed),
        "ticket-late-no-paper": m.TicketReady(late, no_paper),
        "ticket-no-paper": m.TicketReady(walked_in, no_paper),
        "ticket-doubtful": m.TicketReady(walked_in, PrintOutcome(PrintResult.UNKNOWN)),
        "ticket-taken-back": m.TicketReady(walked_in, PrintOutcome(PrintResult.TAKEN_BACK)),
        "found-waiting": m.TicketFound(walked_in),
        "found-called": m.TicketFound(standing(walked_in, Status.CALLED)),
        "found-missed": m.TicketFound(standing(walked_in, Status.NO_SHOW)),
        "found-over": m.TicketFound(standing(walked_in, Status.CANCELLED)),
        "rate": m.RateVisit(standing(walked_in, Status.SERVED)),
        "thanks": m.Thanks(),
        "rated-before": m.Thanks(before=True),
        "closed-institution": m.Message(closed, m.Institutions()),
        "refused": m.Message(used, m.ShowCode()),
        "other-day": m.Message(other_day, m.ShowCode()),
        "unknown-code": m.Message(unknown, m.TypeCode(CODE)),
        "foreign-code": m.Message(m.Notice.FOREIGN_CODE, m.Start()),
        "other-centre": m.Message(m.Notice.OTHER_CENTRE, m.Start()),
        "unchecked": m.Message(m.Notice.UNCHECKED, m.ShowCode()),
        "not-now": m.Message(m.Notice.NOT_NOW, m.Start()),
        "no-reply": m.Message(m.Notice.NO_NUMBER, m.Start()),
        "fail-safe": m.FailSafe(),
        "fail-safe-number": m.FailSafe(walked_in.number),
    }


def _technician() -> Mapping[str, m.Screen]:
    return {
        "pin": m.EnterPin(),
        "pin-wrong": m.EnterPin(wrong=True),
        "maintenance": m.Maintenance(self_test()),
    }


def _failed(reason: Fault) -> PrintOutcome:
    return PrintOutcome(PrintResult.FAILED, reason)

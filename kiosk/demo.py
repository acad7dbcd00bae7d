"""The demonstration centre on Tuesday, 24 November 2026, 10:31: for pictures and tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from config.load import load_settings
from config.settings import Settings
from drivers.printer import PrintOutcome, PrintResult
from kiosk import model as m
from kiosk.flow import begin
from kiosk.model import Model
from messaging.messages import (
    CatalogueState,
    InstitutionView,
    RefusalView,
    ServiceView,
    SituationView,
    TicketView,
    WaitView,
)
from queue_core.centre import Centre, Institution
from queue_core.life import Status
from queue_core.model import Kind
from queue_core.refusals import RefusalCode

NOW = datetime(2026, 11, 24, 10, 31, tzinfo=ZoneInfo("Europe/Riga"))
SITE = Path(config.__file__).parent / "sites" / "demo" / "site.toml"


def settings() -> Settings:
    """The demonstration site."""
    return load_settings([SITE], {})


def catalogue(centre: Centre, now: datetime = NOW) -> CatalogueState:
    """What the queue module would publish for this centre at this moment."""
    return CatalogueState(
        sequence=1,
        at=now,
        name=dict(centre.name),
        timezone=str(centre.timezone),
        languages=centre.languages,
        institutions=tuple(_offered(centre, each, now) for each in centre.institutions.values()),
        situations=tuple(
            SituationView(id=each.id, name=dict(each.name), services=each.services)
            for each in centre.situations
        ),
        computer_service=centre.computer_service,
        waiting_place=dict(centre.waiting_place),
    )


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


def models(language: str) -> Mapping[str, Model]:
    """Every screen by name, in one language."""
    offered = catalogue(settings().to_centre())
    empty = replace(begin(settings(), 0.0, NOW), language=language)
    calm = replace(empty, catalogue=offered, connected=True)
    evening = NOW.replace(hour=19)
    night = replace(calm, now=evening, catalogue=catalogue(settings().to_centre(), evening))
    closed = next(each for each in offered.institutions if not each.open)
    early = slot_ticket(language, NOW.replace(minute=40), WaitView(low=5, high=15))
    on_time = slot_ticket(language, NOW.replace(minute=30), WaitView(low=0, high=5))
    late = slot_ticket(language, NOW.replace(minute=10), WaitView(low=15, high=30), late=True)
    used = RefusalView(code=RefusalCode.BOOKING_USED, facts={"number": "K 001"})
    screens: Mapping[str, m.Screen] = {
        "start": m.Start(),
        "institutions": m.Institutions(),
        "services": m.Services("vsaa"),
        "services-municipality": m.Services("novads"),
        "show-code": m.ShowCode(),
        "working": m.Working(m.Start()),
        "ticket-printing": m.TicketReady(ticket(language)),
        "ticket": m.TicketReady(ticket(language), PrintOutcome(PrintResult.PRINTED)),
        "ticket-early": m.TicketReady(early, PrintOutcome(PrintResult.PRINTED)),
        "ticket-on-time": m.TicketReady(on_time, PrintOutcome(PrintResult.PRINTED)),
        "ticket-late": m.TicketReady(late, PrintOutcome(PrintResult.PRINTED)),
        "ticket-late-no-paper": m.TicketReady(late, PrintOutcome(PrintResult.FAILED, "paper_out")),
        "ticket-no-paper": m.TicketReady(
            ticket(language), PrintOutcome(PrintResult.FAILED, "paper_out")
        ),
        "closed-institution": m.Message(closed, m.Institutions()),
        "refused": m.Message(used, m.ShowCode()),
        "foreign-code": m.Message(m.Notice.FOREIGN_CODE, m.Start()),
        "no-reply": m.Message(m.Notice.NO_REPLY, m.Start()),
        "fail-safe": m.FailSafe(),
    }
    present = {name: replace(calm, screen=each) for name, each in screens.items()}
    patience = calm.settings.kiosk.idle_seconds
    return present | {
        "starting": empty,
        "no-connection": replace(calm, connected=False),
        "closed": night,
        "still-here": replace(present["institutions"], seconds=patience - 1.0),
    }


def _offered(centre: Centre, place: Institution, now: datetime) -> InstitutionView:
    local = centre.local(now)
    is_open = place.hours.open_at(local)
    return InstitutionView(
        id=place.id,
        name=dict(place.name),
        hint=dict(place.hint),
        open=is_open,
        opens_at=None if is_open else place.hours.next_opening(local),
        services=tuple(
            ServiceView(
                id=each.id,
                name=dict(each.name),
                walk_in=each.walk_in,
                e_service=each.e_service,
                address=each.address,
            )
            for each in centre.services.values()
            if each.institution == place.id
        ),
    )

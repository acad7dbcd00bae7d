"""A ticket as it goes on paper, in the visitor's language. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import texts
from drivers.printer import TicketPaper
from messaging.appointments import PrintPaper
from messaging.booking_code import qr_text, spaced, ticket_qr
from messaging.messages import CatalogueState, TicketView
from texts import Language, sentences

ABOUT = timedelta(minutes=15)
"""Who may be called later than this after the slot's start is told a wait, not a time of day."""


def ticket_paper(
    ticket: TicketView,
    catalogue: CatalogueState,
    now: datetime,
    *,
    site: str,
    page: str = "",
    copy: bool = False,
) -> TicketPaper:
    """What is printed for this ticket at the aware moment `now`; a `copy` says that it is one.
    `page`: where phones open it, if they can."""
    language = texts.language(ticket.language)
    zone = ZoneInfo(catalogue.timezone)
    local = now.astimezone(zone)
    place = language.pick(catalogue.waiting_place)
    return TicketPaper(
        centre=language.pick(catalogue.name),
        heading=language.text("Your number"),
        number=ticket.number,
        service=service_name(ticket.service, catalogue, language),
        lines=(*ticket_lines(ticket, zone, language), *filter(None, [place])),
        qr=ticket_qr(site, ticket.id, page),
        qr_note=_code_is_for(page, language),
        printed_at=_printed_at(local, zone, language, copy=copy),
    )


def confirmation_paper(
    asked: PrintPaper, code: str, catalogue: CatalogueState, now: datetime, *, site: str
) -> TicketPaper:
    """What a visitor takes home of an appointment, printed at the aware moment `now`."""
    language, zone = texts.language(asked.language), ZoneInfo(catalogue.timezone)
    local, begins = now.astimezone(zone), asked.starts_at.astimezone(zone)
    return TicketPaper(
        centre=language.pick(catalogue.name),
        heading=language.text("Your appointment"),
        number=language.clock(begins, zone),
        service="",
        lines=(
            language.day(begins.date()),
            service_name(asked.service, catalogue, language),
            language.text("Bring this paper. When you come, hold its code to the kiosk's scanner."),
            language.text("Code: {code}", code=spaced(code)),
        ),
        qr=qr_text(site, code),
        qr_note=language.text("If it cannot be read, type the code's letters and digits."),
        printed_at=_printed_at(local, zone, language),
    )


def trial_paper(centre: str, now: datetime, zone: ZoneInfo, language: Language) -> TicketPaper:
    """What a technician prints: nobody's number, and every Latvian letter."""
    local = now.astimezone(zone)
    return TicketPaper(
        centre=centre,
        heading=language.text("Trial print"),
        number="000",
        service="",
        lines=("ĀČĒĢĪĶĻŅŠŪŽ āčēģīķļņšūž",),
        qr="RINDA",
        qr_note="",
        printed_at=f"{language.day(local.date())}, {language.clock(local, zone)}",
    )


def service_name(identifier: str, catalogue: CatalogueState, language: Language) -> str:
    """The service in plain words; empty when the catalogue no longer has it."""
    services = (each for place in catalogue.institutions for each in place.services)
    found = next((each for each in services if each.id == identifier), None)
    return language.pick(found.name) if found else ""


def ticket_lines(ticket: TicketView, zone: ZoneInfo, language: Language) -> list[str]:
    """When the visitor's turn comes, the appointment, and how one is called: the same on paper
    and on the screen."""
    called = language.text("Your number will be called on the board and by voice.")
    if ticket.slot_starts_at is None:
        return [_wait(ticket, language), called]
    return [*_appointment(ticket, ticket.slot_starts_at, zone, language), called]


def _printed_at(local: datetime, zone: ZoneInfo, language: Language, *, copy: bool = False) -> str:
    printed = language.text("Copy") if copy else language.text("Printed")
    return f"{printed}: {language.day(local.date())}, {language.clock(local, zone)}"


def _code_is_for(page: str, language: Language) -> str:
    if page:
        return language.text("See your turn on your phone: point its camera at this code.")
    return language.text(
        "Show this code to the kiosk to see how long is left, or to rate the service."
    )


def _appointment(
    ticket: TicketView, slot: datetime, zone: ZoneInfo, language: Language
) -> tuple[str, str]:
    hour = language.clock(slot, zone)
    if ticket.late:
        return _wait(ticket, language), language.text(
            "Your appointment time has passed. Your number is valid in the general queue."
        )
    if _begins_in_time(ticket, slot):
        return (
            language.text("You will be called at about {hour}.", hour=hour),
            language.text("You are in good time. You may be called sooner."),
        )
    return _wait(ticket, language), language.text("Your appointment is at {hour}.", hour=hour)


def _begins_in_time(ticket: TicketView, slot: datetime) -> bool:
    """Whether the visitor came before the slot and is, as far as is known, called about then."""
    latest = ticket.arrived_at + timedelta(minutes=ticket.wait.high if ticket.wait else 0)
    return ticket.arrived_at < slot and latest <= slot + ABOUT


def _wait(ticket: TicketView, language: Language) -> str:
    """How long; where that is unknown, how many people."""
    if ticket.wait is None:
        return sentences.ahead(language, ticket.ahead)
    return sentences.will_wait(language, ticket.wait.low, ticket.wait.high)

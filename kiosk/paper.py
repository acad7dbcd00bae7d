"""A ticket as it goes on paper, in the visitor's language. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

import texts
from drivers.printer import TicketPaper
from messaging.messages import CatalogueState, TicketView
from texts import Language


def ticket_paper(ticket: TicketView, catalogue: CatalogueState, now: datetime) -> TicketPaper:
    """What is printed for this ticket at the aware moment `now`."""
    language = texts.language(ticket.language)
    zone = ZoneInfo(catalogue.timezone)
    local = now.astimezone(zone)
    return TicketPaper(
        centre=language.pick(catalogue.name),
        number=ticket.number,
        service=service_name(ticket.service, catalogue, language),
        lines=tuple(ticket_lines(ticket, zone, language)),
        printed_at=f"{language.day(local.date())}, {language.clock(local, zone)}",
        qr=None,
    )


def service_name(identifier: str, catalogue: CatalogueState, language: Language) -> str:
    """The service in plain words; empty when the catalogue no longer has it."""
    services = (each for place in catalogue.institutions for each in place.services)
    found = next((each for each in services if each.id == identifier), None)
    return language.pick(found.name) if found else ""


def ticket_lines(ticket: TicketView, zone: ZoneInfo, language: Language) -> list[str]:
    """Appointment, who is ahead, and what happens next: the same on paper and on the screen."""
    lines = []
    if ticket.slot_starts_at:
        hour = language.clock(ticket.slot_starts_at, zone)
        lines.append(language.text("Your appointment is at {hour}.", hour=hour))
    if ticket.late:
        lines.append(language.text("Its time has passed; you will be called as soon as possible."))
    lines.append(_ahead(ticket.ahead, language))
    lines.append(language.text("Your number will be called on the board and by voice."))
    return lines


def _ahead(count: int, language: Language) -> str:
    if count == 0:
        return language.text("Nobody is waiting before you.")
    return language.plural(
        "{count} person is waiting before you.", "{count} people are waiting before you.", count
    )

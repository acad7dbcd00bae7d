"""The pages and their regions as HTML, drawn by Jinja2 from `view`."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError

from config.changes import with_gone, with_tables
from config.load import ConfigError
from config.settings import Settings
from desk.periods import Period
from desk.sessions import Session
from desk.view import View
from messaging.messages import DeskTicket, SettingsState
from queue_core.centre import Centre
from texts import Language, sentences
from texts import language as named

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent

ROWS_KEPT = 2000
"""Of those who wait: drawn once, and again when anything in the row changes."""

REGIONS = (
    "help",
    "problems",
    "counter",
    "now",
    "done",
    "counters",
    "waiting",
    "aside",
    "slots",
    "day",
)
"""Blocks of page.html that are sent again when they change."""


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What the sign-in page starts with."""

    staff: str = ""
    counter: str = ""
    message: str = ""


class Pages:
    """Draws everything a browser gets."""

    def __init__(
        self, settings: Settings, told: Callable[[], SettingsState | None] = lambda: None
    ) -> None:
        self.zone = ZoneInfo(settings.site.timezone)
        self.books = bool(settings.schedule)
        self._own, self._told = settings, told
        self._known: SettingsState | None = None
        self._centre = self._ever = settings.to_centre()
        self._staff = [each.id for each in settings.staff]
        templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = templates.get_template("page.html")
        self._row_of = templates.get_template("row.html")
        self._drawn_row = lru_cache(ROWS_KEPT)(self._draw_row)
        self._settings = templates.get_template("settings.html")
        self._sign_in = templates.get_template("sign_in.html")
        self._figures = templates.get_template("figures.html")
        self._bookings = templates.get_template("bookings.html")
        self._units = templates.get_template("units.html")

    @property
    def centre(self) -> Centre:
        """As it is now: the site file, and what leads have changed of it."""
        self._renew()
        return self._centre

    @property
    def ever(self) -> Centre:
        """With the services and counters that were there once, too, which the past names."""
        self._renew()
        return self._ever

    @property
    def institutions(self) -> dict[str, str]:
        """Service → its institution, also of what was there once."""
        return {each.id: each.institution for each in self.ever.services.values()}

    @property
    def version(self) -> int:
        """The number of the lead's last change; 0 before the first."""
        told = self._told()
        return told.versions[0].number if told and told.versions else 0

    def _renew(self) -> None:
        told = self._told()
        if told is None or told is self._known:
            return
        self._known = told
        try:
            settings = with_tables(self._own, told.tables)
            self._ever = with_gone(settings, told.gone).to_centre()
            self._centre = settings.to_centre()
            self._drawn_row.cache_clear()
        except (ConfigError, ValidationError):
            log.exception("the module's settings do not fit this unit's site file")

    def check(self, tables: Mapping[str, Any]) -> None:
        """Whether these could be the centre's settings. Raises ConfigError."""
        with_tables(self._own, tables)

    def names(self, language: Language) -> dict[str, str]:
        """What institutions and services are called, by id."""
        names = {each.id: each.name for each in self.ever.institutions.values()}
        names.update({each.id: each.name for each in self.ever.services.values()})
        return {name: language.pick(texts) for name, texts in names.items()}

    def settings(self, language: Language, session: Session, facts: Mapping[str, Any]) -> str:
        """The page of what a lead may change."""
        known = {**self._words(language), "session": session, "message": ""}
        return self._settings.render({**known, **facts})

    def units(self, language: Language, session: Session, facts: Mapping[str, Any]) -> str:
        """The page of the centre's units."""
        return self._units.render({**self._words(language), "session": session, **facts})

    def sign_in(self, language: Language, form: SignInForm) -> str:
        """The page before signing in."""
        return self._sign_in.render(self._words(language), staff=self._staff, form=form)

    def page(self, language: Language, session: Session, view: View) -> str:
        """The whole page of a signed-in person."""
        return self._page.render(self._facts(language, session, view))

    def regions(self, language: Language, session: Session, view: View) -> dict[str, str]:
        """The parts of the page that change, by name."""
        known = self._page.new_context(self._facts(language, session, view))
        return {name: "".join(self._page.blocks[name](known)) for name in REGIONS}

    def figures(
        self, language: Language, period: Period, sections: Sequence[object], message: str
    ) -> str:
        """The page of figures: its sections, or why there are none."""
        return self._figures.render(
            self._words(language),
            period=period,
            periods=_periods(language),
            files=_files(language),
            sections=sections,
            message=message,
        )

    def institution(self, language: Language, name: str) -> str:
        """What it is called. One may have left the settings, and is known by its id."""
        known = self.centre.institutions.get(name)
        return language.pick(known.name) if known else name or "–"

    def service(self, language: Language, name: str) -> str:
        """What it is called. One may have left the site file while a ticket for it still waits."""
        known = self.ever.services.get(name)
        return language.pick(known.name) if known else name

    def counter(self, language: Language, name: str) -> str:
        """What it is called."""
        known = self.ever.counters.get(name)
        return language.pick(known.name) if known else name

    def bookings(
        self,
        language: Language,
        session: Session,
        seen: Any,
        services: Mapping[str, Mapping[str, str]],
        came: Mapping[str, str],
    ) -> str:
        """A page of appointments; `services` by schedule, `came`: booking → number of today."""
        return self._bookings.render(
            self._words(language),
            session=session,
            seen=seen,
            services=services,
            came=came,
            date=lambda day: f"{day.day}.{day.month}.",
            one_day=timedelta(days=1),
            past=lambda what: sentences.past(language, what),
        )

    def clock(self, moment: datetime) -> str:
        """Time of day with seconds, e.g. ``10:41:03``."""
        return moment.astimezone(self.zone).strftime("%H:%M:%S")

    def _facts(self, language: Language, session: Session, view: View) -> dict[str, Any]:
        def row(ticket: DeskTicket) -> str:
            return self._drawn_row(
                language,
                ticket,
                view.waited(ticket),
                overdue=ticket.due_at < view.now,
                may_call="call_ticket" in session.orders and view.can_call(ticket),
                may_prioritise="prioritise" in session.orders and view.can_prioritise(ticket),
            )

        return {**self._words(language), "session": session, "view": view, "row": row}

    def _draw_row(self, language: Language, ticket: DeskTicket, waited: int, **shown: bool) -> str:
        """Who waits, for everybody to whom that row looks the same."""
        facts = {**self._words(language), "ticket": ticket, "waited": waited, **shown}
        return self._row_of.render(facts)

    def _words(self, language: Language) -> dict[str, Any]:
        return {
            "books": self.books,
            "centre": self.centre,
            "clock": lambda moment: language.clock(moment, self.zone),
            "day": lambda moment: language.day(moment.astimezone(self.zone).date()),
            "exact_clock": self.clock,
            "language": language,
            "language_name": lambda code: named(code).text("English"),
            "number": language.number,
            "pick": language.pick,
            "plural": language.plural,
            "reason": lambda t: sentences.reason(language, t.call.reason, t.number, self.zone),
            "service": lambda name: self.service(language, name),
            "text": language.text,
        }


def _periods(language: Language) -> Sequence[tuple[str, str]]:
    return (
        ("today", language.text("Today")),
        ("week", language.text("This week")),
        ("month", language.text("This month")),
        ("last_month", language.text("Last month")),
        ("year", language.text("This year")),
    )


def _files(language: Language) -> Sequence[tuple[str, str]]:
    return (
        ("figures.xlsx", language.text("All tables for Excel (XLSX)")),
        ("figures.json", language.text("All tables for programs (JSON)")),
        ("visits.csv", language.text("Visits (CSV)")),
        ("work.csv", language.text("Services given (CSV)")),
        ("counters.csv", language.text("Counters (CSV)")),
        ("accounting.csv", language.text("For the accounting of services (CSV)")),
    )

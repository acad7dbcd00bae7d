"""The pages and their regions as HTML, drawn by Jinja2 from `view`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.settings import Settings
from desk.periods import Period
from desk.sessions import Session
from desk.view import View
from texts import Language, sentences
from texts import language as named

FOLDER = Path(__file__).parent

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

    def __init__(self, settings: Settings) -> None:
        self.zone = ZoneInfo(settings.site.timezone)
        self.centre = settings.to_centre()
        self._staff = [each.id for each in settings.staff]
        templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = templates.get_template("page.html")
        self._sign_in = templates.get_template("sign_in.html")
        self._figures = templates.get_template("figures.html")
        self._bookings = templates.get_template("bookings.html")
        self._books = bool(settings.schedule)

    def sign_in(self, language: Language, form: SignInForm) -> str:
        """The page before signing in."""
        return self._sign_in.render(self._words(language), staff=self._staff, form=form)

    def page(self, language: Language, session: Session, view: View) -> str:
        """The whole page of a signed-in person."""
        return self._page.render(self._words(language), session=session, view=view)

    def regions(self, language: Language, session: Session, view: View) -> dict[str, str]:
        """The parts of the page that change, by name."""
        facts = {**self._words(language), "session": session, "view": view}
        return {
            name: "".join(self._page.blocks[name](self._page.new_context(facts)))
            for name in REGIONS
        }

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
        """What it is called. One may have left the settings while a ticket for it still waits."""
        known = self.centre.services.get(name)
        return language.pick(known.name) if known else name

    def counter(self, language: Language, name: str) -> str:
        """What it is called."""
        known = self.centre.counters.get(name)
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
        )

    def clock(self, moment: datetime) -> str:
        """Time of day with seconds, e.g. ``10:41:03``."""
        return moment.astimezone(self.zone).strftime("%H:%M:%S")

    def _words(self, language: Language) -> dict[str, Any]:
        return {
            "books": self._books,
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

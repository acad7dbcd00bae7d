"""The pages and their regions as HTML, drawn by Jinja2 from `view`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.settings import Settings
from desk.sessions import Session
from desk.view import View
from queue_core.centre import Centre
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
        self._centre = settings.to_centre()
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

    def clock(self, moment: datetime) -> str:
        """Time of day with seconds, e.g. ``10:41:03``."""
        return moment.astimezone(self.zone).strftime("%H:%M:%S")

    def _words(self, language: Language) -> dict[str, Any]:
        return {
            "centre": self._centre,
            "clock": lambda moment: language.clock(moment, self.zone),
            "day": lambda moment: language.day(moment.astimezone(self.zone).date()),
            "exact_clock": self.clock,
            "language": language,
            "language_name": lambda code: named(code).text("English"),
            "number": language.number,
            "pick": language.pick,
            "plural": language.plural,
            "reason": lambda t: sentences.reason(language, t.call.reason, t.number, self.zone),
            "service": lambda name: _service(self._centre, language, name),
            "text": language.text,
        }


def _service(centre: Centre, language: Language, name: str) -> str:
    # A service may have left the settings while a ticket for it still waits.
    return language.pick(centre.services[name].name) if name in centre.services else name

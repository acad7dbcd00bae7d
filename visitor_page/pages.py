"""The pages as HTML, drawn by Jinja2."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.settings import Settings
from messaging.messages import BoardCall, TicketView
from texts import Language
from texts import language as named
from visitor_page.view import View, view

FOLDER = Path(__file__).parent
SCORES = range(1, 11)

REGIONS = ("place", "leave")
"""Blocks of page.html that are sent again when they change."""


class Pages:
    """Draws everything a phone gets."""

    def __init__(self, settings: Settings) -> None:
        self._site, self._zone = settings.site, ZoneInfo(settings.site.timezone)
        templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = templates.get_template("page.html")
        self._nothing = templates.get_template("nothing.html")

    def view(self, ticket: TicketView, call: BoardCall | None, language: Language) -> View:
        """What a phone shows of its ticket."""
        return view(ticket, call, language.pick(self._site.waiting_place), self._zone, language)

    def page(
        self, ticket: str, view: View, language: Language, *, news: datetime | None, message: str
    ) -> str:
        """The page of a ticket. `news`: since when nothing was heard; None where all is well."""
        facts = self._facts(ticket, view, language)
        return self._page.render(facts, news=news and self.clock(news), message=message)

    def regions(self, ticket: str, view: View, language: Language) -> dict[str, str]:
        """The parts of the page that change, by name."""
        context = self._page.new_context(self._facts(ticket, view, language))
        return {name: "".join(self._page.blocks[name](context)) for name in REGIONS}

    def nothing(self, language: Language, heading: str, lines: Sequence[str]) -> str:
        """A page without a ticket."""
        return self._nothing.render(self._words(language), heading=heading, lines=lines)

    def clock(self, moment: datetime) -> str:
        """Time of day with seconds, e.g. ``10:41:03``."""
        return moment.astimezone(self._zone).strftime("%H:%M:%S")

    def _facts(self, ticket: str, view: View, language: Language) -> dict[str, Any]:
        path = f"/{ticket}"
        return {**self._words(language), "path": path, "view": view, "scores": SCORES}

    def _words(self, language: Language) -> dict[str, Any]:
        return {
            "centre": language.pick(self._site.name),
            "language": language,
            "languages": self._site.languages,
            "language_name": lambda code: named(code).text("English"),
            "text": language.text,
        }

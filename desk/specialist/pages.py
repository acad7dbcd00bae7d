"""The page and its regions as HTML, drawn by Jinja2 from `view`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.specialist import SpecialistSettings
from desk.pages import FOLDER, SignInForm
from desk.sessions import Session
from desk.specialist.rooms import Room
from desk.specialist.view import View
from messaging.messages import DeskTicket
from queue_core.centre import Centre
from texts import Language, sentences
from texts import language as named

OWN_FOLDER = Path(__file__).parent

REGIONS = ("problems", "counter", "now", "rooms", "visitors")
"""Blocks of specialist.html that are sent again when they change."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """What stands where a desk's pages have their centre: no one centre's counters and services."""

    name: Mapping[str, str]
    languages: Sequence[str]
    counters: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)


class Pages:
    """Draws everything a browser gets."""

    def __init__(self, settings: SpecialistSettings, rooms: Sequence[Room]) -> None:
        self._rooms = {each.id: each for each in rooms}
        self._heading = _Heading(settings.specialist.name, settings.specialist.languages)
        self._staff = [each.id for each in settings.staff]
        templates = Environment(
            loader=FileSystemLoader([OWN_FOLDER, FOLDER]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = templates.get_template("specialist.html")
        self._services = templates.get_template("services.html")
        self._sign_in = templates.get_template("sign_in.html")

    def sign_in(self, language: Language, form: SignInForm) -> str:
        """The page before signing in."""
        return self._sign_in.render(self._words(language), staff=self._staff, form=form)

    def page(self, language: Language, session: Session, view: View) -> str:
        """The whole page of a signed-in person."""
        return self._page.render(self._facts(language, session, view))

    def regions(self, language: Language, session: Session, view: View) -> dict[str, str]:
        """The parts of the page that change, by name."""
        facts = self._facts(language, session, view)
        blocks = {
            name: "".join(self._page.blocks[name](self._page.new_context(facts)))
            for name in REGIONS
        }
        return {**blocks, "services": self._given(facts, view)}

    def clock(self, centre: str, moment: datetime) -> str:
        """Time of day there with seconds, e.g. ``10:41:03``."""
        return moment.astimezone(self._rooms[centre].zone).strftime("%H:%M:%S")

    def _given(self, facts: Mapping[str, Any], view: View) -> str:
        """What may have been done for the visitor who is in a room: what that centre offers."""
        centre = self._centre(view)
        return self._services.render({**facts, "centre": centre}) if centre else ""

    def _centre(self, view: View) -> Centre | None:
        return self._rooms[view.busy.centre].centre if view.busy else None

    def _facts(self, language: Language, session: Session, view: View) -> dict[str, Any]:
        return {
            **self._words(language),
            "session": session,
            "view": view,
            **self._now(language, view),
        }

    def _now(self, language: Language, view: View) -> dict[str, Any]:
        """Words for the room with the visitor."""
        if view.busy is None:
            return {}
        room = self._rooms[view.busy.centre]

        def reason(ticket: DeskTicket) -> str:
            assert ticket.call
            return sentences.reason(language, ticket.call.reason, ticket.number, room.zone)

        return {"reason": reason, "exact_clock": lambda moment: self.clock(room.id, moment)}

    def _words(self, language: Language) -> dict[str, Any]:
        def clock(centre: str, moment: datetime) -> str:
            return language.clock(moment, self._rooms[centre].zone)

        def where(centre: str) -> str:
            return language.pick(self._rooms[centre].centre.name)

        def sign(centre: str) -> str:
            room = self._rooms[centre]
            known = room.centre.counters.get(room.counter)
            return language.pick(known.name) if known else room.counter

        def service(centre: str, name: str) -> str:
            known = self._rooms[centre].centre.services.get(name)
            return language.pick(known.name) if known else name

        return {
            "centre": self._heading,
            "clock": clock,
            "language": language,
            "language_name": lambda code: named(code).text("English"),
            "pick": language.pick,
            "plural": language.plural,
            "room_name": sign,
            "service": service,
            "text": language.text,
            "where": where,
        }

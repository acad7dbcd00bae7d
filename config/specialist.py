"""Settings of a remote specialist's desk: the centres where visitors sit, and its own page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.check import LOOPBACK, repeated
from config.lines import Path as KeyPath
from config.load import ConfigError, Problem, load, load_settings
from config.programs import BrokerSettings, UnitSettings
from config.settings import Settings, StaffSettings
from config.values import Identifier, LanguageCode, Port, Section, TextsByLanguage


class PageSettings(Section):
    """The page. `name`: what stands over it, e.g. the institution and what is done here. `tls`: the
    folder with `page.pem` and `page-key.pem`, as `rinda page` makes them; "": none, and only
    browsers on this very machine reach it.
    """

    name: TextsByLanguage
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)] = ("lv", "en")
    host: str = "127.0.0.1"
    port: Port = 8085
    tls: str = ""
    sign_out_minutes: Annotated[int, Field(ge=5, le=720)] = 90


class PlaceSettings(Section):
    """A centre where visitors sit. `site`: a copy of the centre's site file, beside this one.
    `room`: its counter for them, one with `remote = true`; `services`: those of the room's that are
    for this desk, where other specialists use it too; empty: all. `unit`: this desk's MQTT identity
    there, whose role is desk; `broker`: as units of that centre have it.
    """

    site: Annotated[str, Field(min_length=1)]
    room: Identifier
    services: tuple[Identifier, ...] = ()
    unit: Identifier
    broker: BrokerSettings


class SpecialistSettings(Section):
    """All settings of a specialist's desk. `[[staff]]` is as in a site file."""

    specialist: PageSettings
    staff: tuple[StaffSettings, ...] = ()
    centre: Annotated[tuple[PlaceSettings, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Place:
    """A centre as this desk reaches it: its settings, with the desk's own `unit` and `broker`."""

    settings: Settings
    room: str
    services: frozenset[str]


def load_specialist(
    file: Path, environment: Mapping[str, str]
) -> tuple[SpecialistSettings, tuple[Place, ...]]:
    """The desk and its centres, in the file's order. Raises ConfigError with all mistakes, of this
    file and of the centres' files."""
    places: list[Place] = []
    problems: list[Problem] = []

    def further(given: SpecialistSettings) -> Iterator[tuple[KeyPath, str]]:
        yield from _contradictions(given)
        for position, each in enumerate(given.centre):
            try:
                site = load_settings([file.parent / each.site], {})
            except ConfigError as error:
                problems.extend(error.problems)
                continue
            if any(known.settings.site.id == site.site.id for known in places):
                yield ("centre", position, "site"), f"{site.site.id!r} is used twice"
            yield from (
                ((("centre", position, *key)), words) for key, words in _of_room(each, site)
            )
            places.append(_place(each, site))

    try:
        settings = load(SpecialistSettings, [file], environment, further)
    except ConfigError as error:
        raise ConfigError([*error.problems, *problems]) from None
    if problems:
        raise ConfigError(problems)
    return settings, tuple(places)


def _contradictions(given: SpecialistSettings) -> Iterator[tuple[KeyPath, str]]:
    yield from repeated("staff", given.staff)
    page = given.specialist
    if len(set(page.languages)) < len(page.languages):
        yield ("specialist", "languages"), "names a language twice"
    for language in page.languages:
        if language not in page.name:
            yield ("specialist", "name"), f"has no text in language {language!r}"
    if page.host not in LOOPBACK and not page.tls:
        words = "lets others reach the page, so it needs specialist.tls: see `rinda page`"
        yield ("specialist", "host"), words


def _of_room(given: PlaceSettings, site: Settings) -> Iterator[tuple[KeyPath, str]]:
    room = site.to_centre().counters.get(given.room)
    if room is None:
        yield ("room",), f"there is no counter {given.room!r} in {given.site}"
        return
    if not room.remote:
        yield ("room",), f"{given.room!r} is no room for remote consultations in {given.site}"
    for name in given.services:
        if name not in room.serves:
            yield ("services",), f"the room does not serve {name!r}"


def _place(given: PlaceSettings, site: Settings) -> Place:
    own = {"unit": UnitSettings(id=given.unit), "broker": given.broker}
    return Place(site.model_copy(update=own), given.room, frozenset(given.services))

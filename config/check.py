"""What the tables of the settings say of each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from config.lines import Path
from config.phrase import Phrase, phrase, source
from config.settings import BookingsFile, Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
KEPT_NAMES = frozenset({"authority", "broker", "key", "page", "page-key", "renewal"})
"""No unit is called so."""

_NEEDS_TLS = phrase("lets others reach the page, so it needs desk.tls: see `rinda page`")


def contradictions(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Key path and message of each contradiction."""
    for table in (
        "institution",
        "service",
        "situation",
        "counter",
        "schedule",
        "staff",
        "identity",
    ):
        yield from repeated(table, getattr(settings, table))
    yield from _missing_texts(settings)
    if len(set(settings.site.languages)) < len(settings.site.languages):
        yield ("site", "languages"), phrase("names a language twice")
    if settings.kiosk.printer.kind == "network" and not settings.kiosk.printer.host:
        yield ("kiosk", "printer", "host"), phrase("is missing: a network printer has one")
    if settings.desk.host not in LOOPBACK and not settings.desk.tls:
        yield ("desk", "host"), _NEEDS_TLS
    institutions = {each.id for each in settings.institution}
    services = {each.id for each in settings.service}
    yield from _hours(settings, institutions)
    yield from _schedules(settings, services)
    for position, service in enumerate(settings.service):
        if service.institution not in institutions:
            yield (
                ("service", position, "institution"),
                _no("institution", service.institution),
            )
    for position, situation in enumerate(settings.situation):
        for name in situation.services:
            if name not in services:
                yield ("situation", position, "services"), _no("service", name)
    computer = settings.site.computer_service
    if computer and computer not in {each.id for each in settings.service if each.walk_in}:
        yield (
            ("site", "computer_service"),
            phrase("there is no service without appointment {name}", name=repr(computer)),
        )
    for position, counter in enumerate(settings.counter):
        for name in counter.serves:
            if name not in services | institutions:
                yield (
                    ("counter", position, "serves"),
                    phrase("there is no service or institution {name}", name=repr(name)),
                )
    for position, identity in enumerate(settings.identity):
        if identity.id in KEPT_NAMES or identity.id.endswith(("-self-test", "-machine")):
            yield (
                ("identity", position, "id"),
                phrase("{name} is kept for Rinda itself", name=repr(identity.id)),
            )
    counters = {each.id for each in settings.counter}
    for position, name in enumerate(settings.bridge.counters):
        if name not in counters:
            yield ("bridge", "counters", position), _no("counter", name)


def _hours(settings: Settings, institutions: set[str]) -> Iterator[tuple[Path, str]]:
    for position, institution in enumerate(settings.institution):
        if not {"hours", "hours_by_rule"} & institution.model_fields_set:
            yield ("institution", position, "hours"), phrase("is missing")
    for position, notice in enumerate(settings.notice):
        if notice.first_day and notice.last_day and notice.last_day < notice.first_day:
            yield (
                ("notice", position, "last_day"),
                phrase("the last day must not be before the first"),
            )
    for position, exception in enumerate(settings.exception):
        if exception.institution not in institutions | {""}:
            message = _no("institution", exception.institution)
            yield ("exception", position, "institution"), message


def _schedules(settings: Settings, services: set[str]) -> Iterator[tuple[Path, str]]:
    counters = {each.id for each in settings.counter}
    shared = Counter(
        who
        for each in settings.schedule
        for centre in each.centres or (settings.site.id,)
        for who in each.who(centre)
    )
    for position, schedule in enumerate(settings.schedule):
        path: Path = ("schedule", position)
        yield from (((*path, *key), message) for key, message in schedule.mistakes())
        if schedule.service not in services:
            yield (*path, "service"), _no("service", schedule.service)
        if schedule.counter and not schedule.centres and schedule.counter not in counters:
            yield (*path, "counter"), _no("counter", schedule.counter)
        busy = (who for c in schedule.centres or (settings.site.id,) for who in schedule.who(c))
        if schedule.capacity > 1 and any(
            shared[who] > len(schedule.centres or "1") for who in busy
        ):
            message = "of several is for who or what belongs to no other schedule"
            yield (*path, "capacity"), message


def repeated(table: str, entries: Sequence[Any]) -> Iterator[tuple[Path, str]]:
    """The ids of a table that stand twice."""
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        if entry.id in seen:
            yield (table, position, "id"), phrase("{name} is used twice", name=repr(entry.id))
        seen.add(entry.id)


def booking_contradictions(
    settings: Settings, bookings: BookingsFile
) -> Iterator[tuple[Path, str]]:
    """The same of a bookings file, against itself and the settings. Codes are not repeated."""
    services = {each.id for each in settings.service}
    codes: set[str] = set()
    for position, entry in enumerate(bookings.booking):
        if entry.service not in services:
            yield ("booking", position, "service"), _no("service", entry.service)
        if entry.code in codes:
            yield ("booking", position, "code"), phrase("is used twice")
        codes.add(entry.code)


def _missing_texts(settings: Settings) -> Iterator[tuple[Path, str]]:
    texts: list[tuple[Path, dict[str, str]]] = [(("site", "name"), settings.site.name)]
    optional = {
        ("site", "waiting_place"): settings.site.waiting_place,
        ("unit", "name"): settings.unit.name,
    }
    texts += [(path, given) for path, given in optional.items() if given]
    for table, keys in (
        ("institution", ("name", "hint")),
        ("service", ("name",)),
        ("situation", ("name",)),
        ("notice", ("text",)),
        ("counter", ("name",)),
    ):
        for position, entry in enumerate(getattr(settings, table)):
            texts += [((table, position, key), getattr(entry, key)) for key in keys]
    texts += [
        (("counter", position, "spoken"), counter.spoken)
        for position, counter in enumerate(settings.counter)
        if counter.spoken or not counter.sign.isdecimal()
    ]
    for path, by_language in texts:
        for language in settings.site.languages:
            if language not in by_language:
                yield path, phrase("has no text in language {name}", name=repr(language))


def _no(table: str, name: str) -> Phrase:
    sources = {
        "institution": source("there is no institution {name}"),
        "service": source("there is no service {name}"),
        "counter": source("there is no counter {name}"),
    }
    return phrase(sources[table], name=repr(name))

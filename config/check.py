"""What the tables of the settings say of each other."""

from collections.abc import Iterator, Sequence
from typing import Any

from config.lines import Path
from config.settings import Settings


def contradictions(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Key path and message of each contradiction."""
    for table in ("institution", "service", "counter", "staff"):
        yield from _repeated(table, getattr(settings, table))
    yield from _missing_texts(settings)
    institutions = {each.id for each in settings.institution}
    services = {each.id for each in settings.service}
    for position, service in enumerate(settings.service):
        if service.institution not in institutions:
            yield (
                ("service", position, "institution"),
                f"there is no institution {service.institution!r}",
            )
    for position, counter in enumerate(settings.counter):
        for name in counter.serves:
            if name not in services | institutions:
                yield (
                    ("counter", position, "serves"),
                    f"there is no service or institution {name!r}",
                )


def _repeated(table: str, entries: Sequence[Any]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        if entry.id in seen:
            yield (table, position, "id"), f"{entry.id!r} is used twice"
        seen.add(entry.id)


def _missing_texts(settings: Settings) -> Iterator[tuple[Path, str]]:
    texts: list[tuple[Path, dict[str, str]]] = [(("site", "name"), settings.site.name)]
    for table, keys in (
        ("institution", ("name", "hint")),
        ("service", ("name",)),
        ("counter", ("name", "spoken")),
    ):
        for position, entry in enumerate(getattr(settings, table)):
            texts += [((table, position, key), getattr(entry, key)) for key in keys]
    for path, by_language in texts:
        for language in settings.site.languages:
            if language not in by_language:
                yield path, f"has no text in language {language!r}"

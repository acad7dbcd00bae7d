"""The card file, `rinda.toml` on the FAT partition, as it is read on a unit."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.contradictions import contradictions, misplaced
from appliance.notepad import decoded, repaired
from appliance.tables import (
    HUBS,
    IDS,
    CardFile,
    CardSettings,
    EnrolSettings,
    HubCard,
    NetworkSettings,
    Role,
    UnitCard,
)
from config.lines import line_of
from config.load import ConfigError, Problem, Source, check, load_bookings, parse
from config.phrase import Phrase, phrase

FILE = "rinda.toml"
LONGEST = 250_000
"""Bytes: twenty times the settings of a large centre."""

LONGEST_LINE = 4_000
"""Letters."""

_TOO_LONG = phrase("is too long for a card file")
_NAMES = re.compile(r"rinda\.(toml|txt|toml\.txt)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. `settings`: those of its tables that a settings file may have; `bookings`:
    the centre's bookings file, which lies beside it; "" where there is none. `files`: all that it
    was read from."""

    unit: CardSettings
    network: NetworkSettings
    enrol: tuple[EnrolSettings, ...]
    settings: Source
    bookings: str = ""
    files: tuple[Path, ...] = ()


def find_card(folder: Path) -> Path | None:
    """The card file, also by the names that Notepad and FAT give it; none. Raises ConfigError where
    there are two."""
    found = sorted(each for each in folder.iterdir() if _NAMES.fullmatch(each.name))
    if len(found) > 1:
        raise _error(found[1], phrase("is there besides {other}: delete one", other=found[0].name))
    return found[0] if found else None


def read_card(file: Path) -> Card:
    """Raises ConfigError with all mistakes."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LONGEST + 1)
    except OSError as error:
        raise _error(file, phrase("cannot be read: {why}", why=error.strerror)) from None
    if len(content) > LONGEST:
        raise _error(file, _TOO_LONG)
    try:
        text = decoded(content)
    except UnicodeError:
        raise _error(file, phrase("is not text")) from None
    for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
        if len(line) > LONGEST_LINE:
            raise _error(file, _TOO_LONG, number)
    card, given = _read(parse(file.name, repaired(text), file.parent))
    return _with_bookings(replace(card, files=(file,)), given)


def card_of(source: Source) -> Card:
    """A card that was read, without what lies beside it. Raises ConfigError with all mistakes."""
    return _read(source)[0]


def _read(source: Source) -> tuple[Card, HubCard | UnitCard]:
    model = _model(source)
    misplaces = list(misplaced(source.values, model))
    strange = {table for table, _ in misplaces}
    problems = [
        Problem(source.name, line_of(source.lines, (table,)), table, words)
        for table, words in misplaces
    ]
    fitting = {name: each for name, each in source.values.items() if name not in strange}
    try:
        given = _checked(replace(source, values=fitting))
    except ConfigError as error:
        every = sorted([*problems, *error.problems], key=lambda each: each.line or 0)
        raise ConfigError(every) from None
    if problems:
        raise ConfigError(problems)
    rest = {name: each for name, each in fitting.items() if name not in CardFile.model_fields}
    enrol = given.enrol if isinstance(given, HubCard) else ()
    return Card(given.card, given.network, enrol, replace(source, values=rest)), given


def _with_bookings(card: Card, given: HubCard | UnitCard) -> Card:
    """Raises ConfigError with what is wrong there."""
    if not (isinstance(given, HubCard) and given.site.bookings_file):
        return card
    load_bookings(given)
    file = Path(given.site.bookings_file)
    return replace(card, bookings=file.read_text("utf-8-sig"), files=(*card.files, file))


def blank_card(role: Role, unit: str, hub: str = "") -> Card:
    """That of a unit whose role and id somebody typed, or its hub knew."""
    own = CardSettings(role=role, unit=unit, hub=hub)
    return Card(own, NetworkSettings(), (), Source(FILE, {}, {}))


def _model(source: Source) -> type[HubCard] | type[UnitCard]:
    """By the role; where there is no such role, by what stands there besides."""
    match source.values:
        case {"card": {"role": str(role)}} if role in IDS:
            return HubCard if role in HUBS else UnitCard
    return HubCard if "site" in source.values else UnitCard


def _checked(source: Source) -> HubCard | UnitCard:
    if _model(source) is HubCard:
        return check(HubCard, [source], contradictions)
    return check(UnitCard, [source], contradictions)


def _error(file: Path, words: Phrase, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(file.name, line, "", words)])

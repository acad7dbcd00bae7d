"""Cards from rows of a table: codes and secrets are made here, and the codes of a centre's units
stand in its hub's card too."""

import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from appliance.card import FILE, card_of
from appliance.card_rows import Row, column_of, rows_of
from appliance.card_text import merged, new_secret, text_of
from appliance.enrolment import new_code
from appliance.files import hashed
from appliance.notepad import decoded, repaired
from config.load import ConfigError, Problem, Source, parse
from config.phrase import phrase

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Made:
    """A card. `folder`: below that of all cards; `beside`: files that go into it as they are."""

    folder: Path
    text: str
    beside: tuple[Path, ...] = ()


def cards_of(file: Path, folder: Path) -> tuple[Made, ...]:
    """The cards of a table. Those that lie in `folder` from before keep their codes and secrets.
    Raises ConfigError with all mistakes, of the table by line and column, and of centres' files.
    """
    return cards_from(rows_of(file), file, folder)


def cards_from(rows: Sequence[Row], table: Path, folder: Path) -> tuple[Made, ...]:
    """The same of rows that were read; names of files are meant beside `table`."""
    cards = _Cards(table, folder)
    made = [each for group in _by_centre(rows) for each in cards.of_centre(group)]
    if cards.problems:
        raise ConfigError(sorted(cards.problems, key=lambda each: each.line or 0))
    return tuple(made)


class _Cards:
    """Made, while mistakes are gathered."""

    def __init__(self, table: Path, folder: Path) -> None:
        self._table, self._folder = table, folder
        self.problems: list[Problem] = []

    def of_centre(self, rows: Sequence[Row]) -> Iterator[Made]:
        """The cards of one centre."""
        hubs = [row for row in rows if row.is_hub]
        self._look(rows, hubs)
        codes = {row.unit: self._code(row, has_hub=bool(hubs)) for row in rows if not row.is_hub}
        for row in rows:
            yield self._hub(row, rows, codes) if row.is_hub else self._unit(row, codes[row.unit])

    def _look(self, rows: Sequence[Row], hubs: Sequence[Row]) -> None:
        for row in hubs[1:]:
            self._wrong(row, "role", phrase("is the second hub of this centre"))
        seen: set[str] = set()
        for row in rows:
            if row.unit in seen:
                self._wrong(row, "unit", phrase("{name} is used twice", name=repr(row.unit)))
            seen.add(row.unit)

    def _unit(self, row: Row, code: str) -> Made:
        tables = _with_pin(merged(row.tables, {"card": {"code": code}} if code else {}))
        self._check(row, Source(self._table.name, tables, {}))
        return Made(row.place, text_of(tables))

    def _hub(self, row: Row, rows: Sequence[Row], codes: Mapping[str, str]) -> Made:
        site, text = self._site(row)
        enrol = [_enrolled(each, codes) for each in rows if not each.is_hub]
        own = _with_pin({**row.tables, **({"enrol": enrol} if enrol else {})})
        made = {} if site.values.get("site", {}).get("booking_secret") else self._secret(row)
        own = merged(own, made)
        every = merged(site.values, own) if site.values else _without_centre(own)
        self._check(row, replace(site, values=every))
        beside = [Path(site.values.get("site", {}).get("bookings_file", ""))]
        is_apart = not own.keys() & site.values.keys()
        whole = text_of(own, text) if is_apart else text_of(merged(tomllib.loads(text), own))
        return Made(row.place, whole, tuple(each for each in beside if each.name))

    def _site(self, row: Row) -> tuple[Source, str]:
        """The centre's file; one without values where it is of no use."""
        nothing = Source(self._table.name, {}, {})
        if not row.cells.get("site"):
            self._wrong(row, "site", phrase("is missing"))
            return nothing, ""
        path = self._table.parent / row.cells["site"]
        try:
            text = repaired(decoded(path.read_bytes()))
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            self._wrong(row, "site", phrase("cannot be read: {why}", why=why))
            return nothing, ""
        site = parse(str(path), text, path.parent)
        self.problems += site.problems
        given = site.values.get("site", {}).get("id", row.centre)
        if not site.problems and given != row.centre:
            self._wrong(row, "centre", phrase("is {id} in its file", id=repr(given)))
        return (nothing, "") if site.problems else (site, text)

    def _check(self, row: Row, source: Source) -> None:
        try:
            card_of(source)
        except ConfigError as error:
            for each in error.problems:
                if each.key.startswith("enrol"):
                    continue  # said of the unit's own row
                column = column_of(each.key, row)
                if column:
                    self._wrong(row, column, each.message)
                else:
                    self.problems.append(each)

    def _code(self, row: Row, *, has_hub: bool) -> str:
        before = self._before(row).get("card", {}).get("code", "")
        return row.cells.get("code") or before or (new_code() if has_hub else "")

    def _secret(self, row: Row) -> dict[str, Any]:
        before = self._before(row).get("site", {}).get("booking_secret")
        return {"site": {"booking_secret": before or new_secret()}}

    def _before(self, row: Row) -> dict[str, Any]:
        """The card that was made before; nothing where there is none that can be read."""
        try:
            return tomllib.loads((self._folder / row.place / FILE).read_text("utf-8"))
        except (OSError, ValueError):
            return {}

    def _wrong(self, row: Row, column: str, words: str) -> None:
        self.problems.append(Problem(self._table.name, row.line, column, words))


def _by_centre(rows: Sequence[Row]) -> Iterator[list[Row]]:
    for centre in dict.fromkeys(row.centre for row in rows):
        yield [row for row in rows if row.centre == centre]


def _enrolled(row: Row, codes: Mapping[str, str]) -> dict[str, Any]:
    has_bridge = any(column.startswith("bridge.") for column in row.cells)
    entry = {"unit": row.unit, "role": row.cells.get("role", ""), "code": codes[row.unit]}
    return {**entry, **({"bridge": True} if has_bridge else {})}


def _without_centre(tables: Mapping[str, Any]) -> dict[str, Any]:
    """What can be looked at without the centre's file: as if it were a kiosk's."""
    rest = {name: each for name, each in tables.items() if name in {"card", "network"}}
    return merged(rest, {"card": {"role": "kiosk"}})


def _with_pin(tables: dict[str, Any]) -> dict[str, Any]:
    """With the PIN's hash in place of the PIN, where it is one."""
    pin = tables.get("card", {}).get("pin", "")
    if not re.fullmatch(r"[0-9]{4,12}", pin):
        return tables
    return merged(tables, {"card": {"pin": hashed(pin, secrets.token_bytes(SALT_BYTES))}})

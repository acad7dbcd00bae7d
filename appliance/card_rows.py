"""A table of cards (CSV), a row for each."""

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.card_text import merged
from appliance.notepad import decoded
from appliance.tables import HUBS, IDS
from config.load import ConfigError, Problem
from config.phrase import Phrase, phrase

KEYS = {
    "role": "card.role",
    "unit": "card.unit",
    "name_lv": "card.name.lv",
    "name_en": "card.name.en",
    "hub": "card.hub",
    "code": "card.code",
    "language": "card.language",
    "ssh_keys": "card.ssh_keys",
    "pin": "card.pin",
    "wifi": "network.wifi.name",
    "wifi_password": "network.wifi.password",
    "address": "network.address",
    "gateway": "network.gateway",
    "dns": "network.dns",
    "ntp": "network.ntp",
}
"""Column → the card's key. Others may be called as any key is, e.g. `kiosk.printer.kind`."""

LISTS = frozenset({"dns", "ntp"})
"""Columns with several values, parted by spaces."""

OWN = frozenset({"centre", "site"})
"""Columns of the table itself: the centre's id, and its file, on the row of its hub."""


@dataclass(frozen=True, slots=True)
class Row:
    """One card to be, from this line of the table: column → what stands there."""

    line: int
    cells: Mapping[str, str]

    @property
    def centre(self) -> str:
        """Its id."""
        return self.cells.get("centre", "")

    @property
    def unit(self) -> str:
        """Its id; "" where there is none, and no role from which it would follow."""
        return self.cells.get("unit", "") or IDS.get(self.cells.get("role", ""), "")

    @property
    def is_hub(self) -> bool:
        """Whether the others of its centre join it."""
        return self.cells.get("role") in HUBS

    @property
    def tables(self) -> dict[str, Any]:
        """As the card has them, apart from what is made here."""
        return tables_of(self.cells)

    @property
    def place(self) -> Path:
        """The folder for its card."""
        return Path(self.centre) / self.unit


def tables_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """The tables of a card file, from what stands in these columns."""
    tables: dict[str, Any] = {}
    for column, cell in cells.items():
        if column not in OWN:
            value: Any = _value(column, cell)
            for part in reversed(KEYS.get(column, column).split(".")):
                value = {part: value}
            tables = merged(tables, value)
    return tables


def rows_of(file: Path) -> list[Row]:
    """Raises ConfigError for a table without use. Commas, semicolons or tabs part its cells."""
    try:
        text = decoded(file.read_bytes())
        header = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text), delimiter=max(";,\t", key=header.count))
        table = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except OSError as error:
        raise _error(file, phrase("cannot be read: {why}", why=error.strerror)) from None
    except (UnicodeError, csv.Error):
        raise _error(file, phrase("is not text")) from None
    columns = [each.lower() for each in table[0][1]] if table else []
    if problems := [*_of_header(file.name, columns)]:
        raise ConfigError(problems)
    rows = []
    for line, cells in table[1:]:
        if any(cells[len(columns) :]):
            words = phrase("the row has more cells than the first line")
            raise ConfigError([Problem(file.name, line, "", words)])
        known = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
        if known:
            rows.append(Row(line, known))
    if problems := [*_of_centres(file.name, rows)]:
        raise ConfigError(problems)
    return rows


def column_of(key: str, row: Row) -> str:
    """The column of the table that this key of the card came from; "": none."""
    plain = re.sub(r"\[\d+\]", "", key)
    columns = {KEYS.get(column, column): column for column in (*KEYS, *row.cells)}
    exact = columns.get(plain, "")
    if not exact and plain.startswith(("card", "network")):
        return plain
    return exact


def _error(file: Path, words: Phrase) -> ConfigError:
    return ConfigError([Problem(file.name, None, "", words)])


def _of_header(name: str, columns: Sequence[str]) -> Iterator[Problem]:
    known = [*sorted(OWN), *KEYS]
    for column in columns:
        if column in known or "." in column:
            continue
        near = difflib.get_close_matches(column, known, n=1)
        words = (
            phrase("is not a column; did you mean {key}?", key=near[0])
            if near
            else phrase("is not a column")
        )
        yield Problem(name, 1, column, words)
    for column in ("centre", "role"):
        if column not in columns:
            yield Problem(name, 1, column, phrase("is missing"))


def _of_centres(name: str, rows: Sequence[Row]) -> Iterator[Problem]:
    """They name folders."""
    for row in rows:
        if not row.centre:
            yield Problem(name, row.line, "centre", phrase("is missing"))
        elif not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", row.centre):
            words = phrase("expected up to 40 small letters, digits and hyphens")
            yield Problem(name, row.line, "centre", words)


def _value(column: str, cell: str) -> Any:
    if column == "ssh_keys":
        return cell.splitlines()
    if column in LISTS:
        return cell.split()
    if column in KEYS:
        return cell
    try:
        return tomllib.loads(f"value = {cell}")["value"]
    except tomllib.TOMLDecodeError:
        return cell

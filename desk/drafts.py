"""What a lead's form would change: pure, from the settings as they are and what was given."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from config.changes import LISTS, WITH_IDS, Change, Tables, differences
from desk.fields import FIELDS, Field, given
from messaging.messages import SettingsState

NEW = "new"
BACK = "back"
"""In the place of a table: an earlier version, by its number; 0 is the site file alone."""

LONGEST_ID = 36
"""Room is left for a number."""


def exists(told: SettingsState, table: str, entry: str) -> bool:
    """Whether there is such a form."""
    tables: Any = told.tables
    if table in WITH_IDS:
        return entry == NEW or any(each["id"] == entry for each in tables[table])
    if table in LISTS:
        return entry == NEW or (
            entry.isdecimal() and len(entry) < 5 and int(entry) < len(tables[table])
        )
    numbers = {"0", *(str(each.number) for each in told.versions)}
    return (table, entry) == ("site", "centre") or (table == BACK and entry in numbers)


def fields(table: str, entry: str) -> Sequence[Field]:
    """Of the form; some things are decided once and for all."""
    return [each for each in FIELDS[table] if entry == NEW or not each.for_ever]


def draft(told: SettingsState, table: str, entry: str) -> tuple[str, dict[str, Any]]:
    """Where problems of the entry are said to be, and what it has now."""
    tables: Any = told.tables
    if table == "site":
        return "site.", tables["site"]
    if entry == NEW:
        return f"{table}[{len(tables[table])}].", {}
    position = int(entry) if table in LISTS else _position(tables[table], entry)
    return f"{table}[{position}].", tables[table][position]


def filled(
    values: Mapping[str, Any], known: Sequence[Field], form: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The entry with what was given."""
    result = dict(values)
    for each in known:
        value = given(each, form, values.get(each.key))
        result.pop(each.key, None)
        if value is not None:
            result[each.key] = value
    return result


def changes(
    told: SettingsState, table: str, entry: str, form: Mapping[str, list[str]]
) -> tuple[Change, ...]:
    """What leads from what is now to what was given."""
    _, before = draft(told, table, entry)
    after: Tables = deepcopy(dict(told.tables))
    now = filled(before, fields(table, entry), form)
    if table == "site":
        after["site"] = now
    elif table in LISTS:
        position = len(after[table]) if entry == NEW else int(entry)
        after[table][position : position + 1] = [] if "remove" in form else [now]
    elif entry == NEW:
        after[table].append({"id": _new_id(told, table, now), **now})
    else:
        position = _position(after[table], entry)
        after[table][position : position + 1] = [] if "remove" in form else [now]
        if "remove" in form and table == "service":
            _serve_without(after, entry)
    return differences(dict(told.tables), after)


def back(told: SettingsState, number: int) -> tuple[Change, ...]:
    """What leads from what is now to that version."""
    newest = told.versions[0].change if told.versions else ()
    target = next((each.change for each in told.versions if each.number == number), ())
    counting = [each for each in (*newest, *target) if each.name not in told.overruled]
    wanted = {each.place: each.now for each in target}
    now = {each.place: each.now for each in newest}
    steps = {
        each.place: each.model_copy(
            update={
                "was": now.get(each.place, each.was),
                "now": wanted.get(each.place, each.was),
            }
        )
        for each in counting
    }
    return tuple(each for each in steps.values() if each.was != each.now)


def _position(entries: Sequence[Any], entry: str) -> int:
    return next(position for position, each in enumerate(entries) if each["id"] == entry)


def _serve_without(tables: Tables, service: str) -> None:
    """A counter that serves more goes on with the rest; one that does not is a contradiction."""
    for counter in tables["counter"]:
        if len(counter["serves"]) > 1:
            counter["serves"] = [each for each in counter["serves"] if each != service]


def _new_id(told: SettingsState, table: str, entry: Mapping[str, Any]) -> str:
    """Of its sign, or its institution and name; one that nothing ever had, so that figures of the
    past are not taken for its own."""
    tables: Any = told.tables
    once: Any = told.gone
    had = {each["id"] for each in (*tables[table], *once[table])}
    name = next(iter(entry.get("name", {}).values()), "")
    wanted = entry.get("sign", "") if table == "counter" else f"{entry.get('institution')} {name}"
    letters = unicodedata.normalize("NFD", wanted.lower()).encode("ascii", "ignore").decode()
    start = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST_ID].strip("-") or table
    numbers = (f"{start}-{number}" for number in range(2, len(had) + 3))
    return next(each for each in (start, *numbers) if each not in had)

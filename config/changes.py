"""What a lead changed at the desk, over what the site file says: numbered files, checked as it is.

A change counts while the site file still says what it said then: a later edit of the file wins.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import AwareDatetime, JsonValue, TypeAdapter, ValidationError

from config.load import check_values
from config.settings import Settings, StaffSettings
from config.values import Section

SITE_KEYS = (
    "walk_in_target_minutes",
    "slot_target_minutes",
    "priority_target_minutes",
    "expected_minutes",
)
"""What a lead may change of the centre itself."""

WITH_IDS = ("service", "counter")
LISTS: tuple[Literal["notice", "exception"], ...] = ("notice", "exception")
MOST_VERSIONS = 20
"""So many are told; all are kept."""

Tables = dict[str, Any]
"""What a lead may change, as a settings file has it: `site`, and the tables that repeat."""


class Change(Section):
    """One setting, `key` of the entry `id`; the whole table where `key` is empty; None: nothing."""

    table: Literal["site", "service", "counter", "notice", "exception"]
    id: str = ""
    key: str = ""
    was: JsonValue = None
    now: JsonValue = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Which setting it is."""
        return self.table, self.id, self.key

    @property
    def name(self) -> str:
        """The same in words, e.g. ``service.vid-eds.walk_in``."""
        return ".".join(filter(None, self.place))


class Version(Section):
    """All that differs from the site file since `at`, as `by` decided. `order`: the command."""

    number: int
    at: AwareDatetime
    by: str
    role: str
    order: str
    change: tuple[Change, ...] = ()


CHANGES = TypeAdapter(tuple[Change, ...])


class ConflictError(Exception):
    """A setting is no longer what the change says it was."""


def leads(staff: Iterable[StaffSettings]) -> frozenset[str]:
    """Who decides for the whole centre: its leads; where there is none, its clerks."""
    roles = {each.id: each.role for each in staff}
    deciding = "lead" if "lead" in roles.values() else "clerk"
    return frozenset(name for name, role in roles.items() if role == deciding)


def tables_of(settings: Settings) -> Tables:
    """What a lead may change, as these settings have it."""
    given = settings.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    site = {key: given["site"][key] for key in SITE_KEYS if key in given["site"]}
    return {"site": site, **{name: given.get(name, []) for name in (*WITH_IDS, *LISTS)}}


def with_tables(settings: Settings, tables: Mapping[str, Any]) -> Settings:
    """The settings with these tables. Raises ConfigError, whose keys are paths in the tables."""
    values = settings.model_dump(mode="json", exclude_unset=True)
    site = {key: value for key, value in values["site"].items() if key not in SITE_KEYS}
    return check_values({**values, **tables, "site": {**site, **tables["site"]}})


def changed(tables: Tables, changes: Iterable[Change]) -> Tables:
    """The tables after the changes. Raises ConflictError."""
    result = deepcopy(tables)
    for each in changes:
        holder, key = _place(result, each)
        if holder.get(key) != each.was:
            raise ConflictError(each.name)
        if each.now is None:
            holder.pop(key, None)
        else:
            holder[key] = deepcopy(each.now)
    return result


def still_good(tables: Tables, changes: Iterable[Change]) -> Iterator[Change]:
    """Those changes whose setting is as it was when they were made."""
    for each in changes:
        try:
            changed(tables, (each,))
        except ConflictError:
            continue
        yield each


def differences(before: Tables, after: Tables) -> tuple[Change, ...]:
    """What leads from one to the other, of the same entries."""
    return tuple(_differences(before, after))


def read_versions(folder: Path) -> list[Version]:
    """All versions, in order; a file that is not one is left out."""
    return sorted(_readable(folder.glob("*.toml")), key=lambda each: each.number)


def write_version(folder: Path, version: Version) -> None:
    """Keep it, whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{version.number:05}.toml"
    passing = path.with_suffix(".new")
    with passing.open("wb") as file:
        tomli_w.dump(version.model_dump(mode="json", exclude_none=True), file)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _readable(paths: Iterable[Path]) -> Iterator[Version]:
    for path in paths:
        try:
            yield Version.model_validate(tomllib.loads(path.read_text()))
        except (OSError, ValueError, ValidationError):
            continue


def _differences(before: Tables, after: Tables) -> Iterator[Change]:
    yield from _of_entry("site", "", before["site"], after["site"])
    for table in WITH_IDS:
        known = {each["id"]: each for each in after[table]}
        for entry in before[table]:
            yield from _of_entry(table, entry["id"], entry, known.get(entry["id"], entry))
    for repeated in LISTS:
        if before[repeated] != after[repeated]:
            yield Change(table=repeated, was=before[repeated], now=after[repeated])


def _of_entry(
    table: Any, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Change(table=table, id=name, key=key, was=before.get(key), now=after.get(key))


def _place(tables: Tables, change: Change) -> tuple[dict[str, Any], str]:
    """Raises ConflictError where there is no such entry, or it is not a lead's to change."""
    if change.table in LISTS and not change.key:
        return tables, change.table
    if change.table == "site" and change.key in SITE_KEYS:
        return tables["site"], change.key
    entries: Sequence[dict[str, Any]] = tables[change.table] if change.table in WITH_IDS else ()
    for entry in entries:
        if entry["id"] == change.id and change.key not in {"id", "series", "institution", ""}:
            return entry, change.key
    raise ConflictError(change.name)

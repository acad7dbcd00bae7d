"""What a lead changed at the desk, over what the site file says, and checked as it is.

A change counts while the site file still says what it said then: a later edit of the file wins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal

from pydantic import JsonValue, TypeAdapter

from config.load import check_values
from config.settings import CounterSettings, ServiceSettings, Settings, StaffSettings
from config.values import Section

SITE_KEYS = (
    "walk_in_target_minutes",
    "slot_target_minutes",
    "priority_target_minutes",
    "expected_minutes",
)
"""What a lead may change of the centre itself."""

WITH_IDS: tuple[Literal["service", "counter"], ...] = ("service", "counter")
LISTS: tuple[Literal["notice", "exception"], ...] = ("notice", "exception")
Tables = dict[str, Any]
"""What a lead may change, as a settings file has it: `site`, and the tables that repeat."""


class Change(Section):
    """One setting, `key` of the entry `id`. Where `key` is empty: the whole entry, or, of a table
    whose entries have no id, the whole table. None: nothing; so an entry is added or taken away."""

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
        if each.table in WITH_IDS and not each.key:
            result[each.table] = _with_entry(result[each.table], each)
            continue
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
    """What leads from one to the other."""
    return tuple(_differences(before, after))


def entry_differences(
    table: Any, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    """What leads from one entry to the other, setting by setting."""
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Change(table=table, id=name, key=key, was=before.get(key), now=after.get(key))


def gone(site: Tables, now: Tables, changes: Iterable[Change]) -> Tables:
    """The services and counters that were there once, by all changes that ever counted, as they
    were last: the past names them."""
    once: dict[tuple[str, str], Any] = {
        (table, each["id"]): each for table in WITH_IDS for each in site[table]
    }
    for each in changes:
        place = each.table, each.id
        if not each.key and isinstance(each.now, dict) and each.id:
            once[place] = each.now
        elif each.key == "name" and each.now and place in once:
            once[place] = {**once[place], "name": each.now}
    there = {(table, each["id"]) for table in WITH_IDS for each in now[table]}
    return {
        table: [each for place, each in once.items() if place[0] == table and place not in there]
        for table in WITH_IDS
    }


def with_gone(settings: Settings, entries: Tables) -> Settings:
    """The settings with what is `gone` too, unchecked: to name the past by."""
    services = (ServiceSettings.model_validate(each) for each in entries["service"])
    counters = (CounterSettings.model_validate(each) for each in entries["counter"])
    return settings.model_copy(
        update={
            "service": (*settings.service, *services),
            "counter": (*settings.counter, *counters),
        }
    )


def _differences(before: Tables, after: Tables) -> Iterator[Change]:
    yield from entry_differences("site", "", before["site"], after["site"])
    for table in WITH_IDS:
        was = {each["id"]: each for each in before[table]}
        now = {each["id"]: each for each in after[table]}
        for name in dict.fromkeys((*was, *now)):
            if name in was and name in now:
                yield from entry_differences(table, name, was[name], now[name])
            else:
                yield Change(table=table, id=name, was=was.get(name), now=now.get(name))
    for repeated in LISTS:
        if before[repeated] != after[repeated]:
            yield Change(table=repeated, was=before[repeated], now=after[repeated])


def _with_entry(entries: Sequence[Any], change: Change) -> list[Any]:
    """Added at the end, in its place, or without it. Raises ConflictError."""
    known = next((each for each in entries if each["id"] == change.id), None)
    if known != change.was:
        raise ConflictError(change.name)
    others = [each for each in entries if each is not known]
    if change.now is None:
        return others
    if not isinstance(change.now, dict) or change.now.get("id") != change.id:
        raise ConflictError(change.name)
    now = deepcopy(change.now)
    return [now if each is known else each for each in entries] if known else [*entries, now]


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

"""What a lead changes at the desk: one entry at a time, summed up before it is done."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from config.changes import CHANGES, LISTS, WITH_IDS, Change, Tables, Version, changed, differences
from config.load import ConfigError
from config.opening_hours import WEEKDAYS
from desk.fields import FIELDS, Field, given, in_words, shown
from desk.orders import answer_text
from desk.pages import Pages
from desk.sessions import Session
from desk.watch import Watch
from messaging.messages import Reply, SettingsState
from queue_core.commands import ChangeSettings, Command
from texts import Language

Ask = Callable[[Command, str], Awaitable[Reply | None]]
NEWS_SECONDS = 3.0
NEW = "new"
BACK = "back"
"""In the place of a table: an earlier version, by its number; 0 is the site file alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changes, in words."""

    what: str
    was: str
    now: str


class Administration:
    """Draws the forms, and orders what comes of them. `ask` brings an order to the queue module."""

    def __init__(self, pages: Pages, watch: Watch, ask: Ask) -> None:
        self._pages, self._watch, self._ask = pages, watch, ask

    async def respond(self, request: Request, session: Session, words: Language) -> Response:
        """The overview; one entry; what would change; or the way back once it is done."""
        told = self._watch.settings
        if told is None or not self._watch.fresh:
            message = words.text("No connection to the queue. Nothing was done.")
            return self._page(words, session, 503, message=message)
        table = request.path_params.get("table", "")
        entry = request.path_params.get("entry", "")
        if not table:
            return self._page(words, session, 200, **self._overview(words, told))
        if not _exists(told, table, entry):
            return RedirectResponse("/settings", 303)
        if request.method == "GET" and table != BACK:
            return self._form(words, session, told, table, entry, {}, ())
        form = parse_qs((await request.body()).decode(errors="replace"), keep_blank_values=True)
        return await self._take(session, words, told, (table, entry), form)

    async def _take(
        self,
        session: Session,
        words: Language,
        told: SettingsState,
        place: tuple[str, str],
        form: Mapping[str, list[str]],
    ) -> Response:
        table, entry = place
        try:
            changes = _back(told, int(entry)) if table == BACK else _changes(told, place, form)
            self._pages.check(changed(dict(told.tables), changes))
        except ConfigError as error:
            problems = tuple((each.key, in_words(words, each.message)) for each in error.problems)
            return self._form(words, session, told, table, entry, form, problems)
        if changes and "confirmed" in form:
            return await self._order(session, words, told, changes)
        return self._page(
            words,
            session,
            200,
            lines=self._lines(words, told, changes),
            form=form,
            action=f"/settings/{table}/{entry}",
        )

    async def _order(
        self,
        session: Session,
        words: Language,
        told: SettingsState,
        changes: Sequence[Change],
    ) -> Response:
        command = ChangeSettings(CHANGES.dump_json(tuple(changes)).decode())
        reply = await self._ask(command, session.staff)
        if reply is not None and reply.refusal is None:
            await self._news_after(told)
            return RedirectResponse("/settings", 303)
        message = answer_text(words, self._pages.zone, "change_settings", reply)
        return self._page(words, session, 409, message=message, **self._overview(words, told))

    async def _news_after(self, told: SettingsState) -> None:
        """The answer comes a moment before the settings themselves."""
        with suppress(TimeoutError):
            async with asyncio.timeout(NEWS_SECONDS):
                while self._watch.settings is told:
                    await self._watch.changed(self._watch.version, NEWS_SECONDS)

    def _page(self, words: Language, session: Session, status: int, **facts: Any) -> HTMLResponse:
        return HTMLResponse(self._pages.settings(words, session, facts), status)

    def _overview(self, words: Language, told: SettingsState) -> dict[str, Any]:
        tables: Any = told.tables
        return {
            "tables": {
                name: [
                    (each.get("id", position), self._name(words, name, each))
                    for position, each in enumerate(tables[name])
                ]
                for name in ("notice", "exception", "service", "counter")
            },
            "history": [self._version(words, told, each) for each in told.versions],
            "overruled": told.overruled,
        }

    def _version(self, words: Language, told: SettingsState, version: Version) -> dict[str, Any]:
        earlier = next((v for v in told.versions if v.number == version.number - 1), None)
        before = {each.place: each.now for each in earlier.change} if earlier else {}
        places = {each.place: each for each in (earlier.change if earlier else ())}
        places.update({each.place: each for each in version.change})
        now = {each.place: each.now for each in version.change}
        steps = [
            each.model_copy(
                update={"was": before.get(place, each.was), "now": now.get(place, each.was)}
            )
            for place, each in places.items()
        ]
        lines = self._lines(words, told, [each for each in steps if each.was != each.now])
        return {"version": version, "lines": lines, "newest": version is told.versions[0]}

    def _lines(self, words: Language, told: SettingsState, changes: Sequence[Change]) -> list[Line]:
        return [
            Line(
                self._what(words, told, each),
                shown(words, self._pages.names(words), each.was),
                shown(words, self._pages.names(words), each.now),
            )
            for each in changes
        ]

    def _what(self, words: Language, told: SettingsState, change: Change) -> str:
        titles = {
            "notice": words.text("Notices on the board"),
            "exception": words.text("Days with other hours"),
        }
        if change.table in titles:
            return titles[change.table]
        field = next((f for f in FIELDS[change.table] if f.key == change.key), None)
        label = words.text(field.label) if field else change.key
        tables: Any = told.tables
        entries = tables[change.table] if change.table in WITH_IDS else ()
        entry = next((each for each in entries if each["id"] == change.id), None)
        return f"{self._name(words, change.table, entry)}: {label}" if entry else label

    def _name(self, words: Language, table: str, entry: Any) -> str:
        if table == "exception":
            return shown(words, self._pages.names(words), entry)
        return words.pick(entry["text" if table == "notice" else "name"])

    def _form(
        self,
        words: Language,
        session: Session,
        told: SettingsState,
        table: str,
        entry: str,
        form: Mapping[str, list[str]],
        problems: Sequence[tuple[str, str]],
    ) -> HTMLResponse:
        place, values = _entry(told, table, entry)
        if form:
            values = _filled(values, FIELDS[table], form)
        fields = FIELDS[table]
        own = {f.key: [m for k, m in problems if k.startswith(f"{place}{f.key}")] for f in fields}
        known = [each for messages in own.values() for each in messages]
        return self._page(
            words,
            session,
            409 if problems else 200,
            fields=fields,
            values=values,
            problems=own,
            others=[message for _, message in problems if message not in known],
            weekdays=WEEKDAYS,
            action=f"/settings/{table}/{entry}",
            removable=table in LISTS and entry != NEW,
        )


def _exists(told: SettingsState, table: str, entry: str) -> bool:
    tables: Any = told.tables
    if table in WITH_IDS:
        return any(each["id"] == entry for each in tables[table])
    if table in LISTS:
        return entry == NEW or (
            entry.isdecimal() and len(entry) < 5 and int(entry) < len(tables[table])
        )
    numbers = {"0", *(str(each.number) for each in told.versions)}
    return (table, entry) == ("site", "centre") or (table == BACK and entry in numbers)


def _entry(told: SettingsState, table: str, entry: str) -> tuple[str, dict[str, Any]]:
    """Where problems of the entry are said to be, and what it has now."""
    tables: Any = told.tables
    if table == "site":
        return "site.", tables["site"]
    if table in LISTS:
        position = len(tables[table]) if entry == NEW else int(entry)
        return f"{table}[{position}].", {} if entry == NEW else tables[table][position]
    position = next(n for n, each in enumerate(tables[table]) if each["id"] == entry)
    return f"{table}[{position}].", tables[table][position]


def _filled(
    values: Mapping[str, Any], fields: Sequence[Field], form: Mapping[str, list[str]]
) -> dict[str, Any]:
    filled = dict(values)
    for each in fields:
        value = given(each, form, values.get(each.key))
        filled.pop(each.key, None)
        if value is not None:
            filled[each.key] = value
    return filled


def _changes(
    told: SettingsState, place: tuple[str, str], form: Mapping[str, list[str]]
) -> tuple[Change, ...]:
    table, entry = place
    _, before = _entry(told, table, entry)
    after: Tables = deepcopy(dict(told.tables))
    filled = _filled(before, FIELDS[table], form)
    if table in LISTS:
        position = len(after[table]) if entry == NEW else int(entry)
        after[table][position : position + 1] = [] if "remove" in form else [filled]
    elif table == "site":
        after["site"] = filled
    else:
        after[table] = [filled if each["id"] == entry else each for each in after[table]]
    return differences(dict(told.tables), after)


def _back(told: SettingsState, number: int) -> tuple[Change, ...]:
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

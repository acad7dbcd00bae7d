"""What a lead changes at the desk: one entry at a time, summed up before it is done."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from string import ascii_uppercase
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from config.changes import CHANGES, LISTS, WITH_IDS, Change, changed
from config.load import ConfigError
from config.opening_hours import WEEKDAYS
from desk.drafts import BACK, NEW, back, changes, draft, exists, fields, filled
from desk.orders import answer_text
from desk.pages import Pages
from desk.sessions import Session
from desk.watch import Watch
from desk.wording import Wording
from messaging.appointments import AppointmentView
from messaging.messages import RefusalView, Reply, SettingsState
from queue_core.commands import ChangeSettings, Command
from queue_core.refusals import RefusalCode
from texts import Language

Ask = Callable[[Command, str], Awaitable[Reply | None]]
Stranded = Callable[[Sequence[Change], str], Awaitable[Sequence[AppointmentView] | None]]
"""Which appointments would lose their slots; who asks; None: nobody answers."""

NEWS_SECONDS = 3.0


class Administration:
    """Draws the forms, and orders what comes of them. `ask` brings an order to the queue module."""

    def __init__(self, pages: Pages, watch: Watch, ask: Ask, stranded: Stranded) -> None:
        self._pages, self._watch, self._ask, self._stranded = pages, watch, ask, stranded

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
        if not exists(told, table, entry):
            return RedirectResponse("/settings", 303)
        if request.method == "GET" and table != BACK:
            return self._form(words, session, told, (table, entry), {}, ())
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
        wording = Wording(words, self._pages.names(words), told)
        try:
            steps = back(told, int(entry)) if table == BACK else changes(told, *place, form)
            self._pages.check(changed(dict(told.tables), steps))
        except ConfigError as error:
            problems = [
                (each.key, wording.problem(each.key, each.message)) for each in error.problems
            ]
            if table == BACK:
                message = " ".join(dict.fromkeys(sentence for _, sentence in problems))
                return self._page(
                    words, session, 409, message=message, **self._overview(words, told)
                )
            return self._form(words, session, told, place, form, problems)
        if steps and "confirmed" in form:
            return await self._order(session, words, told, steps, form)
        return self._page(
            words,
            session,
            200,
            lines=wording.lines(steps),
            stranded=await self._days_lost(session, steps),
            unserved=[*self._unserved(words, told, steps)],
            form={**form, "after": [_newest(told)]},
            action=f"/settings/{table}/{entry}",
        )

    async def _order(
        self,
        session: Session,
        words: Language,
        told: SettingsState,
        steps: Sequence[Change],
        form: Mapping[str, list[str]],
    ) -> Response:
        """A form that was sent before is not done twice."""
        if form.get("after", [_newest(told)]) != [_newest(told)]:
            if told.versions and told.versions[0].by == session.staff:
                return RedirectResponse("/settings", 303)
            refusal = RefusalView(code=RefusalCode.SETTINGS_CHANGED)
            reply: Reply | None = Reply(id="", refusal=refusal)
        else:
            command = ChangeSettings(CHANGES.dump_json(tuple(steps)).decode())
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

    async def _days_lost(
        self, session: Session, steps: Sequence[Change]
    ) -> Sequence[tuple[date, int]] | None:
        """Days with appointments for which nobody would be there, and how many; None: not known."""
        if not self._pages.books or all(each.table != "exception" for each in steps):
            return ()
        lost = await self._stranded(steps, session.staff)
        if lost is None:
            return None
        moments = (each.starts_at for each in lost if each.starts_at)
        days = Counter(each.astimezone(self._pages.zone).date() for each in moments)
        return sorted(days.items())

    def _unserved(
        self, words: Language, told: SettingsState, steps: Sequence[Change]
    ) -> Iterator[str]:
        """Services that no counter would serve any more, or that are new and have none yet."""
        tables: Any = changed(dict(told.tables), steps)
        now: Any = told.tables
        before = {each["id"] for each in now["service"] if not _is_served(now, each)}
        for each in tables["service"]:
            if each["id"] not in before and not _is_served(tables, each):
                yield words.pick(each["name"])

    def _page(self, words: Language, session: Session, status: int, **facts: Any) -> HTMLResponse:
        return HTMLResponse(self._pages.settings(words, session, facts), status)

    def _overview(self, words: Language, told: SettingsState) -> dict[str, Any]:
        tables: Any = told.tables
        wording = Wording(words, self._pages.names(words), told)
        return {
            "tables": {
                name: [
                    (each.get("id", position), wording.name(name, each))
                    for position, each in enumerate(tables[name])
                ]
                for name in ("notice", "exception", "service", "counter")
            },
            "history": wording.history(),
            "overruled": told.overruled,
        }

    def _form(
        self,
        words: Language,
        session: Session,
        told: SettingsState,
        place: tuple[str, str],
        form: Mapping[str, list[str]],
        problems: Sequence[tuple[str, str]],
    ) -> HTMLResponse:
        table, entry = place
        path, values = draft(told, table, entry)
        shown = fields(table, entry)
        if form:
            values = filled(values, shown, form)
        own = {f.key: [m for k, m in problems if _is_of(k, f"{path}{f.key}")] for f in shown}
        known = [each for messages in own.values() for each in messages]
        return self._page(
            words,
            session,
            409 if problems else 200,
            fields=shown,
            values=values,
            problems=own,
            others=[*dict.fromkeys(message for _, message in problems if message not in known)],
            weekdays=WEEKDAYS,
            letters=[(each, self._users(words, each)) for each in ascii_uppercase],
            action=f"/settings/{table}/{entry}",
            title=self._title(words, told, table, entry),
            removable=table in {*LISTS, *WITH_IDS} and entry != NEW,
        )

    def _title(self, words: Language, told: SettingsState, table: str, entry: str) -> str:
        titles = {
            "notice": words.text("Notice on the board"),
            "exception": words.text("Days with other hours"),
            "service": words.text("New service"),
            "counter": words.text("New counter"),
            "site": words.text("In the whole centre"),
        }
        if table not in WITH_IDS or entry == NEW:
            return titles[table]
        _, values = draft(told, table, entry)
        return words.pick(values["name"])

    def _users(self, words: Language, letter: str) -> str:
        services = self._pages.centre.services.values()
        places = dict.fromkeys(each.institution for each in services if each.series == letter)
        return ", ".join(self._pages.institution(words, each) for each in places)


def _newest(told: SettingsState) -> str:
    return str(told.versions[0].number if told.versions else 0)


def _is_of(key: str, field: str) -> bool:
    return key == field or key.startswith((f"{field}.", f"{field}["))


def _is_served(tables: Any, service: Mapping[str, Any]) -> bool:
    given = {service["id"], service["institution"]}
    return any(given & set(each["serves"]) for each in tables["counter"])

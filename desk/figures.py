"""The page of figures: what the days of a period came to, as tables, charts and files."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from desk import sheets
from desk.charts import bars
from desk.pages import Pages
from desk.periods import Period, period
from desk.watch import Watch
from messaging.messages import FiguresView, Reply
from queue_core.commands import AskReport, Command
from queue_core.figures import COUNTERS, MINUTES, VISITS, WORK, Row
from queue_core.reports import (
    Column,
    called_within,
    mean_minutes,
    mean_rating,
    share,
    summed,
    total,
    widened,
)
from texts import Language, sentences
from web.guard import HEADERS

Ask = Callable[[Command, str], Awaitable[Reply | None]]
Rows = Sequence[Row]

POLICY = HEADERS["Content-Security-Policy"].replace("img-src 'self'", "img-src 'self' data:")
"""Charts are pictures inside the page."""


class NoReportError(Exception):
    """There is no report; says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table, each row beginning with its name, and a chart of its first numbers, or none."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    chart: str = ""


class FiguresPages:
    """Answers for who is signed in."""

    def __init__(self, pages: Pages, watch: Watch, ask: Ask) -> None:
        self._pages, self._watch, self._ask = pages, watch, ask
        centre = pages.centre
        self._institutions = {each.id: each.institution for each in centre.services.values()}

    async def page(self, request: Request, words: Language) -> Response:
        """The page of the period that is asked for."""
        asked = self._period(request)
        sections, message = list[Section](), ""
        try:
            sections = await self._sections(asked, words)
        except NoReportError as error:
            message = str(error)
        html = self._pages.figures(words, asked, sections, message)
        return HTMLResponse(
            html, 503 if message else 200, headers={"Content-Security-Policy": POLICY}
        )

    async def file(self, request: Request, words: Language) -> Response:
        """A file of the period, by its name."""
        format_ = request.path_params["file"].removeprefix("figures.")
        if format_ not in sheets.FORMATS:
            return PlainTextResponse("There is no such file.\n", 404)
        asked = self._period(request)
        by = sheets.ACCOUNTING if format_ == "accounting.csv" else (asked.step, *_ALL)
        try:
            tables, by_counter = await asyncio.gather(
                self._report(asked, words, by),
                self._report(asked, words, (asked.step, Column.COUNTER)),
            )
        except NoReportError as error:
            return PlainTextResponse(f"{error}\n", 503)
        views = [sheets.discreet(each) for each in (*tables[:2], by_counter[2])]
        name = f"{asked.first}--{asked.last}-{request.path_params['file']}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        kind, write = sheets.FORMATS[format_]
        return Response(write(views, self._pages.centre), media_type=kind, headers=headers)

    def _period(self, request: Request) -> Period:
        return period(self._watch.now.astimezone(self._pages.zone).date(), request.query_params)

    async def _report(
        self, asked: Period, words: Language, by: tuple[Column, ...]
    ) -> Sequence[FiguresView]:
        reply = None
        if self._watch.fresh:
            reply = await self._ask(AskReport(asked.first, asked.last, by), "")
        if reply and reply.refusal:
            code, facts = reply.refusal.code, reply.refusal.facts
            raise NoReportError(sentences.refusal(words, code, facts, self._pages.zone))
        if not reply or not reply.report:
            raise NoReportError(words.text("No answer from the queue module. Try again later."))
        return reply.report.tables

    async def _sections(self, asked: Period, words: Language) -> list[Section]:
        of_services = (Column.SERVICE, Column.CHANNEL, Column.E_SERVICE)
        by_step, by_hour, by_service, by_counter = await asyncio.gather(
            *(
                self._report(asked, words, by)
                for by in ((asked.step,), (Column.HOUR,), of_services, (Column.COUNTER,))
            )
        )
        told = _Told(words, self._pages)
        visits, work = _rows(by_service[0]), _rows(by_service[1])
        by_institution = [widened({"day": "", **row}, self._institutions) for row in visits]
        work = [widened({"day": "", **row}, self._institutions) for row in work]
        return [
            told.summary(total(VISITS, visits), work),
            told.waits(total(VISITS, visits)),
            told.steps(_rows(by_step[0]), asked.step),
            told.hours(_rows(by_hour[0])),
            told.institutions(summed(VISITS, by_institution, (Column.INSTITUTION,))),
            told.services(visits, work),
            told.channels(work),
            told.counters(_rows(by_counter[0]), _rows(by_counter[2])),
        ]


class _Told:
    """The sections, in the words of a language."""

    def __init__(self, words: Language, pages: Pages) -> None:
        self._words, self._pages = words, pages

    def summary(self, visits: Row, work: Rows) -> Section:
        text = self._words.text
        offered = share(visits, "computer_chosen", "computer_offered")
        contacts = [row for row in work if row["channel"] in {"phone", "email"}]
        rows = (
            (text("Visits"), _count(visits, "tickets")),
            (text("Served"), _count(visits, "served")),
            (text("Called and did not come"), _count(visits, "missed")),
            (text("Left or not called by the end of the day"), self._not_served(visits)),
            (text("Called by the promised time"), _percent(share(visits, *_IN_TIME))),
            (text("Told waiting time was right"), _percent(share(visits, *_KEPT))),
            (text("Appointments called on time"), _percent(share(visits, *_PUNCTUAL))),
            (text("Mean wait of visitors, min"), self._mean(visits, *_WAIT)),
            (text("Mean wait with an appointment, min"), self._mean(visits, *_SLOT_WAIT)),
            (text("Mean time of service, min"), self._mean(visits, *_SERVING)),
            (text("Mean rating, 1 to 10"), self._number(mean_rating(visits))),
            (text("Services given"), _count(total(WORK, work), "count")),
            (text("Done as e-services"), _percent(_online(work))),
            (text("Chose the computer where it was offered"), _percent(offered)),
            (text("Contacts by phone and e-mail"), _count(total(WORK, contacts), "records")),
        )
        note = text("A mean rating is told only of five ratings or more.")
        return Section(text("At a glance"), (text("Figure"), text("Value")), rows, note)

    def waits(self, visits: Row) -> Section:
        shares = called_within(visits)
        labels = [
            self._words.text("within {minutes} min", minutes=minutes)
            for minutes, _ in zip(MINUTES, shares, strict=False)
        ]
        rows = [(label, _percent(each)) for label, each in zip(labels, shares, strict=True)]
        head = (self._words.text("Called"), self._words.text("Of those called"))
        chart = bars(labels, [round(100 * each) for each in shares]) if shares else ""
        return Section(self._words.text("Waiting, %"), head, rows, chart=chart)

    def steps(self, rows: Rows, step: Column) -> Section:
        is_day = step is Column.DAY
        names = [self._day(str(row[step.value])) for row in rows]
        title = self._words.text("Visits by day") if is_day else self._words.text("Visits by month")
        return self._visits(title, names, rows)

    def hours(self, rows: Rows) -> Section:
        names = [f"{row['hour']}:00" if row["hour"] else "–" for row in rows]
        return self._visits(self._words.text("Visits by hour of arrival"), names, rows)

    def institutions(self, visits: Rows) -> Section:
        rows = sorted(visits, key=lambda row: -int(row["tickets"]))
        names = [self._pages.institution(self._words, str(row["institution"])) for row in rows]
        title = self._words.text("Visits by institution")
        return self._visits(title, names, rows, lying=True)

    def services(self, visits: Rows, work: Rows) -> Section:
        text = self._words.text
        given = {str(row["service"]): row for row in summed(WORK, work, (Column.SERVICE,))}
        came = {str(row["service"]): row for row in visits}
        none = total(VISITS, ())
        rows = [
            (
                self._pages.service(self._words, name),
                _count(came.get(name, none), "tickets"),
                self._mean(came.get(name, none), *_WAIT),
                self._mean(came.get(name, none), *_SERVING),
                _count(given.get(name, {"count": 0}), "count"),
                _percent(_online([row for row in work if row["service"] == name])),
            )
            for name in sorted(
                came.keys() | given.keys(),
                key=lambda name: -int(came.get(name, none)["tickets"]),
            )
        ]
        head = (
            *(text("Service"), text("Visits"), text("Mean wait, min"), text("Mean service, min")),
            *(text("Services given"), text("Done as e-services")),
        )
        note = text("Visitors come for one service and may be given another.")
        return Section(text("Services"), head, rows, note)

    def channels(self, work: Rows) -> Section:
        names = sheets.channels(self._words)
        text = self._words.text
        rows = [
            (names[str(row["channel"])], _count(row, "records"), _count(row, "count"))
            for row in summed(WORK, work, (Column.CHANNEL,))
        ]
        return Section(
            text("Channels"),
            (text("Channel"), text("Visits and contacts"), text("Services given")),
            rows,
        )

    def counters(self, visits: Rows, times: Rows) -> Section:
        text, came = self._words.text, {row["counter"]: row for row in visits}
        rows = [
            (
                self._pages.counter(self._words, str(row["counter"])),
                _count(came.get(row["counter"], {"served": 0}), "served"),
                self._words.number(int(row["open_seconds"]) / 3600),
                self._words.number(int(row["paused_seconds"]) / 3600),
                _percent(share(row, "busy_seconds", "open_seconds")),
            )
            for row in times
            if any(row[name] for name in COUNTERS.sums)
        ]
        head = (
            *(text("Counter"), text("Served"), text("Open, h"), text("Paused, h")),
            text("With a visitor"),
        )
        note = text("Counters have no ratings.")
        return Section(text("Counters"), head, rows, note)

    def _visits(
        self, title: str, names: Sequence[str], rows: Rows, *, lying: bool = False
    ) -> Section:
        text = self._words.text
        told = [
            (
                name,
                _count(row, "tickets"),
                _count(row, "served"),
                self._mean(row, *_WAIT),
                _percent(share(row, *_IN_TIME)),
                self._number(mean_rating(row)),
            )
            for name, row in zip(names, rows, strict=True)
        ]
        head = (
            *("", text("Visits"), text("Served"), text("Mean wait, min")),
            *(text("Called by the promised time"), text("Mean rating")),
        )
        values = [int(row["tickets"]) for row in rows]
        chart = bars(names, values, lying=lying) if len(rows) > 1 else ""
        return Section(title, head, told, chart=chart)

    def _not_served(self, visits: Row) -> str:
        return str(int(visits["cancelled"]) + int(visits["never_called"]))

    def _day(self, name: str) -> str:
        if len(name) == len("2026-11"):
            month = date.fromisoformat(f"{name}-01")
            return str(format_date(month, "LLL yyyy", locale=self._words.code))
        return f"{date.fromisoformat(name):%d.%m.}"

    def _mean(self, row: Row, seconds: str, among: str) -> str:
        return self._number(mean_minutes(row, seconds, among))

    def _number(self, value: float | None) -> str:
        return "–" if value is None else self._words.number(value)


_IN_TIME = ("called_in_time", "called")
_KEPT = ("promises_kept", "promises")
_PUNCTUAL = ("slots_punctual", "slots")
_WAIT = ("wait_seconds", "called")
_SLOT_WAIT = ("slot_seconds", "slots")
_SERVING = ("serving_seconds", "served")

_ALL = (Column.INSTITUTION, Column.SERVICE, Column.CHANNEL, Column.E_SERVICE)


def _rows(view: FiguresView) -> list[Row]:
    return [dict(zip(view.columns, row, strict=True)) for row in view.rows]


def _online(work: Rows) -> float | None:
    """The share of services that were done as e-services."""
    count = sum(int(row["count"]) for row in work)
    online = sum(int(row["count"]) for row in work if row["e_service"] == "yes")
    return online / count if count else None


def _count(row: Row, name: str) -> str:
    return str(row[name])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"

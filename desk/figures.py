"""The page of figures: what the days of a period came to, as tables, charts and files."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from desk import sheets
from desk.pages import Pages
from desk.periods import Period, period
from desk.sections import DIVISIONS, Division, Section, sections
from desk.watch import Watch
from messaging.messages import FiguresView, Reply
from queue_core.centre import Centre
from queue_core.commands import AskReport, Command
from queue_core.figures import TABLES
from queue_core.refusals import RefusalCode
from queue_core.reports import Column, summed
from texts import Language, sentences
from web.guard import HEADERS

Ask = Callable[[Command, str], Awaitable[Reply | None]]

POLICY = HEADERS["Content-Security-Policy"].replace("img-src 'self'", "img-src 'self' data:")
"""Charts are pictures inside the page."""

ASKED_TOO_MUCH = frozenset({RefusalCode.PERIOD_TOO_LONG, RefusalCode.REPORT_TOO_LARGE})


class NoReportError(Exception):
    """There is no report; says why in a sentence, and by which status."""

    def __init__(self, sentence: str, status: int = 503) -> None:
        super().__init__(sentence)
        self.status = status


class FiguresPages:
    """Answers for who is signed in."""

    def __init__(self, pages: Pages, watch: Watch, ask: Ask) -> None:
        self._pages, self._watch, self._ask = pages, watch, ask

    async def page(self, request: Request, words: Language) -> Response:
        """The page of the period that is asked for."""
        asked = self._period(request)
        sections, message, status = list[Section](), "", 200
        try:
            sections = await self._sections(asked, words)
        except NoReportError as error:
            message, status = str(error), error.status
        html = self._pages.figures(words, asked, sections, message)
        return HTMLResponse(html, status, headers={"Content-Security-Policy": POLICY})

    async def file(self, request: Request, words: Language) -> Response:
        """A file of the period, by its name."""
        format_ = request.path_params["file"].removeprefix("figures.")
        if format_ not in sheets.FORMATS:
            return PlainTextResponse("There is no such file.\n", 404)
        asked = self._period(request)
        try:
            tables = await self._tables(asked, words, format_, _columns(request))
        except NoReportError as error:
            return PlainTextResponse(f"{error}\n", error.status)
        name = f"{asked.first}--{asked.last}-{request.path_params['file']}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        kind, write = sheets.FORMATS[format_]
        content = await asyncio.to_thread(_written, write, tables, self._pages.ever)
        return Response(content, media_type=kind, headers=headers)

    def _period(self, request: Request) -> Period:
        return period(self._watch.now.astimezone(self._pages.zone).date(), request.query_params)

    async def _tables(
        self, asked: Period, words: Language, format_: str, by: tuple[Column, ...]
    ) -> Sequence[FiguresView]:
        if format_ == "accounting.csv":
            return await self._report(asked, words, sheets.ACCOUNTING)
        if by or format_.endswith(".csv"):
            usual = (asked.step, *_USUAL.get(format_, _ALL))
            return await self._report(asked, words, by or usual)
        tables, by_counter = await asyncio.gather(
            self._report(asked, words, (asked.step, *_ALL)),
            self._report(asked, words, (asked.step, Column.COUNTER)),
        )
        return (*tables[:2], by_counter[2])

    async def _report(
        self, asked: Period, words: Language, by: tuple[Column, ...]
    ) -> Sequence[FiguresView]:
        """In two parts where it is too large for one."""
        reply = None
        if self._watch.fresh:
            reply = await self._ask(AskReport(asked.first, asked.last, by), "")
        if reply and reply.refusal:
            code = reply.refusal.code
            if code is RefusalCode.REPORT_TOO_LARGE and asked.first < asked.last:
                return _added(by, [await self._report(each, words, by) for each in asked.halves])
            code, facts = reply.refusal.code, reply.refusal.facts
            sentence = sentences.refusal(words, code, facts, self._pages.zone)
            raise NoReportError(sentence, 400 if code in ASKED_TOO_MUCH else 503)
        if not reply or not reply.report:
            raise NoReportError(words.text("No answer from the queue module. Try again later."))
        return reply.report.tables

    async def _sections(self, asked: Period, words: Language) -> list[Section]:
        by = [(column, Column.CHANNEL, Column.E_SERVICE) for column in (asked.step, *DIVISIONS)]
        answers = await asyncio.gather(*(self._report(asked, words, each) for each in by))
        divisions = [Division(*each) for each in zip(by, answers, strict=True)]
        return sections(words, self._pages, divisions)


def _added(by: tuple[Column, ...], parts: Sequence[Sequence[FiguresView]]) -> Sequence[FiguresView]:
    """The tables of parts of a period, as those of the whole."""
    tables = list[FiguresView]()
    for table, views in zip(TABLES, zip(*parts, strict=True), strict=True):
        rows = summed(table, (row for each in views for row in each.objects), by)
        values = tuple(tuple(row.values()) for row in rows)
        tables.append(views[0].model_copy(update={"rows": values}))
    return tables


def _written(
    write: Callable[[Sequence[FiguresView], Centre], bytes],
    tables: Sequence[FiguresView],
    centre: Centre,
) -> bytes:
    return write([sheets.discreet(each) for each in tables], centre)


_ALL = (Column.INSTITUTION, Column.SERVICE, Column.KIND, Column.CHANNEL, Column.E_SERVICE)
_USUAL = {"counters.csv": (Column.COUNTER,)}


def _columns(request: Request) -> tuple[Column, ...]:
    """Those that are asked for, each once; others are not known."""
    asked = dict.fromkeys(request.query_params.getlist("by"))
    return tuple(Column(each) for each in asked if each in set(Column))

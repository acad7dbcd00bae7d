"""Reports of many days, made beside the queue: on a thread of their own, from the log's file, which
they only read, and from the state of today."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from messaging.messages import FiguresView, RefusalView, Reply, ReportView
from queue_core.centre import Centre
from queue_core.commands import AskReport
from queue_core.figures import TABLES, Figures, Row, Table, figures_of
from queue_core.life import AT_COUNTER, LEFT_OVERNIGHT
from queue_core.model import State
from queue_core.refusals import RefusalCode
from queue_core.reports import Column, columns, summed, widened
from queue_module.schema import open_for_reading
from queue_module.storage import StorageError, translated

log = logging.getLogger(__name__)

MOST_ROWS = 3000
"""In one report, of all its tables: a mebibyte at most, the longest message."""

MOST_AT_ONCE = 20
"""Who asks more is not answered, and asks again."""

_UNDER_WAY = AT_COUNTER | LEFT_OVERNIGHT


NOTHING: Figures = {each.name: () for each in TABLES}
"""Of today, where only days that are over are asked for."""


class TooLargeError(Exception):
    """More rows than may be told."""


class Reports:
    """For one thread, but what `run` is given, which is for another one. `centre`: with all the
    services that it had once."""

    def __init__(
        self, database: Path, centre: Centre, run: Callable[[Callable[[], None]], object]
    ) -> None:
        self._database, self.centre, self._run = database, centre, run
        self._asked = set[str]()

    def make(
        self,
        request_id: str,
        question: AskReport,
        state: State,
        now: datetime,
        made: Callable[[Reply], None],
    ) -> None:
        """Give the reply to `made`, on the other thread. A question that is asked again while its
        report is made is not made twice."""

        def make() -> None:
            made(self._reply(request_id, question, state, now))
            self._asked.discard(request_id)

        if request_id not in self._asked and len(self._asked) < MOST_AT_ONCE:
            self._asked.add(request_id)
            self._run(make)

    def _reply(self, request_id: str, question: AskReport, state: State, now: datetime) -> Reply:
        try:
            today = figures_so_far(state, self.centre)
            tables = report(self._database, self.centre, question, today, MOST_ROWS)
        except TooLargeError:
            code = RefusalCode.REPORT_TOO_LARGE
        except StorageError as error:
            log.error("a report cannot be made (%s): %s", error.fault, error)  # noqa: TRY400 - known
            code = RefusalCode.NOT_READ
        except Exception:
            log.exception("a report failed")
            code = RefusalCode.MODULE_FAULT
        else:
            return Reply(id=request_id, report=ReportView(at=now, tables=tables))
        return Reply(id=request_id, refusal=RefusalView(code=code))


def figures_so_far(state: State, centre: Centre) -> Figures:
    """Of the visits that are over. Who did not come when called counts as missed."""
    return figures_of(state, centre.timezone, _UNDER_WAY)


def report(
    database: Path,
    centre: Centre,
    question: AskReport,
    today: Figures,
    most: int | None = None,
) -> tuple[FiguresView, ...]:
    """The tables, summed. Raises StorageError, or TooLargeError where they have more rows than
    `most`."""
    institutions = {each.id: each.institution for each in centre.services.values()}
    first, last = str(question.first_day), str(question.last_day)
    tables, size = list[FiguresView](), 0
    with closing(open_for_reading(database)) as reader, translated():
        for table in TABLES:
            within = {"first": first, "last": last, "most": -1 if most is None else most + 1}
            before = reader.query(_select(table, question.by), within)
            newest = _newest(reader, table)  # that day may have ended since its state was taken
            new = (row for row in today[table.name] if str(row["day"]) > newest)
            asked = [row for row in new if first <= str(row["day"]) <= last]
            more = (widened(row, institutions) for row in asked)
            rows = summed(table, [*before, *more], question.by)
            size += len(rows)
            if most is not None and size > most:
                raise TooLargeError
            tables.append(_view(table, question.by, rows))
    return tuple(tables)


def _newest(reader: Database, table: Table) -> str:
    """The last day that is in the table."""
    selected = f"select ifnull(max(day), '') from {table.name}"  # noqa: S608 - our own words
    (day,) = reader.execute(selected).fetchone()
    return str(day)


def _view(table: Table, by: Sequence[Column], rows: Sequence[Row]) -> FiguresView:
    names = (*columns(table, by), *table.sums)
    return FiguresView(
        table=table.name,
        columns=tuple(map(str, names)),
        rows=tuple(tuple(row[name] for name in names) for row in rows),
    )


def _select(table: Table, by: Sequence[Column]) -> str:
    """Of so many rows at most; negative: of all."""
    key = columns(table, by)
    selected = [f"{_MADE.get(each, each.value)} as {each.value}" for each in key]
    sums = [f"ifnull(sum({name}), 0) as {name}" for name in table.sums]
    joined = "left join services using (service)" if Column.INSTITUTION in key else ""
    grouped = f"group by {', '.join(map(str, range(1, len(key) + 1)))}" if key else ""
    return (
        f"select {', '.join([*selected, *sums])} from {table.name} {joined} "  # noqa: S608
        f"where day between :first and :last {grouped} limit :most"
    )


_MADE = {Column.MONTH: "substr(day, 1, 7)", Column.INSTITUTION: "ifnull(institution, '')"}

"""Reports say what the days came to, however they are summed, and never hold up the queue."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from messaging.codec import LONGEST_MESSAGE, encode
from messaging.messages import FiguresView, Reply, ReportView
from queue_core.centre import Centre
from queue_core.commands import AskReport, Request
from queue_core.decide import handle
from queue_core.figures import COUNTERS, TABLES, VISITS
from queue_core.model import State
from queue_core.refusals import RefusalCode
from queue_core.reports import Column
from queue_module.reports import (
    MOST_AT_ONCE,
    MOST_ROWS,
    NOTHING,
    Reports,
    figures_so_far,
    report,
)
from tests.conftest import MORNING
from tests.queue_module.days import random_days
from tests.queue_module.test_ledger import Restored

FIRST, LAST = date(2026, 11, 24), date(2026, 11, 26)


@pytest.fixture(scope="module")
def kept(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State]:
    """Two days that are over and one that is not."""
    database = tmp_path_factory.mktemp("kept") / "queue.db"
    with Restored(centre, database) as restored:
        restored.store(random_days(centre, 5))
        restored.ledger.keep_if_due()
        return database, restored.ledger.state


def told(view: FiguresView) -> list[dict[str, str | int]]:
    return [dict(zip(view.columns, row, strict=True)) for row in view.rows]


@pytest.mark.parametrize("by", [(), *((each,) for each in Column), tuple(Column)])
def test_by_whatever_it_is_summed_it_comes_to_the_same(
    centre: Centre, kept: tuple[Path, State], by: tuple[Column, ...]
) -> None:
    database, state = kept
    today = figures_so_far(state, centre)
    assert {row["day"] for row in today["visits"]} == {str(LAST)}
    whole = report(database, centre, AskReport(FIRST, LAST), today)
    found = report(database, centre, AskReport(FIRST, LAST, by), today)
    for table, views in zip(TABLES, zip(whole, found, strict=True), strict=True):
        (everything,), rows = map(told, views)
        assert everything[table.sums[0]], table.name
        for name in table.sums:
            assert sum(int(row[name]) for row in rows) == everything[name]


def test_a_day_that_ends_while_it_is_reported_is_counted_once(
    centre: Centre, tmp_path: Path
) -> None:
    log = random_days(centre, 5)
    morning = next(i for i, each in enumerate(log) if each.at.date() > FIRST)
    with Restored(centre, tmp_path / "queue.db") as restored:
        restored.store(log[:morning])
        evening = figures_so_far(restored.ledger.state, centre)
        restored.store(log[morning:])
    asked = (tmp_path / "queue.db", centre, AskReport(FIRST, FIRST))
    assert report(*asked, evening) == report(*asked, {table.name: () for table in TABLES})


def test_a_row_is_of_its_day_month_and_institution(
    centre: Centre, kept: tuple[Path, State]
) -> None:
    database, state = kept
    today = figures_so_far(state, centre)
    days, _, counters = report(database, centre, AskReport(FIRST, LAST, (Column.DAY,)), today)
    assert [row["day"] for row in told(days)] == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert counters.columns == ("day", *COUNTERS.sums)
    question = AskReport(FIRST, FIRST, (Column.MONTH, Column.INSTITUTION, Column.SERVICE))
    services, *_ = report(database, centre, question, today)
    for row in told(services):
        assert row["month"] == "2026-11"
        assert row["institution"] == centre.services[str(row["service"])].institution


def test_a_period_that_is_too_long_or_no_period_is_refused(centre: Centre) -> None:
    def code(first: date, last: date, *by: Column) -> RefusalCode | None:
        request = Request("question", "desk", AskReport(first, last, by))
        outcome = handle(centre, State(), request, MORNING)
        assert not outcome.recorded
        return outcome.answer.refusal.code if outcome.answer.refusal else None

    assert code(LAST, FIRST) is RefusalCode.BAD_VALUE
    assert code(FIRST, LAST, Column.DAY, Column.DAY) is RefusalCode.BAD_VALUE
    assert code(date(2026, 1, 1), date(2027, 2, 5)) is RefusalCode.PERIOD_TOO_LONG
    assert code(date(2026, 1, 1), date(2027, 2, 4)) is None


def test_a_log_that_cannot_be_read_is_said(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "queue.db").write_bytes(b"rust" * 4096)
    replies = list[Reply]()
    reports = Reports(tmp_path / "queue.db", centre, lambda make: make())
    reports.make("question", AskReport(FIRST, LAST), State(), MORNING, replies.append)
    assert replies[0].refusal
    assert replies[0].refusal.code is RefusalCode.NOT_READ


def test_too_many_rows_are_refused(
    centre: Centre, kept: tuple[Path, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_module.reports.MOST_ROWS", 10)
    replies = list[Reply]()
    reports = Reports(kept[0], centre, lambda make: make())
    question = AskReport(FIRST, LAST, tuple(Column))
    reports.make("question", question, kept[1], MORNING, replies.append)
    assert replies[0].refusal
    assert replies[0].refusal.code is RefusalCode.REPORT_TOO_LARGE
    assert any(len(each.rows) > 10 for each in report(kept[0], centre, question, NOTHING))


def test_the_largest_report_fits_into_a_message() -> None:
    texts = ("as-long-as-identifiers-are",) * len(VISITS.key)
    row: tuple[str | int, ...] = (*texts, *(99_999 for _ in VISITS.sums))
    tables = FiguresView(table="visits", columns=("",), rows=(row,) * MOST_ROWS)
    reply = Reply(id="x" * 80, report=ReportView(at=MORNING, tables=(tables,)))
    assert len(encode(reply)) <= LONGEST_MESSAGE


def test_asked_again_it_is_made_once_and_of_a_flood_only_so_many(
    centre: Centre, kept: tuple[Path, State]
) -> None:
    waiting, replies = list[Callable[[], None]](), list[Reply]()
    reports = Reports(kept[0], centre, waiting.append)
    for number in (1, 1, *range(100)):
        question = AskReport(FIRST, LAST)
        reports.make(f"question-{number}", question, kept[1], MORNING, replies.append)
    assert len(waiting) == MOST_AT_ONCE
    for make in waiting:
        make()
    assert len({reply.id for reply in replies}) == MOST_AT_ONCE
    assert all(reply.report for reply in replies)

"""`python -m benchmarks.figures`: a month's report over 100 000 visits, beside reading the rows."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.timing import Sample, row
from config.load import load_settings
from queue_core.centre import Centre
from queue_core.commands import AskReport
from queue_core.figures import TABLES, figures_of
from queue_core.life import Status
from queue_core.model import (
    Call,
    CallReason,
    CallRule,
    GivenService,
    Kind,
    State,
    Ticket,
    WaitRange,
)
from queue_core.reports import Column
from queue_module.reports import NOTHING, report
from queue_module.schema import open_for_reading, open_for_writing
from queue_module.storage import transaction
from rinda.centre_at_hand import SITE

VISITS, DAYS = 100_000, 22
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
TIMES = 15
QUESTIONS: Sequence[tuple[Column, ...]] = (
    (),
    (Column.DAY,),
    (Column.HOUR,),
    (Column.INSTITUTION,),
    (Column.SERVICE, Column.CHANNEL, Column.E_SERVICE),
    (Column.COUNTER,),
)


def main() -> None:
    """Print what each question of the month takes."""
    centre = load_settings([SITE], {}).to_centre()
    with tempfile.TemporaryDirectory() as name:
        database = Path(name) / "queue.db"
        fill(database, centre, VISITS)
        floor = _floor(database)
        print(f"{VISITS} visits of {DAYS} days.\n")
        print("| a month's report, by | median | p99 | floor | ratio |\n|---|---|---|---|---|")
        for by in QUESTIONS:
            question, sample = AskReport(FIRST, LAST, by), Sample(", ".join(by) or "nothing")
            tables = report(database, centre, question, NOTHING)
            for _ in range(TIMES):
                with sample.timed():
                    report(database, centre, question, NOTHING)
            place = tables[0].columns.index("tickets")
            assert sum(int(each[place]) for each in tables[0].rows) >= VISITS
            print(row(sample, floor, "the rows read once"))


def fill(database: Path, centre: Centre, visits: int) -> None:
    """Working days of so many visits in all, as figures."""
    with closing(open_for_writing(database)) as log, transaction(log):
        services = [(each.id, each.institution) for each in centre.services.values()]
        log.conn.executemany("insert into services values (?, ?)", services)
        for day in days(centre, visits):
            for table in TABLES:
                log.table(table.name).insert_all(figures_of(day, centre.timezone)[table.name])


def days(centre: Centre, visits: int) -> Iterator[State]:
    """At random, the same each time."""
    chance, day = random.Random(1), FIRST - timedelta(1)
    for _ in range(DAYS):
        day += timedelta(1)
        while day.weekday() > 4:
            day += timedelta(1)
        tickets = [_ticket(centre, chance, day) for _ in range(visits // DAYS + 1)]
        named = {str(number): each for number, each in enumerate(tickets)}
        yield State(day=day, tickets=named)


def _ticket(centre: Centre, chance: random.Random, day: date) -> Ticket:
    service = chance.choice(list(centre.services.values()))
    minutes = min(max(chance.gauss(240, 110), 0), 540)
    morning = datetime(day.year, day.month, day.day, 8, tzinfo=centre.timezone)
    arrived_at = morning + timedelta(minutes=minutes)
    wait, served = timedelta(minutes=chance.expovariate(1 / 9)), timedelta(minutes=8)
    at = arrived_at + wait
    counter = chance.choice([c.id for c in centre.counters.values()])
    call = Call(1, counter, at, CallReason(CallRule.ONLY_ONE, at), announced_at=at)
    told = WaitRange(*(timedelta(minutes=each) for each in (2, 8, 20)))
    ticket = Ticket(
        id="t",
        series="A",
        number=1,
        service=service.id,
        kind=Kind.WALK_IN,
        language="lv",
        arrived_at=arrived_at,
        counts_from=arrived_at,
        due_at=arrived_at + timedelta(minutes=20),
        status=Status.SERVED,
        call=call,
        ended_at=at + served,
        given=(GivenService(service.id, e_service=chance.random() < 0.2),),
        promised=told,
        rated=chance.choice((None, None, 8, 9, 10)),
    )
    if chance.random() < 0.05:
        missed = replace(ticket, status=Status.EXPIRED, expired_from=Status.NO_SHOW)
        return replace(missed, ended_at=None, given=(), rated=None)
    return ticket


def _floor(database: Path) -> float:
    """SQLite reads all columns of all rows."""
    sample = Sample("floor")
    with closing(open_for_reading(database)) as log:
        for _ in range(TIMES):
            with sample.timed():
                for table in TABLES:
                    log.execute(
                        f"select {', '.join(f'max({x})' for x in table.sums)} from {table.name}"
                    ).fetchall()
    return sample.median


if __name__ == "__main__":
    main()

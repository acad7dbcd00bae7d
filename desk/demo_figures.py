"""What a week at a centre came to, made up, for pictures."""

from collections.abc import Iterator, Mapping
from datetime import date

from desk.demo import NOW, SERVES
from messaging.messages import FiguresView, ReportView
from queue_core.commands import AskReport
from queue_core.figures import COUNTERS, TABLES, VISITS, WORK, Row
from queue_core.reports import columns, summed, widened

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 20)

ARRIVALS = {"08": 2, "09": 4, "10": 6, "11": 7, "12": 5, "13": 3, "14": 4, "15": 3, "16": 1}
"""Hour → visitors for the service most asked for."""


def week(question: AskReport, institutions: Mapping[str, str]) -> ReportView:
    """The answer to a question on these days. `institutions`: service → its institution."""
    rows = {VISITS: list(_visits()), WORK: list(_work()), COUNTERS: list(_counters())}
    tables = list[FiguresView]()
    for table in TABLES:
        names = (*columns(table, question.by), *table.sums)
        wide = (widened(row, institutions) for row in rows[table])
        found = summed(table, wide, question.by)
        told = tuple(tuple(row[name] for name in names) for row in found)
        tables.append(FiguresView(table=table.name, columns=tuple(map(str, names)), rows=told))
    return ReportView(at=NOW, tables=tuple(tables))


def _days() -> list[str]:
    return [str(FIRST.replace(day=day)) for day in range(FIRST.day, LAST.day + 1)]


def _visits() -> Iterator[Row]:
    for number, day in enumerate(_days()):
        for hour, most in ARRIVALS.items():
            for place, service in enumerate(SERVES):
                tickets = max(0, most - place - (number == 4))
                key = {"day": day, "hour": hour, "service": service, "counter": str(1 + place % 2)}
                booked = min(tickets, place % 2)
                yield {**key, "kind": "walk_in", **_sums(tickets - booked, place)}
                yield {**key, "kind": "slot", **_sums(booked, place, slots=booked)}


def _sums(tickets: int, place: int, slots: int = 0) -> Row:
    missed = tickets // 6
    counted: Row = {
        "tickets": tickets,
        "served": tickets - missed,
        "missed": missed,
        "called": tickets,
        "called_in_time": tickets - tickets // 5,
        "called_late": tickets // 5,
        "wait_seconds": tickets * (380 + 25 * place),
        "waited_5": tickets // 2,
        "waited_10": tickets // 4,
        "waited_20": tickets - tickets // 2 - tickets // 4,
        "serving_seconds": (tickets - missed) * (400 + 60 * place),
        "promises": tickets,
        "promises_kept": tickets - tickets // 4,
        "slots": slots,
        "slots_punctual": slots,
        "slot_seconds": 150 * slots,
        "computer_offered": tickets // 2,
        "computer_chosen": tickets // 4,
        "ratings": tickets // 3,
        "rating_sum": tickets // 3 * 9,
    }
    return dict.fromkeys(VISITS.sums, 0) | counted


def _work() -> Iterator[Row]:
    in_person = (("in_person", "no", 5), ("in_person", "yes", 2))
    ways = (*in_person, ("remote", "no", 1), ("phone", "no", 3))
    for day in _days():
        for place, service in enumerate(SERVES):
            for channel, online, most in ways:
                hour = list(ARRIVALS)[place]
                key = {"day": day, "hour": hour, "service": service, "counter": "1"}
                count = max(0, most * 3 - place)
                done = {"records": count, "count": count + count // 5}
                yield {**key, "channel": channel, "e_service": online, **done}


def _counters() -> Iterator[Row]:
    for day in _days():
        for number, counter in enumerate(("1", "2", "kabinets")):
            times = (30_600 - 9_000 * number, 2_700, 19_000 - 6_500 * number)
            yield {"day": day, "counter": counter, **dict(zip(COUNTERS.sums, times, strict=True))}

"""Figures summed over days by whatever is asked, and what is reckoned from the sums."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from queue_core.figures import MINUTES, Row, Table

MOST_DAYS = 400
"""In one report: a year, and the month before it to compare with."""

FEWEST_RATINGS = 5
"""Of fewer no mean is told: it would be the opinion of somebody, or on somebody."""


class Column(StrEnum):
    """By what figures can be summed. Each table is summed by those that it has."""

    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    INSTITUTION = "institution"
    SERVICE = "service"
    COUNTER = "counter"
    KIND = "kind"
    CHANNEL = "channel"
    E_SERVICE = "e_service"


MADE_OF = {Column.MONTH: Column.DAY, Column.INSTITUTION: Column.SERVICE}
"""What no table has, and of what it is made."""


def columns(table: Table, by: Iterable[Column]) -> list[Column]:
    """Those by which this table can be summed."""
    return [each for each in by if MADE_OF.get(each, each) in table.key]


def widened(row: Row, institutions: Mapping[str, str]) -> Row:
    """With all columns. `institutions`: service → its institution."""
    more = dict[str, str | int]()
    if "service" in row:
        more["institution"] = institutions.get(str(row["service"]), "")
    return {**row, "month": str(row["day"])[:7], **more}


def summed(table: Table, rows: Iterable[Row], by: Iterable[Column]) -> list[Row]:
    """Rows of the table, widened or summed before, added up and in order."""
    key, cells = columns(table, by), dict[tuple[str, ...], list[int]]()
    for row in rows:
        texts = tuple(str(row[each]) for each in key)
        cell = cells.setdefault(texts, [0] * len(table.sums))
        for place, name in enumerate(table.sums):
            cell[place] += int(row[name])
    return [
        dict(zip(map(str, key), texts, strict=True)) | dict(zip(table.sums, sums, strict=True))
        for texts, sums in sorted(cells.items())
    ]


def total(table: Table, rows: Iterable[Row]) -> Row:
    """All rows added up; zeros where there are none."""
    found = summed(table, rows, ())
    return found[0] if found else dict.fromkeys(table.sums, 0)


def mean_minutes(row: Row, seconds: str, among: str) -> float | None:
    """E.g. of `wait_seconds` among `called`; None where there are none."""
    number = int(row[among])
    return int(row[seconds]) / 60 / number if number else None


def share(row: Row, part: str, *whole: str) -> float | None:
    """From 0 to 1, of the sum of `whole`; None of nothing."""
    number = sum(int(row[name]) for name in whole)
    return int(row[part]) / number if number else None


def called_within(row: Row) -> Sequence[float]:
    """The shares of those called who were called within each of `MINUTES`; empty for nobody."""
    called, within, shares = int(row["called"]), 0, list[float]()
    for minutes in MINUTES if called else ():
        within += int(row[f"waited_{minutes}"])
        shares.append(within / called)
    return shares


def mean_rating(row: Row) -> float | None:
    """From 1 to 10; None where fewer than `FEWEST_RATINGS` rated, or the marks are not told."""
    ratings = int(row["ratings"])
    told = row["rating_sum"] != "" and ratings >= FEWEST_RATINGS
    return int(row["rating_sum"]) / ratings if told else None


def discreet(rows: Sequence[Row]) -> list[Row]:
    """The rows of visits as they may be given away: `rating_sum` is "" where few have rated, and of
    a counter, which may be a person. Where the marks of few could be found by taking all others
    from the sum of all, those of the row with the next fewest ratings are not told either."""
    told, untold = list(rows), 0
    for place in sorted(range(len(told)), key=lambda each: int(told[each]["ratings"])):
        ratings, row = int(told[place]["ratings"]), told[place]
        if Column.COUNTER in row or ratings < FEWEST_RATINGS or 0 < untold < FEWEST_RATINGS:
            told[place], untold = {**row, "rating_sum": ""}, untold + ratings
    return told

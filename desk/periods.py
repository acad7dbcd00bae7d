"""Which days a report is of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from queue_core.reports import Column

MOST_DAYS_BY_DAY = 62


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one. `name`: one of `PERIODS`, or "" for days of its own."""

    name: str
    first: date
    last: date

    @property
    def step(self) -> Column:
        """By what it is divided, so that a person can look at it."""
        by_day = (self.last - self.first).days < MOST_DAYS_BY_DAY
        return Column.DAY if by_day else Column.MONTH

    @property
    def halves(self) -> "tuple[Period, Period]":
        """Of more days than one."""
        middle = self.first + (self.last - self.first) // 2
        return replace(self, last=middle), replace(self, first=middle + timedelta(days=1))


def period(today: date, asked: Mapping[str, str]) -> Period:
    """`asked`: `period`, or `first` and `last` as ISO dates; else this month."""
    try:
        first, last = (date.fromisoformat(asked[each]) for each in ("first", "last"))
    except (KeyError, ValueError):
        name = asked.get("period", "")
        name = name if name in PERIODS else "month"
        return Period(name, *PERIODS[name](today))
    return Period("", min(first, last), max(first, last))


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


PERIODS: Mapping[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "week": lambda today: (today - timedelta(days=today.weekday()), today),
    "month": lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
    "year": lambda today: (today.replace(month=1, day=1), today),
}

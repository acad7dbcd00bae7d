"""On which days something recurs: the part of RFC 5545's RRULE that an office's calendar needs.

A rule says days, never hours. What it may say is bounded, so that no rule takes long to follow.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

PARTS = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH", "BYYEARDAY"},
}
"""FREQ → what may be said besides INTERVAL, COUNT, WKST and UNTIL (a date)."""

LONGEST = 200
MOST = {
    "INTERVAL": 400,
    "COUNT": 4000,
    "BYDAY": 53,
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYSETPOS": 366,
    "BYYEARDAY": 366,
}
FIRST, LAST = date(1970, 1, 1), date(2099, 12, 31)
"""Days that a rule may say."""

EPOCH = date(2000, 1, 1)
"""Where a rule begins that is not counted from a day of its own."""

_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")
_NUMBER = re.compile(r"\d+")
_ORDINAL = re.compile(r"[+-]?\d+[A-Z]{2}")


def check_recurrence(rule: str, since: date | None = None) -> None:
    """Raises ValueError, in words, for a rule such as ``FREQ=MONTHLY;BYDAY=2FR`` that cannot be
    followed from the day `since`; None: from no day, so it may count nothing."""
    parts = _parts(rule)
    frequency = parts.pop("FREQ", "")
    if frequency not in PARTS:
        raise ValueError(f"expected FREQ, one of {', '.join(PARTS)}")
    for name, value in parts.items():
        if name not in PARTS[frequency] | {"INTERVAL", "COUNT", "UNTIL", "WKST"}:
            raise ValueError(f"{name} is not for FREQ={frequency}")
        if name in MOST and not all(1 <= int(n) <= MOST[name] for n in _NUMBER.findall(value)):
            raise ValueError(f"expected {name} from 1 to {MOST[name]}")
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}", parts["UNTIL"]):
        raise ValueError("expected UNTIL as a date such as 20271231")
    until = parts.get("UNTIL", f"{LAST:%Y%m%d}")
    if not (FIRST <= (since or FIRST) <= LAST and f"{FIRST:%Y%m%d}" <= until <= f"{LAST:%Y%m%d}"):
        raise ValueError(f"expected days from {FIRST.year} to {LAST.year}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("has both UNTIL and COUNT")
    if frequency in {"DAILY", "WEEKLY"} and _ORDINAL.search(parts.get("BYDAY", "")):
        raise ValueError(f"which weekday of the month is not for FREQ={frequency}")
    if since is None:
        _check_uncounted(frequency, parts)
    first_day(rule, since)


def recurs(rule: str, since: date | None, day: date) -> bool:
    """Whether the rule, which is a good one, has this day."""
    return day in _days(rule, since or EPOCH, day.year)


def first_day(rule: str, since: date | None) -> date:
    """The first day that the rule has. Raises ValueError where it has none."""
    found = next(iter(_follow(rule, since or EPOCH)), None)
    if found is None or found.date() > LAST:
        raise ValueError("has no day at all")
    return found.date()


def recurring_among(days: frozenset[date], rule: str, since: date) -> frozenset[date]:
    """Which of these days the rule has, which is followed once for all of them."""
    if not days:
        return days
    first, last = (datetime.combine(edge(days), time()) for edge in (min, max))
    return days & {each.date() for each in _follow(rule, since).between(first, last, inc=True)}


@lru_cache(maxsize=1000)
def _days(rule: str, since: date, year: int) -> frozenset[date]:
    first, last = datetime(year, 1, 1), datetime(year, 12, 31)  # noqa: DTZ001 - days have no zone
    return frozenset(each.date() for each in _follow(rule, since).between(first, last, inc=True))


def _follow(rule: str, since: date) -> rrule:
    try:
        found = rrulestr(rule, dtstart=datetime.combine(since, time()))
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"is not a rule of RFC 5545: {error}") from None
    if not isinstance(found, rrule):
        raise TypeError("expected one rule")
    return found


def _parts(rule: str) -> dict[str, str]:
    if len(rule) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} letters")
    found = [_PART.fullmatch(each) for each in rule.split(";")]
    parts = {each[1]: each[2] for each in found if each}
    if None in found or len(parts) < len(found):
        raise ValueError("expected a rule such as FREQ=MONTHLY;BYDAY=2FR")
    return parts


def _check_uncounted(frequency: str, parts: dict[str, str]) -> None:
    says_days = {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & set(parts)
    if {"INTERVAL", "COUNT"} & set(parts) or not (frequency == "DAILY" or says_days):
        raise ValueError("says not from which day it counts: that needs `since`")


def span_of_dates(text: str) -> tuple[date, date]:
    """``2026-12-23`` or ``2027-07-05/2027-07-16`` → first and last day. Raises ValueError."""
    first, _, last = text.partition("/")
    try:
        found = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError("expected a date or the first and last as 2027-07-05/2027-07-16") from None
    if not timedelta() <= found[1] - found[0] <= timedelta(days=366):
        raise ValueError("expected the last day on the first or within a year after it")
    return found

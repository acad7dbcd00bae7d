"""Days by rule, beside libical: another implementation of RFC 5545, in C, of other people."""

import ctypes
import random
import re
from datetime import UTC, date, datetime, timedelta

from config.recurrence import check_recurrence, recurs

RULES = 2000
MOST_DAYS = 366
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

expand = ctypes.CDLL("libical.so.3").icalrecur_expand_recurrence
expand.argtypes = (ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.POINTER(ctypes.c_long))
expand.restype = ctypes.c_int


def by_libical(rule: str, since: date, last: date) -> list[date]:
    found = (ctypes.c_long * MOST_DAYS)()
    begin = int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())
    until = re.sub(r"(UNTIL=\d+)", r"\1T235959Z", rule)  # since it counts from a moment, not a day
    assert expand(until.encode(), begin, MOST_DAYS, found), rule
    days = [datetime.fromtimestamp(each, UTC).date() for each in found if each]
    return [each for each in days if each <= last]


def by_us(rule: str, since: date, last: date) -> list[date]:
    days = (since + timedelta(days=n) for n in range((last - since).days + 1))
    return [each for each in days if recurs(rule, since, each)]


def some(chance: random.Random, values: range | tuple[str, ...], most: int = 3) -> str:
    return ",".join(sorted(map(str, chance.sample(list(values), chance.randint(1, most)))))


def a_rule(chance: random.Random) -> str:
    """With the parts that its frequency may have; none that never comes, which takes long."""
    frequency = chance.choice(("DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"))
    parts = [f"FREQ={frequency}"]
    match frequency:
        case "DAILY" | "WEEKLY":
            if chance.random() < 0.7:
                parts.append(f"BYDAY={some(chance, WEEKDAYS)}")
            if frequency == "WEEKLY" and chance.random() < 0.3:
                parts.append(f"WKST={chance.choice(('MO', 'SU'))}")  # libical errs with others
        case "MONTHLY":
            match chance.randint(0, 2):
                case 0:
                    ordinals = [f"{n}{day}" for n in (-2, -1, 1, 2, 3, 4) for day in WEEKDAYS]
                    parts.append(f"BYDAY={some(chance, tuple(ordinals))}")
                case 1:
                    parts.append(f"BYMONTHDAY=28,{some(chance, range(1, 32))}")
                case _:
                    parts.append(f"BYDAY={some(chance, WEEKDAYS)}")
                    parts.append(f"BYSETPOS={chance.choice((-1, 1, 2))}")
        case _:
            parts.append(f"BYMONTH={some(chance, range(1, 13))}")
            parts.append(f"BYMONTHDAY={some(chance, range(1, 29))}")
    if frequency != "YEARLY" and chance.random() < 0.3:
        parts.append(f"BYMONTH={some(chance, range(1, 13), 6)}")
    elif chance.random() < 0.5:
        parts.append(f"INTERVAL={chance.randint(1, 4)}")
    ending = chance.random()
    if ending < 0.3:
        parts.append(f"COUNT={chance.randint(1, 60)}")
    elif ending < 0.6:
        parts.append(f"UNTIL={date(2025, 1, 1) + timedelta(days=chance.randint(0, 900)):%Y%m%d}")
    return ";".join(parts)


def test_thousands_of_rules_have_the_days_that_libical_finds() -> None:
    chance = random.Random(5545)
    days = 0
    for _ in range(RULES):
        rule = a_rule(chance)
        begin = date(chance.randint(2024, 2027), 1, chance.randint(1, 31))
        # RFC 5545 leaves open what a first day means that the rule itself does not have.
        since = next(iter(by_us(rule, begin, begin + timedelta(days=60))), None)
        if since is None:
            continue
        check_recurrence(rule, since)
        last = date(since.year, 12, 31)
        ours = by_us(rule, since, last)
        assert ours == by_libical(rule, since, last), (rule, since)
        days += len(ours)
    assert days > RULES * 5

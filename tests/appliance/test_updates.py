"""When a version is taken, and whose turn it is."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.updates import (
    AFTER_CLOSING,
    BEFORE_OPENING,
    ENOUGH,
    FIRST_WAIT,
    FORGOTTEN,
    LONGEST_WAIT,
    TURN,
    Asked,
    Bundle,
    Reason,
    Running,
    Turns,
    is_awake,
    may_begin,
    refusal,
    sleeps,
)
from queue_core.centre import OpenInterval, weekly

RIGA = ZoneInfo("Europe/Riga")
NIGHT = datetime(2026, 11, 24, 2, tzinfo=RIGA)
PI = Running("1.2.0", "rinda-pi")


@pytest.mark.parametrize(
    ("bundle", "reason"),
    [
        (Bundle("1.3.0", "rinda-pi"), None),
        (Bundle("1.10", "rinda-pi"), None),
        (Bundle("1.2.0", "rinda-pi"), Reason.SAME),
        (Bundle("1.1.9", "rinda-pi"), Reason.OLDER),
        (Bundle("1.3.0", "rinda-twin"), Reason.OTHER_MACHINE),
    ],
)
def test_only_newer_versions_for_this_machine_are_taken(
    bundle: Bundle, reason: Reason | None
) -> None:
    assert refusal(bundle, PI) == reason


def test_an_older_one_or_one_that_failed_is_taken_if_it_is_meant() -> None:
    assert refusal(Bundle("1.1", "rinda-pi"), PI, downgrade=True) is None
    failed = Running("1.2.0", "rinda-pi", frozenset({"1.3.0"}))
    assert refusal(Bundle("1.3.0", "rinda-pi"), failed) == Reason.TRIED_BEFORE
    assert refusal(Bundle("1.3.0", "rinda-pi"), failed, again=True) is None


intervals = st.builds(
    lambda day, opens, hours: OpenInterval(day, time(opens), time(min(opens + hours, 23), 30)),
    st.integers(0, 6),
    st.integers(0, 22),
    st.integers(0, 12),
)


@given(st.lists(intervals, max_size=12), st.integers(0, 60 * 24 * 400))
def test_nobody_who_is_served_meets_an_update(hours: list[OpenInterval], minute: int) -> None:
    now = NIGHT + timedelta(minutes=minute)
    week = weekly(*hours)
    needed = [now, now + BEFORE_OPENING - timedelta(minutes=1)]
    needed += [now - AFTER_CLOSING + timedelta(minutes=1)]
    if may_begin([week], RIGA, now):
        assert not any(week.open_at(each.astimezone(RIGA)) for each in needed)
    elif not hours:
        pytest.fail("a centre without hours never updates")


def test_there_is_a_moment_in_each_night() -> None:
    week = weekly(*(OpenInterval(day, time(8), time(20)) for day in range(7)))
    minutes = [NIGHT + timedelta(minutes=each) for each in range(0, 24 * 60, 10)]
    allowed = [each for each in minutes if may_begin([week], RIGA, each)]
    assert {each.hour for each in allowed} == {21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7}
    assert max(each.minute for each in allowed if each.hour == 7) <= 15


LIBRARY = weekly(*(OpenInterval(day, time(10), time(18)) for day in range(5)))
"""Of which the strip is switched on at half past nine and off at half past six."""


@given(st.lists(intervals, max_size=12), st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 20))
def test_a_unit_that_was_on_in_the_last_such_time_does_not_sleep(
    hours: list[OpenInterval], minute: int, away: int
) -> None:
    """And one that sleeps was away for two whole ones."""
    week, awake = weekly(*hours), NIGHT + timedelta(minutes=minute)
    moments = [awake + timedelta(minutes=each) for each in range(0, away, 10)]
    quiet = [may_begin([week], RIGA, each) for each in moments]
    fell = sum(before and not after for before, after in pairwise(quiet))
    rose = sum(after and not before for before, after in pairwise(quiet))
    if sleeps([week], RIGA, awake, awake + timedelta(minutes=away)):
        assert min(fell, rose) >= 2
    elif not hours or fell == 0:
        assert not sleeps([week], RIGA, awake, awake)


def test_a_library_that_is_switched_off_sleeps_after_two_nights() -> None:
    monday = datetime(2026, 11, 23, 17, tzinfo=RIGA)
    days = [monday + timedelta(days=each) for each in range(5)]
    assert [sleeps([LIBRARY], RIGA, monday, each) for each in days] == [
        *(False, False),
        *(True, True, True),
    ]
    assert not sleeps([LIBRARY], RIGA, None, days[4])
    assert sleeps([LIBRARY], RIGA, monday - timedelta(days=10_000), monday)


@given(st.integers(0, 60 * 24 * 7), st.integers(0, 200))
def test_a_strip_that_is_on_for_the_day_only_wakes_nobody(minute: int, on_for: int) -> None:
    now = NIGHT + timedelta(minutes=minute)
    awake = is_awake([LIBRARY], RIGA, now, timedelta(minutes=on_for))
    began = now - ENOUGH
    assert awake == (
        on_for >= 30 and may_begin([LIBRARY], RIGA, began) and may_begin([LIBRARY], RIGA, now)
    )
    if now.weekday() < 5 and time(9, 30) <= now.time() <= time(18, 30):
        assert not is_awake([LIBRARY], RIGA, now, now - now.replace(hour=9, minute=30))


def asked(version: str, at: datetime, tried: str = "") -> Asked:
    return Asked(version, tried, at)


def turns(up: datetime = NIGHT - FIRST_WAIT) -> Turns:
    return Turns("2.0", NIGHT.astimezone(UTC), up)


def test_one_unit_has_the_turn_until_it_is_done() -> None:
    each = turns()
    assert each.ask("kiosk-1", asked("1.0", NIGHT), closed=True)
    assert not each.ask("board-1", asked("1.0", NIGHT), closed=True)
    assert not each.ask("kiosk-1", asked("2.0", NIGHT + timedelta(minutes=9)), closed=True)
    assert each.ask("board-1", asked("1.0", NIGHT + timedelta(minutes=10)), closed=True)


def test_a_unit_that_came_back_gives_the_turn_on_and_is_not_asked_again() -> None:
    each = turns()
    assert each.ask("kiosk-1", asked("1.0", NIGHT), closed=True)
    assert not each.ask("kiosk-1", asked("1.0", NIGHT, tried="2.0"), closed=True)
    assert each.ask("board-1", asked("1.0", NIGHT), closed=True)


def test_a_unit_that_never_comes_back_loses_its_turn() -> None:
    each = turns()
    each.ask("kiosk-1", asked("1.0", NIGHT), closed=True)
    assert each.ask("board-1", asked("1.0", NIGHT + TURN), closed=True)


def test_nobody_has_the_turn_while_the_centre_is_open() -> None:
    assert not turns().ask("kiosk-1", asked("1.0", NIGHT), closed=False)


def test_a_unit_that_sleeps_has_its_turn_by_day_until_it_runs_the_version() -> None:
    each, day = turns(), timedelta(days=1)
    assert each.ask("kiosk-1", asked("1.0", NIGHT), closed=False, sleeps=True)
    assert not each.ask("board-1", asked("1.0", NIGHT + day), closed=True)
    assert not each.ask("kiosk-1", asked("2.0", NIGHT + day), closed=False, sleeps=True)
    assert each.ask("board-1", asked("1.0", NIGHT + day), closed=False, sleeps=True)
    assert each.ask("kiosk-2", asked("1.0", NIGHT + day + FORGOTTEN), closed=True)


def test_the_hub_is_the_last() -> None:
    each = turns(up=NIGHT)
    assert not each.is_hubs(NIGHT)
    later = NIGHT + FIRST_WAIT
    assert each.is_hubs(later)
    each.ask("kiosk-1", asked("1.0", later), closed=False)
    assert not each.is_hubs(later)
    assert each.is_hubs(later + FORGOTTEN)
    each.ask("kiosk-1", asked("1.0", NIGHT + LONGEST_WAIT), closed=False)
    assert each.is_hubs(NIGHT + LONGEST_WAIT)
    each.ask("kiosk-1", asked("2.0", later), closed=False)
    assert each.is_hubs(later)


steps = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans(), st.integers(0, 50)), max_size=60
)


@given(steps)
def test_never_two_at_once_within_a_turn(asking: list[tuple[str, bool, int]]) -> None:
    each, now, done = turns(), NIGHT, set[str]()
    busy: dict[str, datetime] = {}
    for unit, finishes, minutes in asking:
        now += timedelta(minutes=minutes)
        if finishes and unit in busy:
            done.add(unit)
            del busy[unit]
        if each.ask(unit, asked("2.0" if unit in done else "1.0", now), closed=True):
            busy.setdefault(unit, now)
        under_way = [one for one, since in busy.items() if now - since < TURN]
        assert len(under_way) <= 1

"""Which hours a date has: of the week, by rule, on holidays and their eves, by exception."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import ConfigError, Problem, load_settings
from config.opening_hours import ExceptionSettings, HoursByRule, HoursSettings, OpeningCalendar
from config.public_holidays import public_holidays
from config.recurrence import check_recurrence, recurs
from queue_core.centre import Hours
from tests.conftest import DEMO

Site = Callable[[str], dict[str, Hours]]

VDI = """
[[institution]]
id = "vdi"
name = { lv = "VDI", en = "VDI" }
hint = { lv = "Darba tiesības", en = "Labour rights" }
hours_by_rule = [{ rule = "FREQ=MONTHLY;BYDAY=2FR", hours = ["09:00-12:00", "13:00-15:00"] }]
"""
CHANGES = """
[[exception]]
dates = [2026-12-21, 2026-12-29]
hours = ["08:00-11:00"]

[[exception]]
dates = ["2026-11-30/2026-12-04"]
institution = "vid"

[[exception]]
dates = [2026-11-30]

[[exception]]
dates = [2026-11-18]
institution = "vsaa"
hours = ["10:00-12:00"]
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The hours of each institution of the demonstration site with some text added."""

    def hours(added: str) -> dict[str, Hours]:
        (tmp_path / "site.toml").write_text((DEMO / "site.toml").read_text() + added)
        centre = load_settings([tmp_path / "site.toml"], {}).to_centre()
        return {each.id: each.hours for each in centre.institutions.values()}

    return hours


def said(hours: Hours, day: str) -> str:
    """Its open intervals, as settings say them."""
    spans = hours.spans(date.fromisoformat(day))
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


@pytest.mark.parametrize(
    ("institution", "day", "expected"),
    [
        ("vsaa", "2026-11-24", "08:00-12:00 12:30-17:00"),
        ("vsaa", "2026-11-30", ""),  # the whole centre is closed
        ("vsaa", "2026-11-18", "10:00-12:00"),  # its own exception goes before a holiday
        ("vid", "2026-12-03", ""),  # a vacation
        ("vid", "2026-12-21", "08:00-11:00"),
        ("vsaa", "2026-11-17", "08:00-12:00 12:30-16:00"),  # the eve of a holiday
        ("vid", "2026-11-17", "08:30-12:00 12:30-16:00"),
        ("vsaa", "2026-12-23", "08:00-12:00 12:30-16:00"),
        ("vsaa", "2026-12-30", "08:00-12:00 12:30-16:00"),
        ("vsaa", "2026-12-24", ""),
        ("vsaa", "2028-06-23", ""),  # years ahead
        ("vsaa", "2026-01-02", ""),  # a working day that was moved
        ("vsaa", "2026-01-17", "08:00-12:00 12:30-15:00"),  # to a Saturday, with a Friday's hours
        ("vsaa", "2026-06-27", "08:00-12:00 12:30-17:00"),  # for a Monday, the eve of Līgo
        ("vsaa", "2025-11-08", "08:00-12:00 12:30-17:00"),  # for the eve of 18 November
        ("vsaa", "2026-01-10", ""),
        ("vdi", "2026-12-11", "09:00-12:00 13:00-15:00"),  # the second Friday
        ("vdi", "2026-12-04", ""),
        ("vdi", "2026-12-18", ""),
        ("vid", "2026-12-07", "08:30-12:00 12:30-17:00"),  # Mondays, Tuesdays, Thursdays
        ("vid", "2026-12-09", ""),
    ],
)
def test_hours_of_a_date(site: Site, institution: str, day: str, expected: str) -> None:
    assert said(site(VDI + CHANGES)[institution], day) == expected


def test_holidays_are_kept_where_that_is_wished() -> None:
    calendar = OpeningCalendar(HoursSettings(wednesday=("08:00-12:00",)))
    assert said(calendar.to_hours(), "2026-11-18") == "08:00-12:00"


def test_counters_keep_the_centres_exceptions(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text((DEMO / "site.toml").read_text() + CHANGES)
    settings = load_settings([tmp_path / "site.toml"], {})
    week = HoursSettings(monday=("08:00-12:00",), wednesday=("08:00-12:00",))
    hours = settings.calendar(week).to_hours()
    assert [said(hours, f"2026-{day}") for day in ("11-30", "12-21", "11-18", "12-07")] == [
        "",
        "08:00-11:00",
        "",
        "08:00-12:00",
    ]


@pytest.mark.parametrize(
    ("added", "key", "words"),
    [
        ('[[exception]]\ndates = ["2026-13-01"]', "exception[0].dates[0]", "expected a date"),
        ('[[exception]]\ndates = ["2027-07-16/2027-07-05"]', "exception[0].dates[0]", "last day"),
        ("[[exception]]\ndates = []", "exception[0].dates", "1 at least"),
        (
            '[[exception]]\ndates = [2026-12-01]\nhours = ["9-12"]',
            "exception[0].hours[0]",
            "08:00-12:00",
        ),
        (
            '[[exception]]\ndates = [2026-12-01]\nhours = ["08:00+02:00-12:00"]',
            "exception[0].hours[0]",
            "08:00-12:00",
        ),
        (
            '[[exception]]\ndates = [2026-12-01]\ninstitution = "vxx"',
            "exception[0].institution",
            "no institution 'vxx'",
        ),
        (VDI.replace("2FR", "2XX"), "institution[7].hours_by_rule[0]", "RFC 5545"),
        (
            VDI.replace("FREQ=MONTHLY;BYDAY=2FR", "FREQ=WEEKLY"),
            "institution[7].hours_by_rule[0]",
            "since",
        ),
        (VDI.replace("hours_by_rule", "# "), "institution[7].hours", "is missing"),
        (
            VDI.replace("{ rule", "{ rull"),
            "institution[7].hours_by_rule[0].rull",
            "did you mean rule?",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, added: str, key: str, words: str) -> None:
    text = (DEMO / "site.toml").read_text() + "\n"
    (tmp_path / "site.toml").write_text(text + added)
    with pytest.raises(ConfigError) as caught:
        load_settings([tmp_path / "site.toml"], {})
    problem: Problem = next(each for each in caught.value.problems if each.key == key)
    assert words in problem.message
    assert problem.line is not None
    assert problem.line > text.count("\n")


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=2FR",
        "FREQ=MONTHLY;BYDAY=MO;BYHOUR=9",
        "FREQ=MONTHLY;BYDAY=MO;INTERVAL=2",
        "FREQ=YEARLY;BYMONTHDAY=1;COUNT=5",
        "FREQ=MONTHLY;BYMONTHDAY=99",
        "FREQ=DAILY;UNTIL=20261231T120000Z",
        "FREQ=DAILY;UNTIL=20269999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY\nFREQ=WEEKLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=MONTHLY;BYDAY=" + "MO," * 100,
    ],
)
def test_rules_that_cannot_be_followed_are_refused(rule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are for people
        check_recurrence(rule)


@given(st.text(alphabet="FREQ=DAILYWKMONTHBS;,-+0123456789TU", max_size=60), st.dates())
def test_any_text_is_a_rule_or_is_refused(text: str, since: date) -> None:
    try:
        check_recurrence(f"FREQ=MONTHLY;{text}", since)
    except ValueError:
        return
    recurs(f"FREQ=MONTHLY;{text}", since, since)


def test_every_second_week_counts_from_its_first_day() -> None:
    rule, since = "FREQ=WEEKLY;INTERVAL=2", date(2026, 12, 21)
    days = [since + timedelta(days=n) for n in range(-14, 60)]
    found = [each.isoformat() for each in days if recurs(rule, since, each)]
    assert found == ["2026-12-21", "2027-01-04", "2027-01-18", "2027-02-01", "2027-02-15"]


def test_days_moved_by_the_government() -> None:
    year = public_holidays("LV", 2026)
    assert year.worked == (
        (date(2026, 1, 17), date(2026, 1, 2)),
        (date(2026, 6, 27), date(2026, 6, 22)),
    )
    assert date(2026, 6, 22) in year.off - year.feasts
    assert not public_holidays("", 2026).off


HOUR = st.integers(0, 22)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.lists(st.tuples(HOUR, HOUR)), st.booleans())
def test_intervals_are_in_order_and_apart(
    day: date, hours: list[tuple[int, int]], by_exception: bool
) -> None:
    texts = tuple(f"{low:02}:00-{high + 1:02}:00" for low, high in hours if low <= high)
    rules = tuple(HoursByRule(rule="FREQ=DAILY", hours=(each,)) for each in texts)
    exceptions = (ExceptionSettings(dates=(day.isoformat(),), hours=texts),) if by_exception else ()
    calendar = OpeningCalendar(HoursSettings(), rules, exceptions, "LV", timedelta(hours=4))
    spans = calendar(day)
    edges = [edge for each in spans for edge in each]
    assert edges == sorted(set(edges))
    if by_exception and texts:
        assert spans[0][0].hour == min(low for low, high in hours if low <= high)

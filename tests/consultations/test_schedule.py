"""Slots follow from schedules: real institutions' days, holidays, vacations, a bus, summer time."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from config.load import ConfigError
from config.settings import Settings
from consultations.schedule import Schedule, Slot, slots
from tests.consultations.conftest import Schedules

RIGA = ZoneInfo("Europe/Riga")
SECOND_FRIDAY = """
[[schedule]]
id = "vdi"
service = "vid-konsultacija"
minutes = 30
follows = "holidays"
recurrence = [{ rule = "FREQ=MONTHLY;BYDAY=2FR", hours = ["09:00-10:30"] }]
"""
THREE_DAYS = """
[[schedule]]
id = "vid"
service = "vid-konsultacija"
minutes = 45
recurrence = [{ rule = "FREQ=WEEKLY;BYDAY=MO,TU,TH", hours = ["08:00-12:30"] }]
exception = [
  { dates = ["2026-12-01/2026-12-07"] },
  { dates = [2026-12-10], hours = ["14:00-16:00"] },
]
"""
BUS = """
[[schedule]]
id = "autobuss"
service = "novads-dzivesvieta"
follows = "nothing"
exception = [
  { dates = [2026-12-03, 2026-12-17], hours = ["10:00-10:40"] },
  { dates = [2026-12-08], hours = ["15:00-15:20"] },
]
"""
AT_NIGHT = """
[[schedule]]
id = "nakts"
service = "novads-dzivesvieta"
minutes = 60
follows = "nothing"
recurrence = [{ rule = "FREQ=DAILY", hours = ["02:00-05:00"] }]
"""


def said(schedule: Schedule, first: str, last: str) -> list[str]:
    """Its slots, as people in Riga would say them."""
    found = slots(schedule, date.fromisoformat(first), date.fromisoformat(last))
    return [f"{each.starts_at.astimezone(RIGA):%m-%d %H:%M}" for each in found]


def test_the_second_friday(schedules: Schedules) -> None:
    found = said(schedules(SECOND_FRIDAY)["vdi"], "2026-10-01", "2026-12-31")
    days = ("10-09", "11-13", "12-11")
    assert found == [f"{day} {hour}" for day in days for hour in ("09:00", "09:30", "10:00")]


def test_a_holiday_has_no_slots(schedules: Schedules) -> None:
    on_wednesdays = SECOND_FRIDAY.replace("MONTHLY;BYDAY=2FR", "WEEKLY;BYDAY=WE")
    assert not said(schedules(on_wednesdays)["vdi"], "2026-11-18", "2026-11-18")
    always = on_wednesdays.replace('"holidays"', '"nothing"')
    assert len(said(schedules(always)["vdi"], "2026-11-18", "2026-11-18")) == 3


@pytest.mark.parametrize(
    ("follows", "count"),
    [("opening", 17), ("holidays", 19), ("nothing", 0)],
)
def test_mondays_are_on_the_saturday_that_is_worked_for_one(
    schedules: Schedules, follows: str, count: int
) -> None:
    mondays = f"""
[[schedule]]
id = "vsaa"
service = "vsaa-pensija"
minutes = 30
follows = "{follows}"
recurrence = [{{ rule = "FREQ=WEEKLY;BYDAY=MO", hours = ["08:00-17:30"] }}]
"""
    assert len(said(schedules(mondays)["vsaa"], "2025-11-08", "2025-11-08")) == count


def test_an_institution_open_on_a_holiday_by_exception_has_slots(schedules: Schedules) -> None:
    opens = """
[[exception]]
dates = [2026-11-18]
institution = "vid"
hours = ["09:00-10:30"]
"""
    on_wednesdays = SECOND_FRIDAY.replace("MONTHLY;BYDAY=2FR", "WEEKLY;BYDAY=WE")
    found = schedules(on_wednesdays.replace('"holidays"', '"opening"') + opens)["vdi"]
    assert len(said(found, "2026-11-18", "2026-11-18")) == 3


def test_three_days_a_week_while_the_institution_is_open(schedules: Schedules) -> None:
    vid = schedules(THREE_DAYS)["vid"]
    assert said(vid, "2026-11-24", "2026-11-26") == [
        f"11-{day} {hour}" for day in (24, 26) for hour in ("08:30", "09:15", "10:00", "10:45")
    ]
    assert not said(vid, "2026-12-01", "2026-12-07")  # a vacation
    assert said(vid, "2026-12-08", "2026-12-10")[4:] == ["12-10 14:00", "12-10 14:45"]


def test_the_stops_of_a_bus(schedules: Schedules) -> None:
    assert said(schedules(BUS)["autobuss"], "2026-11-01", "2027-01-31") == [
        "12-03 10:00",
        "12-03 10:20",
        "12-08 15:00",
        "12-17 10:00",
        "12-17 10:20",
    ]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-03-28", ["02:00", "03:00", "04:00"]),
        ("2026-03-29", ["02:00", "04:00"]),  # the hour from three is left out
        ("2026-10-25", ["02:00", "03:00", "03:00", "04:00"]),  # it comes twice
    ],
)
def test_a_slot_is_as_long_on_the_night_of_summer_time(
    schedules: Schedules, day: str, hours: list[str]
) -> None:
    schedule = schedules(AT_NIGHT)["nakts"]
    assert said(schedule, day, day) == [f"{day[5:]} {each}" for each in hours]


def test_hours_of_the_clock_stay_when_summer_time_begins(schedules: Schedules) -> None:
    found = said(schedules(THREE_DAYS)["vid"], "2026-03-26", "2026-03-30")
    assert [each for each in found if each.endswith("08:30")] == ["03-26 08:30", "03-30 08:30"]


def test_a_schedule_ends(schedules: Schedules) -> None:
    ends = THREE_DAYS + "valid_from = 2026-11-24\nvalid_until = 2026-11-26\n"
    days = {each[:5] for each in said(schedules(ends)["vid"], "2026-11-01", "2027-11-01")}
    assert days == {"11-24", "11-26"}


def test_slots_never_overlap(schedules: Schedules) -> None:
    for schedule in schedules(THREE_DAYS + SECOND_FRIDAY + BUS + AT_NIGHT).values():
        found = slots(schedule, date(2026, 1, 1), date(2027, 12, 31))
        assert list(found) == sorted(found)
        pairs: list[tuple[Slot, Slot]] = list(pairwise(found))
        assert all(one.ends_at <= other.starts_at for one, other in pairs)
        assert {each.ends_at - each.starts_at for each in found} == {schedule.length}
        assert schedule.length >= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("minutes = 45", "minutes = 44", "minutes", "multiple of 5"),
        ('service = "vid-konsultacija"', 'service = "vid"', "service", "no service 'vid'"),
        ("minutes = 45", 'counter = "x"', "counter", "no counter 'x'"),
        ("08:00-12:30", "08:02-12:30", "recurrence[0].hours", "on 5 minutes"),
        ("recurrence", "# ", "recurrence", "an exception that has hours"),
        ("MO,TU,TH", "MO,TU,XX", "recurrence[0]", "RFC 5545"),
        ("minutes = 45", "capacity = 0", "capacity", "1"),
        (
            "minutes = 45",
            "valid_from = 2026-12-01\nvalid_until = 2026-11-01",
            "valid_until",
            "before",
        ),
        ("minutes = 45", 'follows = "the moon"', "follows", "opening"),
    ],
)
def test_mistakes_are_named(
    site: Callable[[str], Settings], old: str, new: str, key: str, words: str
) -> None:
    text = THREE_DAYS.replace("  { dates = [2026-12-10]", "# ")
    with pytest.raises(ConfigError) as caught:
        site(text.replace(old, new))
    (problem,) = caught.value.problems
    assert problem.key == f"schedule[2].{key}", "after the two of the site itself"
    assert words in problem.message
    assert problem.line


def test_several_visitors_at_once_share_nobody_with_another_schedule(
    site: Callable[[str], Settings],
) -> None:
    group = THREE_DAYS.replace("minutes = 45", 'capacity = 5\nspecialist = "anna"')
    site(group + SECOND_FRIDAY)
    with pytest.raises(ConfigError) as caught:
        site(group + SECOND_FRIDAY.replace("minutes = 30", 'specialist = "anna"'))
    assert [each.key for each in caught.value.problems] == ["schedule[2].capacity"]

"""Files of iCalendar: what goes out comes in again; what others write is understood or refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.opening_hours import DatedHours, HoursByRule
from consultations.agenda_files import BadCalendarError, Entry, agenda_file, read_agenda
from consultations.schedule_files import MOST_DATES, MOST_RULES, Days, read_schedule, schedule_file

RIGA = ZoneInfo("Europe/Riga")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAYS = [date(2026, 11, 1) + timedelta(days=n) for n in range(250)]

rules = st.sampled_from(
    [
        ("FREQ=MONTHLY;BYDAY=2FR", None),
        ("FREQ=WEEKLY;BYDAY=MO,TU,TH", None),
        ("FREQ=WEEKLY;BYDAY=MO,TU,TH;UNTIL=20270329", None),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", date(2026, 11, 5)),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", date(2026, 11, 5)),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20270101", date(2026, 12, 1)),
    ]
)
hours = st.lists(
    st.sampled_from(["08:00-12:00", "09:30-10:00", "13:00-17:30"]), unique=True, max_size=2
).map(tuple)
recurrences = st.builds(
    lambda rule, hours: HoursByRule(rule=rule[0], since=rule[1], hours=hours or ("08:00-09:00",)),
    rules,
    hours,
)
days = st.sampled_from(DAYS).map(date.isoformat)
spans = st.builds(
    lambda first, length: f"{first}/{first + timedelta(days=length)}",
    st.sampled_from(DAYS),
    st.integers(0, 20),
)
exceptions = st.builds(
    lambda dates, hours: DatedHours(dates=(dates,), hours=hours), days | spans, hours
)
schedules = st.builds(
    Days,
    st.lists(recurrences, max_size=3).map(tuple),
    st.lists(exceptions, max_size=4).map(tuple),
)


@settings(max_examples=25)
@given(schedules)
def test_a_schedule_comes_back(schedule: Days) -> None:
    back = read_schedule(schedule_file("vid", schedule, RIGA, NOW), RIGA)
    assert [back.spans(day) for day in DAYS] == [schedule.spans(day) for day in DAYS]
    again = read_schedule(schedule_file("vid", back, RIGA, NOW), RIGA)
    assert again == back


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
texts = st.text(st.characters(blacklist_categories=["C", "Z"]) | st.just(" "), max_size=90)
entries = st.builds(
    lambda start, minutes, name, title: Entry(
        start.replace(microsecond=0),
        start.replace(microsecond=0) + timedelta(minutes=minutes),
        name.strip(),
        title.strip(),
    ),
    moments,
    st.integers(1, 500),
    texts,
    texts,
)


@given(st.lists(entries, max_size=5))
def test_an_agenda_comes_back(agenda: list[Entry]) -> None:
    assert read_agenda(agenda_file(agenda, NOW)) == tuple(sorted(agenda))


FROM_OUTLOOK = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN\r
BEGIN:VTIMEZONE\r
TZID:FLE Standard Time\r
BEGIN:STANDARD\r
DTSTART:16011028T040000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
TZOFFSETFROM:+0300\r
TZOFFSETTO:+0200\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010325T030000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0300\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Pieteikumi\r
DTSTART;TZID=FLE Standard Time:20261102T090000\r
DTEND;TZID=FLE Standard Time:20261102T120000\r
RRULE:FREQ=WEEKLY;UNTIL=20270531T060000Z;BYDAY=MO;WKST=MO\r
EXDATE;TZID=FLE Standard Time:20261109T090000\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:1\r
RECURRENCE-ID;TZID=FLE Standard Time:20261116T090000\r
DTSTART;TZID=FLE Standard Time:20261117T100000\r
DTEND;TZID=FLE Standard Time:20261117T110000\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
STATUS:CANCELLED\r
DTSTART:20261201T090000Z\r
DTEND:20261201T100000Z\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_a_schedule_of_another_program() -> None:
    read = read_schedule(FROM_OUTLOOK, RIGA)
    found = {
        f"{day:%m-%d}": " ".join(f"{o:%H:%M}-{c:%H:%M}" for o, c in read.spans(day))
        for day in DAYS
        if read.spans(day)
    }
    assert list(found)[:4] == ["11-02", "11-17", "11-23", "11-30"]
    assert found["11-17"] == "10:00-11:00"
    assert found["03-29"] == found["11-30"] == "09:00-12:00"  # in summer time and before it
    assert list(found)[-1] == "05-31"


EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
HOURS = "DTSTART:20261201T090000\r\nDTEND:20261201T100000"


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("SUMMARY:without a time", "understood"),
        ("DTSTART;VALUE=DATE:20261201", "whole days"),
        ("DTSTART:20261201T230000\r\nDTEND:20261202T010000", "end on the day"),
        ("DTSTART:20261201T100000\r\nDTEND:20261201T090000", "end on the day"),
        (f"{HOURS}\r\nRRULE:FREQ=SECONDLY", "FREQ"),
        (f"{HOURS}\r\nRRULE:FREQ=DAILY;BYHOUR=9,10", "BYHOUR"),
        (f"{HOURS}\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY", "one rule"),
        ("DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nRRULE:FREQ=DAILY", "Europe/Riga"),
        (f"{HOURS}\r\nRDATE;VALUE=PERIOD:20261202T090000Z/PT1H", "hours"),
        (f"{HOURS}\r\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "no day"),
        (f"{HOURS.replace('2026', '0002')}\r\nRRULE:FREQ=DAILY", "1970 to 2099"),
        (f"{HOURS}\r\nRRULE:FREQ=DAILY;UNTIL=98970101", "1970 to 2099"),
        (f"{HOURS}\r\nRDATE:98970101T090000", "1970 to 2099"),
        (f"{HOURS}\r\nRRULE:FREQ=DAILY\r\nEXDATE:98970101T090000", "1970 to 2099"),
        (f"{HOURS}\r\nRRULE:FREQ=WEEKLY;INTERVAL=400;BYDAY=MO;BYMONTH=2", "no day"),
    ],
)
def test_what_a_schedule_cannot_be_is_refused(inside: str, words: str) -> None:
    with pytest.raises(BadCalendarError, match=words):
        read_schedule(EVENT.format(inside).encode(), RIGA)


def of_many(rules: int, dates: int) -> bytes:
    """Rules from the first day that may be, each with all the dates, which lie far apart."""
    far = (date(1975, 1, 1) + timedelta(days=110 * n) for n in range(dates))
    given = "".join(f"RDATE:{day:%Y%m%d}T090000\r\n" for day in far)
    event = "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTART:19700101T09{0:02}00\r\nDTEND:19700101T100000\r\n"
    event += f"RRULE:FREQ=DAILY;INTERVAL={{1}}\r\n{given}END:VEVENT\r\n"
    events = "".join(event.format(n, n + 1) for n in range(rules))
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


def test_the_most_that_a_schedule_may_say_follows_each_rule_once() -> None:
    read = read_schedule(of_many(rules=5, dates=MOST_DATES), RIGA)
    assert len(read.recurrence) == 5
    assert {len(each.hours) for each in read.exception} == {5}
    assert len(read.exception) == MOST_DATES


@pytest.mark.parametrize(("rules", "dates"), [(MOST_RULES + 1, 0), (1, MOST_DATES + 1)])
def test_more_than_a_schedule_needs_is_refused(rules: int, dates: int) -> None:
    with pytest.raises(BadCalendarError, match="at most"):
        read_schedule(of_many(rules, dates), RIGA)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"BEGIN:VCALENDAR",
        b"<html>",
        b"BEGIN:VEVENT\r\nEND:VEVENT",
        b"x" * 600_000,
    ],
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    for read in (read_agenda, lambda given: read_schedule(given, RIGA)):
        with pytest.raises(BadCalendarError):
            read(data)


@given(st.data())
@example(None)
def test_a_damaged_file_is_understood_or_refused(data: st.DataObject | None) -> None:
    file = bytearray(FROM_OUTLOOK)
    for _ in range(data.draw(st.integers(1, 12)) if data else 0):
        assert data
        place = data.draw(st.integers(0, len(file) - 1))
        file[place : place + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    for read in (read_agenda, lambda given: read_schedule(given, RIGA)):
        try:
            read(bytes(file))
        except BadCalendarError:
            continue

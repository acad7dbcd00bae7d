"""`rinda schedule`, `rinda agenda`: what institutions' calendars are given, and what they say."""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.load import load_settings
from config.settings import Settings
from consultations.agenda_files import Entry, agenda_file, read_agenda
from consultations.commands import Book, Cancel, Done, Order
from consultations.register import Register
from consultations.schedule import schedules_of
from consultations.schedule_files import read_schedule
from rinda.command import BAD_SETTINGS, main
from tests.conftest import DEMO

RIGA = ZoneInfo("Europe/Riga")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 13, tzinfo=RIGA)
SITE = ["--site", str(DEMO / "site.toml")]
WEEK = ["--from", "2026-11-23", "--days", "7"]
SECOND_FRIDAY = """
[[schedule]]
id = "vdi"
service = "vid-konsultacija"
minutes = 30
valid_until = 2090-01-31
recurrence = [{ rule = "FREQ=MONTHLY;BYDAY=2FR", hours = ["09:00-12:00"] }]
"""
Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """The command's status, output and complaint."""

    def run(*arguments: str) -> tuple[int, bytes, str]:
        status = main(arguments)
        told = capfdbinary.readouterr()
        return status, told.out, told.err.decode()

    return run


@pytest.fixture
def booked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Digests of two bookings with the VID specialist, one an hour after the other, and of one
    that was given up."""
    monkeypatch.setenv("RINDA_CONSULTATIONS__DATABASE", str(tmp_path / "consultations.db"))
    settings = load_settings([DEMO / "site.toml"], {})
    register = Register.open(
        str(tmp_path / "consultations.db"),
        schedules_of(settings),
        settings.site.booking_secret,
        timedelta(hours=2),
    )
    made = []
    for hours in range(3):
        book = Book("vid-specialists", "demo", TUESDAY + timedelta(hours=hours * 0.5))
        answer = register.do(Order(f"order-{hours}", "ilze", book), NOW)
        assert isinstance(answer, Done)
        made.append(answer.booking)
    register.do(Order("giving-up", "ilze", Cancel(made[2])), NOW)
    register.close()
    return made


def in_a_year(settings: Settings, schedule: int) -> list[tuple[date, object]]:
    hours = settings.schedule_hours(settings.schedule[schedule])
    today = datetime.now(RIGA).date()
    days = (today + timedelta(days=n) for n in range(365))
    return [(day, hours.spans(day)) for day in days]


def test_the_days_that_go_out_are_those_that_there_will_be(run: Run) -> None:
    status, file, _ = run("schedule", "export", "vid-specialists", *SITE)
    assert status == 0
    assert b"TZID:Europe/Riga\r\n" in file, "the zone is described"
    days, settings = read_schedule(file, RIGA), load_settings([DEMO / "site.toml"], {})
    expected = in_a_year(settings, schedule=1)
    assert any(spans for _, spans in expected)
    assert [(day, days.spans(day)) for day, _ in expected] == expected


def test_a_file_comes_in_as_settings_of_the_same_schedule(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text((DEMO / "site.toml").read_text() + SECOND_FRIDAY)
    _, file, _ = run("schedule", "export", "vdi", "--site", str(site))
    (tmp_path / "vdi.ics").write_bytes(file)
    status, table, _ = run("schedule", "import", str(tmp_path / "vdi.ics"), "--site", str(site))
    assert status == 0
    (read,) = tomllib.loads(table.decode())["schedule"]
    assert (read["id"], read["service"], read["minutes"]) == ("vdi", "vid-konsultacija", 30)
    before = load_settings([site], {})
    site.write_text((DEMO / "site.toml").read_text() + table.decode())
    assert in_a_year(load_settings([site], {}), 2) == in_a_year(before, 2)


@pytest.mark.parametrize(
    ("inside", "service", "status", "words"),
    [
        ("", "vid-konsultacija", 0, ""),
        ("", "", BAD_SETTINGS, "new.ics: schedule[2].service: is missing"),
        ("", "unheard-of", BAD_SETTINGS, "there is no service"),
        ("RRULE:FREQ=SECONDLY", "vid-konsultacija", 1, "FREQ"),
        ("RDATE:20261202T090100", "vid-konsultacija", 0, ""),
        ("RDATE:98970101T090000", "vid-konsultacija", 1, "1970 to 2099"),
    ],
)
def test_what_comes_in_is_checked(
    run: Run, tmp_path: Path, inside: str, service: str, status: int, words: str
) -> None:
    event = f"DTSTART:20261201T090000\r\nDTEND:20261201T100000\r\n{inside}".strip()
    file = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    (tmp_path / "new.ics").write_text(file, newline="")
    asked = [str(tmp_path / "new.ics"), *(["--service", service] if service else []), *SITE]
    found, table, complaint = run("schedule", "import", *asked)
    assert (found, words in complaint) == (status, True), complaint
    assert (b'id = "new"' in table) == (status == 0)


@pytest.mark.parametrize("name", ["vid-specialists", "vid-konsultants"])
def test_an_agenda_has_what_is_booked_and_no_code(run: Run, booked: list[str], name: str) -> None:
    status, file, _ = run("agenda", name, *WEEK, *SITE)
    assert status == 0
    found = read_agenda(file)
    assert [each.id for each in found] == booked[:2]
    assert found[0].starts_at == TUESDAY
    assert found[0].title == "VID speciālista konsultācija (demo)"
    assert read_agenda(run("agenda", name, "--from", "2026-11-25", *SITE)[1]) == ()


def test_what_the_institutions_calendar_says_otherwise_is_said(
    run: Run, booked: list[str], tmp_path: Path
) -> None:
    moved = TUESDAY + timedelta(days=1)
    half = timedelta(minutes=30)
    theirs = tmp_path / "theirs.ics"
    theirs.write_bytes(
        agenda_file(
            [
                Entry(moved, moved + half, booked[0], "moved there"),
                Entry(TUESDAY + half * 2, TUESDAY + half * 3, booked[2], "given up here"),
                Entry(moved, moved + half, "a meeting", "of their own"),
            ],
            NOW,
        )
    )
    compare = ["agenda", "vid-konsultants", *WEEK, *SITE, "--compare", str(theirs)]
    status, said, _ = run(*compare)
    assert status == 0
    assert said.decode().splitlines() == [
        "2026-11-24 13:30-14:00: is not there",
        "2026-11-24 14:00-14:30: is there, but was given up",
        "2026-11-24 13:00-13:30: is there at 2026-11-25 13:00-13:30",
    ]
    theirs.write_bytes(run("agenda", "vid-konsultants", *WEEK, *SITE)[1])
    assert run(*compare) == (0, b"", "")


def test_what_is_not_there_is_said(run: Run, booked: list[str], tmp_path: Path) -> None:
    assert "'nobody'" in run("schedule", "export", "nobody", *SITE)[2]
    assert "'vid-konsultants'" in run("schedule", "export", "vid-konsultants", *SITE)[2]
    assert "'nobody'" in run("agenda", "nobody", *WEEK, *SITE)[2]
    assert run("schedule", "import", str(tmp_path / "no.ics"), *SITE)[0] == 1
    (tmp_path / "consultations.db").unlink()
    assert "no register" in run("agenda", "vid-konsultants", *WEEK, *SITE)[2]
    assert not (tmp_path / "consultations.db").exists()

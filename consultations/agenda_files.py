"""Files of iCalendar (RFC 5545): agendas in and out, and what those of schedules share.

What comes in is anybody's: whatever it is, it is understood or refused. No name or code goes out.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event

PRODUCT = "-//Rinda//Consultations//EN"
LONGEST = 512 * 1024
"""Bytes of a file."""

MOST_EVENTS = 2000

DAMAGED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the library raises at what is no calendar: OSError where a zone is named like a folder."""


class BadCalendarError(Exception):
    """The file is not what it should be; the message says what was expected."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A line of an agenda, or a visitor's slot: moments in UTC, an id of its own, and a title that
    names nobody."""

    starts_at: datetime
    ends_at: datetime
    id: str
    title: str


def agenda_file(entries: Iterable[Entry], made_at: datetime) -> bytes:
    """An agenda of any number of entries."""
    return file_of(
        event_of(each.id, each.title, each.starts_at, each.ends_at, made_at) for each in entries
    )


def read_agenda(data: bytes) -> tuple[Entry, ...]:
    """The entries, by their start. Raises BadCalendarError."""
    with damage_named():
        return tuple(sorted(_entry(each) for each in events_in(data)))


def file_of(events: Iterable[Event]) -> bytes:
    """A calendar of these events."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for each in events:
        calendar.add_component(each)
    calendar.add_missing_timezones()  # RFC 5545 wants the zones that are named; Outlook needs them
    return bytes(calendar.to_ical())


def event_of(
    identifier: str, title: str, starts_at: datetime, ends_at: datetime, made_at: datetime
) -> Event:
    """An event; its times are written in the zones that they have."""
    event = Event()
    event.add("uid", identifier)
    event.add("summary", title)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    return event


def events_in(data: bytes) -> Iterator[Event]:
    """The events that are not cancelled. Raises BadCalendarError."""
    if len(data) > LONGEST:
        raise BadCalendarError(f"expected at most {LONGEST} bytes")
    calendars = Calendar.from_ical(data.decode("utf-8-sig"), multiple=True)
    found = [
        event for each in calendars for event in each.walk("VEVENT") if isinstance(event, Event)
    ]
    if not calendars or len(found) > MOST_EVENTS:
        raise BadCalendarError(f"expected a calendar of at most {MOST_EVENTS} events")
    return (each for each in found if str(each.get("status", "")).upper() != "CANCELLED")


def times_of(event: Event) -> tuple[datetime, datetime]:
    """When it starts and ends, as it says it. Raises BadCalendarError."""
    starts_at, ends_at = event.start, event.end
    if not isinstance(starts_at, datetime) or not isinstance(ends_at, datetime):
        raise BadCalendarError("expected events that start at an hour, not whole days")
    return starts_at, ends_at


@contextmanager
def damage_named() -> Iterator[None]:
    """Whatever the library raises inside is a BadCalendarError."""
    try:
        yield
    except DAMAGED as error:
        raise BadCalendarError(f"cannot be understood: {error}") from error


def _entry(event: Event) -> Entry:
    starts_at, ends_at = times_of(event)
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise BadCalendarError("expected times with a time zone")
    title, identifier = str(event.get("summary", "")), str(event.get("uid", ""))
    return Entry(starts_at.astimezone(UTC), ends_at.astimezone(UTC), identifier, title)

"""The days of a schedule as a file of iCalendar, in and out.

What a file may say is bounded, so that none takes long to read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from icalendar import Event, vRecur

from config.opening_hours import DatedHours, HoursByRule, parse_interval, spans
from config.recurrence import (
    FIRST,
    LAST,
    check_recurrence,
    first_day,
    recurring_among,
    recurs,
    span_of_dates,
)
from consultations.agenda_files import (
    BadCalendarError,
    damage_named,
    event_of,
    events_in,
    file_of,
    times_of,
)
from queue_core.centre import Span

MOST_RULES = 50
MOST_DATES = 400
"""Days of a file that are not as its rules have them."""

_UNTIL = re.compile(r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?")


@dataclass(frozen=True, slots=True)
class Days:
    """By rules, and dates that have other hours, as settings have them."""

    recurrence: tuple[HoursByRule, ...] = ()
    exception: tuple[DatedHours, ...] = ()

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours of a day."""
        for exception in self.exception:
            if exception.has(day):
                return spans(exception.hours)
        ruled = (each for each in self.recurrence if recurs(each.rule, each.since, day))
        return spans([hours for each in ruled for hours in each.hours])


def schedule_file(name: str, days: Days, zone: ZoneInfo, made_at: datetime) -> bytes:
    """The days as events that recur, and events of one date."""
    dated = {day: days.spans(day) for each in days.exception for day in _dates(each)}
    recurring = _recurring(name, days.recurrence, dated, zone, made_at)
    return file_of(chain(recurring, _single(name, dated, zone, made_at)))


def read_schedule(data: bytes, zone: ZoneInfo) -> Days:
    """The days, in the zone's hours. Raises BadCalendarError."""
    with damage_named():
        events = list(events_in(data))
        if sum("rrule" in each for each in events) > MOST_RULES:
            raise BadCalendarError(f"expected at most {MOST_RULES} rules")
        parts = [_Part.of(each, zone) for each in events]
        rules = (HoursByRule(rule=p.rule, since=p.day, hours=(p.hours,)) for p in parts if p.rule)
        return Days(tuple(rules), tuple(_exceptions(parts)))


_Moved = frozenset[tuple[str, date | None]]
"""Ids of events, each with a day on which another takes its place."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An event. `dates`: days that it has besides its `rule`; `without`: that it has not.
    `instead_of`: the day of the event of that id whose place it takes."""

    identifier: str
    day: date
    hours: str
    rule: str
    dates: frozenset[date]
    without: frozenset[date]
    instead_of: date | None

    @classmethod
    def of(cls, event: Event, zone: ZoneInfo) -> "_Part":
        starts_at, ends_at = (_local(each, zone) for each in times_of(event))
        if starts_at.date() != ends_at.date() or starts_at >= ends_at:
            raise BadCalendarError("expected events that end on the day on which they start")
        rule = _rule(event, starts_at, zone)
        instead_of = event.get("recurrence-id")
        dates = frozenset(_days(event, "rdate", zone))
        return cls(
            identifier=str(event.get("uid", "")),
            day=starts_at.date(),
            hours=f"{starts_at:%H:%M}-{ends_at:%H:%M}",
            rule=rule,
            dates=dates if rule else dates | {starts_at.date()},
            without=frozenset(_days(event, "exdate", zone)),
            instead_of=_local(instead_of.dt, zone).date() if instead_of else None,
        )

    def among(self, days: frozenset[date], moved: _Moved) -> frozenset[date]:
        """Which of these days it has."""
        ruled = recurring_among(days, self.rule, self.day) if self.rule else frozenset()
        found = (self.dates | ruled) - self.without
        gone = {day for day in found if not self.instead_of and (self.identifier, day) in moved}
        return found - gone


def _exceptions(parts: Sequence[_Part]) -> Iterator[DatedHours]:
    moved = _Moved((p.identifier, p.instead_of) for p in parts)
    special = frozenset(p.instead_of for p in parts if p.instead_of).union(
        *(p.dates | p.without for p in parts)
    )
    if len(special) > MOST_DATES:
        raise BadCalendarError(f"expected at most {MOST_DATES} dates besides the rules")
    hours: dict[date, set[str]] = {day: set() for day in sorted(special)}
    for each in parts:
        for day in each.among(special, moved):
            hours[day].add(each.hours)
    for day, found in hours.items():
        yield DatedHours(dates=(day.isoformat(),), hours=tuple(sorted(found)))


def _recurring(
    name: str,
    recurrence: Iterable[HoursByRule],
    dated: Mapping[date, tuple[Span, ...]],
    zone: ZoneInfo,
    made_at: datetime,
) -> Iterator[Event]:
    every = ((each, hours) for each in recurrence for hours in each.hours)
    for number, (each, hours) in enumerate(every):
        first = first_day(each.rule, each.since)
        opens, closes = (datetime.combine(first, edge, zone) for edge in parse_interval(hours))
        event = event_of(f"{name}-{number}", name, opens, closes, made_at)
        event.add("rrule", vRecur.from_ical(_until_moment(each.rule, zone)))
        for day in sorted(dated):
            if recurs(each.rule, each.since, day):
                event.add("exdate", datetime.combine(day, opens.time(), zone))
        yield event


def _single(
    name: str, dated: Mapping[date, tuple[Span, ...]], zone: ZoneInfo, made_at: datetime
) -> Iterator[Event]:
    for day, hours in sorted(dated.items()):
        for number, edges in enumerate(hours):
            opens, closes = (datetime.combine(day, edge, zone) for edge in edges)
            yield event_of(f"{name}-{day}-{number}", name, opens, closes, made_at)


def _dates(exception: DatedHours) -> Iterator[date]:
    for first, last in map(span_of_dates, exception.dates):
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _local(moment: date, zone: ZoneInfo) -> datetime:
    """On the zone's clock; what has no zone is said so already."""
    if not isinstance(moment, datetime):
        raise BadCalendarError("expected hours, not whole days")
    if not FIRST <= moment.date() <= LAST:
        raise BadCalendarError(f"expected days from {FIRST.year} to {LAST.year}")
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _rule(event: Event, starts_at: datetime, zone: ZoneInfo) -> str:
    found = event.get("rrule")
    if found is None:
        return ""
    if isinstance(found, list):
        raise BadCalendarError("expected one rule for each event")
    _check_zone(event, starts_at, zone)
    text = str(found.to_ical().decode())
    rule = _UNTIL.sub(lambda until: _until_day(until, starts_at), text)
    check_recurrence(rule, starts_at.date())
    return rule


def _check_zone(event: Event, starts_at: datetime, zone: ZoneInfo) -> None:
    """Its hours recur on its own clock, so that has to be the zone's, by whatever name."""
    own = times_of(event)[0].tzinfo
    for month in range(1, 13):
        moment = datetime(starts_at.year, month, 1, 12)  # noqa: DTZ001 - of either clock
        if (
            own
            and moment.replace(tzinfo=own).utcoffset() != moment.replace(tzinfo=zone).utcoffset()
        ):
            raise BadCalendarError(f"expected hours of {zone.key}")


def _until_moment(rule: str, zone: ZoneInfo) -> str:
    """RFC 5545 wants a moment in UTC where the start has a zone."""

    def moment(until: re.Match[str]) -> str:
        end = datetime.combine(date.fromisoformat(until[1]), time(23, 59, 59), zone)
        return f"UNTIL={end.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    return _UNTIL.sub(moment, rule)


def _until_day(until: re.Match[str], starts_at: datetime) -> str:
    """The last day on which it may start."""
    if not until[3]:
        return f"UNTIL={until[1]}"
    moment = datetime.strptime(until[1] + until[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    local = moment.astimezone(starts_at.tzinfo)
    early = timedelta(days=local.time() < starts_at.time())
    return f"UNTIL={local - early:%Y%m%d}"


def _days(event: Event, name: str, zone: ZoneInfo) -> Iterator[date]:
    found = event.get(name, [])
    for each in found if isinstance(found, list) else [found]:
        yield from (_local(given.dt, zone).date() for given in each.dts)

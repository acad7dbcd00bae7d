"""Schedules and the slots that follow from them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from config.settings import Settings
from queue_core.centre import Hours


@dataclass(frozen=True, slots=True)
class Schedule:
    """When visitors come by appointment for one service.

    `busy`: centre → who or what is busy while a visitor of that centre has a slot; one is never
    booked twice at a time. `opening`: when its institution is open here. `least_lead`,
    `most_lead`: how far ahead a slot may be booked.
    """

    id: str
    service: str
    busy: dict[str, frozenset[str]]
    hours: Hours
    opening: Hours
    timezone: tzinfo
    length: timedelta
    capacity: int
    least_lead: timedelta
    most_lead: timedelta


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time that can be booked; both moments in UTC."""

    starts_at: datetime
    ends_at: datetime
    schedule: str


def schedules_of(settings: Settings) -> dict[str, Schedule]:
    """By id, all that the settings have."""
    centre = settings.to_centre()
    return {
        each.id: Schedule(
            id=each.id,
            service=each.service,
            busy={where: each.who(where) for where in each.centres or (centre.id,)},
            hours=settings.schedule_hours(each),
            opening=centre.hours_of(each.service),
            timezone=centre.timezone,
            length=timedelta(minutes=each.minutes),
            capacity=each.capacity,
            least_lead=timedelta(minutes=each.least_lead_minutes),
            most_lead=timedelta(days=each.most_lead_days),
        )
        for each in settings.schedule
    }


def slots(schedule: Schedule, first_day: date, last_day: date) -> tuple[Slot, ...]:
    """All its slots from the first to the last local day, in order, booked or not."""
    days = range((last_day - first_day).days + 1)
    return tuple(each for n in days for each in _of_day(schedule, first_day + timedelta(days=n)))


def is_open(schedule: Schedule, slot: Slot) -> bool:
    """Whether visitors are still received all that time."""
    day = slot.starts_at.astimezone(schedule.timezone).date()
    hours = schedule.hours.on(day, schedule.timezone)
    return any(opens <= slot.starts_at and slot.ends_at <= closes for opens, closes in hours)


def _of_day(schedule: Schedule, day: date) -> Iterator[Slot]:
    """Lengths are of real time, also in the night in which clocks are changed."""
    for opens, closes in schedule.hours.on(day, schedule.timezone):
        starts_at, end = opens.astimezone(UTC), closes.astimezone(UTC)
        while starts_at + schedule.length <= end:
            yield Slot(starts_at, starts_at + schedule.length, schedule.id)
            starts_at += schedule.length

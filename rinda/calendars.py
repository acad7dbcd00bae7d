"""`rinda schedule`, `rinda agenda`: iCalendar for institutions' own calendars, and from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomli_w

from config.load import ConfigError, check_values
from config.opening_hours import DatedHours
from config.schedules import ScheduleSettings
from config.settings import Settings
from consultations.agenda_files import Entry, agenda_file, read_agenda
from consultations.commands import Booking, Status
from consultations.register import Register
from consultations.schedule import schedules_of
from consultations.schedule_files import Days, read_schedule, schedule_file
from consultations.storage import is_server
from queue_core.centre import Hours
from queue_module.administration import Administration
from rinda.records import become_owner

AHEAD = 366
"""Days for which a schedule's file leaves out holidays and days on which nobody receives."""


class UnknownError(Exception):
    """There is nothing of that name; the message says of which."""


def exported(settings: Settings, name: str) -> bytes:
    """The days of a schedule. Raises UnknownError."""
    now = Administration(settings, Path(settings.module.changes_folder)).settings
    schedule = _named(now, name, ("id",))[0]
    made_at, zone = settings.to_clock().now(), ZoneInfo(settings.site.timezone)
    days = _as_it_will_be(schedule, now.schedule_hours(schedule), made_at.astimezone(zone).date())
    return schedule_file(name, days, zone, made_at)


def imported(settings: Settings, file: Path, service: str) -> str:
    """The file's days as a [[schedule]] of the site's file, whose name is the file's; what such a
    schedule says already besides its days is kept. Raises ConfigError, BadCalendarError, OSError.
    """
    days = read_schedule(file.read_bytes(), ZoneInfo(settings.site.timezone))
    given = settings.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    others: dict[str, Any] = {each["id"]: each for each in given.get("schedule", ())}
    table = {
        "id": file.stem,
        **others.pop(file.stem, {}),
        **({"service": service} if service else {}),
        "recurrence": [each.model_dump(mode="json") for each in days.recurrence],
        "exception": [each.model_dump(mode="json") for each in days.exception],
    }
    try:
        check_values({**given, "schedule": [*others.values(), table]})
    except ConfigError as error:
        raise ConfigError([replace(each, file=str(file)) for each in error.problems]) from None
    return tomli_w.dumps({"schedule": [table]})


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is booked on so many days from `first`, in schedules of the site, at any centre.
    `schedules`: id → its service's name."""

    register: Register
    schedules: Mapping[str, str]
    zone: ZoneInfo
    first: date
    days: int

    @classmethod
    def of(cls, settings: Settings, name: str, first: date, days: int) -> "Agenda":
        """Raises UnknownError, StorageError."""
        named = _named(settings, name, ("id", "specialist"))
        services = {each.id: each.name[settings.site.languages[0]] for each in settings.service}
        return cls(
            register=_register(settings),
            schedules={each.id: services[each.service] for each in named},
            zone=ZoneInfo(settings.site.timezone),
            first=first,
            days=days,
        )

    def file(self, made_at: datetime) -> bytes:
        """It knows nobody's name, and no code: an entry's id is the booking's digest."""
        return agenda_file(self._entries(), made_at)

    def differences(self, file: bytes) -> Iterator[str]:
        """What the institution's calendar says otherwise. Raises BadCalendarError."""
        theirs = {each.id: each for each in read_agenda(file)}
        for each in self._entries():
            if each.id not in theirs:
                yield f"{self._said(each)}: is not there"
        for identifier, there in theirs.items():
            booking = self.register.find(identifier)
            here = self._entry(booking) if booking else None
            if here and (here.starts_at, here.ends_at) != (there.starts_at, there.ends_at):
                yield f"{self._said(here)}: is there at {self._said(there)}"
            if booking is None and self.register.history(identifier):
                yield f"{self._said(there)}: is there, but was given up"

    def _entries(self) -> Sequence[Entry]:
        found = self.register.agenda(self.first, self.zone, days=self.days)
        return [entry for each in found if (entry := self._entry(each))]

    def _entry(self, booking: Booking) -> Entry | None:
        title, slot = self.schedules.get(booking.schedule), booking.slot
        if title is None or slot is None or booking.status is not Status.BOOKED:
            return None
        return Entry(slot.starts_at, slot.ends_at, booking.id, f"{title} ({booking.centre})")

    def _said(self, entry: Entry) -> str:
        starts_at, ends_at = (
            each.astimezone(self.zone) for each in (entry.starts_at, entry.ends_at)
        )
        return f"{starts_at:%Y-%m-%d %H:%M}-{ends_at:%H:%M}"


def _named(settings: Settings, name: str, keys: Sequence[str]) -> list[ScheduleSettings]:
    found = [each for each in settings.schedule if name in {getattr(each, key) for key in keys}]
    if not found:
        raise UnknownError(f"No [[schedule]] has the {' or '.join(keys)} {name!r}.")
    return found


def _as_it_will_be(schedule: ScheduleSettings, hours: Hours, today: date) -> Days:
    own = Days(schedule.recurrence, schedule.exception)
    ahead = (today + timedelta(days=n) for n in range(AHEAD))
    others = tuple(
        DatedHours(
            dates=(day.isoformat(),),
            hours=tuple(f"{o:%H:%M}-{c:%H:%M}" for o, c in hours.spans(day)),
        )
        for day in ahead
        if hours.spans(day) != own.spans(day)
    )
    return Days(own.recurrence, others + own.exception)


def _register(settings: Settings) -> Register:
    """The one that is there; none is made."""
    database = settings.consultations.database
    if not is_server(database):
        if not Path(database).exists():
            raise UnknownError(f"There is no register at {database}.")
        become_owner(Path(database))
    held = timedelta(minutes=settings.consultations.held_minutes)
    return Register.open(database, schedules_of(settings), settings.site.booking_secret, held)

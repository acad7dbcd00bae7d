"""What a centre is: its institutions, services, counters, opening hours and waiting targets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial

USUAL = timedelta(minutes=12)
"""How long a service is expected to take of which nothing is known."""

Texts = Mapping[str, str]
"""Language code → text, e.g. ``{"lv": "Vecuma pensija", "en": "Old-age pension"}``."""


Span = tuple[time, time]
"""Open from the first up to, not including, the second (local time)."""


@dataclass(frozen=True, slots=True)
class OpenInterval:
    """Open on `weekday` (0 = Monday) from `opens` up to, not including, `closes` (local time)."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open. `spans`: a date's open intervals, in order, none where it is closed;
    a pure function, for any date."""

    spans: Callable[[date], tuple[Span, ...]]

    def open_at(self, local: datetime) -> bool:
        """Whether it is open at this local moment."""
        return any(opens <= local.time() < closes for opens, closes in self.spans(local.date()))

    def on(self, day: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """When it opens and closes on that day, in order."""
        return [
            (datetime.combine(day, opens, zone), datetime.combine(day, closes, zone))
            for opens, closes in self.spans(day)
        ]

    def next_opening(self, local: datetime, days: int = 100) -> datetime | None:
        """The next local moment at which it opens, looking `days` ahead, which is more than from
        one second Friday to the next but one; None if it does not."""
        for ahead in range(days + 1):
            day = local.date() + timedelta(days=ahead)
            for opens, _ in self.spans(day):
                moment = datetime.combine(day, opens, local.tzinfo)
                if moment > local:
                    return moment
        return None


def weekly(*intervals: OpenInterval) -> Hours:
    """The same hours every week."""
    return Hours(partial(_of_week, intervals))


def _of_week(intervals: tuple[OpenInterval, ...], day: date) -> tuple[Span, ...]:
    return tuple(sorted((i.opens, i.closes) for i in intervals if i.weekday == day.weekday()))


@dataclass(frozen=True, slots=True)
class Institution:
    """Whose services they are; `hint` is one line in plain words for the visitor."""

    id: str
    name: Texts
    hint: Texts
    hours: Hours


@dataclass(frozen=True, slots=True)
class Service:
    """What a visitor comes for. Its tickets are numbered in `series` (a letter).

    Where `walk_in` is false, only the holder of a booking gets a ticket. `expected`: how long a
    counter is usually busy with it, from call to finish. `e_service`: it can be done online too, at
    `address` where one is known. `offered`: kiosks have it.
    """

    id: str
    institution: str
    name: Texts
    series: str
    walk_in: bool
    walk_in_target: timedelta
    slot_target: timedelta
    expected: timedelta = USUAL
    e_service: bool = False
    address: str = ""
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """What boards tell everybody, from the first day to the last."""

    text: Texts
    first_day: date = date.min
    last_day: date = date.max


@dataclass(frozen=True, slots=True)
class Situation:
    """What has happened in a visitor's life, e.g. a child was born, and the services for it."""

    id: str
    name: Texts
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a visitor is served.

    `sign` is what stands over it, e.g. ``3``; `spoken` the way there, e.g. ``pie trešā lodziņa``.
    `hours`: when somebody is to be there, None where that is not planned. `remote`: a room from
    where visitors speak with a specialist far away.
    """

    id: str
    sign: str
    name: Texts
    spoken: Texts
    serves: frozenset[str]
    hours: Hours | None = None
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Centre:
    """One place with one shared queue.

    `late_tolerance`: how long after a slot's start its holder still counts as on time.
    `early_call`: from how long before its start a slot is called in its turn, not only when nobody
    else waits. `recall_pause`: the least time between two announcements of one call, of at most
    `most_recalls` after the first. `return_tolerance`: how long after a no-show the visitor may
    have the place back. `priority_target`: within what time of arrival a priority visitor is due.
    `protect_slots`: how far ahead a walk-in may not make a present slot holder overdue; 0: never.
    `longest_idle`: the longest that a counter is kept free for a slot about to begin.
    `slot_patience`: so long a slot holder who is overdue waits for others who are overdue.
    `last_ticket`: so long before closing walk-ins get the last one; `last_ticket_fits`: earlier,
    where all who wait would be served only until then.
    `computer_service`: the service of help at the public computer; empty: there is none.
    `waiting_place`: where to sit until called. `notices`: what boards tell everybody.
    """

    id: str
    name: Texts
    timezone: tzinfo
    languages: tuple[str, ...]
    institutions: Mapping[str, Institution]
    services: Mapping[str, Service]
    counters: Mapping[str, Counter]
    late_tolerance: timedelta = timedelta(minutes=10)
    recall_pause: timedelta = timedelta(seconds=5)
    most_recalls: int = 3
    return_tolerance: timedelta = timedelta(minutes=15)
    priority_target: timedelta = timedelta(minutes=10)
    early_call: timedelta = timedelta()
    protect_slots: timedelta = timedelta(minutes=15)
    longest_idle: timedelta = timedelta(minutes=3)
    slot_patience: timedelta = timedelta(minutes=20)
    last_number: int = 999
    last_ticket: timedelta = timedelta()
    last_ticket_fits: bool = False
    computer_service: str = ""
    situations: tuple[Situation, ...] = ()
    waiting_place: Texts = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """The moment on the centre's own clock."""
        return moment.astimezone(self.timezone)

    def notices_on(self, day: date) -> tuple[Texts, ...]:
        """What boards tell everybody on this day."""
        return tuple(n.text for n in self.notices if n.first_day <= day <= n.last_day)

    def next_day(self, after: date) -> date:
        """The next day on which anything opens; where nothing ever does, the day after."""
        night = datetime.combine(after, time.max, self.timezone)
        openings = (each.hours.next_opening(night) for each in self.institutions.values())
        return min((each.date() for each in openings if each), default=after + timedelta(days=1))

    def hours_of(self, service: str) -> Hours:
        """The opening hours of the institution that gives this service."""
        return self.institutions[self.services[service].institution].hours

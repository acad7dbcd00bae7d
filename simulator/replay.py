"""A recorded day, to be played again: from the queue module's own log of events."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from messaging.codec import decode_event
from queue_core.centre import Centre
from queue_core.events import (
    BookingAdded,
    BookingCancelled,
    CounterChanged,
    DayOpened,
    NoShowRecorded,
    Recorded,
    ServingStarted,
    TicketCalled,
    TicketCancelled,
    TicketHeld,
    TicketServed,
    TicketTaken,
    TicketTransferred,
)
from queue_core.model import CounterStatus
from simulator.day import Day, Shift, Visit

LEFT_COUNTER = (TicketServed, TicketHeld, TicketTransferred, NoShowRecorded)


def read(database: Path) -> Iterator[Recorded]:
    """The events of a queue module's database, in order; the file is only read.

    Raises sqlite3.Error if it is not one.
    """
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        for row in db.execute("select * from event order by sequence"):
            event = {**dict(row), "body": json.loads(row["body"])}
            yield decode_event(json.dumps(event).encode())


def days_in(centre: Centre, log: Iterable[Recorded]) -> list[Day]:
    """Each day of the log on which anybody came and a counter was open.

    Who left before being called is left out; who was not finished takes the expected time. Who was
    kept overnight comes on the day of the call, when the first counter opens.
    """
    days: list[_Recording] = []
    bookings: dict[str, BookingAdded] = {}
    for recorded in log:
        event = recorded.event
        if isinstance(event, DayOpened):
            days.append(_Recording(centre, event.day, days[-1] if days else None))
        elif isinstance(event, BookingAdded):
            bookings[event.booking] = event
        elif isinstance(event, BookingCancelled):
            bookings.pop(event.booking, None)
        if days:
            days[-1].note(recorded)
    made = (each.day_with(bookings) for each in days)
    return [each for each in made if each is not None]


@dataclass
class _Recording:
    """One day, as it is read."""

    centre: Centre
    date: date
    before: "_Recording | None"
    _visits: dict[str, Visit] = field(default_factory=dict)
    _called: dict[str, datetime] = field(default_factory=dict)
    _bookings: dict[str, str] = field(default_factory=dict)
    _shifts: list[Shift] = field(default_factory=list)
    _open: dict[str, int] = field(default_factory=dict)
    _last: datetime | None = None

    def note(self, recorded: Recorded) -> None:
        event, at = recorded.event, self.centre.local(recorded.at)
        self._last = at
        if isinstance(event, TicketTaken):
            came_at = self.centre.local(event.issued_at) if event.issued_at else at
            self._visits[event.ticket] = Visit(event.service, came_at, timedelta(), timedelta())
            if event.booking:
                self._bookings[event.booking] = event.ticket
        elif isinstance(event, TicketCalled):
            self._call(event.ticket, at)
        elif isinstance(event, ServingStarted) and event.ticket in self._called:
            visit = self._visits[event.ticket]
            came = at - self._called[event.ticket]
            self._visits[event.ticket] = replace(visit, comes_after=came)
        elif isinstance(event, LEFT_COUNTER) and event.ticket in self._called:
            self._leave(event.ticket, at, came=not isinstance(event, NoShowRecorded))
        elif isinstance(event, TicketCancelled):
            self._visits.pop(event.ticket, None)
        elif isinstance(event, CounterChanged):
            self._note_counter(event, at)

    def day_with(self, bookings: dict[str, BookingAdded]) -> Day | None:
        for counter in tuple(self._open):
            self._close(counter, self._last)
        if not self._visits or not self._shifts:
            return None
        for booking in bookings.values():
            starts_at = self.centre.local(booking.starts_at)
            if starts_at.date() == self.date:
                self._book(booking, starts_at)
        visits = tuple(self._finished(each) for each in self._visits.values())
        return Day(visits, tuple(self._shifts), max(each.closes for each in self._shifts))

    def _call(self, ticket: str, at: datetime) -> None:
        if ticket not in self._visits and (kept := self._kept(ticket)):
            opens = min((each.opens for each in self._shifts), default=at)
            self._visits[ticket] = Visit(kept.service, opens, timedelta(), timedelta())
        if ticket in self._visits:  # not in a log that begins after the ticket was taken
            self._called[ticket] = at

    def _kept(self, ticket: str) -> Visit | None:
        """Whoever has waited since an earlier day; it forgets whom nobody served."""
        earlier = self.before
        while earlier and ticket not in earlier._visits:
            earlier = earlier.before
        visit = earlier._visits[ticket] if earlier else None
        if earlier and visit and not visit.takes:
            del earlier._visits[ticket]
        return visit

    def _book(self, booking: BookingAdded, starts_at: datetime) -> None:
        ticket = self._bookings.get(booking.booking)
        if ticket is None:
            never_came = Visit(booking.service, None, timedelta(), None, starts_at)
            self._visits[booking.booking] = never_came
        elif ticket in self._visits:
            self._visits[ticket] = replace(self._visits[ticket], starts_at=starts_at)

    def _finished(self, visit: Visit) -> Visit:
        if visit.takes:
            return visit
        service = self.centre.services.get(visit.service)
        return replace(visit, takes=service.expected if service else timedelta())

    def _leave(self, ticket: str, at: datetime, *, came: bool) -> None:
        visit = self._visits[ticket]
        self._visits[ticket] = replace(
            visit,
            takes=visit.takes + (at - self._called.pop(ticket)),
            comes_after=visit.comes_after if came else None,
        )

    def _note_counter(self, event: CounterChanged, at: datetime) -> None:
        self._close(event.counter, at)
        if event.status is CounterStatus.OPEN:
            self._open[event.counter] = len(self._shifts)
            self._shifts.append(Shift(event.counter, at, at))

    def _close(self, counter: str, at: datetime | None) -> None:
        position = self._open.pop(counter, None)
        if position is not None and at is not None:
            self._shifts[position] = replace(self._shifts[position], closes=at)

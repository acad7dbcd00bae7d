"""The rows of the register: bookings, who is busy when, answers given, what was done."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from config.schedules import STEP
from consultations.commands import Booking, Done, Order, Past, Refusal, RefusalCode, Status
from consultations.schedule import Slot
from consultations.storage import Database

Taken = tuple[int, int, str]
"""A step of five minutes, a seat, and the schedule by which it is taken."""


class Records:
    """Reads and writes rows; who calls it holds the transaction. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, booking: str) -> Booking | None:
        """The booking with this id."""
        return next(self._bookings("id = %s", booking), None)

    def starting(self, begins: datetime, ends: datetime) -> Iterator[Booking]:
        """Bookings and offers that start in that time, by their start."""
        condition = "starts_at >= %s and starts_at < %s order by starts_at, schedule, id"
        return self._bookings(condition, text_of(begins), text_of(ends))

    def listed(self) -> Iterator[Booking]:
        """Who waits or has an offer, the first come first."""
        return self._bookings("status <> %s order by joined", Status.BOOKED.value)

    def waiting_for(self, day: date) -> Iterator[Booking]:
        """Who waits for a slot on that local day, the first come first."""
        condition = "status = %s and first_day <= %s and last_day >= %s"
        values = (Status.WAITING.value, day.isoformat(), day.isoformat())
        return self._bookings(f"{condition} order by joined", *values)

    def passed(self, now: datetime) -> Iterator[Booking]:
        """Offers that nobody took in time, and who waits for days that are over also in UTC."""
        condition = "until <= %s or status = %s and last_day < %s order by until, joined"
        moment = text_of(now)
        return self._bookings(condition, moment, Status.WAITING.value, moment[:10])

    def add(self, booking: Booking, joined: int, days: tuple[date, date] | None = None) -> None:
        """A new booking; `days`: on which its holder waits for a slot."""
        first_day, last_day = (each.isoformat() for each in days) if days else (None, None)
        self._database.run(
            "insert into booking values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            booking.id,
            booking.status.value,
            booking.schedule,
            booking.centre,
            *_edges(booking.slot),
            first_day,
            last_day,
            joined,
            None,
        )

    def keep_maker(self, booking: str, order: Order) -> None:
        """By whose order, under which id, the booking was made."""
        self._database.run("insert into maker values (%s, %s, %s)", booking, order.staff, order.id)

    def maker(self, booking: str) -> tuple[str, str] | None:
        """Staff and id of the order by which the booking was made."""
        rows = self._database.run("select staff, command_id from maker where booking = %s", booking)
        return (rows[0][0], rows[0][1]) if rows else None

    def change(self, booking: Booking) -> None:
        """Its status, its slot and until when it is held."""
        self._database.run(
            "update booking set status = %s, starts_at = %s, ends_at = %s, until = %s"
            " where id = %s",
            booking.status.value,
            *_edges(booking.slot),
            text_of(booking.until) if booking.until else None,
            booking.id,
        )

    def remove(self, booking: Booking) -> None:
        """With all that it took."""
        self.leave(booking)
        self._database.run("delete from booking where id = %s", booking.id)

    def take(self, booking: Booking, slot: Slot, busy: Iterable[str], seat: int) -> None:
        """Keep the seat of all who are busy with it, all the time."""
        for who in sorted(busy):
            for step in steps(slot):
                self._database.run(
                    "insert into taken values (%s, %s, %s, %s)", who, step, seat, booking.id
                )

    def leave(self, booking: Booking) -> None:
        """Free what it took."""
        self._database.run("delete from taken where booking = %s", booking.id)

    def taken(
        self, busy: Iterable[str], begins: datetime, ends: datetime, besides: str = ""
    ) -> list[Taken]:
        """What any of them is taken by in that time, but for one booking."""
        found: list[Taken] = []
        for who in sorted(busy):
            found += self._database.run(
                "select step, seat, schedule from taken join booking on booking = id"
                " where who = %s and step >= %s and step < %s and booking <> %s",
                who,
                _step(begins),
                _step(ends),
                besides,
            )
        return found

    def note(self, now: datetime, staff: str, verb: str, booking: Booking) -> int:
        """Add a line to the history; its number."""
        number = self.last() + 1
        self._database.run(
            "insert into history values (%s, %s, %s, %s, %s, %s, %s, %s)",
            number,
            text_of(now),
            staff,
            verb,
            booking.id,
            booking.schedule,
            booking.centre,
            _edges(booking.slot)[0],
        )
        return number

    def last(self) -> int:
        """The number of the last line of the history; every change has one."""
        ((last,),) = self._database.run("select coalesce(max(sequence), 0) from history")
        return int(last)

    def history(self, booking: str) -> Iterator[Past]:
        """What was done with it, in order."""
        rows = self._database.run(
            "select * from history where booking = %s order by sequence", booking
        )
        for _, at, staff, verb, _, schedule, centre, starts_at in rows:
            yield Past(_moment(at), staff, verb, booking, schedule, centre, _maybe(starts_at))

    def answer(self, order: Order) -> Done | Refusal | None:
        """What this order was answered before, without its code; None: it is new."""
        rows = self._database.run(
            "select asked, answer from answer where staff = %s and command_id = %s",
            order.staff,
            order.id,
        )
        if not rows:
            return None
        ((asked, answer),) = rows
        return _answer(answer) if asked == _asked(order) else Refusal(RefusalCode.ID_USED)

    def ordered(self, staff: str, command_id: str) -> str:
        """The booking that an order was about; "" if it was refused, or never given."""
        rows = self._database.run(
            "select answer from answer where staff = %s and command_id = %s", staff, command_id
        )
        answer = _answer(rows[0][0]) if rows else None
        return answer.booking if isinstance(answer, Done) else ""

    def remember(self, order: Order, answer: Done | Refusal, now: datetime) -> None:
        """Keep the answer, without its code."""
        self._database.run(
            "insert into answer values (%s, %s, %s, %s, %s)",
            order.staff,
            order.id,
            text_of(now),
            _asked(order),
            _text_of_answer(answer),
        )

    def forget(self, before: datetime) -> None:
        """Drop what is over since before that moment."""
        for delete in (
            "delete from booking where coalesce(ends_at, last_day) < %s",
            "delete from answer where at < %s",
            "delete from history where at < %s",
        ):
            self._database.run(delete, text_of(before))

    def _bookings(self, condition: str, *values: object) -> Iterator[Booking]:
        """`condition` is text of this file only."""
        sql = "select * from booking where " + condition  # noqa: S608
        return map(_booking, self._database.run(sql, *values))


def steps(slot: Slot) -> range:
    """The steps of five minutes that it lasts."""
    return range(_step(slot.starts_at), _step(slot.ends_at))


def text_of(moment: datetime) -> str:
    """A moment as it is stored: texts are in the order of the moments."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // (60 * STEP)


def _edges(slot: Slot | None) -> tuple[str | None, str | None]:
    return (text_of(slot.starts_at), text_of(slot.ends_at)) if slot else (None, None)


def _booking(row: tuple[Any, ...]) -> Booking:
    identifier, status, schedule, centre, starts_at, ends_at, _, _, _, until = row
    slot = _slot(starts_at, ends_at, schedule)
    return Booking(identifier, Status(status), schedule, centre, slot, _maybe(until))


def _slot(starts_at: str | None, ends_at: str | None, schedule: str) -> Slot | None:
    return Slot(_moment(starts_at), _moment(ends_at), schedule) if starts_at and ends_at else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _maybe(text: str | None) -> datetime | None:
    return _moment(text) if text else None


def _asked(order: Order) -> str:
    return repr(order.command)


def _text_of_answer(answer: Done | Refusal) -> str:
    if isinstance(answer, Refusal):
        return json.dumps({"refusal": answer.code})
    schedule = answer.slot.schedule if answer.slot else ""
    return json.dumps({"booking": answer.booking, "slot": [*_edges(answer.slot), schedule]})


def _answer(text: str) -> Done | Refusal:
    told: dict[str, Any] = json.loads(text)
    if "refusal" in told:
        return Refusal(RefusalCode(told["refusal"]))
    return Done(told["booking"], _slot(*told["slot"]))

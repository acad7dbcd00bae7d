"""The register of bookings: who may come when, by code. Each thread and process has its own."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from consultations.commands import (
    Accept,
    Book,
    Booking,
    Cancel,
    Command,
    Done,
    JoinList,
    Move,
    Order,
    Past,
    Refusal,
    RefusalCode,
    Status,
)
from consultations.records import Records, steps
from consultations.rules import Refused, check_list, code_for, held_until, slot_at, too_near_or_far
from consultations.schedule import Schedule, Slot, is_open, slots
from consultations.storage import Database, open_database
from messaging.booking_code import booking_digest


class Register:
    """All bookings of these schedules. `secret`: what codes are made and digested with. `held`: for
    how much of opening time a slot that was given up is kept for the first on the waiting list.

    Every method raises StorageError when the database is away; whether an order was done then is
    known when it is given again.
    """

    def __init__(
        self, database: Database, schedules: Mapping[str, Schedule], secret: str, held: timedelta
    ) -> None:
        self._database, self._records = database, Records(database)
        self._schedules, self._secret, self._held = schedules, secret, held
        self._rules: Mapping[type[Command], Callable[[Order, Any, datetime], Done]] = {
            Book: self._book,
            Move: self._move,
            Cancel: self._cancel,
            JoinList: self._join_list,
            Accept: self._accept,
        }

    @classmethod
    def open(
        cls, url: str, schedules: Mapping[str, Schedule], secret: str, held: timedelta
    ) -> "Register":
        """The register in a file of SQLite, or at a `postgresql://` address."""
        return cls(open_database(url), schedules, secret, held)

    def go_by(self, schedules: Mapping[str, Schedule]) -> None:
        """The schedules are others from now on; what is booked stays."""
        self._schedules = schedules

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def do(self, order: Order, now: datetime) -> Done | Refusal:
        """Do what was ordered at the aware moment `now`, once; what is answered is on disk."""
        with self._database.transaction():
            self._end_passed(now)
            before = self._records.answer(order)
            if before:
                return self._with_code(order, before)
            try:  # every rule refuses before it changes anything
                answer: Done | Refusal = self._rules[type(order.command)](order, order.command, now)
            except Refused as refused:
                answer = Refusal(refused.code)
            self._records.remember(order, answer, now)
        return self._with_code(order, answer)

    def renew(self, now: datetime) -> None:
        """End the offers whose time is over, and offer their slots to the next; nobody waits for
        days that are over. Nobody is kept from writing while there is nothing to do."""
        if any(self._records.passed(now)):
            with self._database.transaction():
                self._end_passed(now)

    def free(
        self, schedule: str, centre: str, first_day: date, last_day: date, now: datetime
    ) -> tuple[tuple[Slot, int], ...]:
        """The slots that can be booked now, each with how many visitors still find place."""
        found = self._schedules.get(schedule)
        if found is None or centre not in found.busy:
            return ()
        every = slots(found, first_day, last_day)
        near = [each for each in every if not too_near_or_far(found, each.starts_at, now)]
        if not near:
            return ()
        taken: dict[int, set[tuple[int, str]]] = defaultdict(set)
        busy = found.busy[centre]
        for step, seat, by in self._records.taken(busy, near[0].starts_at, near[-1].ends_at):
            taken[step].add((seat, by))
        left = ((each, _seats_left(found, each, taken)) for each in near)
        return tuple((slot, seats) for slot, seats in left if seats)

    def agenda(
        self, day: date, zone: tzinfo, centre: str = "", days: int = 1
    ) -> tuple[Booking, ...]:
        """The bookings and offers of so many local days, by their start; of one centre or all."""
        begins = datetime.combine(day, time(), zone)
        ends = datetime.combine(day + timedelta(days=days), time(), zone)
        found = self._records.starting(begins, ends)
        return tuple(each for each in found if centre in {"", each.centre})

    def waiting(self) -> tuple[Booking, ...]:
        """Who waits for a slot or has been offered one, the first come first."""
        return tuple(self._records.listed())

    def find(self, booking: str) -> Booking | None:
        """The booking with this digest."""
        return self._records.find(booking)

    def ordered(self, staff: str, command_id: str) -> Booking | None:
        """The booking, if it is still one, that this order was about."""
        return self._records.find(self._records.ordered(staff, command_id))

    def maker(self, booking: str) -> tuple[str, str] | None:
        """Staff and id of the order by which it was made, and of which its code is."""
        return self._records.maker(booking)

    def history(self, booking: str) -> tuple[Past, ...]:
        """What was done with it, in order."""
        return tuple(self._records.history(booking))

    def changes(self) -> int:
        """Another number after each change, whoever made it."""
        return self._records.last()

    def forget(self, before: datetime) -> None:
        """Drop what is over since before that moment: bookings, answers and the history."""
        with self._database.transaction():
            self._records.forget(before)

    def _book(self, order: Order, command: Book, now: datetime) -> Done:
        schedule = self._schedule(command.schedule, command.centre)
        slot = slot_at(schedule, command.starts_at, now)
        seat = self._seat(schedule, command.centre, slot)
        booking = booking_digest(self._secret, code_for(self._secret, order))
        made = Booking(booking, Status.BOOKED, schedule.id, command.centre, slot)
        self._records.add(made, self._records.note(now, order.staff, "booked", made))
        self._records.keep_maker(booking, order)
        self._records.take(made, slot, schedule.busy[made.centre], seat)
        return Done(booking, slot)

    def _move(self, order: Order, command: Move, now: datetime) -> Done:
        old = self._known(command.booking)
        if old.status is not Status.BOOKED or old.slot is None:
            raise Refused(RefusalCode.NOT_POSSIBLE_NOW)
        if old.slot.starts_at <= now:
            raise Refused(RefusalCode.PAST)
        schedule = self._schedule(old.schedule, old.centre)
        slot = slot_at(schedule, command.starts_at, now)
        seat = self._seat(schedule, old.centre, slot, besides=old.id)
        new = replace(old, slot=slot)
        self._records.leave(old)
        self._records.change(new)
        self._records.take(new, slot, schedule.busy[new.centre], seat)
        self._records.note(now, order.staff, "moved", new)
        self._offer(old, now)
        return Done(new.id, slot)

    def _cancel(self, order: Order, command: Cancel, now: datetime) -> Done:
        booking = self._known(command.booking)
        if booking.slot and booking.slot.starts_at <= now:
            raise Refused(RefusalCode.PAST)
        self._drop(booking, now, order.staff, "cancelled")
        return Done(booking.id, booking.slot)

    def _join_list(self, order: Order, command: JoinList, now: datetime) -> Done:
        schedule = self._schedule(command.schedule, command.centre)
        check_list(schedule, command, now)
        booking = booking_digest(self._secret, code_for(self._secret, order))
        made = Booking(booking, Status.WAITING, schedule.id, command.centre, None)
        joined = self._records.note(now, order.staff, "joined_list", made)
        self._records.add(made, joined, (command.first_day, command.last_day))
        self._records.keep_maker(booking, order)
        return Done(booking, None)

    def _accept(self, order: Order, command: Accept, now: datetime) -> Done:
        offered = self._known(command.booking)
        if offered.status is not Status.OFFERED:
            raise Refused(RefusalCode.NOT_OFFERED)
        schedule = self._schedule(offered.schedule, offered.centre)
        if offered.slot and not is_open(schedule, offered.slot):
            raise Refused(RefusalCode.CLOSED_DAY)
        made = replace(offered, status=Status.BOOKED, until=None)
        self._records.change(made)
        self._records.note(now, order.staff, "accepted", made)
        return Done(made.id, made.slot)

    def _schedule(self, schedule: str, centre: str) -> Schedule:
        found = self._schedules.get(schedule)
        if found is None or centre not in found.busy:
            raise Refused(RefusalCode.UNKNOWN_SCHEDULE)
        return found

    def _known(self, booking: str) -> Booking:
        found = self._records.find(booking)
        if found is None:
            raise Refused(RefusalCode.UNKNOWN_BOOKING)
        return found

    def _seat(self, schedule: Schedule, centre: str, slot: Slot, besides: str = "") -> int:
        """The first seat that is free all the time, for everybody who is busy with it."""
        busy = schedule.busy[centre]
        taken = self._records.taken(busy, slot.starts_at, slot.ends_at, besides)
        if any(other != schedule.id for _, _, other in taken):
            raise Refused(RefusalCode.OVERLAPPING)
        free = set(range(schedule.capacity)) - {seat for _, seat, _ in taken}
        if not free:
            raise Refused(RefusalCode.FULL)
        return min(free)

    def _drop(self, booking: Booking, now: datetime, staff: str, verb: str) -> None:
        self._records.remove(booking)
        self._records.note(now, staff, verb, booking)
        self._offer(booking, now)

    def _end_passed(self, now: datetime) -> None:
        """Whoever let an offer pass is off the list, so that nobody keeps a slot from the rest."""
        for each in self._records.passed(now):
            verb = "offer_passed" if each.status is Status.OFFERED else "wait_passed"
            self._drop(each, now, "", verb)

    def _offer(self, left: Booking, now: datetime) -> None:
        """Hold the time that was given up for who waits for it on that day, the first come first:
        for the same slot, or for one of another schedule that it kept from being free."""
        schedule = self._schedules.get(left.schedule)
        if schedule is None or left.slot is None:
            return
        day = left.slot.starts_at.astimezone(schedule.timezone).date()
        busy = schedule.busy.get(left.centre, frozenset())
        for waiting in self._records.waiting_for(day):
            wanted = self._schedules.get(waiting.schedule)
            if wanted and wanted.busy.get(waiting.centre, frozenset()) & busy:
                self._offer_to(waiting, wanted, left.slot, now)

    def _offer_to(self, waiting: Booking, schedule: Schedule, left: Slot, now: datetime) -> None:
        """The first slot of this schedule in the time that was left, if one is free."""
        day = left.starts_at.astimezone(schedule.timezone).date()
        for slot in slots(schedule, day, day):
            if not _meet(slot, left) or too_near_or_far(schedule, slot.starts_at, now):
                continue
            try:
                seat = self._seat(schedule, waiting.centre, slot)
            except Refused:
                continue
            until = held_until(schedule, slot, now, self._held)
            offered = replace(waiting, status=Status.OFFERED, slot=slot, until=until)
            self._records.change(offered)
            self._records.take(offered, slot, schedule.busy[waiting.centre], seat)
            self._records.note(now, "", "offered", offered)
            return

    def _with_code(self, order: Order, answer: Done | Refusal) -> Done | Refusal:
        """The code is told to whom it was made for; it is not stored."""
        makes_one = isinstance(order.command, Book | JoinList)
        if isinstance(answer, Refusal) or not makes_one:
            return answer
        return replace(answer, code=code_for(self._secret, order))


def _meet(one: Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _seats_left(schedule: Schedule, slot: Slot, taken: Mapping[int, set[tuple[int, str]]]) -> int:
    """`taken`: step → seats and by which schedules."""
    here = {each for step in steps(slot) for each in taken.get(step, ())}
    if any(other != schedule.id for _, other in here):
        return 0
    return schedule.capacity - len({seat for seat, _ in here})

"""What a register must answer and keep, in plain Python, one order after another."""

from dataclasses import dataclass, replace
from datetime import datetime

from consultations.commands import (
    Accept,
    Book,
    Booking,
    Cancel,
    JoinList,
    Move,
    Order,
    RefusalCode,
    Status,
)
from consultations.rules import Refused, code_for, held_until, slot_at
from consultations.schedule import Slot, slots
from messaging.booking_code import booking_digest
from tests.consultations.register_parts import DAY, HELD, SCHEDULES, SECRET

DONE = "done"


@dataclass(frozen=True)
class Model:
    """`bookings` in the order in which they joined."""

    bookings: tuple[Booking, ...] = ()

    def told(self, order: Order, now: datetime) -> tuple[str, "Model"]:
        """What is answered, DONE or the code of a refusal, and the model after it."""
        ended = self.ended(now)
        try:
            return DONE, ended._after(order, now)
        except Refused as refused:
            return refused.code, ended

    def ended(self, now: datetime) -> "Model":
        """Without the offers whose time is over, their slots offered to the next."""
        model = self
        passed = [(each.until, each) for each in self.bookings if each.until and each.until <= now]
        for _, each in sorted(passed, key=lambda pair: pair[0]):
            model = model._without(each)._offering(each, now)
        return model

    def check_room(self, wanted: Booking) -> None:
        """Raises Refused where it is one too many."""
        busy = SCHEDULES[wanted.schedule].busy[wanted.centre]
        meeting = [
            each
            for each in self.bookings
            if _meet(each.slot, wanted.slot)
            if SCHEDULES[each.schedule].busy[each.centre] & busy
        ]
        if any(each.schedule != wanted.schedule for each in meeting):
            raise Refused(RefusalCode.OVERLAPPING)
        if len(meeting) >= SCHEDULES[wanted.schedule].capacity:
            raise Refused(RefusalCode.FULL)

    def _after(self, order: Order, now: datetime) -> "Model":
        digest = booking_digest(SECRET, code_for(SECRET, order))
        match order.command:
            case Book(schedule, centre, starts_at):
                slot = slot_at(SCHEDULES[schedule], starts_at, now)
                return self._with(Booking(digest, Status.BOOKED, schedule, centre, slot))
            case JoinList(schedule, centre):
                return self._with(Booking(digest, Status.WAITING, schedule, centre, None))
            case Move(booking, starts_at):
                old = self._known(booking)
                if old.status is not Status.BOOKED or old.slot is None:
                    raise Refused(RefusalCode.NOT_POSSIBLE_NOW)
                if old.slot.starts_at <= now:
                    raise Refused(RefusalCode.PAST)
                new = replace(old, slot=slot_at(SCHEDULES[old.schedule], starts_at, now))
                self._without(old).check_room(new)
                return self._changed(new)._offering(old, now)
            case Cancel(booking):
                old = self._known(booking)
                if old.slot and old.slot.starts_at <= now:
                    raise Refused(RefusalCode.PAST)
                return self._without(old)._offering(old, now)
            case Accept(booking):
                old = self._known(booking)
                if old.status is not Status.OFFERED:
                    raise Refused(RefusalCode.NOT_OFFERED)
                return self._changed(replace(old, status=Status.BOOKED, until=None))

    def _offering(self, left: Booking, now: datetime) -> "Model":
        model, busy = self, SCHEDULES[left.schedule].busy[left.centre]
        for each in self.bookings:
            schedule = SCHEDULES[each.schedule]
            if each.status is Status.WAITING and schedule.busy[each.centre] & busy:
                model = model._offering_to(each, left.slot, now)
        return model

    def _offering_to(self, waiting: Booking, left: Slot | None, now: datetime) -> "Model":
        for slot in slots(SCHEDULES[waiting.schedule], DAY, DAY):
            until = held_until(SCHEDULES[waiting.schedule], slot, now, HELD)
            offer = replace(waiting, status=Status.OFFERED, slot=slot, until=until)
            try:
                slot_at(SCHEDULES[waiting.schedule], slot.starts_at, now)
                self.check_room(offer)
            except Refused:
                continue
            if _meet(slot, left):
                return self._changed(offer)
        return self

    def _known(self, booking: str) -> Booking:
        for each in self.bookings:
            if each.id == booking:
                return each
        raise Refused(RefusalCode.UNKNOWN_BOOKING)

    def _with(self, booking: Booking) -> "Model":
        if booking.slot:
            self.check_room(booking)
        return Model((*self.bookings, booking))

    def _without(self, booking: Booking) -> "Model":
        return Model(tuple(each for each in self.bookings if each.id != booking.id))

    def _changed(self, new: Booking) -> "Model":
        return Model(tuple(new if each.id == new.id else each for each in self.bookings))


def _meet(one: Slot | None, other: Slot | None) -> bool:
    if one is None or other is None:
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at

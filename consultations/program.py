"""The register at work: question in → do it → answer → tell the module what is booked.

One thread does all of it, as in the queue module.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from config.changes import ConflictError, changed, tables_of, with_tables
from config.clock import Clock
from config.load import ConfigError
from config.settings import Settings
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
    Status,
)
from consultations.register import Register
from consultations.schedule import Schedule, is_open, schedules_of
from consultations.storage import StorageError
from drivers.supervisor import Supervisor
from messaging import appointments as wire
from messaging.appointments import BookingRefusal
from messaging.codec import BadMessageError, decode, encode
from messaging.link import Arrived, Link
from messaging.loop import Loop
from messaging.messages import Role, SettingsState
from messaging.topics import BadTopicError
from messaging.work import Work

log = logging.getLogger(__name__)

DAYS_AHEAD = 8
"""Days after today of which the module is told."""

MOST_DAYS = 62
"""Of slots in one answer."""

FURTHEST_DAYS = 401
"""Nothing is booked further ahead, today included."""


class Consultations:
    """Answers the desks of one centre, by its settings and what its leads have changed of them.

    `roles`: of the units that are listed; with none listed, nobody is asked for a role.
    """

    def __init__(
        self,
        settings: Settings,
        register: Register,
        link: Link,
        work: Work,
        clock: Clock,
        kept: timedelta,
        roles: Mapping[str, Role],
    ) -> None:
        self._own, self._register = settings, register
        self._link, self._clock = link, clock
        self._loop = Loop(work, link.tick, self._look_after, clock.monotonic)
        self._kept, self._roles = kept, roles
        self._told: wire.RegisterState | None = None
        self._looked: tuple[int, datetime] | None = None
        self._away = False
        self._go_by(settings)
        link.on(link.topics.all_book, self._asked)
        link.on(link.topics.settings, self._settings_arrived)

    def run(self, supervisor: Supervisor) -> None:
        """Work until `stop`."""
        supervisor.ready()
        self._loop.run(supervisor.alive)

    def stop(self) -> None:
        """End `run` at its next turn. May be called from a signal handler."""
        self._loop.stop()

    def answer(self, question: wire.Question, sender: str) -> wire.Answer | None:
        """What the register says, once. None if its database is away: what was ordered may be
        stored or not, so the desk asks again until it is told which."""
        try:
            answer = self._answered(question, sender)
            self._away = False
        except StorageError as error:
            self._storage_failed(error)
            return None
        except OverflowError:  # days that no calendar holds
            return wire.Answer(id=question.id, refusal=BookingRefusal.BAD_VALUE)
        return answer

    def _go_by(self, settings: Settings) -> None:
        self._settings, self._centre = settings, settings.to_centre()
        self._schedules = schedules_of(settings)
        self._register.go_by(self._schedules)
        self._looked = None

    def _settings_arrived(self, arrived: Arrived) -> None:
        told = decode(arrived.payload, SettingsState)
        arrived.done()
        try:
            self._go_by(with_tables(self._own, told.tables))
        except ConfigError:
            log.exception("what leads have changed does not fit the register's site file")

    def _look_after(self) -> None:
        """Offers that passed, what is over, and what another centre's register has changed."""
        now = self._clock.now()
        try:
            self._register.renew(now)
            if self._told is None or self._told.first_day != self._centre.local(now).date():
                self._register.forget(now - self._kept)
            self._tell(now)
        except StorageError as error:
            self._storage_failed(error)

    def _tell(self, now: datetime) -> None:
        """If anything is new: looked at after each change, and each minute."""
        looked = self._register.changes(), now.replace(second=0, microsecond=0)
        if looked == self._looked:
            return
        today = self._centre.local(now).date()
        last_day = today + timedelta(days=DAYS_AHEAD)
        ahead = self._ahead(now)
        told = wire.RegisterState(
            at=now,
            first_day=today,
            last_day=last_day,
            bookings=tuple(self._reserved(ahead, last_day)),
            offered=sum(each.status is Status.OFFERED for each in ahead),
            stranded=sum(_is_stranded(self._schedules, each, now) for each in ahead),
        )
        self._looked = looked
        if self._told is None or told != self._told.model_copy(update={"at": now}):
            self._told = told
            self._link.publish(self._link.topics.register, encode(told), retain=True)

    def _ahead(self, now: datetime) -> tuple[Booking, ...]:
        today, zone = self._centre.local(now).date(), self._centre.timezone
        return self._register.agenda(today, zone, self._centre.id, days=FURTHEST_DAYS)

    def _reserved(self, agenda: Iterable[Booking], last_day: date) -> Iterable[wire.Reserved]:
        for each in agenda:
            schedule = self._schedules.get(each.schedule)
            if not schedule or not each.slot or each.status is not Status.BOOKED:
                continue
            if self._centre.local(each.slot.starts_at).date() <= last_day:
                yield wire.Reserved(
                    booking=each.id,
                    service=schedule.service,
                    starts_at=each.slot.starts_at,
                    minutes=_minutes(each.slot.starts_at, each.slot.ends_at),
                )

    def _asked(self, arrived: Arrived) -> None:
        try:
            sender = self._link.topics.sender_of(arrived.topic)
        except BadTopicError as error:
            raise BadMessageError(str(error)) from None
        question = decode(arrived.payload, wire.Question)
        if self._roles and self._roles.get(sender) is not Role.DESK:
            raise BadMessageError(f"{sender} is no desk")
        answer = self.answer(question, sender)
        if answer:
            self._link.publish(self._link.topics.booked(sender), encode(answer))
        arrived.done()

    def _answered(self, question: wire.Question, sender: str) -> wire.Answer:
        now, ask = self._clock.now(), question.ask
        match ask:
            case wire.FindSlots():
                return self._slots(question.id, ask, now)
            case wire.FindBooking():
                return self._found(question.id, ask.booking)
            case wire.FindOrdered():
                ordered = self._register.ordered(question.by or sender, ask.order)
                return self._to_orderer(question.id, ordered)
            case wire.FindStranded():
                return self._stranded(question.id, ask, now)
            case wire.ReadAgenda():
                return self._of(
                    question.id,
                    self._register.agenda(ask.day, self._centre.timezone, self._centre.id),
                )
            case wire.ReadWaitingList():
                waiting = self._register.waiting()
                return self._of(question.id, (w for w in waiting if w.centre == self._centre.id))
        order = Order(question.id, question.by or sender, self._command(ask))
        done = self._register.do(order, now)
        self._tell(now)
        return self._done(question.id, done)

    def _command(
        self,
        ask: wire.BookSlot | wire.MoveBooking | wire.GiveUp | wire.WaitForSlot | wire.AcceptOffer,
    ) -> Command:
        match ask:
            case wire.BookSlot():
                return Book(ask.schedule, self._centre.id, ask.starts_at)
            case wire.MoveBooking():
                return Move(ask.booking, ask.starts_at)
            case wire.GiveUp():
                return Cancel(ask.booking)
            case wire.WaitForSlot():
                return JoinList(ask.schedule, self._centre.id, ask.first_day, ask.last_day)
            case wire.AcceptOffer():
                return Accept(ask.booking)

    def _slots(self, question: str, ask: wire.FindSlots, now: datetime) -> wire.Answer:
        if not 0 <= (ask.last_day - ask.first_day).days < MOST_DAYS:
            return wire.Answer(id=question, refusal=BookingRefusal.BAD_VALUE)
        if ask.schedule not in self._schedules:
            return wire.Answer(id=question, refusal=BookingRefusal.UNKNOWN_SCHEDULE)
        free = self._register.free(ask.schedule, self._centre.id, ask.first_day, ask.last_day, now)
        views = (
            wire.SlotView(
                starts_at=slot.starts_at,
                minutes=_minutes(slot.starts_at, slot.ends_at),
                places=places,
            )
            for slot, places in free
        )
        return wire.Answer(id=question, slots=tuple(views))

    def _found(self, question: str, booking: str) -> wire.Answer:
        found = self._register.find(booking)
        if found is None:
            return wire.Answer(id=question, refusal=BookingRefusal.UNKNOWN_BOOKING)
        return wire.Answer(
            id=question,
            appointments=(self._view(found),),
            history=tuple(map(_past, self._register.history(booking))),
        )

    def _stranded(self, question: str, ask: wire.FindStranded, now: datetime) -> wire.Answer:
        try:
            tables = changed(tables_of(self._settings), ask.changes)
            schedules = schedules_of(with_tables(self._settings, tables))
        except (ConflictError, ConfigError):
            return wire.Answer(id=question, refusal=BookingRefusal.BAD_VALUE)
        lost = (each for each in self._ahead(now) if _is_stranded(schedules, each, now))
        return wire.Answer(id=question, appointments=tuple(map(self._view, lost)))

    def _done(self, question: str, done: Done | Refusal) -> wire.Answer:
        if isinstance(done, Refusal):
            return wire.Answer(id=question, refusal=done.code)
        return self._to_orderer(question, self._register.find(done.booking))

    def _to_orderer(self, question: str, booking: Booking | None) -> wire.Answer:
        """For whoever ordered it: with what its code is made of."""
        if booking is None:
            return wire.Answer(id=question)
        by, made_by_question = self._register.maker(booking.id) or ("", "")
        made = wire.Made(by=by, question=made_by_question) if by else None
        return wire.Answer(id=question, appointments=(self._view(booking),), made=made)

    def _of(self, question: str, bookings: Iterable[Booking]) -> wire.Answer:
        return wire.Answer(id=question, appointments=tuple(map(self._view, bookings)))

    def _view(self, booking: Booking) -> wire.AppointmentView:
        slot = booking.slot
        return wire.AppointmentView(
            booking=booking.id,
            status=booking.status.value,
            schedule=booking.schedule,
            starts_at=slot.starts_at if slot else None,
            minutes=_minutes(slot.starts_at, slot.ends_at) if slot else None,
            until=booking.until,
            stranded=_is_stranded(self._schedules, booking, self._clock.now()),
        )

    def _storage_failed(self, error: StorageError) -> None:
        if not self._away:
            log.error("the register's database is away: %s", error)
        self._away = True


def _is_stranded(schedules: Mapping[str, Schedule], booking: Booking, now: datetime) -> bool:
    """Whether its slot is still to come, and is none of its schedule's any more."""
    if booking.slot is None or booking.slot.starts_at <= now:
        return False
    schedule = schedules.get(booking.schedule)
    return schedule is None or not is_open(schedule, booking.slot)


def _past(past: Past) -> wire.PastView:
    told = {"at": past.at, "by": past.staff, "what": past.verb, "starts_at": past.starts_at}
    return wire.PastView.model_validate(told)


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at) / timedelta(minutes=1))

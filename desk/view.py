"""What a clerk sees, made from the snapshots. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.watch import Watch
from messaging.messages import (
    AccuracyView,
    BookingView,
    DeskCounter,
    DeskTicket,
    Role,
    UnitStatus,
)
from queue_core.life import Verb, after
from queue_core.model import Kind
from texts import Language, sentences

NOT_SHOWN_AFTER = timedelta(seconds=3)
"""A board confirms a call well within a second; after three the visitor has not seen it."""

ACTIONS = (Verb.START, Verb.FINISH, Verb.RECALL, Verb.NO_SHOW, Verb.HOLD, Verb.TRANSFER)


@dataclass(frozen=True, slots=True)
class View:
    """One counter's page at the moment `now`. `counter` is None until the queue is known.

    `undoable`: the last action at the counter, if it can be taken back.
    """

    now: datetime
    news: datetime | None
    fresh: bool
    counter: DeskCounter | None
    mine: tuple[DeskTicket, ...]
    others: tuple[DeskTicket, ...]
    held: tuple[DeskTicket, ...]
    missed: tuple[DeskTicket, ...]
    served: int
    undoable: Verb | None
    keep_overnight: bool
    accuracy: AccuracyView | None
    accuracy_before: AccuracyView | None
    slots: tuple[BookingView, ...]
    problems: tuple[str, ...]
    not_shown: bool

    @property
    def ticket(self) -> DeskTicket | None:
        """The ticket at the counter."""
        return self.counter.ticket if self.counter else None

    @property
    def actions(self) -> tuple[str, ...]:
        """What can be done with the ticket at the counter."""
        ticket = self.ticket
        return tuple(each for each in ACTIONS if ticket and after(ticket.status, each))

    def waited(self, ticket: DeskTicket) -> int:
        """Whole minutes since the visitor came."""
        return max(0, int((self.now - ticket.arrived_at).total_seconds() // 60))

    def can_call(self, ticket: DeskTicket) -> bool:
        """Whether the counter is free for this very ticket."""
        return (
            self.counter is not None
            and self.counter.status == "open"
            and self.counter.ticket is None
            and _may_call(self.counter, ticket)
        )

    def can_prioritise(self, ticket: DeskTicket) -> bool:
        """Whether staff may let this visitor be called earlier."""
        return ticket.kind is Kind.WALK_IN and after(ticket.status, Verb.PRIORITISE) is not None


def view(watch: Watch, counter: str, language: Language) -> View:
    """The page of this counter from what is known now."""
    queue, now = watch.queue, watch.now
    own = next((c for c in queue.counters if c.id == counter), None) if queue else None
    waiting = queue.waiting if queue else ()
    mine = tuple(each for each in waiting if own and _may_call(own, each))
    return View(
        now=now,
        news=queue.at if queue else None,
        fresh=watch.fresh,
        counter=own,
        mine=mine,
        others=tuple(each for each in waiting if each not in mine),
        held=queue.held if queue else (),
        missed=queue.missed if queue else (),
        served=queue.served if queue else 0,
        undoable=queue.undoable.get(counter) if queue else None,
        keep_overnight=queue is not None and queue.keep_overnight,
        accuracy=queue.accuracy if queue else None,
        accuracy_before=queue.accuracy_before if queue else None,
        slots=watch.bookings.bookings if watch.bookings else (),
        problems=tuple(_problems(language, watch.units.values())),
        not_shown=_not_shown(own, now),
    )


def _may_call(counter: DeskCounter, ticket: DeskTicket) -> bool:
    return ticket.service in counter.serves and (ticket.for_counter or counter.id) == counter.id


def _not_shown(counter: DeskCounter | None, now: datetime) -> bool:
    call = counter.ticket.call if counter and counter.ticket else None
    return call is not None and call.shown_at is None and now > call.at + NOT_SHOWN_AFTER


def _problems(language: Language, units: Iterable[UnitStatus]) -> Iterable[str]:
    for unit in sorted(units, key=lambda each: each.unit):
        if unit.online:
            for fault in unit.faults:
                yield f"{unit.unit}: {sentences.fault(language, fault)}"
        else:
            yield _silent(language, unit)


def _silent(language: Language, unit: UnitStatus) -> str:
    match unit.role:
        case Role.KIOSK:
            return language.text("The ticket kiosk {unit} does not answer.", unit=unit.unit)
        case Role.DISPLAY:
            return language.text("The board {unit} does not answer.", unit=unit.unit)
        case Role.MODULE:
            return language.text("The queue module {unit} does not answer.", unit=unit.unit)
        case Role.DESK:
            return language.text("The staff page {unit} is switched off.", unit=unit.unit)

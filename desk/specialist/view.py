"""What a specialist sees of all centres, from what each module told last. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from desk.view import is_unseen, may_call
from desk.watch import Watch
from messaging.messages import BookingView, DeskCounter, DeskTicket, QueueState
from queue_core.life import Status, Verb, after
from queue_core.model import CounterStatus

ACTIONS = (Verb.START, Verb.FINISH, Verb.RECALL, Verb.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes today. `at`: when the appointment begins; without one, until when the visitor was
    promised to be called. `number` is empty until the visitor has come; `ticket` is None then, and
    once the visit is over.
    """

    centre: str
    at: datetime
    service: str
    number: str = ""
    ticket: DeskTicket | None = None
    booked: bool = True
    now: datetime | None = None

    @property
    def delay(self) -> int:
        """Whole minutes past `at` of who is expected or waits; else 0."""
        waits = not self.number or (self.ticket and self.ticket.status is Status.WAITING)
        if self.now is None or not waits:
            return 0
        return max(0, int((self.now - self.at).total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class RoomView:
    """The room of a centre. `visitor`: who was called into it for this desk; `taken`: it is another
    specialist's now. `waiting`: who is present for this desk, in the centre's order of calling.
    """

    centre: str
    now: datetime
    news: datetime | None = None
    fresh: bool = True
    status: CounterStatus | None = CounterStatus.OPEN
    visitor: DeskTicket | None = None
    taken: bool = False
    waiting: tuple[DeskTicket, ...] = ()
    visitors: tuple[Visitor, ...] = ()
    undoable: Verb | None = None
    not_shown: bool = False
    lately_given: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether somebody can be called into it, for all that it knows of itself."""
        is_open = self.fresh and self.status is CounterStatus.OPEN
        return is_open and self.visitor is None and not self.taken

    @property
    def actions(self) -> tuple[str, ...]:
        """What can be done with the visitor in it."""
        visitor = self.visitor
        return tuple(each for each in ACTIONS if visitor and after(visitor.status, each))


@dataclass(frozen=True, slots=True)
class View:
    """The page. `doubtful`: centres in whose rooms somebody may be, which cannot be known now, but
    for those that staff passed over. `last`: where something was done last.
    """

    rooms: tuple[RoomView, ...]
    doubtful: frozenset[str] = frozenset()
    last: str = ""

    @property
    def busy(self) -> RoomView | None:
        """Where somebody is now, who comes before everybody else. There can be two, after a centre
        was out of reach; the one called last stays on the page."""
        rooms = sorted(self.rooms, key=lambda each: each.centre != self.last)
        return next((each for each in rooms if each.fresh and each.visitor), None)

    @property
    def next(self) -> tuple[RoomView, DeskTicket] | None:
        """Who is called next, and where: of those who are first in their centres the one due first,
        who is early only if all are. Nobody while somebody is in a room.
        """
        if self.busy:
            return None
        firsts = ((room, room.waiting[0]) for room in self.rooms if room.ready and room.waiting)
        return min(firsts, key=_turn, default=None)

    @property
    def undo(self) -> RoomView | None:
        """Where the last action can be taken back."""
        room = self.busy or next((each for each in self.rooms if each.centre == self.last), None)
        return room if room and room.fresh and room.undoable else None

    @property
    def visitors(self) -> list[Visitor]:
        """Of all centres, in the order of time."""
        return sorted(
            (each for room in self.rooms for each in room.visitors),
            key=lambda each: (each.at, each.centre, each.number),
        )

    @property
    def fresh(self) -> bool:
        """Whether anything can be done at all."""
        return any(each.fresh for each in self.rooms)

    @property
    def now(self) -> datetime:
        """The time of the centre that matters now."""
        fresh = (each for each in self.rooms if each.fresh)
        return (self.busy or next(fresh, self.rooms[0])).now

    def room(self, centre: str) -> RoomView:
        """The room of this centre."""
        return next(each for each in self.rooms if each.centre == centre)

    def can_call(self, visitor: Visitor) -> bool:
        """Whether this very visitor can be called now."""
        if self.busy or self.doubtful or not self.room(visitor.centre).ready:
            return False
        return visitor.ticket is not None and after(visitor.ticket.status, Verb.CALL) is not None


def room_view(watch: Watch, centre: str, counter: str, services: Collection[str]) -> RoomView:
    """The room, which is that counter; of its services this desk is for `services`, or for all."""
    queue, now = watch.queue, watch.now
    own = next((c for c in queue.counters if c.id == counter), None) if queue else None
    if queue is None or own is None:
        return RoomView(centre, now, fresh=False, status=None)
    served = frozenset(services or own.serves)
    inside = own.ticket
    bookings = watch.bookings.bookings if watch.bookings else ()
    return RoomView(
        centre=centre,
        now=now,
        news=queue.at,
        fresh=watch.fresh,
        status=own.status,
        visitor=inside if inside and inside.service in served else None,
        taken=inside is not None and inside.service not in served,
        waiting=tuple(each for each in queue.waiting if _is_for(own, served, each)),
        visitors=tuple(_visitors(centre, queue, own, served, bookings, now)),
        undoable=queue.undoable.get(counter),
        not_shown=is_unseen(own, now),
        lately_given=own.lately_given,
    )


def _turn(of: tuple[RoomView, DeskTicket]) -> tuple[bool, datetime, datetime, str]:
    room, ticket = of
    return ticket.early, ticket.due_at, ticket.arrived_at, room.centre


def _is_for(room: DeskCounter, served: Collection[str], ticket: DeskTicket) -> bool:
    return ticket.service in served and may_call(room, ticket)


def _visitors(
    centre: str,
    queue: QueueState,
    room: DeskCounter,
    served: Collection[str],
    bookings: tuple[BookingView, ...],
    now: datetime,
) -> Iterator[Visitor]:
    """Those with an appointment, then those without one who have not been served."""
    inside = (each.ticket for each in queue.counters if each.ticket)
    living = {t.id: t for t in (*queue.waiting, *queue.held, *queue.missed, *inside)}
    for each in bookings:
        ticket = living.pop(each.ticket or "", None)
        if each.service in served:
            number = each.number or ""
            yield Visitor(centre, each.starts_at, each.service, number, ticket, now=now)
    for ticket in living.values():
        if _is_for(room, served, ticket):
            yield Visitor(
                centre, ticket.due_at, ticket.service, ticket.number, ticket, booked=False, now=now
            )

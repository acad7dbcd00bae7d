"""Numbers that the kiosk gives by itself while it cannot reach the queue module.

What may be given is decided by the rules of the queue from what is known here: the centre's
settings, the numbers lent, the bookings of the week, and whether staff have ended the day's
tickets. Nothing is known of who waits.
"""

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from config.clock import Clock
from kiosk.store import Fate, Given, Store, StoreError
from messaging.catalogue import catalogue
from messaging.messages import (
    BookingsState,
    BookingView,
    CatalogueState,
    LeaseState,
    LeaseView,
    RefusalView,
    Reply,
    TicketView,
)
from queue_core.centre import Centre
from queue_core.commands import CheckIn, Command, FindTicket, MergeTicket, Request, TakeTicket
from queue_core.decide import decide
from queue_core.events import TicketTaken
from queue_core.life import Status
from queue_core.model import Booking, Kind, State, Ticket, label
from queue_core.refusals import Refusal

log = logging.getLogger(__name__)

MOMENT_STEP = timedelta(minutes=5)
"""How old the moment on disk may be: a clock without a battery goes on from it after a restart."""


DOUBT_SECONDS = 5.0
"""Messages that waited in the network come at once; only if the module tells an earlier moment for
so long is it earlier."""


class OwnNumbers:
    """For one thread. `unit` is the kiosk's own id."""

    def __init__(self, centre: Centre, unit: str, store: Store, clock: Clock) -> None:
        self._centre, self._unit, self._store, self._clock = centre, unit, store, clock
        self._told: tuple[datetime, float] | None = None
        self._heard_at, self._earlier_since = -math.inf, math.inf
        self._given_at: dict[str, float] = {}
        self._lent: LeaseState | None = None
        self._cleaned: date | None = None
        self._failed = False

    @property
    def journal(self) -> str:
        """The store's id; empty where nothing can be kept in it."""
        return self._store.known.journal if self._store.durable else ""

    @property
    def now(self) -> datetime:
        """As the module told it last, and what has passed since. Until it has told it, by the
        kiosk's own clock, but no earlier than what was told before."""
        if self._told:
            moment, seconds = self._told
            return moment + timedelta(seconds=self._clock.monotonic() - seconds)
        return max(self._clock.now(), self._store.known.seen_at or self._clock.now())

    @property
    def today(self) -> date:
        """The centre's day."""
        return self._centre.local(self.now).date()

    @property
    def are_there(self) -> bool:
        """Whether numbers were lent for today, and can be kept in mind."""
        return bool(self.journal) and not self._failed and any(self._leases())

    @property
    def waiting(self) -> tuple[MergeTicket, ...]:
        """Given and not merged yet, the oldest first."""
        return tuple(each.ticket for each in self._of(Fate.GIVEN))

    @property
    def faults(self) -> frozenset[str]:
        """What staff should know."""
        failed = {"store_broken"} if self._failed else set()
        refused = {"number_refused"} if any(self._of(Fate.REFUSED)) else set()
        return self._store.faults | failed | refused

    def take_leases(self, leases: LeaseState) -> None:
        """The module lends these; what was lent to another store is none of ours."""
        if leases.journal == self.journal:
            self._lent = leases
            self._keep_leases()

    def take_bookings(self, bookings: BookingsState) -> None:
        """The slots of the week."""
        before = self._store.known.bookings
        if before is None or (before.bookings, before.later) != (bookings.bookings, bookings.later):
            self._write(lambda: self._store.keep_bookings(bookings))

    def take_tickets_end(self, moment: datetime | None) -> None:
        """From when on staff give no more tickets today, if they decided so."""
        if moment != self._store.known.tickets_end:
            self._write(lambda: self._store.keep_tickets_end(moment))

    def saw(self, moment: datetime) -> None:
        """The module said that it is so late. With a new day, what is over is forgotten. What could
        not be written is tried again: leases are told only once."""
        self._store.mend()
        if self._came_late(moment):
            moment = self.now
        else:
            self._told = moment, self._clock.monotonic()
        before = self._store.known.seen_at
        if self._failed or before is None or abs(moment - before) >= MOMENT_STEP:
            self._write(lambda: self._store.keep_moment(moment))
        if self._cleaned != self.today and self._write(lambda: self._store.clean(self.today)):
            self._cleaned = self.today
        self._keep_leases()

    def mend(self) -> None:
        """Try once more what the disk refused, while the module says nothing."""
        self._store.mend()
        if self._failed:
            self._write(lambda: self._store.keep_moment(self.now))

    def offered(self, before: CatalogueState | None) -> CatalogueState:
        """What the centre offers now, by its settings. Whoever was called before is still to come;
        whether somebody helps at the computer is not known."""
        told = catalogue(self._centre, self.now, State(tickets_end=self._tickets_end))
        return told.model_copy(update={"help": before.help}) if before else told

    def answer(self, command: Command, command_id: str) -> Reply | None:
        """What can be said to it without the module; None where nothing can. A number is on disk
        when this returns; its ticket's id is the command's."""
        match command:
            case TakeTicket() | CheckIn():
                return self._give(command, command_id)
            case FindTicket(ticket) if ticket in {each.ticket for each in self.waiting}:
                return Reply(id=command_id, ticket=self._view(self._store.known.tickets[ticket]))
            case _:
                return None

    def to_merge(self) -> MergeTicket | None:
        """The oldest that waits. The kiosk's own clock may have been wrong when it was given: since
        then so much has passed, if that was not before a restart."""
        ticket = next(iter(self.waiting), None)
        given_at = self._given_at.get(ticket.ticket) if ticket else None
        if ticket is None or given_at is None:
            return ticket
        age = timedelta(seconds=self._clock.monotonic() - given_at)
        return replace(ticket, issued_at=self.now - age)

    def settle(self, ticket: str, fate: Fate) -> bool:
        """The module has it, or refuses it. Whether that is on disk: if not, it is asked again."""
        if fate is Fate.REFUSED:
            log.error("a number that was given without the module is refused by it")
        return self._write(lambda: self._store.settle(ticket, fate))

    def _keep_leases(self) -> None:
        lent = self._lent
        if lent and lent != self._store.known.leases:
            self._write(lambda: self._store.keep_leases(lent))

    def _came_late(self, moment: datetime) -> bool:
        """Whether the message tells a moment that is over, as far as is known."""
        seconds = self._clock.monotonic()
        silent, self._heard_at = seconds - self._heard_at, seconds
        if self._told is None or moment >= self.now:
            self._earlier_since = math.inf
            return False
        known = math.inf if silent >= DOUBT_SECONDS else self._earlier_since
        self._earlier_since = min(known, seconds)
        return seconds - self._earlier_since < DOUBT_SECONDS

    def _give(self, command: TakeTicket | CheckIn, command_id: str) -> Reply | None:
        decision = self._decide(command, command_id)
        if isinstance(decision, Refusal):
            refused = RefusalView(code=decision.code, facts=dict(decision.facts))
            return Reply(id=command_id, refusal=refused)
        given = Given(_as_given(decision, self.now), self.today)
        if not self._write(lambda: self._store.add(given)):
            return None
        self._given_at[command_id] = self._clock.monotonic()
        return Reply(id=command_id, ticket=self._view(given))

    def _decide(self, command: TakeTicket | CheckIn, command_id: str) -> TicketTaken | Refusal:
        """By the rules of the queue, with the next number lent as the only one there is."""
        bookings = {each.booking: each for each in self._bookings()}
        service = command.service if isinstance(command, TakeTicket) else ""
        if isinstance(command, CheckIn) and command.booking in bookings:
            service = bookings[command.booking].service
        known = self._centre.services.get(service)
        series = known.series if known else ""
        number = next(self._free(series), 0)
        used = {each.ticket: each.number or "" for each in bookings.values() if each.ticket}
        state = State(
            day=self.today,
            tickets={ticket: _stub(ticket, shown) for ticket, shown in used.items()},
            bookings={each.booking: _booking(each) for each in bookings.values()},
            last_numbers={series: max(0, number - 1)},
            tickets_end=self._tickets_end,
        )
        centre = replace(self._centre, last_number=number)
        decided = decide(centre, state, Request(command_id, self._unit, command), self.now)
        if isinstance(decided, Refusal):
            return decided
        (taken,) = decided
        assert isinstance(taken, TicketTaken)
        return taken

    @property
    def _tickets_end(self) -> datetime | None:
        """Of today."""
        end = self._store.known.tickets_end
        return end if end and self._centre.local(end).date() == self.today else None

    def _leases(self) -> Iterator[LeaseView]:
        leases = self._store.known.leases
        yield from (x for x in (leases.leases if leases else ()) if x.day == self.today)

    def _free(self, series: str) -> Iterator[int]:
        given = (x for x in self._store.known.tickets.values() if x.day == self.today)
        used = {each.ticket.number for each in given if each.ticket.series == series}
        for lease in self._leases():
            if lease.series == series:
                yield from (n for n in range(lease.first, lease.last + 1) if n not in used)

    def _bookings(self) -> Iterator[BookingView]:
        """As the module told them, and as they are used here since."""
        told = self._store.known.bookings
        own = {x.ticket.booking: x.ticket for x in self._store.known.tickets.values()}
        for each in (*told.bookings, *told.later) if told else ():
            used = own.get(each.booking)
            number = label(used.series, used.number) if used else ""
            changed = {"ticket": used.ticket, "number": number} if used else {}
            yield each.model_copy(update=changed)

    def _of(self, fate: Fate) -> Iterator[Given]:
        return (each for each in self._store.known.tickets.values() if each.fate is fate)

    def _view(self, given: Given) -> TicketView:
        ticket = given.ticket
        known = {each.booking: each for each in self._bookings()}
        booking = known.get(ticket.booking or "")
        starts_at = booking.starts_at if booking else None
        tolerance = self._centre.late_tolerance
        return TicketView(
            id=ticket.ticket,
            number=label(ticket.series, ticket.number),
            service=ticket.service,
            kind=Kind.SLOT if booking else Kind.WALK_IN,
            status=Status.WAITING,
            language=ticket.language,
            arrived_at=ticket.issued_at,
            due_at=ticket.issued_at,
            ahead=None,
            slot_starts_at=starts_at,
            late=starts_at is not None and ticket.issued_at > starts_at + tolerance,
        )

    def _write(self, action: Callable[[], None]) -> bool:
        """Whether it is on disk. What is not, is not done; the kiosk goes on."""
        try:
            action()
        except StoreError as error:
            if not self._failed:
                log.warning("the kiosk's store cannot be written: %s", error)
            self._failed = True
        else:
            self._failed = False
        return not self._failed


def _as_given(taken: TicketTaken, issued_at: datetime) -> MergeTicket:
    return MergeTicket(
        ticket=taken.ticket,
        series=taken.series,
        number=taken.number,
        service=taken.service,
        language=taken.language,
        issued_at=issued_at,
        booking=taken.booking,
        offered=taken.offered,
        instead_of=taken.instead_of,
    )


def _booking(view: BookingView) -> Booking:
    return Booking(view.booking, view.service, view.starts_at, view.minutes, view.ticket)


def _stub(ticket: str, number: str) -> Ticket:
    """Of another's ticket only the number is known."""
    series, _, digits = number.partition(" ")
    unknown = datetime.min.replace(tzinfo=UTC)
    return Ticket(ticket, series, int(digits or 0), "", Kind.SLOT, "", unknown, unknown, unknown)

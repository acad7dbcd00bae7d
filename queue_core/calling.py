"""Who is called next: earliest due date first, with the reason said.

Every waiting ticket has a promise with a time on it (its due time). Calling the earliest due
minimises the greatest lateness (J. R. Jackson, 1955). Ties go to the earlier arrival, then to the
lower number. A slot holder who is early waits for the slot, unless nobody else waits.

Where not every promise can be kept, few are broken and none by much: who is overdue comes first,
but a slot holder, whose promise is the shorter one, only once overdue by `slot_patience`.

Slots are protected: while the earliest due is a walk-in who is not yet overdue, and whose service
would leave no counter for a slot holder who is present and about to be due, a walk-in who fits in
between is called instead, or, shortly before the slot, nobody.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from queue_core.centre import USUAL, Centre, Service
from queue_core.life import Status
from queue_core.model import Booking, CallReason, CallRule, CounterStatus, Kind, State, Ticket

AS_CONFIGURED: Mapping[str, timedelta] = MappingProxyType({})
"""Service → expected time, where nothing has been learned."""

OVERRUN = 1 / 3
"""Of its usual time, what a service that has lasted longer is expected to take yet."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nobody is called now: the counter is kept free for `slot`, who is about to be due."""

    slot: Ticket


Promise = tuple[datetime, datetime]
"""From when the waiting counts, and when the ticket is due."""

Key = tuple[datetime, datetime, str, int]
"""When it is due, when it arrived, its series and number."""

Rank = tuple[int, datetime, datetime, str, int]
"""0: past its last moment, which follows; 1: due at what follows; 2: the same, early."""


def promise_to_walk_in(service: Service, now: datetime) -> Promise:
    """A walk-in's waiting counts from now."""
    return now, now + service.walk_in_target


def promise_to_slot_holder(centre: Centre, booking: Booking, now: datetime) -> Promise:
    """On time or early: from the slot's start, or the centre's `early_call` before it.

    Later than the tolerance: as a walk-in, from now.
    """
    service = centre.services[booking.service]
    if now <= booking.starts_at + centre.late_tolerance:
        return booking.starts_at - centre.early_call, booking.starts_at + service.slot_target
    return promise_to_walk_in(service, now)


def order_key(ticket: Ticket) -> Key:
    """The ascending order of the promises."""
    return ticket.due_at, ticket.arrived_at, ticket.series, ticket.number


def is_patient(ticket: Ticket) -> bool:
    """Whether it has a slot's promise; a late slot holder's waiting counts from the arrival."""
    return ticket.kind is Kind.SLOT and ticket.counts_from != ticket.arrived_at


def last_moment(centre: Centre, ticket: Ticket) -> datetime:
    """From when on it comes before everybody whose last moment is later or still to come."""
    return ticket.due_at + (centre.slot_patience if is_patient(ticket) else timedelta())


def rank(key: Key, last: datetime, now: datetime) -> Rank:
    """The ascending order of calling at a moment, of those who are not early."""
    return (0, last, *key[1:]) if last < now else (1, *key)


def slot_start(centre: Centre, state: State, ticket: Ticket) -> datetime:
    """When its slot begins; reckoned where the booking is no longer kept."""
    booking = state.bookings.get(ticket.booking or "")
    return booking.starts_at if booking else ticket.counts_from + centre.early_call


def is_early(ticket: Ticket, now: datetime) -> bool:
    """Whether it is a slot holder whose slot has not begun to count."""
    return ticket.kind is Kind.SLOT and now < ticket.counts_from


def in_order(centre: Centre, waiting: Iterable[Ticket], now: datetime) -> list[Ticket]:
    """In the order in which they would be called; the early ones at the end."""
    return sorted(waiting, key=lambda each: rank_now(centre, each, now))


def rank_now(centre: Centre, ticket: Ticket, now: datetime) -> Rank:
    """Where it stands in that order; lower is earlier."""
    key = order_key(ticket)
    if is_early(ticket, now):
        return (2, *key)
    return rank(key, last_moment(centre, ticket), now)


def waiting_in_order(centre: Centre, state: State, now: datetime) -> list[Ticket]:
    """All who wait, in the order in which they would be called."""
    return in_order(centre, (t for t in state.living.values() if t.status is Status.WAITING), now)


def may_call(centre: Centre, counter: str, ticket: Ticket) -> bool:
    """Whether this counter serves what the ticket is for."""
    return (
        ticket.service in centre.counters[counter].serves
        and (ticket.for_counter or counter) == counter
    )


def next_for(
    centre: Centre,
    state: State,
    counter: str,
    now: datetime,
    *,
    insist: bool = False,
    services: Collection[str] = (),
    expected: Mapping[str, timedelta] = AS_CONFIGURED,
) -> tuple[Ticket, CallReason] | Withheld | None:
    """The ticket that the counter calls next, and why; None if it has nobody to call.

    `expected` overrides the services' own expected times; with `insist` no slot is protected. Where
    `services` are named, nobody is called for another.
    """
    tickets = (
        each
        for each in state.living.values()
        if each.status is Status.WAITING and (not services or each.service in services)
    )
    choice = in_order(centre, (each for each in tickets if may_call(centre, counter, each)), now)
    if not choice:
        return None
    first, early = choice[0], _early(choice, now)
    plain = first, _reason(centre, state, first, choice, now)
    if insist or first.kind is not Kind.WALK_IN or first.due_at < now:
        return plain
    outlook = _Outlook(centre, state, counter, now, expected)
    slot = outlook.needed_for(early)
    if slot is None or outlook.free_again(first) <= slot.due_at:
        return plain
    for other in choice:
        if other.kind is Kind.WALK_IN and outlook.free_again(other) <= slot.due_at:
            return other, _instead(centre, state, other, first, slot)
    soon = slot.counts_from <= now + centre.longest_idle
    only_walk_ins = all(each.kind is Kind.WALK_IN or is_early(each, now) for each in choice)
    return Withheld(slot) if soon and only_walk_ins else plain


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What a free counter can know of the minutes to come."""

    centre: Centre
    state: State
    counter: str
    now: datetime
    expected: Mapping[str, timedelta]

    def free_again(self, ticket: Ticket) -> datetime:
        """When this counter would be free if it took the ticket now."""
        return self.now + self._usual(ticket)

    def needed_for(self, early: Sequence[Ticket]) -> Ticket | None:
        """Of the slot holders who are early and soon due, whom only this counter is left for.

        Each in turn is given the other counter that is free soonest, if one is by the due time.
        """
        others: dict[str, datetime] | None = None
        until = self.now + self.centre.protect_slots
        for slot in (each for each in early if each.counts_from <= until):
            others = self._free_moments() if others is None else others
            able = [c for c in others if may_call(self.centre, c, slot)]
            helper = min(able, key=others.__getitem__, default=None)
            if helper is None or others[helper] > slot.due_at:
                return slot
            others[helper] = max(others[helper], slot.counts_from) + self._usual(slot)
        return None

    def _free_moments(self) -> dict[str, datetime]:
        """Other open counters → when each is expected to be free."""
        return {
            counter: self._free_at(self.state.tickets.get(self.state.at_counter.get(counter, "")))
            for counter, status in self.state.counters.items()
            if status is CounterStatus.OPEN and counter in self.centre.counters
            if counter != self.counter
        }

    def _free_at(self, served: Ticket | None) -> datetime:
        if served is None or served.call is None:
            return self.now
        usual = self._usual(served)
        return max(served.call.at + usual, self.now + usual * OVERRUN)

    def _usual(self, ticket: Ticket) -> timedelta:
        known = self.centre.services.get(ticket.service)
        return self.expected.get(ticket.service) or (known.expected if known else USUAL)


def _instead(
    centre: Centre, state: State, ticket: Ticket, first: Ticket, slot: Ticket
) -> CallReason:
    return CallReason(
        rule=CallRule.SHORTER_FITS,
        due_at=ticket.due_at,
        next_number=first.label,
        next_due_at=first.due_at,
        slot_number=slot.label,
        slot_at=slot_start(centre, state, slot),
    )


def _early(choice: Sequence[Ticket], now: datetime) -> list[Ticket]:
    """Those at the end of `choice` who are early."""
    return list(itertools.takewhile(lambda each: is_early(each, now), reversed(choice)))[::-1]


def _reason(
    centre: Centre, state: State, first: Ticket, choice: Sequence[Ticket], now: datetime
) -> CallReason:
    """Why the first of the choice is called before the others.

    Of them count the next in turn, the first of the early, and the first slot holder who is
    overdue and has to wait for an overdue walk-in.
    """
    early = _early(choice, now)
    passed = next((each for each in choice if each.due_at < first.due_at < now), None)
    others = (each for each in (*choice[1:2], *early[:1]) if each is not first)
    following = passed or min(others, key=order_key, default=None)
    if is_early(first, now):
        rule = CallRule.EARLY_NOBODY_ELSE
    elif following is None:
        rule = CallRule.ONLY_ONE
    elif passed:
        rule = CallRule.SLOT_CAN_WAIT
    elif following.due_at < first.due_at:
        rule = CallRule.SLOT_LATER
    else:
        rule = CallRule.EARLIEST_DUE
    slot = following if rule in {CallRule.SLOT_LATER, CallRule.SLOT_CAN_WAIT} else None
    return CallReason(
        rule=rule,
        due_at=first.due_at,
        next_number=following.label if following else None,
        next_due_at=following.due_at if following else None,
        slot_number=slot.label if slot else None,
        slot_at=slot_start(centre, state, slot) if slot else None,
    )

"""The queue played forward once: who is called when, if things go on as drawn.

Light structures, for it is done many times; the order and the choice are those of `calling`.
Seconds count from the moment of the outlook.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from math import log

from queue_core.calling import Key, Withheld, next_for, rank
from queue_core.life import Status
from queue_core.model import Booking, Call, CallReason, CallRule, CounterStatus, State, Ticket
from queue_core.outlook import Outlook, Place
from queue_core.service_times import Chance, ServiceTime

TRIES = 20
"""So often is the coming of a slot holder drawn until it is not in the past."""

_NEVER = -1.0

Heap = list[tuple[Key, int]]


class Run:
    """One way in which the queue may go on."""

    def __init__(self, outlook: Outlook, chance: Chance) -> None:
        self._outlook = outlook
        self._chance = chance
        self._times: dict[str, ServiceTime] = {}
        self._places = list(outlook.places)
        self._called = [_NEVER] * len(outlook.places)
        self._lines = [(list(hasty), list(slots)) for hasty, slots in outlook.lines]
        self._later: list[tuple[Heap, Heap]] = [([], []) for _ in outlook.counters]
        self._coming = [(p.begins, n) for n, p in enumerate(self._places) if p.begins > 0]
        self._early = [n for _, n in self._coming]
        self._at_counter = list(outlook.busy)
        self._fresh: dict[int, float] = {}
        self._until = [self._rest(each) for each in outlook.busy]
        self._free = [(until, counter) for counter, until in enumerate(self._until)]
        self._kept_free: set[int] = set()
        self._follow()
        for each in outlook.booked:
            self._expect(each)
        heapify(self._coming)
        heapify(self._free)

    def waits(self) -> list[float]:
        """Seconds until each place of the outlook is called."""
        count = left = len(self._outlook.places)
        while left:
            now, counter = heappop(self._free)
            if now < self._until[counter]:
                continue
            self._leave(counter, now)
            self._admit(now)
            back = self._outlook.back(counter, now)
            n = self._next(counter, now) if back <= now else None
            if n is not None:
                left -= n < count
                self._call(counter, n, now)
            elif back > now:
                heappush(self._free, (back, counter))
            elif self._coming:
                heappush(self._free, (self._coming[0][0], counter))
        return self._called[:count]

    def _call(self, counter: int, n: int, now: float) -> None:
        self._called[n] = now
        place = self._places[n]
        if not place.new:
            self._at_counter[counter] = place.ticket
            self._fresh[counter] = now
            self._until[counter] = now + self._time(place.ticket.service).draw(self._chance)
        heappush(self._free, (self._until[counter] if not place.new else now, counter))

    def _leave(self, counter: int, now: float) -> None:
        """The visitor has gone; counters that were kept free for a slot look again."""
        if self._at_counter[counter]:
            self._at_counter[counter] = None
            self._fresh.pop(counter, None)
            for each in self._kept_free:
                heappush(self._free, (now, each))
            self._kept_free.clear()

    def _admit(self, now: float) -> None:
        """Those who came, or whose slot began, by now."""
        while self._coming and self._coming[0][0] <= now:
            at, n = heappop(self._coming)
            place = self._places[n]
            if place.begins > at:
                self._early.append(n)
                heappush(self._coming, (place.begins, n))
                continue
            if n in self._early:
                self._early.remove(n)
            if self._called[n] == _NEVER:
                for counter in place.counters:
                    heappush(self._later[counter][place.patient], (place.key, n))

    def _next(self, counter: int, now: float) -> int | None:
        """The place that the counter calls."""
        places, called = self._places, self._called
        early = [n for n in self._early if called[n] == _NEVER and counter in places[n].counters]
        first = self._first(counter, now)
        if first is None:
            return min(early, key=lambda n: places[n].key, default=None)
        place = places[first]
        if early and not place.new and place.key[0] >= self._outlook.moment(now):
            return self._protecting(counter, early, now)
        return first

    def _first(self, counter: int, now: float) -> int | None:
        """The first who is not early."""
        hasty, slot = self._head(counter, False), self._head(counter, True)
        if hasty is None or slot is None:
            return slot if hasty is None else hasty
        places, at = self._places, self._outlook.moment(now)
        return min(hasty, slot, key=lambda n: rank(places[n].key, places[n].last, at))

    def _head(self, counter: int, patient: bool) -> int | None:
        """The first in one of the counter's lines."""
        line, later = self._lines[counter][patient], self._later[counter][patient]
        called = self._called
        while line and called[line[-1]] != _NEVER:
            line.pop()
        while later and called[later[0][1]] != _NEVER:
            heappop(later)
        if line and not (later and later[0][0] < self._places[line[-1]].key):
            return line[-1]
        return later[0][1] if later else None

    def _protecting(self, counter: int, early: list[int], now: float) -> int | None:
        """The same where a slot may have to be protected; None keeps the counter free for it."""
        later = [n for line in self._later[counter] for _, n in line if self._called[n] == _NEVER]
        choice = [*self._heads(counter, False), *self._heads(counter, True), *later, *early]
        found = next_for(
            self._outlook.centre,
            self._state(choice, now),
            self._outlook.counters[counter],
            self._outlook.moment(now),
        )
        if found is None or isinstance(found, Withheld):
            self._kept_free.add(counter)
            return None
        return next(n for n in choice if self._places[n].ticket is found[0])

    def _heads(self, counter: int, patient: bool) -> Iterable[int]:
        """Of each service the first in line stands for all."""
        heads: dict[str, int] = {}
        for n in reversed(self._lines[counter][patient]):
            place = self._places[n]
            if not place.new and self._called[n] == _NEVER:
                heads.setdefault(place.ticket.service, n)
                if len(heads) == self._outlook.kinds[counter][patient]:
                    break
        return heads.values()

    def _state(self, choice: list[int], now: float) -> State:
        """As much of the state as the choice depends on."""
        outlook = self._outlook
        for counter, seconds in self._fresh.items():
            ticket = self._at_counter[counter]
            if ticket:
                self._at_counter[counter] = _called(ticket, outlook.moment(seconds))
        self._fresh.clear()
        pairs = zip(outlook.counters, self._at_counter, strict=True)
        busy = {counter: ticket for counter, ticket in pairs if ticket}
        works = (c for n, c in enumerate(outlook.counters) if outlook.back(n, now) <= now)
        living = {f"place {n}": self._places[n].ticket for n in choice} | busy
        return State(
            tickets=living,
            living=living,
            at_counter={counter: counter for counter in busy},
            counters=dict.fromkeys(works, CounterStatus.OPEN),
        )

    def _follow(self) -> None:
        """Draw the walk-ins who come while a slot holder is early: they are called before."""
        recent, seconds = self._outlook.recent, 0.0
        until = max((at for at, _ in self._coming), default=0.0)
        gap = self._outlook.foreseen.recent.total_seconds() / max(len(recent), 1)
        while recent:
            seconds -= log(1 - self._chance.random()) * gap
            if seconds >= until:
                return
            service = recent[int(self._chance.random() * len(recent))]
            self._add(self._outlook.walk_in_place(service, seconds), seconds)

    def _expect(self, booking: Booking) -> None:
        """Draw whether and when its holder comes."""
        comes = self._comes(self._outlook.seconds(booking.starts_at))
        if comes is not None:
            self._add(self._outlook.booked_place(booking, comes), comes)

    def _comes(self, start: float) -> float | None:
        """Seconds until a holder comes who has not come yet, None if never."""
        foreseen = self._outlook.foreseen
        mean = start - foreseen.comes_before.total_seconds()
        for _ in range(TRIES):
            if self._chance.random() >= foreseen.show_up:
                return None
            comes = self._chance.gauss(mean, foreseen.comes_spread.total_seconds())
            if comes > 0:
                return comes
        return None

    def _add(self, place: Place, comes: float) -> None:
        if place.counters:
            self._coming.append((comes, len(self._places)))
            self._places.append(place)
            self._called.append(_NEVER)

    def _rest(self, busy: Ticket | None) -> float:
        """Seconds until a counter is free."""
        if busy is None or busy.call is None:
            return 0.0
        spent = -self._outlook.seconds(busy.call.at)
        return self._time(busy.service).draw_rest(self._chance, spent)

    def _time(self, service: str) -> ServiceTime:
        if service not in self._times:
            self._times[service] = self._outlook.times.of(service).drawn(self._chance)
        return self._times[service]


def _called(ticket: Ticket, at: datetime) -> Ticket:
    reason = CallReason(CallRule.EARLIEST_DUE, ticket.due_at)
    return replace(ticket, status=Status.CALLED, call=Call(0, "", at, reason, at))

"""The state of one centre's queue on one day. Everything here is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from immutables import Map

from queue_core.life import Status, Verb
from queue_core.refusals import Refusal


class Kind(StrEnum):
    """How the visitor came into the queue."""

    WALK_IN = "walk_in"
    SLOT = "slot"
    PRIORITY = "priority"


class CallRule(StrEnum):
    """Why this ticket was called and not another."""

    EARLIEST_DUE = "earliest_due"
    ONLY_ONE = "only_one"
    SLOT_LATER = "slot_later"
    SLOT_CAN_WAIT = "slot_can_wait"
    SHORTER_FITS = "shorter_fits"
    EARLY_NOBODY_ELSE = "early_nobody_else"
    CHOSEN = "chosen"


class Confirmation(StrEnum):
    """What a board has done with a call."""

    SHOWN = "shown"
    SPOKEN = "spoken"


@dataclass(frozen=True, slots=True)
class CallReason:
    """Why a ticket was called, as data; the sentence is made in the reader's language.

    `next_number` and `next_due_at` are the ticket that would have come after it, if any; under
    SHORTER_FITS the walk-in who was due earlier. `slot_number` is a slot holder who was due earlier
    or was protected, whose slot begins at `slot_at`; under SLOT_CAN_WAIT one who is overdue too.
    `note` is the clerk's own reason for a chosen number.
    """

    rule: CallRule
    due_at: datetime
    next_number: str | None = None
    next_due_at: datetime | None = None
    note: str = ""
    slot_number: str | None = None
    slot_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A number shown and announced. `id` is the sequence number of the event that called it;
    `earlier_at`: the visitor's first call, where this is not it."""

    id: int
    counter: str
    at: datetime
    reason: CallReason
    announced_at: datetime
    recalls: int = 0
    shown_at: datetime | None = None
    spoken_at: datetime | None = None
    earlier_at: datetime | None = None

    @property
    def first_at(self) -> datetime:
        """When the visitor was called first."""
        return self.earlier_at or self.at


@dataclass(frozen=True, slots=True)
class Stay:
    """The time that a counter had for a visitor: from the call until something else was done with
    the ticket."""

    counter: str
    began: datetime
    ended: datetime


class Channel(StrEnum):
    """By which way somebody was served."""

    IN_PERSON = "in_person"
    REMOTE = "remote"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class GivenService:
    """What was done: `count` times a service. `e_service`: diverted, it was done online."""

    service: str
    count: int = 1
    channel: Channel = Channel.IN_PERSON
    e_service: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What was done for somebody without a ticket. Its id is the id of the command."""

    id: str
    counter: str
    at: datetime
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class WaitRange:
    """The wait that is left: one in ten is shorter than `low`, one in ten longer than `high`."""

    low: timedelta
    middle: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a day's promises came out.

    `coverage`: the share of waits inside the range, 0–1; `width`: the mean width of a range;
    `error`: the mean distance between the middle and the wait.
    """

    promises: int
    coverage: float
    width: timedelta
    error: timedelta


@dataclass(frozen=True, slots=True)
class Ticket:
    """One visitor's place in the queue. Its id is the id of the command that made it.

    `counts_from`: the moment from which its waiting counts; `due_at`: the promise.
    `for_counter`: the only counter that may call it, after a transfer to a counter. `promised`:
    the wait that the visitor was told at arrival. `rated`: the visitor's mark for the visit, 1–10.
    `offered`, `instead_of`: see `commands.TakeTicket`. `stays`: of today, each that is over.
    `expired_from`: how it stood when the day ended.
    """

    id: str
    series: str
    number: int
    service: str
    kind: Kind
    language: str
    arrived_at: datetime
    counts_from: datetime
    due_at: datetime
    status: Status = Status.WAITING
    booking: str | None = None
    for_counter: str | None = None
    call: Call | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    given: tuple[GivenService, ...] = ()
    promised: WaitRange | None = None
    rated: int | None = None
    offered: bool = False
    instead_of: str = ""
    stays: tuple[Stay, ...] = ()
    expired_from: Status | None = None

    @property
    def label(self) -> str:
        """The number as it is printed, shown and spoken, e.g. ``A 042``."""
        return label(self.series, self.number)


@dataclass(frozen=True, slots=True)
class Booking:
    """A reservation of a slot. Its id is a keyed digest of the visitor's code, never the code."""

    id: str
    service: str
    starts_at: datetime
    minutes: int
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """Numbers of a series that a unit may give by itself on a day, from `first` to `last`.

    `journal`: the id of the unit's store, so that a new store never gives what an old one gave.
    """

    unit: str
    journal: str
    day: date
    series: str
    first: int
    last: int

    def has(self, series: str, number: int) -> bool:
        """Whether it is one of these."""
        return self.series == series and self.first <= number <= self.last


class CounterStatus(StrEnum):
    """Whether a counter takes visitors."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CounterTimes:
    """How long a counter was how, today, until it became `status` at `since`."""

    status: CounterStatus
    since: datetime
    spent: Mapping[CounterStatus, timedelta] = field(default_factory=dict)

    def until(self, moment: datetime) -> "CounterTimes":
        """The same, with the time up to `moment`."""
        more = self.spent.get(self.status, timedelta()) + max(timedelta(), moment - self.since)
        return CounterTimes(self.status, moment, {**self.spent, self.status: more})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: the ticket it concerned, or why it was refused."""

    ticket: str | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Undoable:
    """The last action at a counter: what was done, and the ticket as it was before."""

    verb: Verb
    before: Ticket


MOST_ANSWERS = 10_000
"""So many are known at least, and twice as many at most: those of the last minutes of a flood."""

MOST_ANNOUNCED = 100
"""A board that confirms an older call is not heard."""


class Tally(NamedTuple):
    """Sums over the tickets of a day.

    `offered`, `chosen`: the public computer, to the visitor and by the visitor. `promises` of
    waits, to those who were called then; `kept`: inside the range that was told, whose `width`, and
    the `error` of its middle, are sums of microseconds.
    """

    served: int = 0
    ratings: int = 0
    rating_sum: int = 0
    offered: int = 0
    chosen: int = 0
    promises: int = 0
    kept: int = 0
    width: int = 0
    error: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered of one day. Made only by `evolve`, so that a restart is a replay.

    `tickets`: all of the day; `living`: those that have not ended; `numbers`: label → ticket of all
    that have not expired; `tally`: of all. `announced`: who was called last, the newest at the end.
    `at_counter`: counter → the ticket called or served there now.
    `undoable`: counter → its last action, until anything else happens to that ticket.
    `accuracy_before`: how the waits promised on the day before came out.
    `help`: unit → since when a visitor there asks for it.
    `accounts`: what was done today without a ticket, by its id, but for what was withdrawn.
    `done`: counter → ids of the tickets and accounts last done there today, the newest first.
    `lately_given`: counter → services last given there, the newest first; goes on over the night.
    `keep_overnight`: staff decided that those still waiting keep their places for the next day.
    `tickets_end`: from when on staff give no more tickets today without an appointment.
    `kept_day`: the day from which on those who waited have kept their places until today.
    `last_numbers`: series → the last number given today, but for those that kiosks gave.
    `leases`: of today, later, and the days just before. `merged`: unit → when the last ticket was
    taken of those that it gave by itself.
    `answers` and `earlier_answers`: command id → answer, of the newest commands; `flooded`: the
    earlier ones are of this day too, as there were so many.
    """

    day: date | None = None
    sequence: int = 0
    tickets: Mapping[str, Ticket] = field(default_factory=Map)
    living: Mapping[str, Ticket] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=Map)
    tally: Tally = field(default_factory=Tally)
    announced: tuple[str, ...] = ()
    bookings: Mapping[str, Booking] = field(default_factory=dict)
    counters: Mapping[str, CounterStatus] = field(default_factory=dict)
    counter_times: Mapping[str, CounterTimes] = field(default_factory=dict)
    at_counter: Mapping[str, str] = field(default_factory=dict)
    undoable: Mapping[str, Undoable] = field(default_factory=dict)
    help: Mapping[str, datetime] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=Map)
    done: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lately_given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_overnight: bool = False
    tickets_end: datetime | None = None
    accuracy_before: Accuracy | None = None
    kept_day: date | None = None
    last_numbers: Mapping[str, int] = field(default_factory=dict)
    leases: tuple[Lease, ...] = ()
    merged: Mapping[str, datetime] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=Map)
    earlier_answers: Mapping[str, Answer] = field(default_factory=Map)
    flooded: bool = False

    def answer_to(self, command_id: str) -> Answer | None:
        """The first answer given to this command id, if it is known: for long, where it made a
        ticket."""
        answer = self.answers.get(command_id) or self.earlier_answers.get(command_id)
        return answer or (Answer(command_id) if command_id in self.tickets else None)


def label(series: str, number: int) -> str:
    """A ticket number as people read it: letter, space, at least three digits."""
    return f"{series} {number:03d}"

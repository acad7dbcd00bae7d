"""What happened: past tense, one type per fact, with all that a replay needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from queue_core.commands import snake_case
from queue_core.life import Verb
from queue_core.model import (
    Accuracy,
    CallReason,
    Confirmation,
    CounterStatus,
    GivenService,
    Kind,
    WaitRange,
)
from queue_core.refusals import Refusal


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A new day: numbers start again; only tickets kept overnight are left of the day before."""

    day: date


@dataclass(frozen=True, slots=True)
class DayMeasured:
    """How the waits promised on the day before came out."""

    accuracy: Accuracy


@dataclass(frozen=True, slots=True)
class WaitPromised:
    """What the visitor was told at arrival."""

    ticket: str
    wait: WaitRange


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """A place in the queue was given, to a walk-in or (with `booking`) to a slot holder.

    `offered`, `instead_of`: of the choice between counter and computer, as in the command.
    `issued_at`: when a kiosk gave it by itself, which tells only now.
    """

    ticket: str
    series: str
    number: int
    service: str
    kind: Kind
    language: str
    counts_from: datetime
    due_at: datetime
    booking: str | None = None
    offered: bool = False
    instead_of: str = ""
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NumberCorrected:
    """The ticket has the number that a kiosk gave by itself, as the answer came too late.

    `issued_at`: when it gave it; waiting counts from then where that is earlier.
    """

    ticket: str
    series: str
    number: int
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NumbersLeased:
    """The unit may give these numbers by itself on that day."""

    unit: str
    journal: str
    day: date
    series: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class BookingAdded:
    """A slot was reserved."""

    booking: str
    service: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    """A reserved slot was given up."""

    booking: str


@dataclass(frozen=True, slots=True)
class TicketExpired:
    """The day ended before the visitor was served."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketPrioritised:
    """The ticket is due earlier."""

    ticket: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TicketCancelled:
    """The visitor gave the place up."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """The number was called to a counter, for this reason."""

    ticket: str
    counter: str
    reason: CallReason


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    """The call was announced once more."""

    ticket: str


@dataclass(frozen=True, slots=True)
class ServingStarted:
    """The visitor has come to the counter."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketServed:
    """Serving is over; `given` is what was done."""

    ticket: str
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class WorkAccounted:
    """Services were given to somebody without a ticket. The command's id is its name."""

    counter: str
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class AccountAmended:
    """What was done was something else: for a served ticket, or an account (then it may be
    nothing)."""

    record: str
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class NoShowRecorded:
    """Called, and the visitor did not come."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketHeld:
    """Set aside, to come back to the same place."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketResumed:
    """Waits again, at its old place."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """`service` is the service from now on; `for_counter` the only counter that may call it."""

    ticket: str
    service: str
    for_counter: str | None


@dataclass(frozen=True, slots=True)
class ActionUndone:
    """The last action at the counter was taken back; `verb` is what it was."""

    ticket: str
    counter: str
    verb: Verb


@dataclass(frozen=True, slots=True)
class VisitRated:
    """The visitor's mark for the visit, 1 to 10."""

    ticket: str
    score: int


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """A visitor at this unit asked staff to come."""

    unit: str


@dataclass(frozen=True, slots=True)
class HelpAnswered:
    """Staff went to the unit."""

    unit: str


@dataclass(frozen=True, slots=True)
class OvernightDecided:
    """Whether those still waiting at the day's end keep their places."""

    keep: bool


@dataclass(frozen=True, slots=True)
class TicketsEnded:
    """From when on there are no more tickets without an appointment today; None: as usual."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class CounterChanged:
    """The counter was opened, paused or closed."""

    counter: str
    status: CounterStatus


@dataclass(frozen=True, slots=True)
class CallConfirmed:
    """A board has shown or spoken the call."""

    ticket: str
    call: int
    step: Confirmation


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """Kept so that the same command id gets the same answer, and for the figures."""

    command: str
    refusal: Refusal


Event = (
    DayOpened
    | DayMeasured
    | WaitPromised
    | TicketTaken
    | NumberCorrected
    | NumbersLeased
    | BookingAdded
    | BookingCancelled
    | TicketExpired
    | TicketPrioritised
    | TicketCancelled
    | TicketCalled
    | TicketRecalled
    | ServingStarted
    | TicketServed
    | WorkAccounted
    | AccountAmended
    | NoShowRecorded
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | ActionUndone
    | VisitRated
    | HelpAsked
    | HelpAnswered
    | OvernightDecided
    | TicketsEnded
    | CounterChanged
    | CallConfirmed
    | CommandRefused
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its gap-free sequence number, its moment and the command that caused it.

    `sender`: the unit; where somebody was signed in, a colon and that person's staff id follow.
    """

    sequence: int
    at: datetime
    command_id: str
    sender: str
    event: Event


EVENTS: Mapping[str, type[Event]] = {snake_case(each.__name__): each for each in get_args(Event)}

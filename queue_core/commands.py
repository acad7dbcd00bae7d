"""What a unit may ask of the queue: imperative, one type per verb.

Commands that act on a visitor at a counter name the ticket that the clerk saw, so that a late or
doubled press never reaches the next visitor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import get_args

from queue_core.model import Confirmation, GivenService, WaitRange
from queue_core.reports import Column


@dataclass(frozen=True, slots=True)
class OpenDay:
    """Begin the centre's day if a new one has come."""


@dataclass(frozen=True, slots=True)
class PromiseWait:
    """Remember what the visitor is told at arrival."""

    ticket: str
    wait: WaitRange


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """A visitor without an appointment wants a place in the queue.

    `offered`: the visitor was offered the public computer. `instead_of`: the e-service that the
    visitor came for and does at the computer; `service` is then the help there.
    """

    service: str
    language: str
    offered: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The holder of a booking says: I am here. `booking` is the digest of the code."""

    booking: str
    language: str


@dataclass(frozen=True, slots=True)
class LeaseNumbers:
    """A kiosk asks for numbers that it may give by itself; `journal` is its store's own id."""

    journal: str


@dataclass(frozen=True, slots=True)
class MergeTicket:
    """A kiosk gave this number by itself; `ticket` is the id of the command it did not send or got
    no answer to.

    `booking`, `offered`, `instead_of`: as in the commands `check_in` and `take_ticket`.
    """

    ticket: str
    series: str
    number: int
    service: str
    language: str
    issued_at: datetime
    booking: str | None = None
    offered: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class AddBooking:
    """Remember a reserved slot, or move it; `booking` is the digest of its code."""

    booking: str
    service: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """Forget a reserved slot that nobody has used."""

    booking: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """The visitor gives the place up."""

    ticket: str


@dataclass(frozen=True, slots=True)
class FindTicket:
    """How the ticket is now. Only read: nothing is recorded, and asking again gets the news."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How the served visitor found the visit, 1 to 10; once for each ticket."""

    ticket: str
    score: int


@dataclass(frozen=True, slots=True)
class AskHelp:
    """A visitor at the unit that sends this asks staff to come."""


@dataclass(frozen=True, slots=True)
class AnswerHelp:
    """Staff go to the visitor who asked for help at this unit."""

    unit: str


@dataclass(frozen=True, slots=True)
class Prioritise:
    """Staff let a walk-in be called earlier: its waiting counts on, its target becomes shorter."""

    ticket: str


@dataclass(frozen=True, slots=True)
class CallNext:
    """Call the ticket that is due earliest among those the counter serves.

    `insist`: even if a slot holder may have to wait for it. `services`: for one of these only, as
    not everybody at the counter serves all of its own; empty: for any.
    """

    counter: str
    insist: bool = False
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallTicket:
    """Call this very ticket, for a stated reason (1–200 characters)."""

    counter: str
    ticket: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recall:
    """Announce the call once more."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Start:
    """The visitor has come; serving begins."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Serving is over; `given` names what was done, at least one service."""

    counter: str
    ticket: str
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """At least one service was given to somebody without a ticket, by phone or e-mail."""

    counter: str
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class Amend:
    """What was accounted for today at this counter was something else.

    `record`: the id of a served ticket, or of an account; of the latter, an empty `given` withdraws
    it.
    """

    counter: str
    record: str
    given: tuple[GivenService, ...]


@dataclass(frozen=True, slots=True)
class NoShow:
    """The visitor did not come."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Set the visitor aside, to come back to the same place later."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Put a held or no-show ticket back to its place."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send the visitor on to another service, or to one counter, keeping number and time."""

    counter: str
    ticket: str
    service: str | None = None
    to_counter: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last action at the counter: the visitor it concerned is as before it."""

    counter: str


@dataclass(frozen=True, slots=True)
class KeepOvernight:
    """Decide whether those still waiting at the day's end keep their places till it opens again."""

    keep: bool


@dataclass(frozen=True, slots=True)
class EndTickets:
    """Give no more tickets without an appointment today: from now, or `at` this local time."""

    at: time | None = None


@dataclass(frozen=True, slots=True)
class GiveTickets:
    """Give tickets as long as is usual, after all."""


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """The counter takes visitors."""

    counter: str


@dataclass(frozen=True, slots=True)
class PauseCounter:
    """The counter rests; a visitor at it may still be finished."""

    counter: str


@dataclass(frozen=True, slots=True)
class CloseCounter:
    """The counter is done; refused while a visitor is at it."""

    counter: str


@dataclass(frozen=True, slots=True)
class ConfirmCall:
    """A board has shown or spoken the call with this id."""

    call: int
    step: Confirmation


@dataclass(frozen=True, slots=True)
class AskReport:
    """The figures of days, today's so far included, summed by these columns. Only read."""

    first_day: date
    last_day: date
    by: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Change what the site file says of notices, services, counters, targets and dates: `changes`
    in JSON, each with what was seen. A lead's to decide; kept in files, not in the log."""

    changes: str


Command = (
    OpenDay
    | PromiseWait
    | TakeTicket
    | CheckIn
    | LeaseNumbers
    | MergeTicket
    | AddBooking
    | CancelBooking
    | Cancel
    | FindTicket
    | Rate
    | AskHelp
    | AnswerHelp
    | Prioritise
    | CallNext
    | CallTicket
    | Recall
    | Start
    | Finish
    | Account
    | Amend
    | NoShow
    | Hold
    | Resume
    | Transfer
    | Undo
    | KeepOvernight
    | EndTickets
    | GiveTickets
    | OpenCounter
    | PauseCounter
    | CloseCounter
    | ConfirmCall
    | AskReport
    | ChangeSettings
)


@dataclass(frozen=True, slots=True)
class Request:
    """A command with the id that its sender made and the unit that sent it.

    `by`: the staff's own id of whoever was signed in there, "" where nobody is.
    """

    id: str
    sender: str
    command: Command
    by: str = ""

    @property
    def who(self) -> str:
        """Who ordered it, as the log has it: ``desk``, or ``desk:klientu-1``."""
        return f"{self.sender}:{self.by}" if self.by else self.sender


def snake_case(name: str) -> str:
    """A type's name as messages and tables write it: ``TakeTicket`` → ``take_ticket``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


COMMANDS: Mapping[str, type[Command]] = {
    snake_case(each.__name__): each for each in get_args(Command)
}

MODULE_ONLY = frozenset({"open_day", "promise_wait"})
"""The module's own; never taken from anybody else."""

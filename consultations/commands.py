"""What can be asked of the register of bookings, and what it answers."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from consultations.schedule import Slot
from messaging.appointments import BookingRefusal


@dataclass(frozen=True, slots=True)
class Book:
    """Reserve the slot that starts at this moment, for a visitor of the centre."""

    schedule: str
    centre: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """Give the holder of a booking another slot of the same schedule, or neither."""

    booking: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give up a booking, a place on the waiting list, or a slot that was offered."""

    booking: str


@dataclass(frozen=True, slots=True)
class JoinList:
    """Wait for a slot that somebody gives up, from the first to the last of these local days."""

    schedule: str
    centre: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Accept:
    """Take the slot that was offered to somebody on the waiting list."""

    booking: str


Command = Book | Move | Cancel | JoinList | Accept


@dataclass(frozen=True, slots=True)
class Order:
    """A command of a member of staff. `id` is made by the sender: the same again is answered as
    before, and nothing is done twice.
    """

    id: str
    staff: str
    command: Command


class Status(StrEnum):
    """How it stands with a booking."""

    BOOKED = "booked"
    WAITING = "waiting"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking, or a place on the waiting list. `id` is the digest of the visitor's code. `slot`:
    none while it waits. `until`: how long an offered slot is held.
    """

    id: str
    status: Status
    schedule: str
    centre: str
    slot: Slot | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It was done. `code` is the visitor's, after Book and JoinList, else empty."""

    booking: str
    slot: Slot | None
    code: str = ""


RefusalCode = BookingRefusal


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command was refused."""

    code: RefusalCode


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the history: who (`staff`, or "" for the register itself) did what, when."""

    at: datetime
    staff: str
    verb: str
    booking: str
    schedule: str
    centre: str
    starts_at: datetime | None

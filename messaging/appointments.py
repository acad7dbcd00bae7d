"""What desks ask the register of consultations, what it answers, and what it tells the module.

A visitor's code is never on the wire: the desk that booked, and the kiosk that prints it, make it
themselves, of the site's secret, the member of staff and the id of the question that booked.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from config.changes import Change
from messaging.messages import CommandId, Message, StaffId

PRINT_SECONDS = 5.0
"""So long after it was asked for a paper is begun, or never."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class BookingRefusal(StrEnum):
    """Why it was not done. Nothing changed."""

    UNKNOWN_SCHEDULE = "unknown_schedule"
    UNKNOWN_BOOKING = "unknown_booking"
    BAD_VALUE = "bad_value"
    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED_DAY = "closed_day"
    OUT_OF_HOURS = "out_of_hours"
    FULL = "full"
    OVERLAPPING = "overlapping"
    NOT_POSSIBLE_NOW = "not_possible_now"
    NOT_OFFERED = "not_offered"
    ID_USED = "id_used"


class FindSlots(Message):
    """Which slots of a schedule can be booked now, from the first to the last of these days."""

    name: Literal["find_slots"] = "find_slots"
    schedule: Name
    first_day: date
    last_day: date


class BookSlot(Message):
    """Reserve the slot that starts at this moment."""

    name: Literal["book"] = "book"
    schedule: Name
    starts_at: AwareDatetime


class MoveBooking(Message):
    """Give the holder of a booking another slot of the same schedule."""

    name: Literal["move"] = "move"
    booking: Digest
    starts_at: AwareDatetime


class GiveUp(Message):
    """Give up a booking, a place on the waiting list, or a slot that was offered."""

    name: Literal["give_up"] = "give_up"
    booking: Digest


class WaitForSlot(Message):
    """Wait for a slot that somebody gives up, from the first to the last of these days."""

    name: Literal["wait_for_slot"] = "wait_for_slot"
    schedule: Name
    first_day: date
    last_day: date


class AcceptOffer(Message):
    """Take the slot that was offered to somebody on the waiting list."""

    name: Literal["accept"] = "accept"
    booking: Digest


class FindBooking(Message):
    """How it stands with a booking."""

    name: Literal["find"] = "find"
    booking: Digest


class FindOrdered(Message):
    """What this member of staff ordered by that question: booked, moved, accepted."""

    name: Literal["find_ordered"] = "find_ordered"
    order: CommandId


class ReadAgenda(Message):
    """The bookings and offers of a day here."""

    name: Literal["agenda"] = "agenda"
    day: date


class FindStranded(Message):
    """The bookings here that come to lie outside of all slots if a lead changes this; with nothing
    changed, those that do already: somebody closed their day. They must be moved."""

    name: Literal["find_stranded"] = "find_stranded"
    changes: tuple[Change, ...] = ()


class ReadWaitingList(Message):
    """Who waits for a slot here or has been offered one, the first come first."""

    name: Literal["waiting_list"] = "waiting_list"


Ask = (
    FindSlots
    | BookSlot
    | MoveBooking
    | GiveUp
    | WaitForSlot
    | AcceptOffer
    | FindBooking
    | FindOrdered
    | ReadAgenda
    | ReadWaitingList
    | FindStranded
)


class Question(Message):
    """What a desk asks; `by`: who is signed in there. The same id again is answered as before."""

    id: CommandId
    by: StaffId = ""
    ask: Annotated[Ask, Field(discriminator="name")]


class SlotView(Message):
    """A slot that can be booked; `places`: for how many visitors."""

    starts_at: AwareDatetime
    minutes: int
    places: int


class AppointmentView(Message):
    """A booking, or a place on the waiting list, which has no slot until one is offered.

    `status`: booked, waiting or offered. `until`: how long an offered slot is held. `stranded`: the
    schedule has its slot no more.
    """

    booking: Digest
    status: Literal["booked", "waiting", "offered"]
    schedule: Name
    starts_at: AwareDatetime | None = None
    minutes: int | None = None
    until: AwareDatetime | None = None
    stranded: bool = False


class PastView(Message):
    """What was done with a booking and by whom; `by` is empty where the register did it itself."""

    at: AwareDatetime
    by: str
    what: Literal["booked", "moved", "joined_list", "offered", "accepted"]
    starts_at: AwareDatetime | None = None


class Made(Message):
    """Who booked, or joined the waiting list, by which question: of these and the site's secret the
    visitor's code is made."""

    by: StaffId
    question: CommandId


class Answer(Message):
    """The answer to a question: why not, or what was found or done. `made`: to whoever ordered it
    for the visitor, who is told the code. `history`: of a booking that was found, in order."""

    id: str
    refusal: BookingRefusal | None = None
    slots: tuple[SlotView, ...] = ()
    appointments: tuple[AppointmentView, ...] = ()
    made: Made | None = None
    history: tuple[PastView, ...] = ()


class PrintPaper(Message):
    """A desk asks a kiosk for the paper of an appointment: the same id again prints nothing twice.

    The kiosk makes the visitor's code itself, of `made`; its digest must be the booking's.
    `asked_at` is of the module's clock: a kiosk begins soon after it, or never.
    """

    id: CommandId
    made: Made
    booking: Digest
    service: Name
    starts_at: AwareDatetime
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    asked_at: AwareDatetime


class PaperOutcome(StrEnum):
    """What became of an appointment's paper. `doubtful`: it may have come out. `busy`: somebody is
    at the kiosk. `late`: too long after it was asked. `foreign`: the code is not the booking's."""

    PRINTED = "printed"
    DOUBTFUL = "doubtful"
    BUSY = "busy"
    LATE = "late"
    FOREIGN = "foreign"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    PRINTER_ERROR = "printer_error"
    PRINTER_OFFLINE = "printer_offline"


class PaperAnswer(Message):
    """What the kiosk did; only with `printed` and `doubtful` is there any paper."""

    id: str
    outcome: PaperOutcome


class Reserved(Message):
    """A booked slot; `booking` is the digest of the visitor's code."""

    booking: Digest
    service: Name
    starts_at: AwareDatetime
    minutes: int


class RegisterState(Message):
    """All that is booked here from the first to the last of these days. On any day: `offered`: how
    many on the waiting list are to be told of a time; `stranded`: how many must be moved.
    """

    at: AwareDatetime
    first_day: date
    last_day: date
    bookings: tuple[Reserved, ...]
    offered: int = 0
    stranded: int = 0

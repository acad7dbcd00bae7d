"""Every message on the wire, as types. JSON, UTF-8, RFC 3339 times in UTC.

Commands and events are the types of `queue_core`, each in an envelope with its name; the views
below are what units show. Unknown fields are ignored, so that a newer sender is understood.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Union

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, create_model

from config.versions import Version
from queue_core.commands import COMMANDS, MODULE_ONLY, Command
from queue_core.events import EVENTS, Event
from queue_core.life import Status, Verb
from queue_core.model import CallReason, Confirmation, CounterStatus, GivenService, Kind
from queue_core.refusals import RefusalCode

CommandId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,80}$")]
"""A colon is in the module's own ids only, so that nobody can take one of them."""
StaffId = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")]
UnitId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]

Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]
"""One that every calendar can say, in any zone."""


class Message(BaseModel):
    """What all messages share: frozen, strict about types, indifferent to unknown fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class WaitView(Message):
    """A wait in whole minutes, in steps of five: 0 to 5 means less than five minutes."""

    low: int
    high: int


class TicketView(Message):
    """A ticket as its visitor and the kiosk see it. `ahead`: how many are due before it.

    `wait`: what the visitor was told; on the desk, and for `find_ticket`, the wait that is left.
    None where unknown. `late`: later than the tolerance, so that it counts as without appointment.
    A kiosk that gave it by itself does not know `ahead`.
    """

    id: str
    number: str
    service: str
    kind: Kind
    status: Status
    language: str
    arrived_at: AwareDatetime
    due_at: AwareDatetime
    ahead: int | None
    slot_starts_at: AwareDatetime | None = None
    late: bool = False
    wait: WaitView | None = None
    rated: bool = False


class FiguresView(Message):
    """A table of figures: its columns, texts first, then whole numbers; and its rows, in order."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]

    @property
    def objects(self) -> list[dict[str, str | int]]:
        """Each row by its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class ReportView(Message):
    """The figures of days, of today those up to `at`; each table is summed by what it has."""

    at: AwareDatetime
    tables: tuple[FiguresView, ...]


class RefusalView(Message):
    """Why a command was not done; `facts` are what the sentence for the person needs."""

    code: RefusalCode
    facts: dict[str, str] = {}


class Reply(Message):
    """The answer to a command. A repeated id gets the same ticket or the same refusal; `report` is
    the answer to `ask_report` only."""

    id: str
    ticket: TicketView | None = None
    refusal: RefusalView | None = None
    report: ReportView | None = None


class CounterView(Message):
    """A counter as a board names it; `spoken` is the way there, by language."""

    id: str
    sign: str
    name: dict[str, str]
    spoken: dict[str, str]


class BoardCall(Message):
    """A call on the board. `announced_at` moves with each recall; `open` until the visitor came."""

    call: int
    number: str
    language: str
    counter: CounterView
    announced_at: AwareDatetime
    recalls: int
    open: bool


class WaitingGroup(Message):
    """How many wait for one institution. `wait`: of somebody who came now; None where unknown."""

    institution: str
    name: dict[str, str]
    waiting: int
    wait: WaitView | None = None


class BoardState(Message):
    """What a board shows: who waits, the notices, and the calls: all open ones, then the last of
    the others; of each the newest announcement first. `open`: any institution is; `opens_at`: when
    one will be, where none is."""

    sequence: int
    at: AwareDatetime
    name: dict[str, str]
    timezone: str
    calls: tuple[BoardCall, ...]
    waiting: int
    groups: tuple[WaitingGroup, ...]
    notices: tuple[dict[str, str], ...] = ()
    open: bool = True
    opens_at: AwareDatetime | None = None


class CallView(Message):
    """A call as the desk sees it."""

    call: int
    counter: str
    at: AwareDatetime
    reason: CallReason
    recalls: int
    shown_at: AwareDatetime | None
    spoken_at: AwareDatetime | None


class DeskTicket(TicketView):
    """A ticket as the desk sees it."""

    call: CallView | None = None
    started_at: AwareDatetime | None = None
    for_counter: str | None = None
    early: bool = False


class DoneView(Message):
    """What was accounted for at a counter; `number` is empty where there was no ticket.

    `record`: the id by which it can be amended.
    """

    record: str
    number: str
    at: AwareDatetime
    given: tuple[GivenService, ...]


class DeskCounter(Message):
    """A counter as the desk sees it, with the ticket that is at it.

    `done`: what was accounted for there today, the newest first, not all of a long day;
    `lately_given`: the services last given there, the newest first.
    """

    id: str
    sign: str
    name: dict[str, str]
    serves: tuple[str, ...]
    status: CounterStatus
    ticket: DeskTicket | None
    done: tuple[DoneView, ...] = ()
    lately_given: tuple[str, ...] = ()


class AccuracyView(Message):
    """How the waits promised on a day came out: share inside the range, its mean width, and the
    mean distance of its middle from the real wait, in minutes."""

    promises: int
    coverage: float
    width: float
    error: float


class HelpView(Message):
    """A visitor at this unit has asked for help since `at`."""

    unit: UnitId
    at: AwareDatetime


class RatingsView(Message):
    """How many visits of the day were rated, and the mean mark (1–10)."""

    count: int
    mean: float


class ComputerView(Message):
    """Of the day: to how many visitors the computer was offered, and how many chose it."""

    offered: int
    chosen: int


class QueueState(Message):
    """The whole queue for staff: `waiting` in the order of calling.

    `undoable`: counter → the verb of its last action, where that can be taken back. `help`: who
    asks for it, longest first. `ratings`, `computer`: None while there are none. `tickets_end`:
    from when on there are no more tickets today without an appointment, where staff decided so.
    """

    sequence: int
    at: AwareDatetime
    counters: tuple[DeskCounter, ...]
    waiting: tuple[DeskTicket, ...]
    held: tuple[DeskTicket, ...]
    missed: tuple[DeskTicket, ...]
    served: int
    undoable: dict[str, Verb] = {}
    keep_overnight: bool = False
    tickets_end: AwareDatetime | None = None
    accuracy: AccuracyView | None = None
    accuracy_before: AccuracyView | None = None
    help: tuple[HelpView, ...] = ()
    ratings: RatingsView | None = None
    computer: ComputerView | None = None


class ServiceView(Message):
    """A service as the kiosk offers it. `e_service`: it can be done online, at `address`."""

    id: str
    name: dict[str, str]
    walk_in: bool
    e_service: bool = False
    address: str = ""


class InstitutionView(Message):
    """An institution as the kiosk offers it; `opens_at` when it is closed now. `given_out`: it is
    closed to visitors without an appointment only, because today's tickets are all given out.
    """

    id: str
    name: dict[str, str]
    hint: dict[str, str]
    open: bool
    opens_at: AwareDatetime | None
    services: tuple[ServiceView, ...]
    given_out: bool = False


class SituationView(Message):
    """What has happened in a visitor's life, and the services for it."""

    id: str
    name: dict[str, str]
    services: tuple[str, ...]


class CatalogueState(Message):
    """What a centre offers.

    `computer_service`: the help at the public computer, while it is open and somebody is there;
    else empty. `waiting_place`: where to sit until called. `help`: as in QueueState; a kiosk that
    is no longer among them knows that somebody is coming. `tickets_end`: as in QueueState; also for
    a kiosk that is cut off later that day.
    """

    sequence: int
    at: AwareDatetime
    name: dict[str, str]
    timezone: str
    languages: tuple[str, ...]
    institutions: tuple[InstitutionView, ...]
    situations: tuple[SituationView, ...] = ()
    computer_service: str = ""
    waiting_place: dict[str, str] = {}
    help: tuple[HelpView, ...] = ()
    tickets_end: AwareDatetime | None = None


class BookingView(Message):
    """A reserved slot. `booking` is the digest of the visitor's code; `number` once checked in."""

    booking: str
    service: str
    starts_at: AwareDatetime
    minutes: int
    ticket: str | None
    number: str | None


class BookingsState(Message):
    """The slots of the day, by their start; `later`: of the week after it."""

    sequence: int
    at: AwareDatetime
    bookings: tuple[BookingView, ...]
    later: tuple[BookingView, ...] = ()


class SettingsState(Message):
    """What a lead may change, by table as a settings file has it; and the last versions, the newest
    first, each with all in which it differs from the site file. `overruled`: changes that no longer
    count, because the site file was edited after them, or because they do not fit to it. `gone`:
    the services and counters that were there once."""

    tables: dict[str, JsonValue]
    versions: tuple[Version, ...] = ()
    overruled: tuple[str, ...] = ()
    gone: dict[str, JsonValue] = {"service": [], "counter": []}


class LeaseView(Message):
    """Numbers of a series, from `first` to `last`, for a day."""

    day: date
    series: str
    first: int
    last: int


class LeaseState(Message):
    """The numbers that a unit may give by itself, of today and later. `journal`: of its store."""

    unit: UnitId
    journal: str
    leases: tuple[LeaseView, ...]


class Role(StrEnum):
    """What a unit's program is; `machine`: what watches over its Pi."""

    MODULE = "module"
    KIOSK = "kiosk"
    DISPLAY = "display"
    DESK = "desk"
    VISITOR_PAGE = "visitor-page"
    BRIDGE = "bridge"
    CONSULTATIONS = "consultations"
    MACHINE = "machine"


class UnitStatus(Message):
    """How a unit is. `faults` are codes such as ``paper_out``; offline is said by the last will.

    `name`: what staff call it, by language; where it is empty, they see `unit`. `backed_up_at`: the
    last good backup of a module's log. `firmware`: what runs in its controller;
    `firmware_percent`: how far a new one is, null when none is on its way.
    `unmerged`: numbers that a kiosk gave by itself and that are not in the queue yet. `prints`:
    it has a ticket printer.
    """

    unit: UnitId
    role: Role
    version: str
    online: bool
    faults: tuple[str, ...] = ()
    name: dict[str, str] = {}
    unmerged: int = 0
    prints: bool = False
    backed_up_at: AwareDatetime | None = None
    firmware: str = ""
    firmware_percent: Annotated[int, Field(ge=0, le=100)] | None = None


class Outcome(StrEnum):
    """What one check of a self-test came to; skipped: not tried, for a reason that is no fault."""

    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"


class Finding(Message):
    """What one check of a self-test found; `facts` are what the sentence for the person needs."""

    check: str
    outcome: Outcome
    code: str
    facts: dict[str, str] = {}


class SelfTestReport(Message):
    """What a unit's self-test found, begun at `at`; no `findings` while it is under way."""

    unit: UnitId
    name: dict[str, str]
    version: str
    at: Moment
    findings: tuple[Finding, ...] = ()

    @property
    def tried(self) -> tuple[Finding, ...]:
        """All that were not skipped."""
        return tuple(each for each in self.findings if each.outcome is not Outcome.SKIPPED)

    @property
    def bad(self) -> tuple[Finding, ...]:
        """What somebody must see to."""
        return tuple(each for each in self.findings if each.outcome is Outcome.BAD)


class Certificates(Message):
    """A unit's certificates in PEM, by the name that each is for; its key stays where it is."""

    pem: dict[str, str]


class Seen(Message):
    """A board's report on a call."""

    call: Annotated[int, Field(ge=1, le=2**53)]
    step: Confirmation


class Presence(Message):
    """Whether somebody stands before this kiosk; true where its sensor is not to be trusted."""

    kiosk: UnitId
    present: bool


class EnvelopeHead(Message):
    """The part of a command by which even an unknown one can be answered."""

    id: CommandId
    name: str


def _envelope(
    kind: str, name: str, body: type[Command] | type[Event], **head: Any
) -> type[Message]:
    fields: dict[str, Any] = {**head, "name": (Literal[name], ...), "body": (body, ...)}
    title = "".join(word.capitalize() for word in name.split("_"))
    return create_model(f"{title}{kind}", __base__=Message, __doc__=body.__doc__, **fields)


COMMAND_ENVELOPES: Mapping[str, type[Message]] = {
    name: _envelope("Command", name, body, id=(CommandId, ...), by=(StaffId, ""))
    for name, body in COMMANDS.items()
    if name not in MODULE_ONLY
}
"""By name, but for the module's own, which are never taken from the wire."""

EVENT_ENVELOPES: Mapping[str, type[Message]] = {
    name: _envelope(
        "Event",
        name,
        body,
        sequence=(int, ...),
        at=(AwareDatetime, ...),
        command_id=(str, ...),
        sender=(str, ...),
    )
    for name, body in EVENTS.items()
}

AnyCommand: Any = Annotated[
    Union[tuple(COMMAND_ENVELOPES.values())],  # noqa: UP007 - built from a table
    Field(discriminator="name"),
]
AnyEvent: Any = Annotated[
    Union[tuple(EVENT_ENVELOPES.values())],  # noqa: UP007
    Field(discriminator="name"),
]

"""A believable morning at a centre's desk, for pictures and tests."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.changes import Change, changed, tables_of
from config.clock import Clock
from config.settings import Settings
from config.versions import Version
from desk.bookings import Bookings
from desk.pages import Pages
from desk.papers import Papers
from desk.printers import Printers
from desk.sessions import Sessions
from desk.units import Units
from desk.watch import Watch
from messaging.appointments import (
    Answer,
    AppointmentView,
    Ask,
    FindSlots,
    FindStranded,
    Made,
    PaperAnswer,
    PaperOutcome,
    PrintPaper,
    ReadAgenda,
    ReadWaitingList,
    SlotView,
)
from messaging.booking_code import booking_digest
from messaging.enrolling import OpenCode
from messaging.machine import MachineAnswer, MachineOrder, MachineStatus, UpdateView
from messaging.messages import (
    AccuracyView,
    BookingsState,
    BookingView,
    CallView,
    ComputerView,
    DeskCounter,
    DeskTicket,
    DoneView,
    Finding,
    HelpView,
    Outcome,
    QueueState,
    RatingsView,
    Role,
    SelfTestReport,
    SettingsState,
    UnitStatus,
    WaitView,
)
from queue_core.life import Status, Verb
from queue_core.model import CallReason, CallRule, Channel, CounterStatus, GivenService, Kind

NOW = datetime(2026, 11, 24, 8, 41, 7, tzinfo=UTC)

SERVES = (
    "vsaa-slimiba",
    "vsaa-pensija",
    "vsaa-gimene",
    "vsaa-cits",
    "vid-deklaracija",
    "novads-dzivesvieta",
    "novads-cits",
)

LATELY = ("vid-eds", "vsaa-slimiba", "vsaa-gimene", "novads-cits")


@dataclass(frozen=True, slots=True)
class Morning:
    """What counter 1 is doing. `moment` is the snapshot's own time; `called_ago` in seconds."""

    moment: datetime = NOW
    sequence: int = 57
    counter: CounterStatus = CounterStatus.OPEN
    at_counter: Status | None = None
    called_ago: float = 40
    shown: bool = True
    queue: bool = True
    undoable: Verb | None = None
    keep_overnight: bool = False
    tickets_end: datetime | None = None
    help: bool = False
    paper: bool = True

    def state(self) -> QueueState:
        """The queue as the module would publish it."""
        waiting = _waiting(self.moment) if self.queue else ()
        return QueueState(
            sequence=self.sequence,
            at=self.moment,
            counters=(
                _counter("1", SERVES, self.counter, self._visitor()).model_copy(
                    update={"done": _done(self.moment), "lately_given": LATELY}
                ),
                _counter("2", SERVES, CounterStatus.OPEN, None),
                _counter("kabinets", ("vsaa-konsultacija",), CounterStatus.CLOSED, None),
            ),
            waiting=waiting,
            held=(ticket("A 038", "vsaa-pensija", self.moment, 31, Status.HELD),)
            if self.queue
            else (),
            missed=(ticket("B 011", "vid-deklaracija", self.moment, 44, Status.NO_SHOW),)
            if self.queue
            else (),
            served=14,
            undoable={"1": self.undoable} if self.undoable else {},
            keep_overnight=self.keep_overnight,
            tickets_end=self.tickets_end,
            accuracy=AccuracyView(promises=21, coverage=17 / 21, width=11.7, error=4.2),
            accuracy_before=AccuracyView(promises=52, coverage=41 / 52, width=13.6, error=5.1),
            help=(HelpView(unit="kiosks", at=self.moment),) if self.help else (),
            ratings=RatingsView(count=11, mean=8.7),
            computer=ComputerView(offered=9, chosen=4),
        )

    def _visitor(self) -> DeskTicket | None:
        if self.at_counter is None:
            return None
        called_at = self.moment - timedelta(seconds=self.called_ago)
        seen = called_at + timedelta(seconds=0.4) if self.shown else None
        due_at = self.moment + timedelta(minutes=3)
        reason = CallReason(CallRule.EARLIEST_DUE, due_at, "B 012", due_at + timedelta(minutes=6))
        call = CallView(
            call=56,
            counter="1",
            at=called_at,
            reason=reason,
            recalls=0,
            shown_at=seen,
            spoken_at=seen + timedelta(seconds=2) if seen else None,
        )
        visitor = ticket("A 042", "vsaa-slimiba", self.moment, 27, self.at_counter)
        started_at = called_at if self.at_counter is Status.SERVING else None
        return visitor.model_copy(update={"call": call, "started_at": started_at})


def ticket(
    number: str, service: str, now: datetime, waited: int, status: Status = Status.WAITING
) -> DeskTicket:
    """A walk-in who came `waited` minutes ago; its id is made from the number."""
    arrived_at = now - timedelta(minutes=waited)
    return DeskTicket(
        id=f"ticket-{number.replace(' ', '-').lower()}",
        number=number,
        service=service,
        kind=Kind.WALK_IN,
        status=status,
        language="lv",
        arrived_at=arrived_at,
        due_at=arrived_at + timedelta(minutes=30),
        ahead=0,
    )


def bookings() -> BookingsState:
    """Two slots, of which one visitor has come."""
    start = NOW.replace(minute=40, second=0)
    return BookingsState(
        sequence=50,
        at=NOW,
        bookings=(
            _slot("vsaa-konsultacija", start, "K 001"),
            _slot("vid-konsultacija", start + timedelta(minutes=20), None),
            _slot("vsaa-konsultacija", start + timedelta(minutes=40), None),
        ),
    )


def appointments(settings: Settings, pages: Pages, sessions: Sessions, watch: Watch) -> Bookings:
    """The pages of appointments over a register and a printer at hand, at the morning's time."""
    clock = _Still()
    printers = Printers(watch, _printer, clock)
    return Bookings(
        settings,
        pages,
        sessions,
        _register,
        Papers(settings, pages, sessions, _register, printers, clock),
        lambda: {"0" * 32: "K 001"},
        clock,
        lambda: "picture-1",
    )


class _Still(Clock):
    def now(self) -> datetime:
        return NOW


async def _register(ask: Ask, by: str, question: str) -> Answer:
    """Free times on two days; three appointments; two on the waiting list."""
    one = NOW.replace(hour=11, minute=0, second=0)
    digest = booking_digest("demo", "") if question else "0" * 32
    held = one + timedelta(hours=1)
    view = AppointmentView(
        booking=digest, status="booked", schedule="vsaa-specialists", starts_at=one, minutes=20
    )
    if isinstance(ask, FindSlots):
        starts = [one + timedelta(days=2 * day, minutes=20 * n) for day in (0, 1) for n in range(8)]
        slots = (SlotView(starts_at=each, minutes=20, places=1) for each in starts)
        return Answer(id=question, slots=tuple(slots))
    if isinstance(ask, ReadWaitingList):
        offered = view.model_copy(update={"status": "offered", "until": held})
        waits = view.model_copy(update={"status": "waiting", "starts_at": None})
        return Answer(id=question, appointments=(offered, waits))
    lost = view.model_copy(update={"starts_at": one + timedelta(days=2), "stranded": True})
    if isinstance(ask, FindStranded):
        return Answer(id=question, appointments=(lost,))
    if isinstance(ask, ReadAgenda):
        later = view.model_copy(update={"booking": "1" * 32, "starts_at": held})
        return Answer(id=question, appointments=(view, later))
    made = Made(by=by, question="picture-1")
    return Answer(id=question, appointments=(view,), made=made)


def units_page(pages: Pages, sessions: Sessions, watch: Watch) -> Units:
    """The page of units, over a hub and Pis at hand."""
    here = Path(__file__)
    return Units(pages, sessions, watch, ("lv", "en"), _machine, _Hub(), here, lambda: "picture-1")


async def _machine(unit: str, order: MachineOrder) -> MachineAnswer:
    return MachineAnswer(id=order.id, bundle=base64.b64encode(b"a bundle").decode())


class _Hub:
    """It awaits one more board, and gives everybody the same code."""

    async def ask(self, unit: str, role: str = "") -> str:
        """See Hub."""
        return "K7QM-2WDX-4T9P"

    async def open(self) -> tuple[OpenCode, ...]:
        """See Hub."""
        return (OpenCode("board-2", "board", NOW + timedelta(minutes=30), joined=False),)

    async def revoke(self, unit: str) -> None:
        """See Hub."""


async def _printer(kiosk: str, asked: PrintPaper) -> PaperAnswer:
    return PaperAnswer(id=asked.id, outcome=PaperOutcome.PRINTED)


def units(*, paper: bool = True) -> tuple[UnitStatus, ...]:
    """A kiosk whose paper ends, or has ended, and a board that is well."""
    return (
        UnitStatus(
            unit="kiosks",
            role=Role.KIOSK,
            version="0.1.0",
            online=True,
            prints=True,
            faults=("paper_low" if paper else "paper_out",),
            name={"lv": "Kiosks pie ieejas", "en": "Kiosk at the entrance"},
        ),
        UnitStatus(unit="tablo", role=Role.DISPLAY, version="0.1.0", online=True),
    )


def machines() -> tuple[MachineStatus, ...]:
    """A hub, a kiosk with too weak a power supply, and a board that is off."""
    hub = MachineStatus(
        unit="hub",
        name={"lv": "Centrālā iekārta", "en": "Hub"},
        role="hub",
        at=NOW,
        version="1.4",
        slot="A",
        model="Raspberry Pi 4 Model B Rev 1.5",
        address="192.168.1.20",
        uptime_seconds=18 * 86400,
        celsius=51.5,
        data_free_megabytes=22_400,
        data_megabytes=26_900,
        written_gigabytes=38,
        synchronised=True,
        update=UpdateView(state="waiting", version="1.5"),
    )
    kiosk = {
        "unit": "kiosks",
        "name": {"lv": "Kiosks pie ieejas", "en": "Kiosk at the entrance"},
        "role": "kiosk",
        "address": "192.168.1.21",
        "celsius": 63.2,
        "under_voltage_since_start": True,
        "faults": ("under_voltage",),
        "update": None,
    }
    board = {"unit": "tablo", "name": {"lv": "Tablo", "en": "Board"}, "role": "board"}
    off = {"at": NOW - timedelta(hours=3), "update": None, "celsius": 48.0}
    return hub, hub.model_copy(update=kiosk), hub.model_copy(update=board | off)


def tell_machines(watch: Watch) -> None:
    """What their agents say, and the kiosk's self-test."""
    for each in machines():
        watch.take_machine(each)
        status = UnitStatus(
            unit=f"{each.unit}-machine",
            role=Role.MACHINE,
            version="0.1.0",
            online=each.unit != "tablo",
            name=each.name,
            faults=each.faults,
        )
        watch.take_unit(status)
        if not status.online:
            watch.take_unit(watch.units[each.unit].model_copy(update={"online": False}))
    watch.take_self_test(self_test())


def self_test() -> SelfTestReport:
    """Of the kiosk, where all was well."""
    parts = ("disk", "network", "broker", "module", "clock", "printer", "scanner", "sound")
    findings = (Finding(check=each, outcome=Outcome.GOOD, code=f"{each}_good") for each in parts)
    return SelfTestReport(unit="kiosks", name={}, version="0.1.0", at=NOW, findings=tuple(findings))


def _waiting(now: datetime) -> tuple[DeskTicket, ...]:
    slot = ticket("K 002", "vid-konsultacija", now, 6).model_copy(
        update={
            "kind": Kind.SLOT,
            "slot_starts_at": now.replace(minute=0) + timedelta(hours=1),
            "due_at": now.replace(minute=5) + timedelta(hours=1),
            "early": True,
            "wait": WaitView(low=15, high=30),
        }
    )
    priority = ticket("P 007", "novads-dzivesvieta", now, 9)
    return (
        _with_wait(ticket("B 012", "vid-deklaracija", now, 32), 0, 5),
        _with_wait(
            priority.model_copy(
                update={
                    "kind": Kind.PRIORITY,
                    "due_at": priority.arrived_at + timedelta(minutes=10),
                }
            ),
            0,
            10,
        ),
        _with_wait(ticket("A 043", "vsaa-gimene", now, 14), 10, 20),
        _with_wait(ticket("A 044", "vsaa-pensija", now, 2), 20, 35),
        slot,
    )


def _with_wait(ticket: DeskTicket, low: int, high: int) -> DeskTicket:
    return ticket.model_copy(update={"wait": WaitView(low=low, high=high)})


def _counter(
    name: str, serves: tuple[str, ...], status: CounterStatus, visitor: DeskTicket | None
) -> DeskCounter:
    texts = {"lv": f"{name}. lodziņš", "en": f"Counter {name}"}
    if name == "kabinets":
        texts = {"lv": "Konsultāciju kabinets", "en": "Consultation room"}
    return DeskCounter(
        id=name, sign=name[:1].upper(), name=texts, serves=serves, status=status, ticket=visitor
    )


def _done(now: datetime) -> tuple[DoneView, ...]:
    by_phone = (GivenService("vid-eds", 1, Channel.PHONE),)
    two = (GivenService("vsaa-slimiba", 2), GivenService("vsaa-gimene", e_service=True))
    one = (GivenService("novads-cits"),)
    done = (("account-1", "", by_phone), ("ticket-a-041", "A 041", two), ("p-6", "P 006", one))
    return tuple(
        DoneView(
            record=record, number=number, at=now - timedelta(minutes=4 + 9 * place), given=given
        )
        for place, (record, number, given) in enumerate(done)
    )


def _slot(service: str, starts_at: datetime, number: str | None) -> BookingView:
    return BookingView(
        booking=f"{starts_at:%H%M}" * 8,
        service=service,
        starts_at=starts_at,
        minutes=20,
        ticket=number and f"ticket-{number}",
        number=number,
    )


def changed_settings(settings: Settings) -> SettingsState:
    """What a lead may change, after one change."""
    tables = tables_of(settings)
    change = Change(table="site", key="slot_target_minutes", was=None, now=8)
    version = Version(
        number=1, at=NOW, by="klientu-1", role="lead", order="order-1", change=(change,)
    )
    return SettingsState(tables=changed(tables, [change]), versions=(version,))

"""A believable morning in three centres' rooms, for pictures and tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import config
from config.load import load_settings
from config.settings import Settings
from config.specialist import PageSettings, Place, SpecialistSettings
from desk.demo import NOW, ticket
from desk.specialist.rooms import Ask, Room
from desk.watch import Watch
from messaging.messages import (
    BookingsState,
    BookingView,
    CallView,
    DeskCounter,
    DeskTicket,
    QueueState,
)
from queue_core.life import Status, Verb
from queue_core.model import CallReason, CallRule, CounterStatus, Kind

DEMO_SITE = Path(config.__file__).parent / "sites/demo/site.toml"
NAMES: Mapping[str, Mapping[str, str]] = {
    "paraugpils": {"lv": "Paraugpils VPVKAC", "en": "Paraugpils service centre"},
    "ezermala": {"lv": "Ezermalas VPVKAC", "en": "Ezermala service centre"},
    "priedaine": {"lv": "Priedaines bibliotēka", "en": "Priedaine library"},
}
ROOM, SERVICE = "kabinets", "vsaa-konsultacija"


@dataclass(frozen=True, slots=True)
class Slot:
    """An appointment so many minutes from now; `number` of who has come. `status`: None when it is
    over."""

    minutes: int
    number: str = ""
    status: Status | None = Status.WAITING


@dataclass(frozen=True, slots=True)
class Morning:
    """What a room is doing. `shown`: on the board, where somebody was called."""

    slots: Sequence[Slot] = ()
    status: CounterStatus = CounterStatus.OPEN
    shown: bool = True
    undoable: Verb | None = None

    def tell(self, watch: Watch, seconds: float = 0) -> None:
        """Let the watch hear it, so long after the morning's time."""
        at = NOW + timedelta(seconds=seconds)
        tickets = [_ticket(each, shown=self.shown) for each in self.slots]
        inside = [each for each in tickets if each and each.call]
        room = DeskCounter(
            id=ROOM,
            sign="K",
            name={"lv": "Konsultāciju kabinets", "en": "Consultation room"},
            serves=(SERVICE,),
            status=self.status,
            ticket=inside[0] if inside else None,
            lately_given=(SERVICE,),
        )
        queue = QueueState(
            sequence=57,
            at=at,
            counters=(room,),
            waiting=_with(tickets, Status.WAITING),
            held=(),
            missed=_with(tickets, Status.NO_SHOW),
            served=3,
            undoable={ROOM: self.undoable} if self.undoable else {},
        )
        watch.take_queue(queue.model_copy(update={"at": at - timedelta(seconds=2)}))
        watch.take_queue(queue)
        bookings = tuple(_booking(each) for each in self.slots)
        watch.take_bookings(BookingsState(sequence=57, at=at, bookings=bookings))


def settings() -> SpecialistSettings:
    """The desk of a specialist of VSAA."""
    page = PageSettings(name={"lv": "VSAA speciālists", "en": "VSAA specialist"})
    site = load_settings([DEMO_SITE], {})
    return SpecialistSettings.model_construct(specialist=page, staff=site.staff, centre=())


def rooms(ask: Mapping[str, Ask], watches: Mapping[str, Watch]) -> list[Room]:
    """The rooms of three centres, each with the demonstration's settings."""
    site = load_settings([DEMO_SITE], {})
    return [
        Room(Place(_called(site, name), ROOM, frozenset({SERVICE})), watches[name], ask[name])
        for name in NAMES
    ]


def _called(site: Settings, name: str) -> Settings:
    own = site.site.model_copy(update={"id": name, "name": NAMES[name]})
    return site.model_copy(update={"site": own})


def _with(tickets: Sequence[DeskTicket | None], status: Status) -> tuple[DeskTicket, ...]:
    return tuple(each for each in tickets if each and each.status is status)


def _ticket(slot: Slot, *, shown: bool) -> DeskTicket | None:
    if not slot.number or slot.status is None:
        return None
    starts_at = NOW.replace(second=0) + timedelta(minutes=slot.minutes)
    came = ticket(slot.number, SERVICE, NOW, 9, slot.status)
    inside = slot.status in {Status.CALLED, Status.SERVING}
    return came.model_copy(
        update={
            "kind": Kind.SLOT,
            "slot_starts_at": starts_at,
            "due_at": starts_at + timedelta(minutes=5),
            "early": slot.minutes > 0,
            "call": _call(starts_at + timedelta(minutes=5), shown=shown) if inside else None,
            "started_at": NOW - timedelta(seconds=312) if slot.status is Status.SERVING else None,
        }
    )


def _call(due_at: datetime, *, shown: bool) -> CallView:
    called_at = NOW - timedelta(seconds=340)
    return CallView(
        call=56,
        counter=ROOM,
        at=called_at,
        reason=CallReason(CallRule.ONLY_ONE, due_at),
        recalls=0,
        shown_at=called_at + timedelta(seconds=0.4) if shown else None,
        spoken_at=called_at + timedelta(seconds=2) if shown else None,
    )


def _booking(slot: Slot) -> BookingView:
    starts_at = NOW.replace(second=0) + timedelta(minutes=slot.minutes)
    return BookingView(
        booking=f"{starts_at:%H%M}" * 8,
        service=SERVICE,
        starts_at=starts_at,
        minutes=20,
        ticket=f"ticket-{slot.number.replace(' ', '-').lower()}" if slot.number else None,
        number=slot.number or None,
    )

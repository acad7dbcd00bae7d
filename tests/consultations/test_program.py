"""The register as a program: asked by desks over a real broker, telling a real queue module."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.changes import Change, changed, tables_of
from config.programs import BrokerSettings
from config.settings import Settings
from consultations.program import Consultations
from consultations.register import Register
from consultations.storage import SQLite, StorageError, open_database
from messaging.appointments import (
    AcceptOffer,
    Answer,
    Ask,
    BookSlot,
    FindBooking,
    FindOrdered,
    FindSlots,
    FindStranded,
    GiveUp,
    Made,
    MoveBooking,
    Question,
    ReadAgenda,
    ReadWaitingList,
    RegisterState,
    WaitForSlot,
)
from messaging.appointments import BookingRefusal as Code
from messaging.booking_code import booking_digest, made_code
from messaging.codec import decode, encode
from messaging.link import Link, Unit
from messaging.messages import Role, SettingsState, UnitStatus
from messaging.work import Work
from queue_core.centre import Centre
from queue_core.commands import AddBooking, CheckIn
from rinda.broker import Broker
from tests.conftest import DEMO, MORNING
from tests.consultations.desks import AskingDesk, RegisterThread
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, wait_until

SCHEDULE = "vsaa-specialists"
DAY = MORNING.date()
ONE = MORNING.replace(hour=13, minute=0)
BOOK = BookSlot(schedule=SCHEDULE, starts_at=ONE)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "consultations.db"


@pytest.fixture
def register(demo_settings: Settings, database: Path, broker: Broker) -> Iterator[RegisterThread]:
    with RegisterThread(demo_settings, database, broker.port, clock_at(MORNING)) as running:
        yield running


@pytest.fixture
def desk(register: RegisterThread, broker: Broker) -> Iterator[AskingDesk]:
    with AskingDesk(broker.port) as asking:
        yield asking


@pytest.fixture
def module(centre: Centre, tmp_path: Path, broker: Broker) -> Iterator[ModuleThread]:
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)) as running:
        yield running


def booked(answer: Answer) -> str:
    (only,) = answer.appointments
    assert only.status == "booked"
    return only.booking


def known(module: ModuleThread) -> dict[str, datetime]:
    return {each.id: each.starts_at for each in module.module.state.bookings.values()}


def test_what_is_booked_moved_and_given_up_is_so_in_the_queue(
    desk: AskingDesk, module: ModuleThread
) -> None:
    first = booked(desk.put(BOOK))
    wait_until(lambda: known(module) == {first: ONE})
    later = ONE + timedelta(minutes=40)
    desk.put(MoveBooking(booking=first, starts_at=later), "question-2")
    wait_until(lambda: known(module) == {first: later})
    desk.put(GiveUp(booking=first), "question-3")
    wait_until(lambda: known(module) == {})


def test_who_ordered_it_is_told_of_what_the_code_is_made(
    desk: AskingDesk, demo_settings: Settings
) -> None:
    first = desk.put(BOOK)
    made = Made(by="ilze", question="question-1")
    assert first.made == made
    secret = demo_settings.site.booking_secret
    assert booked(first) == booking_digest(secret, made_code(secret, "ilze", "question-1"))
    later = ONE + timedelta(minutes=40)
    move = MoveBooking(booking=booked(first), starts_at=later)
    assert desk.put(move, "question-2").made == made
    found = desk.put(FindOrdered(order="question-2"), "question-3")
    assert (found.made, found.appointments[0].starts_at) == (made, later)
    assert desk.put(FindBooking(booking=booked(first)), "question-4").made is None
    for order in ("question-3", "question-9"):
        assert desk.put(FindOrdered(order=order), f"{order}-b").appointments == ()
    desk.put(GiveUp(booking=booked(first)), "question-5")
    assert desk.put(FindOrdered(order="question-2"), "question-6").appointments == ()


def test_who_has_come_stays_and_what_a_file_says_stays(
    desk: AskingDesk, module: ModuleThread, broker: Broker
) -> None:
    of_file = AddBooking("of-a-file", "vsaa-konsultacija", ONE, 20)
    module.work.post(lambda: module.module.seed([of_file]))
    first = booked(desk.put(BOOK))
    wait_until(lambda: len(known(module)) == 2)
    with UnitThread(broker.port) as kiosk:
        reply = kiosk.ask(CheckIn(first, "lv"))
    assert reply
    assert reply.ticket
    desk.put(GiveUp(booking=first), "question-2")
    second = booked(desk.put(BOOK, "question-3"))
    wait_until(lambda: second in known(module))
    assert set(known(module)) == {first, second, "of-a-file"}


def test_a_module_that_was_away_hears_what_was_booked(
    desk: AskingDesk, centre: Centre, tmp_path: Path, broker: Broker
) -> None:
    first = booked(desk.put(BOOK))
    clock = clock_at(MORNING)
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock) as module:
        wait_until(lambda: known(module) == {first: ONE})
    second = booked(
        desk.put(MoveBooking(booking=first, starts_at=ONE + timedelta(hours=1)), "q-2-2-2-2")
    )
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock) as module:
        wait_until(lambda: known(module) == {second: ONE + timedelta(hours=1)})


def test_the_code_is_made_at_the_desk_and_is_on_no_topic(
    register: RegisterThread, demo_settings: Settings, broker: Broker
) -> None:
    desk = AskingDesk(broker.port)
    desk.listen(TOPICS.register)
    secret = demo_settings.site.booking_secret
    code = made_code(secret, "ilze", "question-1")
    with desk:
        wait_until(lambda: desk.link.connected)
        desk.say(BOOK, "question-1")
        said = [desk.arrived.get(timeout=10).payload for _ in range(3)]
    assert not any(code.encode() in each for each in said)
    assert booking_digest(secret, code).encode() in said[-1]


def test_a_day_and_its_lists_are_read(desk: AskingDesk) -> None:
    free = desk.put(FindSlots(schedule=SCHEDULE, first_day=DAY, last_day=DAY))
    assert len(free.slots) == 9
    assert (free.slots[0].starts_at, free.slots[0].minutes, free.slots[0].places) == (ONE, 20, 1)
    first = booked(desk.put(BOOK, "question-2"))
    agenda = desk.put(ReadAgenda(day=DAY), "question-3")
    assert booked(agenda) == first
    found = desk.put(FindBooking(booking=first), "question-4")
    assert found.appointments == agenda.appointments
    (past,) = found.history
    assert (past.what, past.by, past.starts_at) == ("booked", "ilze", ONE)


def test_what_a_lead_closes_is_not_booked_and_who_is_booked_there_is_told(
    desk: AskingDesk, demo_settings: Settings, broker: Broker
) -> None:
    first = booked(desk.put(BOOK))
    closed = Change(table="exception", was=[], now=[{"dates": [str(DAY)], "hours": []}])
    tables = changed(tables_of(demo_settings), [closed])
    assert booked(desk.put(FindStranded(changes=(closed,)), "question-2")) == first
    assert desk.put(FindStranded(), "question-3").appointments == ()
    told = encode(SettingsState(tables=tables))
    desk.call(lambda: desk.link.publish(TOPICS.settings, told, retain=True))
    wait_until(lambda: desk.put(FindStranded(), uuid4().hex).appointments)
    later = BOOK.model_copy(update={"starts_at": ONE + timedelta(hours=1)})
    assert desk.put(later, "question-4").refusal is Code.CLOSED_DAY
    (known,) = desk.put(ReadAgenda(day=DAY), "question-5").appointments
    assert known.stranded
    wait_until(lambda: attention(broker) == (0, 1))


def attention(broker: Broker) -> tuple[int, int]:
    """How many are to be told of an offer, and of another time."""
    listener = UnitThread(broker.port, "desk-2")
    listener.listen(TOPICS.register)
    with listener:
        told = decode(listener.arrived.get(timeout=10).payload, RegisterState)
    return told.offered, told.stranded


def test_who_waits_is_offered_what_another_gives_up(desk: AskingDesk, broker: Broker) -> None:
    first = booked(desk.put(BOOK))
    wish = WaitForSlot(schedule=SCHEDULE, first_day=DAY, last_day=DAY)
    desk.put(wish, "question-2")
    desk.put(GiveUp(booking=first), "question-3")
    (offered,) = desk.put(ReadWaitingList(), "question-4").appointments
    assert (offered.status, offered.starts_at) == ("offered", ONE)
    assert attention(broker) == (1, 0)
    accepted = desk.put(AcceptOffer(booking=offered.booking), "question-5")
    assert booked(accepted) == offered.booking
    assert attention(broker) == (0, 0)


class LostAfterStoring(SQLite):
    """A database whose server is gone as soon as the first order is stored, until it is `back`."""

    stored = back = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with super().transaction():
            yield
        self.stored = True

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if self.stored and not self.back:
            raise StorageError("the server is gone")
        return super().run(sql, *values)


def test_what_may_be_stored_is_answered_when_it_is_known(
    demo_settings: Settings, database: Path
) -> None:
    open_database(str(database)).close()
    server, work = LostAfterStoring(database), Work()
    register = Register(server, {}, demo_settings.site.booking_secret, timedelta(hours=2))
    status = UnitStatus(unit="register", role=Role.CONSULTATIONS, version="test", online=True)
    link = Link(BrokerSettings(), TOPICS, Unit(status), work.post)
    program = Consultations(
        demo_settings, register, link, work, clock_at(MORNING), timedelta(days=400), {}
    )
    question = Question(id="question-1", by="ilze", ask=BOOK)
    assert program.answer(question, "desk") is None
    assert program.answer(question, "desk") is None
    server.back = True
    told = program.answer(question, "desk")
    assert told
    assert booked(told)
    work.close()
    register.close()


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (BookSlot(schedule="nothing", starts_at=ONE), Code.UNKNOWN_SCHEDULE),
        (
            FindSlots(schedule="nothing", first_day=DAY, last_day=DAY),
            Code.UNKNOWN_SCHEDULE,
        ),
        (
            FindSlots(schedule=SCHEDULE, first_day=date.min, last_day=date.max),
            Code.BAD_VALUE,
        ),
        (
            BookSlot(schedule=SCHEDULE, starts_at=datetime.max.replace(tzinfo=UTC)),
            Code.TOO_FAR,
        ),
        (ReadAgenda(day=date.max), Code.BAD_VALUE),
        (FindSlots(schedule=SCHEDULE, first_day=date.max, last_day=date.max), Code.BAD_VALUE),
        (FindBooking(booking="0" * 32), Code.UNKNOWN_BOOKING),
        (GiveUp(booking="0" * 32), Code.UNKNOWN_BOOKING),
    ],
)
def test_what_cannot_be_is_refused_by_name(desk: AskingDesk, ask: Ask, code: Code) -> None:
    assert desk.put(ask).refusal is code


def test_many_desks_at_once_never_share_a_slot(register: RegisterThread, broker: Broker) -> None:
    desks = [AskingDesk(broker.port, f"desk-{number}") for number in range(4)]
    slots = [
        BOOK.model_copy(update={"starts_at": ONE + timedelta(minutes=20 * n)}) for n in range(9)
    ]
    for each in desks:
        each.__enter__()
        wait_until(partial(getattr, each.link, "connected"))
    for number, slot in enumerate(slots):
        for position, each in enumerate(desks):
            each.say(slot, f"question-{position}-{number}")
    answers = [each.heard() for each in desks for _ in slots]
    for each in desks:
        each.__exit__()
    refused = [each.refusal for each in answers if each.refusal]
    assert refused == [Code.FULL] * 27
    assert len({booked(each) for each in answers if not each.refusal}) == 9


def test_only_a_desk_is_answered(demo_settings: Settings, database: Path, broker: Broker) -> None:
    roles = {"desk": Role.DESK, "kiosk-2": Role.KIOSK}
    clock = clock_at(MORNING)
    with (
        RegisterThread(demo_settings, database, broker.port, clock, roles),
        AskingDesk(broker.port, "kiosk-2") as kiosk,
        AskingDesk(broker.port) as desk,
    ):
        wait_until(lambda: kiosk.link.connected)
        kiosk.say(BOOK, "question-1")
        assert booked(desk.put(BOOK, "question-2"))
        assert kiosk.arrived.empty()


def test_killed_in_the_middle_it_answers_the_same_again(
    tmp_path: Path, database: Path, broker: Broker
) -> None:
    offset = (MORNING - datetime.now(UTC)).total_seconds()
    own = {
        "RINDA_UNIT__ID": "consultations",
        "RINDA_BROKER__PORT": str(broker.port),
        "RINDA_CLOCK__OFFSET_SECONDS": str(offset),
        "RINDA_CONSULTATIONS__DATABASE": str(database),
    }
    command = [sys.executable, "-m", "rinda", "consultations", "--site", str(DEMO / "site.toml")]
    watcher = UnitThread(broker.port, "watcher")
    watcher.listen(TOPICS.register)
    with watcher, AskingDesk(broker.port) as desk, ExitStack() as ended:

        def start() -> "subprocess.Popen[bytes]":
            process = subprocess.Popen(command, env=os.environ | own)
            ended.callback(process.kill)
            return process

        process = start()
        watcher.arrived.get(timeout=30)
        before = desk.put(BOOK)
        process.send_signal(signal.SIGKILL)
        process.wait()
        watcher.arrived.get(timeout=30)
        process = start()
        told = watcher.arrived.get(timeout=30)
        after = desk.put(BOOK)
        process.terminate()
        assert process.wait(10) == 0
    assert after == before
    assert booked(after) in told.payload.decode()

"""The queue module over a real broker and a real file."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from messaging.codec import View, decode, decode_event
from messaging.messages import (
    BoardState,
    CatalogueState,
    ComputerView,
    LeaseState,
    QueueState,
    RatingsView,
    Reply,
    Role,
    TicketView,
)
from messaging.work import MOST_WORK
from queue_core.centre import Centre
from queue_core.commands import (
    AddBooking,
    AskHelp,
    AskReport,
    CallNext,
    FindTicket,
    Finish,
    LeaseNumbers,
    OpenCounter,
    Rate,
    TakeTicket,
)
from queue_core.events import CounterChanged, TicketTaken
from queue_core.life import Status
from queue_core.model import GivenService, State
from queue_core.refusals import RefusalCode
from queue_core.reports import Column
from queue_module.reading import read_log
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, until_it_answers, wait_until

TAKE = TakeTicket("vsaa-slimiba", "lv")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def module(centre: Centre, database: Path, broker: Broker) -> Iterator[ModuleThread]:
    with ModuleThread(centre, database, broker.port, clock_at(MORNING)) as running:
        until_it_answers(broker.port)
        yield running


def test_a_ticket_is_on_disk_when_its_reply_comes(
    module: ModuleThread, broker: Broker, database: Path
) -> None:
    with UnitThread(broker.port) as kiosk:
        reply = kiosk.ask(TAKE)
    assert reply
    assert reply.ticket
    with sqlite3.connect(database) as reader:
        rows = reader.execute(
            "select json_extract(body, '$.number'), sender from event where name = 'ticket_taken'"
        ).fetchall()
    assert rows == [(1, "kiosk")]
    assert reply.ticket.number == "A 001"


def test_a_restart_is_a_replay(centre: Centre, database: Path, broker: Broker) -> None:
    with (
        ModuleThread(centre, database, broker.port, clock_at(MORNING)) as first,
        UnitThread(broker.port) as kiosk,
    ):
        kiosk.ask(TAKE)
        kiosk.ask(OpenCounter("1"))
        kiosk.ask(CallNext("1"))
    with ModuleThread(centre, database, broker.port, clock_at(MORNING)) as second:
        assert second.module.state == first.module.state
        assert second.module.state.sequence > 0


def test_the_same_command_sent_again_makes_no_second_ticket(
    module: ModuleThread, broker: Broker
) -> None:
    payload = (
        b'{"id":"same-command","name":"take_ticket",'
        b'"body":{"service":"vsaa-slimiba","language":"lv"}}'
    )
    kiosk = UnitThread(broker.port)
    kiosk.listen(TOPICS.reply("kiosk"))
    with kiosk:
        wait_until(lambda: kiosk.link.connected)
        for _ in range(3):
            kiosk.call(lambda: kiosk.link.publish(TOPICS.command("kiosk"), payload))
        replies = [decode(kiosk.arrived.get(timeout=10).payload, Reply) for _ in range(3)]
    assert {each.ticket.number for each in replies if each.ticket} == {"A 001"}
    assert len(module.module.state.tickets) == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[" * 5000,
        b"{" + b" " * 9000 + b"}",
        b'{"id":"x"}',
        b'{"id":"12345678","name":"take_ticket","body":{"service":5,"language":"lv"}}',
        b'{"id":"12345678","name":"open_day","body":{}}',
        b'{"id":"open-day:2026-11-25","name":"call_next","body":{"counter":"1"}}',
        b'{"id":"12345678","name":"add_booking","body":{"booking":"x","service":"vid-eds",'
        b'"starts_at":"9999-12-31T23:59:59Z","minutes":20}}',
        b'{"id":"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000","name":"x"}',
    ],
)
def test_hostile_payloads_are_refused_and_the_module_goes_on(
    module: ModuleThread, broker: Broker, payload: bytes
) -> None:
    with UnitThread(broker.port) as kiosk:
        wait_until(lambda: kiosk.link.connected)
        kiosk.call(lambda: kiosk.link.publish(TOPICS.command("kiosk"), payload))
        reply = kiosk.ask(TAKE)
    assert reply
    assert reply.ticket
    assert reply.ticket.number == "A 001"


def test_a_retained_command_is_not_done_again_at_every_start(
    centre: Centre, database: Path, broker: Broker
) -> None:
    with UnitThread(broker.port) as kiosk:
        wait_until(lambda: kiosk.link.connected)
        payload = (
            b'{"id":"left-behind","name":"take_ticket",'
            b'"body":{"service":"vsaa-slimiba","language":"lv"}}'
        )
        kiosk.call(lambda: kiosk.link.publish(TOPICS.command("evil"), payload, retain=True))
        with ModuleThread(centre, database, broker.port, clock_at(MORNING)) as module:
            reply = kiosk.ask(TAKE)
            assert reply
            assert reply.ticket
            assert reply.ticket.number == "A 001"
            assert len(module.module.state.tickets) == 1


def test_a_flood_does_not_keep_the_module_from_ending(
    centre: Centre, database: Path, broker: Broker
) -> None:
    flood = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    flood.connect("127.0.0.1", broker.port)
    flood.loop_start()
    with (
        ModuleThread(centre, database, broker.port, clock_at(MORNING)) as module,
        module.hanging(),
    ):
        for number in range(3 * MOST_WORK):
            body = b'{"id":"flood-%06d","name":"call_next","body":{"counter":"1"}}' % number
            flood.publish(TOPICS.command("flood"), body, qos=0)
        wait_until(lambda: not module.work.is_empty)
        module.module.stop()
    flood.disconnect()
    flood.loop_stop()


def test_a_booking_corrected_in_the_file_is_taken(module: ModuleThread) -> None:
    wrong = AddBooking("digest", "no-such-service", MORNING, 20)
    right = replace(wrong, service="vsaa-konsultacija")
    longer = replace(right, minutes=40)
    for booking, minutes in ((wrong, None), (right, 20), (longer, 40), (longer, 40)):
        done = threading.Event()

        def add(booking: AddBooking = booking, done: threading.Event = done) -> None:
            module.module.seed([booking])
            done.set()

        module.work.post(add)
        assert done.wait(10)
        known = module.module.state.bookings.get("digest")
        assert (known.minutes if known else None) == minutes


def test_an_unknown_command_is_refused_by_code(module: ModuleThread, broker: Broker) -> None:
    kiosk = UnitThread(broker.port)
    kiosk.listen(TOPICS.reply("kiosk"))
    with kiosk:
        wait_until(lambda: kiosk.link.connected)
        payload = b'{"id":"12345678","name":"make_coffee","body":{}}'
        kiosk.call(lambda: kiosk.link.publish(TOPICS.command("kiosk"), payload))
        reply = decode(kiosk.arrived.get(timeout=10).payload, Reply)
    assert reply.refusal
    assert reply.refusal.code is RefusalCode.UNKNOWN_COMMAND


def test_a_late_listener_gets_the_snapshot(module: ModuleThread, broker: Broker) -> None:
    with UnitThread(broker.port) as kiosk:
        assert kiosk.ask(TAKE)
    late = UnitThread(broker.port, "late")
    late.listen(TOPICS.board)
    with late:
        came = iter(lambda: decode(late.arrived.get(timeout=5).payload, BoardState), None)
        snapshot = next(each for each in came if each.waiting)  # the reply may overtake it
        assert snapshot.waiting == 1
        assert [group.institution for group in snapshot.groups] == ["vsaa"]


def test_events_are_published_without_a_gap(module: ModuleThread, broker: Broker) -> None:
    listener = UnitThread(broker.port, "listener")
    listener.listen(TOPICS.event)
    with listener, UnitThread(broker.port) as kiosk:
        wait_until(lambda: listener.link.connected)
        for _ in range(5):
            kiosk.ask(TAKE)
        numbers = [decode_event(listener.arrived.get(timeout=5).payload).sequence for _ in range(5)]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_a_walk_in_is_told_how_long_and_the_promise_is_kept_for_the_figures(
    module: ModuleThread, broker: Broker
) -> None:
    listener = UnitThread(broker.port, "listener")
    listener.listen(TOPICS.queue)
    with listener, UnitThread(broker.port) as kiosk:
        first = kiosk.ask(TAKE)
        assert first
        assert first.ticket
        assert first.ticket.wait is None, "no counter is open, so nobody can say"
        kiosk.ask(OpenCounter("1"))
        wait_until(lambda: any(each.wait for each in newest(listener, QueueState).waiting))
        second = kiosk.ask(TAKE)
        assert second
        assert second.ticket
        assert second.ticket.wait
        assert 0 <= second.ticket.wait.low < second.ticket.wait.high
        for _ in range(2):
            called = kiosk.ask(CallNext("1"))
            assert called
            assert called.ticket
            given = (GivenService("vsaa-slimiba"),)
            kiosk.ask(Finish("1", called.ticket.id, given))
        wait_until(lambda: newest(listener, QueueState).accuracy)
        told = newest(listener, QueueState).accuracy
    assert told
    assert (told.promises, told.coverage) in {(1, 0.0), (1, 1.0)}


def test_a_scanned_ticket_is_told_the_wait_that_is_left(
    module: ModuleThread, broker: Broker
) -> None:
    with UnitThread(broker.port) as kiosk:
        kiosk.ask(OpenCounter("1"))
        taken = kiosk.ask(TAKE)
        assert taken
        assert taken.ticket
        found = FindTicket(taken.ticket.id)

        def view() -> TicketView:
            reply = kiosk.ask(found)
            assert reply
            assert reply.ticket
            return reply.ticket

        wait_until(lambda: view().wait)
        kiosk.ask(CallNext("1"))
        kiosk.ask(Finish("1", taken.ticket.id, (GivenService("vsaa-slimiba"),)))
        assert (view().status, view().wait, view().rated) == (Status.SERVED, None, False)
        rated = kiosk.ask(Rate(taken.ticket.id, 9))
        assert rated
        assert rated.ticket
        assert rated.ticket.rated
        lost = kiosk.ask(FindTicket("of-another-day"))
    assert lost
    assert lost.refusal
    assert lost.refusal.code is RefusalCode.UNKNOWN_TICKET


def test_a_report_is_answered_on_the_wire(module: ModuleThread, broker: Broker) -> None:
    with UnitThread(broker.port) as desk:
        desk.ask(OpenCounter("1"))
        desk.ask(TAKE)
        called = desk.ask(CallNext("1"))
        assert called
        assert called.ticket
        desk.ask(Finish("1", called.ticket.id, (GivenService("vsaa-slimiba"),)))
        answered = desk.ask(AskReport(MORNING.date(), MORNING.date(), (Column.INSTITUTION,)))
    assert answered
    assert answered.report
    visits, *_ = answered.report.tables
    assert [row[:3] for row in visits.rows] == [("vsaa", 1, 1)]


def test_help_ratings_and_the_computer_are_in_the_snapshots(
    module: ModuleThread, broker: Broker
) -> None:
    listener = UnitThread(broker.port, "listener")
    listener.listen(TOPICS.queue)
    catalogues = UnitThread(broker.port, "catalogues")
    catalogues.listen(TOPICS.catalogue)
    with listener, catalogues, UnitThread(broker.port) as kiosk:
        assert newest(catalogues, CatalogueState).computer_service == ""
        kiosk.ask(OpenCounter("dators"))
        wait_until(lambda: newest(catalogues, CatalogueState).computer_service == "dators")
        kiosk.ask(TakeTicket("vid-deklaracija", "lv", offered=True))
        kiosk.ask(TakeTicket("dators", "lv", offered=True, instead_of="vid-deklaracija"))
        kiosk.ask(AskHelp())
        called = kiosk.ask(CallNext("dators"))
        assert called
        assert called.ticket
        kiosk.ask(Finish("dators", called.ticket.id, (GivenService("dators"),)))
        kiosk.ask(Rate(called.ticket.id, 9))
        wait_until(lambda: newest(listener, QueueState).ratings)
        queue = newest(listener, QueueState)
    assert queue.ratings == RatingsView(count=1, mean=9.0)
    assert queue.computer == ComputerView(offered=2, chosen=1)
    assert [each.unit for each in queue.help] == ["kiosk"]


def newest(listener: UnitThread, view: type[View]) -> View:
    """The newest snapshot that has arrived."""
    state = decode(listener.arrived.get(timeout=10).payload, view)
    while not listener.arrived.empty():
        state = decode(listener.arrived.get().payload, view)
    return state


def test_a_broker_that_lost_everything_is_filled_again(
    module: ModuleThread, broker: Broker, tmp_path: Path
) -> None:
    with UnitThread(broker.port) as kiosk:
        assert kiosk.ask(TAKE)
        broker.kill()
        broker.start()
        reply = kiosk.ask(TAKE, seconds=10)
        assert reply
        assert reply.ticket
        assert reply.ticket.number == "A 002"
    late = UnitThread(broker.port, "late")
    late.listen(TOPICS.board)
    with late:
        assert decode(late.arrived.get(timeout=5).payload, BoardState).waiting == 2


def test_a_disk_that_fails_refuses_and_changes_nothing(
    module: ModuleThread, broker: Broker, database: Path
) -> None:
    with UnitThread(broker.port) as kiosk:
        assert kiosk.ask(TAKE)
        before: State = module.module.state
        with sqlite3.connect(database) as other:
            other.execute("drop table event")
        other.close()
        reply = kiosk.ask(TAKE)
    assert reply
    assert reply.refusal
    assert reply.refusal.code is RefusalCode.NOT_STORED
    assert module.module.state is before


def test_a_kiosk_is_lent_numbers_and_told_so_for_good(module: ModuleThread, broker: Broker) -> None:
    with UnitThread(broker.port) as kiosk:
        assert kiosk.ask(LeaseNumbers("journal-1"))
    later = UnitThread(broker.port, "later")
    later.listen(TOPICS.lease("kiosk"))
    with later:
        told = decode(later.arrived.get(timeout=10).payload, LeaseState)
    assert (told.unit, told.journal) == ("kiosk", "journal-1")
    assert {(each.first, each.last) for each in told.leases} == {(950, 999), (900, 949)}


def test_who_is_listed_orders_what_the_role_may_and_a_stranger_nothing(
    centre: Centre, database: Path, broker: Broker
) -> None:
    roles = {"kiosk": Role.KIOSK, "desk": Role.DESK}
    running = ModuleThread(centre, database, broker.port, clock_at(MORNING), roles)
    with (
        running,
        UnitThread(broker.port) as kiosk,
        UnitThread(broker.port, "desk") as desk,
        UnitThread(broker.port, "stranger") as stranger,
    ):
        took, opened = kiosk.ask(TAKE), desk.ask(OpenCounter("1"))
        refused = [kiosk.ask(CallNext("1")), desk.ask(TAKE), stranger.ask(TAKE)]
    assert took
    assert took.ticket
    assert opened
    assert opened.refusal is None
    codes = [each.refusal.code for each in refused if each and each.refusal]
    assert codes == [RefusalCode.NOT_ALLOWED] * 3
    assert len(running.module.state.tickets) == 1


def test_the_log_has_who_was_signed_in_at_the_desk_and_nowhere_else(
    centre: Centre, database: Path, broker: Broker
) -> None:
    roles = {"kiosk": Role.KIOSK, "desk": Role.DESK}
    running = ModuleThread(centre, database, broker.port, clock_at(MORNING), roles)
    with running, UnitThread(broker.port) as kiosk, UnitThread(broker.port, "desk") as desk:
        desk.ask(OpenCounter("1"), by="klientu-1")
        kiosk.ask(TAKE)
        pretending = kiosk.ask(TAKE, by="klientu-1")
    assert pretending
    assert pretending.refusal
    assert pretending.refusal.code is RefusalCode.NOT_ALLOWED
    who = {type(each.event): each.sender for each in read_log(database)}
    assert who[CounterChanged] == "desk:klientu-1"
    assert who[TicketTaken] == "kiosk"

"""A disk that is full, cannot be written, or has rotted: refused in words, and nothing lost."""

import random
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks import kills
from messaging.codec import decode
from messaging.messages import Reply, TicketView, UnitStatus
from queue_core.centre import Centre
from queue_core.commands import AddBooking, FindTicket, TakeTicket
from queue_core.events import TicketTaken
from queue_core.refusals import RefusalCode
from queue_module.reading import read_log
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.parts import (
    TOPICS,
    ModuleThread,
    UnitThread,
    clock_at,
    small_disk,
    wait_until,
)

TAKE = TakeTicket("vsaa-slimiba", "lv")


@pytest.fixture
def kiosk(broker: Broker) -> Iterator[UnitThread]:
    unit = UnitThread(broker.port)
    unit.listen(TOPICS.unit_status("module"))
    with unit:
        yield unit


def ticket(reply: Reply | None) -> TicketView:
    assert reply
    assert reply.ticket, reply.refusal
    return reply.ticket


def is_refused(reply: Reply | None) -> bool:
    return bool(reply and reply.refusal and reply.refusal.code is RefusalCode.NOT_STORED)


def faults_told(kiosk: UnitThread) -> tuple[str, ...] | None:
    """The next faults that the module tells; None if it tells nothing now."""
    if kiosk.arrived.empty():
        return None
    return decode(kiosk.arrived.get().payload, UnitStatus).faults


def outlasts(kiosk: UnitThread, database: Path, before: TicketView) -> None:
    """What is promised while nothing can be stored."""
    events = len(read_log(database))
    assert is_refused(kiosk.ask(TAKE))
    assert ticket(kiosk.ask(FindTicket(before.id))) == before
    assert len(read_log(database)) == events


def goes_on(kiosk: UnitThread, database: Path) -> None:
    """By itself, without a number lost or given twice."""
    wait_until(lambda: faults_told(kiosk) == ())
    ticket(kiosk.ask(TAKE))
    taken = [
        each.event.number for each in read_log(database) if isinstance(each.event, TicketTaken)
    ]
    assert taken == list(range(1, len(taken) + 1))


def test_a_full_disk_refuses_until_there_is_room(
    centre: Centre, tmp_path: Path, broker: Broker, kiosk: UnitThread
) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        database, filler = disk / "queue.db", disk / "filler"
        with ModuleThread(centre, database, broker.port, clock_at(MORNING)):
            before = ticket(kiosk.ask(TAKE))

            def is_told() -> bool:
                """At last: what SQLite has kept for its own use is used up first."""
                with suppress(OSError), filler.open("ab") as more:
                    more.write(bytes(2**20))
                kiosk.ask(TAKE)
                return faults_told(kiosk) == ("disk_full",)

            wait_until(is_told)
            outlasts(kiosk, database, before)
            filler.unlink()
            goes_on(kiosk, database)


@pytest.mark.whole
def test_a_disk_that_cannot_be_written_refuses_until_it_can(
    tmp_path: Path, broker: Broker, kiosk: UnitThread
) -> None:
    module = kills.ModuleProcess(tmp_path, broker.port)
    with module.running():
        before = ticket(kiosk.ask(TAKE, seconds=20))
        _, most = resource.prlimit(module.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(module.process.pid, resource.RLIMIT_FSIZE, (1, most))
        wait_until(lambda: is_refused(kiosk.ask(TAKE)))
        wait_until(lambda: faults_told(kiosk) == ("disk_fault",))
        outlasts(kiosk, module.database, before)
        resource.prlimit(module.process.pid, resource.RLIMIT_FSIZE, (most, most))
        goes_on(kiosk, module.database)
    assert b"Traceback" not in module.log.read_bytes()


def test_a_rotten_log_takes_nothing_new_and_tells_what_it_can(
    centre: Centre, tmp_path: Path, broker: Broker, kiosk: UnitThread
) -> None:
    database = tmp_path / "queue.db"
    with ModuleThread(centre, database, broker.port, clock_at(MORNING)):
        first = ticket(kiosk.ask(TAKE))
        for _ in range(60):
            kiosk.ask(TAKE)
    content = bytearray(database.read_bytes())
    place = content.index(b'"number": 50')
    content[place : place + 12] = b'"number": 51'
    database.write_bytes(content)
    with ModuleThread(centre, database, broker.port, clock_at(MORNING)):
        wait_until(lambda: faults_told(kiosk) == ("log_damaged",))
        assert is_refused(kiosk.ask(TAKE))
        assert ticket(kiosk.ask(FindTicket(first.id))).number == "A 001"


def test_bookings_are_added_when_the_disk_is_well(
    centre: Centre, tmp_path: Path, broker: Broker
) -> None:
    (tmp_path / "queue.db").mkdir()  # no file can be made there
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)) as running:
        module = running.module
        booking = AddBooking("digest", "vsaa-konsultacija", MORNING, 20)
        running.work.post(lambda: module.seed([booking]))
        running.work.post((tmp_path / "queue.db").rmdir)
        wait_until(lambda: "digest" in module.state.bookings)


def test_a_file_that_is_no_log_any_more_is_told_and_the_module_stays(
    centre: Centre, tmp_path: Path, broker: Broker, kiosk: UnitThread
) -> None:
    (tmp_path / "queue.db").write_bytes(b"something else" * 500)
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)):
        wait_until(lambda: faults_told(kiosk) == ("log_damaged",))
        assert is_refused(kiosk.ask(TAKE))


@pytest.mark.whole
def test_killed_at_any_moment_it_has_what_it_acknowledged(tmp_path: Path) -> None:
    seen = kills.run(tmp_path, 4, random.Random())
    assert seen.acknowledged > 0
    assert seen.lost | seen.doubled | seen.altered == frozenset()

"""What a kiosk gave by itself comes to the real module over a real broker."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.merging import Merging
from kiosk.own_numbers import OwnNumbers
from kiosk.store import Store
from messaging.codec import decode
from messaging.link import Arrived
from messaging.messages import LeaseState
from queue_core.centre import Centre
from queue_core.commands import TakeTicket
from queue_core.life import Status
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, wait_until

log = logging.getLogger(__name__)

MANY = 100


class Kiosk(UnitThread):
    """A kiosk without a screen."""

    def __init__(self, port: int, centre: Centre, folder: Path) -> None:
        super().__init__(port)
        self.begun = threading.Event()

        def begin() -> None:  # all in the thread of the link
            self.own = OwnNumbers(centre, "kiosk", Store(folder / "kiosk.db"), clock_at(MORNING))
            self.merging = Merging(self.link, self.own, time.monotonic)
            self.begun.set()

        self.call(begin)
        self.link.on(TOPICS.lease("kiosk"), self._lent)
        self.link.on_connection(lambda connected: self.merging.lost())

    def _lent(self, arrived: Arrived) -> None:
        self.own.take_leases(decode(arrived.payload, LeaseState))
        arrived.done()

    def give(self, count: int) -> None:
        def answer() -> None:
            for number in range(count):
                service = ("vsaa-slimiba", "vid-eds")[number % 2]
                self.own.answer(TakeTicket(service, "lv"), f"own-{number:08d}")

        self.call(answer)
        wait_until(lambda: len(self.own.waiting) == count)

    def work_until(self, condition: Callable[[], object]) -> None:
        def turn() -> None:
            self.link.tick()
            if self.link.connected:
                self.merging.go_on()

        def holds() -> object:
            self.call(turn)
            return condition()

        wait_until(holds, 30)


@pytest.fixture
def kiosk(broker: Broker, centre: Centre, tmp_path: Path) -> Iterator[Kiosk]:
    with Kiosk(broker.port, centre, tmp_path) as running:
        assert running.begun.wait(30)
        yield running


def test_all_come_in_order_and_more_numbers_are_lent(
    kiosk: Kiosk, broker: Broker, centre: Centre, tmp_path: Path
) -> None:
    database, clock = tmp_path / "queue.db", clock_at(MORNING)
    with ModuleThread(centre, database, broker.port, clock):
        kiosk.work_until(lambda: kiosk.own.are_there)
    broker.kill()
    kiosk.give(MANY)
    before = [each.ticket for each in kiosk.own.waiting]
    broker.start()
    with ModuleThread(centre, database, broker.port, clock) as module:
        began = time.monotonic()
        kiosk.work_until(lambda: not kiosk.own.waiting)
        log.info("%d merged in %.2f s", MANY, time.monotonic() - began)
        waiting = sorted(
            module.module.state.tickets.values(), key=lambda each: (each.due_at, each.id)
        )
        assert [each.id for each in waiting] == before
        assert {each.status for each in waiting} == {Status.WAITING}
        kiosk.work_until(lambda: [x for x in module.module.state.leases if x.has("A", 850)])


def test_what_the_module_refuses_is_kept_aside_and_is_a_fault(
    kiosk: Kiosk, broker: Broker, centre: Centre, tmp_path: Path
) -> None:
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)):
        kiosk.work_until(lambda: kiosk.own.are_there)
        kiosk.give(1)
    with ModuleThread(centre, tmp_path / "another.db", broker.port, clock_at(MORNING)):
        kiosk.work_until(lambda: not kiosk.own.waiting)
        assert kiosk.own.faults == {"number_refused"}

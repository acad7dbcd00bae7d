"""What the desk believes of the units, over a real broker."""

import time
from functools import partial

from desk.demo import machines
from desk.watch import Watch
from messaging.codec import encode
from messaging.messages import Role, UnitStatus
from rinda.broker import Broker
from tests.parts import TOPICS, UnitThread, wait_until


def test_a_unit_speaks_for_itself_only(broker: Broker) -> None:
    watch = Watch(time.monotonic, "desk")
    desk, kiosk = UnitThread(broker.port, "desk"), UnitThread(broker.port, "kiosk")
    watch.listen(desk.link)
    board = UnitStatus(unit="board", role=Role.DISPLAY, version="test", online=False)
    with desk, kiosk:
        wait_until(lambda: watch.connected and kiosk.link.connected)
        for topic in (TOPICS.unit_status("kiosk"), "rinda/v1/demo/unit/No Name/status"):
            kiosk.call(partial(kiosk.link.publish, topic, encode(board)))
        wait_until(lambda: desk.link.refused_messages == 2)
        kiosk.call(partial(kiosk.link.publish, TOPICS.unit_status("board"), encode(board)))
        wait_until(lambda: "board" in watch.units)
    assert set(watch.units) == {"board", "kiosk"}


def test_a_unit_that_the_hub_forgot_is_forgotten(broker: Broker) -> None:
    watch = Watch(time.monotonic, "desk")
    desk, hub = UnitThread(broker.port, "desk"), UnitThread(broker.port, "hub")
    watch.listen(desk.link)
    (status, *_) = machines()
    topics = (TOPICS.unit_status("hub"), TOPICS.machine("hub"))
    with desk, hub:
        wait_until(lambda: watch.connected and hub.link.connected)
        hub.call(partial(hub.link.publish, TOPICS.machine("hub"), encode(status)))
        wait_until(lambda: "hub" in watch.machines and "hub" in watch.units)
        for topic in topics:
            hub.call(partial(hub.link.publish, topic, b"", retain=True))
        wait_until(lambda: not watch.machines and not watch.units)
        assert desk.link.refused_messages == 0

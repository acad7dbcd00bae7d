"""What the desk believes of the units, over a real broker."""

import time
from functools import partial

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

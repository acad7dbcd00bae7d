"""The link over the real Mosquitto, and over the simulated broker, which must be like it."""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from config.programs import BrokerSettings
from messaging.link import Arrived, Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.simulated_broker import SimulatedBroker
from messaging.topics import Topics
from queue_core.commands import Cancel
from rinda.broker import Broker, free_port
from tests.conftest import MORNING
from tests.faults.world import World
from tests.parts import wait_until

TOPICS = Topics("demo")
Action = Callable[[], None]


class Real:
    """Mosquitto, threads and wall time."""

    def __init__(self, folder: Path) -> None:
        self.broker = Broker(folder, free_port())
        self.broker.start()
        self._work: deque[Action] = deque()

    def link(self, unit: Unit) -> Link:
        return Link(BrokerSettings(port=self.broker.port), TOPICS, unit, self._work.append)

    def until(self, condition: Callable[[], object]) -> None:
        def turned() -> object:
            while self._work:
                self._work.popleft()()
            return condition()

        wait_until(turned)

    def restart(self) -> None:
        self.broker.kill()
        self.broker.start()

    def end(self) -> None:
        self.broker.stop()


class Simulated:
    """The simulated broker and time."""

    def __init__(self) -> None:
        self._world = World(1, MORNING)
        self.broker = SimulatedBroker(self._world, Random(1))

    def link(self, unit: Unit) -> Link:
        def post(action: Action) -> None:
            self._world.after(0.0, action)

        def monotonic() -> float:
            return self._world.seconds

        client = self.broker.client
        return Link(BrokerSettings(), TOPICS, unit, post, monotonic, new_client=client)

    def until(self, condition: Callable[[], object]) -> None:
        for _ in range(1000):
            self._world.run_until(self._world.seconds + 0.02)
            if condition():
                return
        pytest.fail("did not happen")

    def restart(self) -> None:
        self.broker.stop()
        self.broker.start()

    def end(self) -> None: ...


@pytest.fixture(params=["mosquitto", "simulated"])
def network(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Real | Simulated]:
    made = Real(tmp_path) if request.param == "mosquitto" else Simulated()
    yield made
    made.end()


class Peer:
    """A unit that keeps what it gets."""

    def __init__(
        self, network: Real | Simulated, name: str, *topics: str, seconds: int = 0
    ) -> None:
        status = UnitStatus(unit=name, role=Role.KIOSK, version="test", online=True)
        self.arrived: list[Arrived] = []
        self.link = network.link(Unit(status, seconds))
        for topic in topics:
            self.link.on(topic, self.arrived.append)
        self.link.start()
        network.until(lambda: self.link.connected)

    @property
    def payloads(self) -> list[bytes]:
        return [each.payload for each in self.arrived]

    def done(self) -> None:
        """All that came is through."""
        for each in self.arrived:
            each.done()


def test_what_is_retained_is_told_to_who_comes_later(network: Real | Simulated) -> None:
    one = Peer(network, "one")
    one.link.publish(TOPICS.board, b"old", retain=True)
    one.link.publish(TOPICS.board, b"new", retain=True)
    witness = Peer(network, "witness", TOPICS.all_unit_status)
    network.until(lambda: witness.arrived)
    two = Peer(network, "two", TOPICS.board)
    network.until(lambda: two.arrived)
    assert [(each.payload, each.retained) for each in two.arrived] == [(b"new", True)]
    one.link.publish(TOPICS.board, b"news", retain=True)
    network.until(lambda: len(two.arrived) == 2)
    assert not two.arrived[1].retained
    stop(one, two, witness)


def test_a_command_is_sent_until_it_is_answered(network: Real | Simulated) -> None:
    module, kiosk = Peer(network, "module", TOPICS.all_commands), Peer(network, "kiosk")
    answers: list[Reply | None] = []
    command_id = kiosk.link.request(Cancel("a-ticket"), 20.0, answers.append)

    def came_twice() -> bool:
        kiosk.link.tick()
        return len(module.arrived) >= 2

    network.until(came_twice)
    module.link.answer("kiosk", Reply(id=command_id))
    module.link.answer("kiosk", Reply(id=command_id))
    network.until(lambda: answers)
    assert answers == [Reply(id=command_id)]
    stop(module, kiosk)


def test_a_broker_that_forgot_everything_is_told_it_again(network: Real | Simulated) -> None:
    one, two = Peer(network, "one"), Peer(network, "two", TOPICS.board)
    one.link.publish(TOPICS.board, b"kept", retain=True)
    network.until(lambda: two.payloads == [b"kept"])
    two.done()
    network.restart()
    network.until(lambda: b"kept" in two.payloads[1:])
    stop(one, two)


def test_who_was_away_gets_what_was_sent_meanwhile(network: Real | Simulated) -> None:
    module, board = Peer(network, "module", TOPICS.all_seen, seconds=60), Peer(network, "board")
    module.link.stop()
    witness = Peer(network, "witness", TOPICS.all_unit_status)
    network.until(lambda: any(b'"module"' in x and b"false" in x for x in witness.payloads))
    board.link.publish(TOPICS.seen("board"), b"1")
    board.link.publish(TOPICS.seen("board"), b"2")
    again = Peer(network, "module", TOPICS.all_seen, seconds=60)
    network.until(lambda: again.payloads == [b"1", b"2"])
    stop(again, board, witness)


def test_what_was_not_acknowledged_comes_again(network: Real | Simulated) -> None:
    module, board = Peer(network, "module", TOPICS.all_seen, seconds=60), Peer(network, "board")
    board.link.publish(TOPICS.seen("board"), b"1")
    board.link.publish(TOPICS.seen("board"), b"2")
    network.until(lambda: len(module.arrived) == 2)
    module.arrived[0].done()
    witness = Peer(network, "witness", TOPICS.all_unit_status)
    module.link.stop()
    network.until(lambda: any(b'"module"' in x and b"false" in x for x in witness.payloads))
    again = Peer(network, "module", TOPICS.all_seen, seconds=60)
    network.until(lambda: again.payloads == [b"2"])
    stop(again, board, witness)


def test_no_more_than_twenty_come_before_they_are_acknowledged(
    network: Real | Simulated,
) -> None:
    module, board = Peer(network, "module", TOPICS.all_seen), Peer(network, "board")
    for number in range(30):
        board.link.publish(TOPICS.seen("board"), str(number).encode())
    network.until(lambda: len(module.arrived) == 20)
    module.done()
    network.until(lambda: len(module.arrived) == 30)
    assert module.payloads == [str(number).encode() for number in range(30)]
    stop(module, board)


def stop(*peers: Peer) -> None:
    for each in peers:
        each.link.stop()

"""The agent over a real broker: what it tells, what desks may ask of it, what it refuses."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.gauges import Gauges
from appliance.machine import READ_SECONDS, Agent, Asked
from appliance.orders import Orders
from config.programs import BrokerSettings
from desk.gallery import DEMO_SITE
from messaging.codec import decode, encode
from messaging.link import Link, Unit
from messaging.machine import MachineAnswer, MachineOrder, MachineStatus
from messaging.messages import Role, UnitStatus
from messaging.work import Work
from rinda.broker import Broker
from tests.appliance.a_pi import a_pi, write
from tests.conftest import MORNING
from tests.parts import TOPICS, Supervised, UnitThread, wait_until

STATUS = UnitStatus(
    unit="kiosk-1-machine", role=Role.MACHINE, version="test", online=True, name={"lv": "Kiosks"}
)
BUNDLE = b"a bundle"


class Pi:
    """A Pi with its agent in a thread, and a desk that hears it."""

    def __init__(self, root: Path, port: int, roles: dict[str, Role]) -> None:
        self.root, self.restart = a_pi(root), root / "restart"
        self.resting: list[str] = []
        self.seconds, self.diagnosed, self.searches = 0.0, 0, 0
        self.begins, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()
        work = Work()
        self.link = Link(BrokerSettings(port=port), TOPICS, Unit(STATUS), work.post)
        asked = Asked(lambda: self.resting, lambda: True, lambda: "192.168.1.7")
        gauges = Gauges(self.root, self.root)
        self.agent = Agent(
            "kiosk-1",
            STATUS,
            self.link,
            work,
            gauges,
            asked,
            lambda: MORNING,
            lambda: self.seconds,
            self._search,
        )
        Orders(self.link, "kiosk-1", roles, self._diagnose, _elsewhere, work.post, self.restart)
        self._thread = threading.Thread(target=self.agent.run, args=[Supervised()])
        self.desk = UnitThread(port, "desk")
        self.desk.listen(TOPICS.machine("kiosk-1"))
        self.desk.listen(TOPICS.unit_status("kiosk-1-machine"))
        self.desk.listen(TOPICS.machine_answer("desk", "kiosk-1"))

    def _search(self) -> None:
        self.searches += 1

    def _diagnose(self) -> bytes:
        self.diagnosed += 1
        self.begins.set()
        assert self.goes_on.wait(10)
        return BUNDLE

    @contextmanager
    def at_work(self) -> Iterator["Pi"]:
        self.link.start()
        self._thread.start()
        with self.desk:
            wait_until(lambda: self.link.connected and self.desk.link.connected)
            yield self
        self.agent.stop()
        self._thread.join(10)
        self.link.stop()

    def later(self, seconds: float = READ_SECONDS) -> None:
        self.seconds += seconds

    def hears(self, topic: str) -> bytes:
        """The next on this topic."""
        while True:
            arrived = self.desk.arrived.get(timeout=10)
            if arrived.topic == topic:
                return arrived.payload

    def told(self, condition: Callable[[MachineStatus], bool]) -> MachineStatus:
        """The next that is so."""
        while True:
            status = decode(self.hears(TOPICS.machine("kiosk-1")), MachineStatus)
            if condition(status):
                return status

    def order(self, payload: bytes, desk: str = "desk", *, retain: bool = False) -> None:
        topic = TOPICS.machine_order(desk, "kiosk-1")
        self.desk.call(lambda: self.desk.link.publish(topic, payload, retain=retain))

    def answer(self) -> MachineAnswer:
        return decode(self.hears(TOPICS.machine_answer("desk", "kiosk-1")), MachineAnswer)


def _elsewhere(task: Callable[[], None]) -> None:
    threading.Thread(target=task).start()


@pytest.fixture
def pi(tmp_path: Path, broker: Broker) -> Iterator[Pi]:
    with Pi(tmp_path, broker.port, {}).at_work() as pi:
        yield pi


def test_it_starts_and_ends_as_systemd_does_it(tmp_path: Path, broker: Broker) -> None:
    unit = tmp_path / "unit.toml"
    unit.write_text(f'[unit]\nid = "kiosk-7"\n[broker]\nport = {broker.port}\n')
    command = [sys.executable, "-m", "rinda", "machine", "--site", str(DEMO_SITE)]
    command += ["--unit", str(unit)]
    environment = {**os.environ, "RUNTIME_DIRECTORY": str(tmp_path)}
    with (
        UnitThread(broker.port, "desk-7") as desk,
        subprocess.Popen(command, env=environment) as process,
    ):
        wait_until(lambda: desk.link.connected)
        topic, again = TOPICS.machine_order("desk-7", "kiosk-7"), asking("restart")

        def is_done() -> bool:
            desk.call(lambda: desk.link.publish(topic, again))
            return (tmp_path / "restart").exists()

        try:
            wait_until(is_done, 30)
        finally:
            process.terminate()
        assert process.wait(10) == 0


def asking(do: str, order: str = "order-001") -> bytes:
    return encode(MachineOrder.model_validate({"id": order, "do": do}))


def test_it_tells_how_it_is(pi: Pi) -> None:
    status = pi.told(lambda each: bool(each.address))
    assert (status.name, status.role, status.at) == ({"lv": "Kiosks"}, "all-in-one", MORNING)
    assert (status.version, status.slot, status.address) == ("1.4", "B", "192.168.1.7")
    assert status.signer == "Rinda development"
    assert (status.celsius, status.synchronised, status.faults) == (51.54, True, ())


def test_a_fault_is_told_at_once_and_where_units_faults_are(pi: Pi) -> None:
    pi.told(lambda each: bool(each.address))
    write(pi.root, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1")
    pi.later(2)
    status = pi.told(lambda each: bool(each.faults))
    assert (status.faults, status.under_voltage_since_start) == (("under_voltage",), True)
    write(pi.root, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0")
    pi.resting = ["rinda-kiosk.service"]
    pi.later()
    status = pi.told(lambda each: bool(each.resting))
    assert status.faults == ("under_voltage", "program_failing")
    pi.resting = []
    pi.later(1000)
    pi.told(lambda each: not each.resting)
    pi.later(1000)
    pi.told(lambda each: each.faults == ())
    assert pi.agent.told.under_voltage_since_start


def test_the_status_of_its_agent_has_its_faults_too(pi: Pi) -> None:
    write(pi.root, "sys/class/thermal/thermal_zone0/temp", "85000")
    pi.later(2)
    topic = TOPICS.unit_status("kiosk-1-machine")
    while not decode(pi.hears(topic), UnitStatus).faults:
        pi.later(2)


def test_a_bundle_is_made_once_however_often_it_is_asked_for(pi: Pi) -> None:
    pi.goes_on.clear()
    for _ in range(3):
        pi.order(asking("diagnose"))
    assert pi.begins.wait(10)
    pi.goes_on.set()
    assert base64.b64decode(pi.answer().bundle) == BUNDLE
    pi.order(asking("diagnose"))
    assert base64.b64decode(pi.answer().bundle) == BUNDLE
    assert pi.diagnosed == 1


def test_a_restart_is_asked_of_root_once_it_is_answered(pi: Pi) -> None:
    pi.order(asking("restart"))
    assert pi.answer() == MachineAnswer(id="order-001")
    wait_until(pi.restart.exists)
    pi.restart.unlink()
    pi.order(asking("restart"))
    assert pi.answer().id == "order-001"
    assert not pi.restart.exists()


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"\xff", b"[" * 5000, b'{"id": "order-001", "do": "erase"}', b'{"id": 1}'],
)
def test_what_is_no_order_is_refused_and_counted(pi: Pi, payload: bytes) -> None:
    pi.order(payload)
    wait_until(lambda: pi.link.refused_messages == 1)
    assert not pi.restart.exists()


def test_an_order_that_the_broker_had_kept_is_refused(tmp_path: Path, broker: Broker) -> None:
    with UnitThread(broker.port, "another") as other:
        wait_until(lambda: other.link.connected)
        topic = TOPICS.machine_order("desk", "kiosk-1")
        other.call(lambda: other.link.publish(topic, asking("restart"), retain=True))
        with Pi(tmp_path, broker.port, {}).at_work() as pi:
            wait_until(lambda: pi.link.refused_messages == 1)
            assert not pi.restart.exists()


def test_only_a_desk_may_ask(tmp_path: Path, broker: Broker) -> None:
    roles = {"desk": Role.DESK, "kiosk-2": Role.KIOSK}
    with Pi(tmp_path, broker.port, roles).at_work() as pi:
        pi.order(asking("restart"), desk="kiosk-2")
        pi.order(asking("restart"), desk="stranger")
        wait_until(lambda: pi.link.refused_messages == 2)
        assert not pi.restart.exists()
        pi.order(asking("restart"))
        wait_until(pi.restart.exists)

"""Role × topic of the contract, with the real broker as it is on a hub."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from config.settings import Settings
from messaging.contract import CHANNELS
from messaging.credentials import Credentials
from messaging.roles import ORDERS, QUESTIONS, RENEWAL
from messaging.topics import ROOT
from queue_core.commands import COMMANDS, MODULE_ONLY
from tests.parts import wait_until
from tests.secure import ROLES, SecureCentre

KIOSKS = ("kiosk", "another")
UNITS = (*ROLES, "kiosk-machine")
TOPICS = sorted(
    {
        f"{ROOT}/demo/{each.address.format(unit=unit, kiosk=kiosk, pi=kiosk)}"
        for each in CHANNELS
        for unit in UNITS
        for kiosk in KIOSKS
    }
)
SAYS = {
    "module": ["event", "reply", "lease", "state", "unit/module/status"],
    "kiosk": ["cmd/kiosk", "unit/kiosk/status", *(f"printed/{each}/kiosk" for each in UNITS)],
    "display": ["seen/display", "unit/display/status"],
    "desk": ["cmd/desk", "book/desk", "print/desk", "machine/desk", "unit/desk/status"],
    "visitor-page": ["cmd/visitor-page", "unit/visitor-page/status"],
    "bridge": ["cmd/bridge", "presence/bridge", "unit/bridge/status"],
    "consultations": ["booked", "register", "unit/consultations/status"],
    "hub": ["unit/hub/status"],
    "kiosk-self-test": ["unit/kiosk/self-test"],
    "kiosk-machine": [
        "unit/kiosk-machine/status",
        "unit/kiosk/machine",
        *(f"diagnosis/{each}/kiosk" for each in UNITS),
    ],
    RENEWAL: ["certificates", "unit"],
}
HEARS = {
    "module": ["cmd", "seen", "register", "reply/module", "certificates/module"],
    "kiosk": [
        "reply/kiosk",
        "state/catalogue",
        "state/bookings",
        "lease/kiosk",
        "presence",
        *(f"print/{each}/kiosk" for each in UNITS),
        "certificates/kiosk",
    ],
    "display": ["reply/display", "state/board", "certificates/display"],
    "desk": [
        "reply/desk",
        "booked/desk",
        "printed/desk",
        "diagnosis/desk",
        "register",
        "state/queue",
        "state/bookings",
        "state/settings",
        "unit",
        "certificates/desk",
    ],
    "consultations": [
        "book",
        "state/settings",
        "reply/consultations",
        "certificates/consultations",
    ],
    "visitor-page": ["reply/visitor-page", "state/board", "certificates/visitor-page"],
    "bridge": ["reply/bridge", "state/queue", "certificates/bridge"],
    "hub": ["reply/hub", "certificates/hub"],
    "kiosk-self-test": ["unit/kiosk/self-test", "state/catalogue"],
    "kiosk-machine": [*(f"machine/{each}/kiosk" for each in UNITS), "certificates/kiosk"],
    RENEWAL: [],
}


def expected(given: list[str]) -> set[str]:
    """Topics that begin with one of these."""
    starts = tuple(f"{ROOT}/demo/{each}" for each in given)
    return {
        topic
        for topic in TOPICS
        if any(topic == start or topic.startswith(f"{start}/") for start in starts)
    }


class Somebody:
    """A client with an identity; keeps what it hears, and which of its words are refused."""

    def __init__(self, folder: Path, name: str, port: int) -> None:
        self.heard: set[str] = set()
        self.said: dict[int, bool] = {}
        self._changed = threading.Event()
        client = self.client = Client(
            CallbackAPIVersion.VERSION2, client_id="module", protocol=MQTTProtocolVersion.MQTTv5
        )
        client.max_inflight_messages_set(1000)
        Credentials(folder, name).secure(client)
        client.on_message = self._message
        client.on_publish = lambda _, __, mid, reason, ___: self.said.update(
            {mid: not reason.is_failure}
        )
        client.connect("127.0.0.1", port)
        client.loop_start()
        client.subscribe([("#", 1), ("$SYS/#", 1), *((topic, 1) for topic in TOPICS)])

    def may_say(self) -> set[str]:
        """Try all topics."""
        tried = {self.client.publish(topic, b"x", qos=1).mid: topic for topic in TOPICS}
        wait_until(lambda: len(self.said) >= len(tried))
        return {topic for mid, topic in tried.items() if self.said[mid]}

    def _message(self, _: Client, __: object, message: MQTTMessage) -> None:
        self.heard.add(message.topic)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture(scope="module")
def centre(
    tmp_path_factory: pytest.TempPathFactory, demo_settings: Settings
) -> Iterator[SecureCentre]:
    made = SecureCentre(tmp_path_factory.mktemp("centre"), demo_settings)
    with made.broker:
        yield made


def test_each_says_and_hears_what_its_role_needs_and_nothing_else(centre: SecureCentre) -> None:
    folders = dict.fromkeys(SAYS, centre.folder / "units")
    folders[RENEWAL] = centre.folder / "authority" / RENEWAL
    everybody = {name: Somebody(folders[name], name, centre.port) for name in SAYS}
    said = {name: each.may_say() for name, each in everybody.items()}
    assert said == {name: expected(topics) for name, topics in SAYS.items()}
    spoken = set().union(*said.values())
    for name, topics in HEARS.items():
        heard = expected(topics) & spoken
        wait_until(partial(heard.issubset, everybody[name].heard))
    for each in everybody.values():
        each.close()
    assert {name: each.heard for name, each in everybody.items()} == {
        name: expected(topics) & spoken for name, topics in HEARS.items()
    }
    log = (centre.folder / "broker" / "mosquitto.log").read_text()
    assert "Error" not in log
    assert "Warning" not in log


def test_every_topic_of_the_contract_is_somebodys() -> None:
    every = {each.address.split("/")[0] for each in CHANNELS}
    for rights in (SAYS, HEARS):
        assert every - {"event"} <= {
            each.split("/")[0] for given in rights.values() for each in given
        }


def test_every_command_has_a_role_that_gives_it() -> None:
    given = set().union(*ORDERS.values(), *QUESTIONS.values())
    assert given == set(COMMANDS) - MODULE_ONLY - {"add_booking", "cancel_booking", "confirm_call"}

"""What was found once stays mended; and a second of looking for more in each target."""

import json
import queue
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes

from messaging.codec import decode
from messaging.link import properties_of
from messaging.messages import COMMAND_ENVELOPES, Reply
from queue_core.centre import Centre
from queue_core.commands import COMMANDS
from rinda.broker import Broker
from tests.conftest import MORNING, ROOT
from tests.hostile.kept import KioskStore, Log, Rows
from tests.hostile.said import FIRST, SECOND, Commands, Orders, Target
from tests.parts import TOPICS, ModuleThread, clock_at, until_it_answers, wait_until

FOUND: list[tuple[type[Target], bytes]] = [
    (Log, b"\x01\x00\x00"),  # a log of one byte was a new one, with numbers from 1 again
    (Log, b"\x00\x20\x0d\x5c"),  # a text was no text
    (Log, b"\x00\x40\x04\x0d"),  # a kept state was listed and not there
    (Log, b"\x00\x00\x3f\x00"),  # the version was another: it was taken over twice
    (
        Log,
        b"\xb2\xff\xff\x00\x00\x12D\x00\x00\x17\x00@\xff\x10\x10 \xff\x00\t]",
    ),  # a day's first event was gone
    (Log, b"\x01\x10\x04\x04"),  # the last events were gone, all before them well
    (Rows, b'3 ticket_cancelled {"ticket": "morning-2"}'),  # of a ticket that is not there
    (KioskStore, b"\x00;2\x09\xff\xff)\x10\x00\x00"),  # a column was gone
    (KioskStore, b'\x00bd@"o\xb6\x09y'),  # so was another; it was taken for a fault of the disk
    (KioskStore, b"\x00\x0f\x90\x11"),  # a column had another name
    (KioskStore, b"seen_at 5"),
    (KioskStore, b'seen_at "2026-11-24T08:00:00"'),  # of no zone: cannot be compared
]

VALUES = st.one_of(
    st.sampled_from(["1", "2", FIRST, SECOND, "vsaa-slimiba", "lv", "b" * 32]),
    st.datetimes().map(str),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)


@st.composite
def bodies(draw: st.DrawFn, name: str) -> dict[str, object]:
    """Its own fields, of any type."""
    return {each.name: draw(VALUES) for each in fields(COMMANDS[name])}


@st.composite
def orders(draw: st.DrawFn) -> bytes:
    """A known command with a hostile body."""
    name = draw(st.sampled_from(sorted(COMMAND_ENVELOPES)))
    message = {"id": "12345678", "name": name, "body": draw(bodies(name))}
    return json.dumps(message).encode()


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    return Commands(tmp_path_factory.mktemp("commands"))


@pytest.mark.parametrize(("target", "data"), FOUND)
def test_what_was_found_is_mended(target: type[Target], data: bytes, tmp_path: Path) -> None:
    target(tmp_path)(data)


@given(order=orders())
def test_a_hostile_body_is_understood_or_refused(commands: Commands, order: bytes) -> None:
    commands(order)
    Orders(Path())(order)


@pytest.mark.whole
@pytest.mark.timeout(300)
def test_nothing_more_is_found_in_a_second_each() -> None:
    pytest.importorskip("atheris")
    asked = [sys.executable, "-m", "tests.hostile", "--seconds", "1"]
    looked = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Nothing was found." in looked.stdout, looked.stdout + looked.stderr


@pytest.fixture
def stranger(
    centre: Centre, tmp_path: Path, broker: Broker
) -> Iterator[tuple[Client, queue.Queue[bytes]]]:
    """A unit that says what it likes, and what it is answered."""
    answers: queue.Queue[bytes] = queue.Queue()

    def heard(_: Client, __: object, message: MQTTMessage) -> None:
        answers.put(bytes(message.payload))

    unit = Client(CallbackAPIVersion.VERSION2, "stranger", protocol=MQTTProtocolVersion.MQTTv5)
    unit.on_message = heard
    with ModuleThread(centre, tmp_path / "queue.db", broker.port, clock_at(MORNING)):
        until_it_answers(broker.port)
        unit.connect("127.0.0.1", broker.port)
        unit.loop_start()
        wait_until(unit.is_connected)
        unit.subscribe(TOPICS.reply("stranger"), qos=1)
        yield unit, answers
        unit.disconnect()
        unit.loop_stop()


# What is no character at all, Mosquitto itself refuses.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=200)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer_to=TEXT.filter(lambda text: text and not set(text) & set("+#")),
    correlation=st.binary(max_size=2000),
    users=st.lists(st.tuples(TEXT, TEXT), max_size=20),
    kind=TEXT,
    payload=st.binary(max_size=9000),
)
def test_hostile_properties_change_nothing(
    stranger: tuple[Client, queue.Queue[bytes]],
    answer_to: str,
    correlation: bytes,
    users: list[tuple[str, str]],
    kind: str,
    payload: bytes,
) -> None:
    """The module answers on the sender's own topic whatever it is asked with, and after it."""
    unit, answers = stranger
    hostile = properties_of(
        PacketTypes.PUBLISH,
        ResponseTopic=answer_to,
        CorrelationData=correlation,
        UserProperty=users,
        ContentType=kind,
    )
    asked = (
        f'{{"id": "asked-{len(correlation):08}", "name": "find_ticket", "body": {{"ticket": "x"}}}}'
    )
    topic = TOPICS.command("stranger")
    unit.publish(topic, payload, qos=1, properties=hostile)
    unit.publish(topic, asked, qos=1, properties=hostile)
    assert decode(answers.get(timeout=10), Reply).id == f"asked-{len(correlation):08}"

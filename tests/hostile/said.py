"""What strangers say on the link.

Each target takes bytes and raises when they were neither understood nor refused.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Protocol

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from config.load import load_settings
from desk.demo import Morning, machines
from desk.machines import seen
from desk.orders import order
from desk.pages import Pages
from desk.sessions import Session
from desk.view import view
from desk.watch import Watch
from messaging.codec import (
    BadMessageError,
    decode,
    decode_command,
    decode_event,
    encode,
    encode_command,
    encode_event,
)
from messaging.link import Link, Unit
from messaging.machine import MachineStatus
from messaging.messages import (
    COMMAND_ENVELOPES,
    Finding,
    Outcome,
    Reply,
    Role,
    SelfTestReport,
    UnitStatus,
)
from messaging.topics import ROOT, Topics
from messaging.work import Work
from queue_core import commands as c
from queue_core.events import Recorded
from queue_core.model import GivenService
from queue_module import memory
from queue_module.health import Health
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.memory import Memory
from queue_module.module import QueueModule
from queue_module.reading import Head
from queue_module.reports import Reports
from queue_module.waits import Waits
from rinda.centre_at_hand import MORNING, SITE
from tests.parts import clock_at
from texts import language

SETTINGS = load_settings([SITE], {})
CENTRE = SETTINGS.to_centre()
TOPICS = Topics("demo")
PREFIX = f"{ROOT}/demo/".encode()
SUBSCRIBED = re.compile(PREFIX + rb"(cmd|seen)/[^/]*", re.DOTALL)


class Target(Protocol):
    """Tries bytes, with files below `folder`; raises when something did not stand them."""

    def __init__(self, folder: Path) -> None: ...

    @staticmethod
    def seeds() -> Iterable[bytes]:
        """Whence to start: what is really sent."""

    def __call__(self, data: bytes) -> None: ...


class LoudError(Exception):
    """The program did not foresee what came, and said so."""


class Silence(logging.Handler):
    """Takes what is logged; a traceback, with which the program went on, ends the test."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            raise LoudError(record.getMessage()) from record.exc_info[1]


class _Ear(Client):
    """paho's client, not connected: keeps what it is to say, and is told what arrived."""

    def publish(self, topic: str, payload: Any = None, *_: Any, **__: Any) -> Any:
        self.said.append((topic, payload))

    def subscribe(self, *_: Any, **__: Any) -> Any: ...

    def ack(self, *_: Any) -> Any:
        self.acknowledged += 1

    def hear(self, topic: bytes, payload: bytes) -> None:
        """As paho's thread does."""
        self.said, self.acknowledged = list[tuple[str, bytes]](), 0
        message = MQTTMessage(mid=1, topic=topic)
        message.payload, message.qos = payload, 1
        assert self.on_message
        self.on_message(self, None, message)


class _NoDisk(Journal):
    """What is stored must be readable; the file has a target of its own."""

    def open(self) -> None: ...

    def append(self, recorded: Sequence[Recorded]) -> None:
        for each in recorded:
            assert decode_event(encode_event(each)) == each

    def following(self, head: Head) -> Iterator[Recorded]:
        yield from ()

    def kept(self, rules: str) -> Iterator[tuple[Head, str]]:
        yield from ()

    def beginning(self) -> tuple[Head, str]:
        return Head(), ""


MORNING_COMMANDS: Sequence[c.Command] = (
    c.OpenCounter("1"),
    c.OpenCounter("2"),
    c.TakeTicket("vsaa-slimiba", "lv"),
    c.TakeTicket("vid-eds", "en", offered=True),
    c.TakeTicket("lad-eps", "lv"),
    c.AddBooking("b" * 32, "vsaa-pensija", MORNING, 20),
    c.LeaseNumbers("journal-1"),
    c.AskHelp(),
    c.CallNext("1"),
)
ID = "morning-{}"
FIRST, SECOND = ID.format(2), ID.format(3)


def _commands() -> Iterator[bytes]:
    """One of each, and more of what a seed alone would not get through."""
    given = GivenService("vsaa-slimiba", 1)
    more: Sequence[c.Command] = (
        c.CheckIn("b" * 32, "lv"),
        c.Cancel(SECOND),
        c.FindTicket(FIRST),
        c.Rate(FIRST, 9),
        c.AnswerHelp("kiosk"),
        c.Prioritise(SECOND),
        c.CallNext("2", insist=True),
        c.CallTicket("2", SECOND, "reason"),
        c.Recall("1", FIRST),
        c.Start("1", FIRST),
        c.Finish("1", FIRST, (given,)),
        c.NoShow("1", FIRST),
        c.Hold("1", FIRST),
        c.Resume(FIRST),
        c.Undo("1"),
        c.KeepOvernight(keep=True),
        c.EndTickets(),
        c.GiveTickets(),
        c.PauseCounter("1"),
        c.CloseCounter("2"),
        c.MergeTicket("ticket-of-kiosk", "A", 51, "vsaa-slimiba", "lv", MORNING),
        c.Transfer("1", FIRST, "vid-eds", None),
        *MORNING_COMMANDS,
    )
    for number, each in enumerate(more):
        yield encode_command(c.Request(f"seed-{number:04}", "kiosk", each))
    for name in COMMAND_ENVELOPES:
        yield json.dumps({"id": "12345678", "name": name, "body": {}}).encode()


class Commands:
    """To the module: each line is a payload, or a topic and a payload. Each is answered, refused
    and counted, or of nobody; all are acknowledged, and what is stored can be read again."""

    def __init__(self, folder: Path) -> None:
        self._clients: list[_Ear] = []
        status = UnitStatus(unit="module", role=Role.MODULE, version="test", online=True)
        self._link = Link(
            SETTINGS.broker, TOPICS, Unit(status), lambda f: f(), new_client=self._ear
        )
        self._waits = Waits(CENTRE, Random(1))
        self._ledger = Ledger(_NoDisk(folder), self._waits, keep_days=400)
        health = Health(status, self._link, folder, backed_up=False)
        clock = clock_at(MORNING)
        reports = Reports(folder / "queue.db", CENTRE, lambda make: make())
        self._module = QueueModule(
            CENTRE, self._ledger, self._link, Work(), clock, self._waits, health, {}, reports
        )
        ear = self._clients[0]
        on_connect: Any = ear.on_connect
        reason = ReasonCode(PacketTypes.CONNACK)
        ear.said = []
        on_connect(ear, None, ConnectFlags(session_present=False), reason, None)
        self._module.open_day()
        for number, command in enumerate(MORNING_COMMANDS):
            self._module.do(c.Request(ID.format(number), "kiosk", command))
        self._state = self._ledger.state

    @staticmethod
    def seeds() -> Iterable[bytes]:
        every = list(_commands())
        seen = b'seen/board {"call": 1, "step": "shown"}'
        return [*every, seen, b"\n".join(every), b"cmd/desk " + every[0], b"x " + seen]

    def __call__(self, data: bytes) -> None:
        self._ledger.state = self._state
        for line in data.split(b"\n")[:30]:
            topic, _, payload = (
                (b"cmd/kiosk", b"", line) if line[:1] == b"{" else line.partition(b" ")
            )
            self._hears(PREFIX + topic, payload)
        state = self._module.state
        if state is self._state:
            return
        self._module.publish()
        kept = memory.encode(Memory(state, self._waits.times))
        assert memory.decode(kept).state == state

    def _hears(self, topic: bytes, payload: bytes) -> None:
        ear, refused = self._clients[0], self._link.refused_messages
        try:
            topic.decode()
        except UnicodeDecodeError:
            return
        ear.hear(topic, payload)
        answers = [decode(said, Reply) for _, said in ear.said]
        refused = self._link.refused_messages - refused
        assert len(answers) + refused <= 1
        assert ear.acknowledged == 1 or not SUBSCRIBED.fullmatch(topic)

    def _ear(self, *given: Any, **named: Any) -> Client:
        self._clients.append(_Ear(*given, **named))
        return self._clients[-1]


class Units:
    """To the desk: how units say they are. Whatever they say, the page can be drawn."""

    def __init__(self, folder: Path) -> None:
        self._watch = Watch(lambda: 0.0, "desk")
        self._watch.take_queue(Morning().state())
        self._pages = Pages(SETTINGS)

    @staticmethod
    def seeds() -> Iterable[bytes]:
        status = UnitStatus(
            unit="kiosk",
            role=Role.KIOSK,
            version="1",
            online=True,
            faults=("paper_out", "x"),
            name={"lv": "Kiosks"},
            unmerged=3,
            backed_up_at=MORNING,
        )
        finding = Finding(check="disk", outcome=Outcome.BAD, code="full", facts={"free": "3"})
        report = SelfTestReport(unit="kiosk", name={}, version="1", at=MORNING, findings=(finding,))
        machine = machines()[1].model_copy(update={"at": MORNING})
        return [encode(status), encode(report), encode(machine)]

    def __call__(self, data: bytes) -> None:
        self._watch.units.clear()
        self._watch.machines.clear()
        self._watch.self_tests.clear()
        try:
            if b'"findings"' in data:
                self._watch.take_self_test(decode(data, SelfTestReport))
            elif b'"uptime_seconds"' in data:
                self._watch.take_machine(decode(data, MachineStatus))
            else:
                self._watch.take_unit(decode(data, UnitStatus))
        except BadMessageError:
            return
        for code in SETTINGS.site.languages:
            words = language(code)
            session = Session("x", "1", manages_units=True)
            self._pages.page(words, session, view(self._watch, "1", words))
            drawn = seen(self._watch, words, self._pages.zone)
            facts = {"machines": drawn, "awaited": (), "lets_in": True, "now": MORNING}
            self._pages.units(words, session, facts)


class Orders:
    """To the desk: what a signed-in page orders; the page may lie."""

    def __init__(self, folder: Path) -> None: ...

    @staticmethod
    def seeds() -> Iterable[bytes]:
        for each in _commands():
            yield json.dumps({k: v for k, v in json.loads(each).items() if k != "id"}).encode()

    def __call__(self, data: bytes) -> None:
        try:
            command, _ = order(data, "1")
        except BadMessageError:
            return
        request = c.Request("12345678", "desk", command)
        assert decode_command(encode_command(request), "desk") == request
        assert getattr(command, "counter", "1") == "1"

"""A broker without sockets or threads, in a time that somebody else lets pass, for trying what a
network does to the link: paho's clients as `Link` uses them, MQTT 5 as Mosquitto speaks it.

What is sent over one connection arrives in order, after a delay, or never; a connection stands
still while its client is cut off, and breaks when either end has heard nothing for too long.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from random import Random
from typing import Any, Protocol

from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTMessageInfo,
)
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from messaging.link import matches

IN_FLIGHT = 20
"""Mosquitto sends so many before they are acknowledged."""

RECONNECT_SECONDS = (0.1, 1.0)

PATIENCE = 1.5
"""Keepalives after which either end gives a silent connection up."""


class Time(Protocol):
    """Where the broker's time comes from."""

    @property
    def seconds(self) -> float:
        """Since some start."""

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do this then."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What the network is like: `delay` seconds at most; chances of a delay ten times as long, of a
    message that comes twice, and of one that the broker loses although it took it."""

    delay: float = 0.01
    slow: float = 0.0
    twice: float = 0.0
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class _Message:
    topic: str
    payload: bytes
    qos: int
    retain: bool = False
    expires_at: float = float("inf")


@dataclass(slots=True)
class _Session:
    """What the broker keeps of a client. `sent`: by packet id, not acknowledged yet."""

    client: "SimulatedClient"
    filters: tuple[str, ...] = ()
    waiting: deque[_Message] = field(default_factory=deque)
    sent: dict[int, _Message] = field(default_factory=dict)
    line: "_Line | None" = None
    last_id: int = 0


class SimulatedBroker:
    """`client` is for `Link`. `up`: it runs; `cut_off`: ids of clients that it cannot reach now.

    `counts`: what the network did, by name.
    """

    def __init__(self, time: Time, chance: Random) -> None:
        self.weather, self.up = Weather(), True
        self.counts: dict[str, int] = {}
        self.time, self.chance = time, chance
        self._clients: dict[str, SimulatedClient] = {}
        self._cut_off: set[str] = set()
        self._sessions: dict[str, _Session] = {}
        self._lines: dict[_Line, None] = {}
        self._retained: dict[str, _Message] = {}

    def client(self, *given: Any, **named: Any) -> Client:
        """As paho's constructor; it reaches this broker, whatever address it is told."""
        client = SimulatedClient(self, *given, **named)
        self._clients[client.name] = client
        return client

    def stop(self) -> None:
        """It ends and forgets everything, as Mosquitto without persistence."""
        self.up = False
        self._sessions, self._retained = {}, {}
        for line in list(self._lines):
            line.end()

    def start(self) -> None:
        """It is there again, empty."""
        self.up = True

    def cut_off(self, client: str) -> None:
        """Nothing reaches this client, and nothing of it the broker; both ends wait."""
        self._cut_off.add(client)

    def reach(self, client: str) -> None:
        """The network is there again; what was on its way and not given up arrives."""
        self._cut_off.discard(client)
        for line in [each for each in self._lines if each.client.name == client]:
            line.go_on()

    def kill(self, client: str) -> None:
        """The client's machine ends without a word. If it is cut off, nobody knows yet."""
        self._clients[client].loop_stop()
        for line in [each for each in self._lines if each.client.name == client]:
            if self.reaches(client):
                line.end()

    def reaches(self, client: str) -> bool:
        """Whether the client could connect now."""
        return self.up and client not in self._cut_off

    def connect(self, client: "SimulatedClient") -> None:
        """A connection from this client arrives; one that it had before is ended."""
        before = self._sessions.get(client.name)
        if before and before.line:
            before.line.end()
        keeps = before and not client.clean_start
        session = before if before and keeps else _Session(client)
        session.client, session.line = client, _Line(self, client)
        self._sessions[client.name] = session
        self._lines[session.line] = None
        again, session.sent = list(session.sent.values()), {}
        session.waiting.extendleft(reversed(again))
        client.accepted(session.line)
        self._send_on(session)

    def ended(self, line: "_Line", *, politely: bool) -> None:
        """A connection is no more: the last will, and the session goes where it was for now."""
        self._lines.pop(line, None)
        session = self._sessions.get(line.client.name)
        if session is None or session.line is not line:
            return
        session.line = None
        if not line.client.session_seconds:
            del self._sessions[line.client.name]
        if line.client.will and not politely and self.up:
            self.publish(line.client.will)

    def publish(self, message: _Message) -> None:
        """A message came: keep it if it is to be retained, and send it to whoever subscribed."""
        if message.retain:
            self._retained[message.topic] = message
            if not message.payload:
                del self._retained[message.topic]
        news = replace(message, retain=False)
        for session in self._sessions.values():
            if _wanted(session.filters, message.topic):
                self._give(session, news)

    def subscribe(self, client: str, filters: tuple[str, ...]) -> None:
        """The client wants these, and is told what was retained of them."""
        session = self._sessions[client]
        session.filters = tuple(dict.fromkeys([*session.filters, *filters]))
        for topic, message in self._retained.items():
            if _wanted(filters, topic):
                session.waiting.append(message)
        self._send_on(session)

    def acknowledged(self, client: str, packet: int) -> None:
        """The client has done with this."""
        session = self._sessions[client]
        session.sent.pop(packet, None)
        self._send_on(session)

    def count(self, name: str) -> None:
        """One more of these."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def luck(self, name: str) -> bool:
        """Whether the weather's chance of this comes true now; counted."""
        happens: bool = self.chance.random() < getattr(self.weather, name)
        if happens:
            self.count(name)
        return happens

    def _give(self, session: _Session, message: _Message) -> None:
        is_state = message.topic in self._retained
        if not is_state and self.luck("lost"):
            return
        if session.line or message.qos:
            session.waiting.append(message)
            if self.luck("twice"):
                session.waiting.append(message)
            self._send_on(session)

    def _send_on(self, session: _Session) -> None:
        while session.line and session.waiting and len(session.sent) < IN_FLIGHT:
            message = session.waiting.popleft()
            if message.expires_at <= self.time.seconds:
                continue
            session.last_id += 1
            packet = session.last_id
            if message.qos:
                session.sent[packet] = message
            session.line.down(partial(session.client.take, packet, message))


class _Line:
    """One connection, from its acceptance on."""

    def __init__(self, broker: SimulatedBroker, client: "SimulatedClient") -> None:
        self.client, self.open = client, True
        self._broker = broker
        self._free_at = {"up": 0.0, "down": 0.0}
        self._held: list[Callable[[], None]] = []
        self._heard_at = broker.time.seconds
        self._watch()

    def up(self, action: Callable[[], None]) -> None:
        """Towards the broker."""
        self._send("up", action)

    def down(self, action: Callable[[], None]) -> None:
        """Towards the client."""
        self._send("down", action)

    def end(self, *, politely: bool = False) -> None:
        """It breaks; what is on its way is gone."""
        if self.open:
            self.open = False
            self._held.clear()
            self._broker.ended(self, politely=politely)
            self._broker.time.after(0.0, lambda: self.client.lost(self))

    def go_on(self) -> None:
        """What stood still arrives."""
        self._heard_at = self._broker.time.seconds
        held, self._held = self._held, []
        for action in held:
            if self.open:
                action()

    def _send(self, way: str, action: Callable[[], None]) -> None:
        time, weather = self._broker.time, self._broker.weather
        delay = self._broker.chance.uniform(0.0, weather.delay)
        if self._broker.luck("slow"):
            delay *= 10
        self._free_at[way] = at = max(self._free_at[way], time.seconds + delay)
        time.after(at - time.seconds, lambda: self._arrive(action))

    def _arrive(self, action: Callable[[], None]) -> None:
        if not self.open:
            return
        if self._held or not self._broker.reaches(self.client.name):
            self._held.append(action)
        else:
            action()

    def _watch(self) -> None:
        """Pings go both ways while it stands."""
        time, patience = self._broker.time, PATIENCE * self.client.keepalive
        if self._broker.reaches(self.client.name):
            self._heard_at = time.seconds
        if time.seconds - self._heard_at >= patience:
            self._broker.count("given_up")
            self.end()
        if self.open:
            time.after(1.0, self._watch)


class SimulatedClient(Client):
    """See paho's Client. `unanswered`: by packet id, published and not acknowledged by the broker;
    sent again on each connection, as paho does."""

    def __init__(self, broker: SimulatedBroker, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.name = str(named["client_id"])
        self.will: _Message | None = None
        self.clean_start, self.session_seconds, self.keepalive = True, 0, 0
        self._broker = broker
        self._line: _Line | None = None
        self._runs = self._is_accepted = False
        self._unanswered: dict[int, _Message] = {}
        self._last, self._told = 0, MQTTMessageInfo(0)

    def will_set(self, topic: str, payload: Any = None, *given: Any, **named: Any) -> None:
        """See paho."""
        self.will = _Message(topic, payload, named["qos"], named["retain"])

    def connect_async(self, host: str, port: int = 1883, *given: Any, **named: Any) -> None:
        """See paho."""
        self.keepalive, self.clean_start = named["keepalive"], named["clean_start"]
        self.session_seconds = named["properties"].SessionExpiryInterval

    def loop_start(self) -> MQTTErrorCode:
        """See paho."""
        self._runs = True
        self._try()
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def loop_stop(self) -> MQTTErrorCode:
        """See paho."""
        self._runs = False
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def disconnect(self, *given: Any, **named: Any) -> MQTTErrorCode:
        """See paho."""
        if line := self._line:
            line.up(lambda: line.end(politely=True))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def publish(
        self,
        topic: str,
        payload: Any = None,
        qos: int = 0,
        retain: bool = False,
        *_: Any,
        **named: Any,
    ) -> MQTTMessageInfo:
        """See paho."""
        self._last += 1
        lasts = getattr(named.get("properties"), "MessageExpiryInterval", float("inf"))
        message = _Message(topic, bytes(payload), qos, retain, lasts)
        if qos:
            self._unanswered[self._last] = message
        self._send(self._last, message)
        return self._told  # nobody looks at it, and each has a lock of its own

    def subscribe(self, topic: Any, *given: Any, **named: Any) -> tuple[MQTTErrorCode, int | None]:
        """See paho."""
        if self._line:
            filters = tuple(each for each, _ in topic)
            self._line.up(lambda: self._broker.subscribe(self.name, filters))
        return MQTTErrorCode.MQTT_ERR_SUCCESS, None

    def ack(self, mid: int, qos: int) -> MQTTErrorCode:
        """See paho."""
        if self._line:
            self._line.up(lambda: self._broker.acknowledged(self.name, mid))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def accepted(self, line: _Line) -> None:
        """The broker has taken the connection."""
        self._line, self._is_accepted = line, False
        line.down(lambda: self._connected(line))

    def answered(self, packet: int) -> None:
        """The broker has taken this."""
        self._unanswered.pop(packet, None)

    def lost(self, line: _Line) -> None:
        """The connection is no more."""
        if self._line is not line:
            return
        self._line = None
        on_disconnect: Any = self.on_disconnect  # of paho's second version of callbacks
        if self._runs and self._is_accepted and on_disconnect:
            on_disconnect(self, None, DisconnectFlags(False), _reason(PacketTypes.DISCONNECT), None)
        self._try_later()

    def take(self, packet: int, message: _Message) -> None:
        """The broker has sent this."""
        if self._runs and self.on_message:
            arrived = MQTTMessage(packet, message.topic.encode())
            arrived.payload, arrived.qos, arrived.retain = (
                message.payload,
                message.qos,
                message.retain,
            )
            self.on_message(self, None, arrived)

    def _try(self) -> None:
        if self._runs and self._broker.reaches(self.name):
            self._broker.connect(self)
        elif self._runs:
            self._try_later()

    def _try_later(self) -> None:
        self._broker.time.after(self._broker.chance.uniform(*RECONNECT_SECONDS), self._try)

    def _connected(self, line: _Line) -> None:
        self._is_accepted = True
        on_connect: Any = self.on_connect
        if self._runs and on_connect:
            flags = ConnectFlags(session_present=False)
            on_connect(self, None, flags, _reason(PacketTypes.CONNACK), None)
            for packet, message in self._unanswered.items():
                self._send(packet, message)

    def _send(self, packet: int, message: _Message) -> None:
        line, broker = self._line, self._broker
        if line is None or not (self._is_accepted and self._runs):
            return

        def arrive() -> None:
            expires_at = broker.time.seconds + message.expires_at
            broker.publish(replace(message, expires_at=expires_at))
            if message.qos:
                line.down(lambda: self.answered(packet))

        line.up(arrive)


@lru_cache(1000)
def _wanted(filters: tuple[str, ...], topic: str) -> bool:
    return any(matches(each, topic) for each in filters)


def _reason(packet: int) -> ReasonCode:
    return ReasonCode(
        packet, "Success" if packet == PacketTypes.CONNACK else "Normal disconnection"
    )

"""The link to the broker: paho-mqtt over MQTT 5, and the one crossing between its thread and ours.

Nothing is called on paho's thread: all callbacks go through `post`, which the owner gives and
which runs them on the owner's thread (Kivy's clock, asyncio's loop, the module's work queue).
All methods are for the owner's thread too. What a broker forgot in a restart is made good on each
connect: subscriptions, retained snapshots and unanswered commands are sent again.
"""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    topic_matches_sub,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from config.programs import BrokerSettings
from messaging.codec import BadMessageError, decode, encode, encode_command
from messaging.credentials import Credentials, enrolled_as
from messaging.messages import Certificates, Reply, UnitStatus
from messaging.outbox import Outbox
from messaging.topics import Topics
from queue_core.commands import Command, Request

log = logging.getLogger(__name__)

KEEPALIVE_SECONDS = 10
"""A frozen broker is noticed after about twice this; a killed one at once."""

RECONNECT_SECONDS = (0.1, 1.0)
"""paho's default of up to two minutes would keep a waiting room blind after a short outage."""

COMMAND_EXPIRY_SECONDS = 10
"""A command that the broker held longer than this is of no use to whoever waits for it."""

matches = lru_cache(1000)(topic_matches_sub)
"""Filter, topic → whether it fits; paho grows a tree for each question."""

Post = Callable[[Callable[[], None]], object]
OnReply = Callable[[Reply | None], None]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came. `done()` acknowledges it to the broker, once its effect is on disk.

    `retained`: the broker had kept it from before this subscription; it is not news.
    """

    topic: str
    payload: bytes
    done: Callable[[], None]
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Who is on the link. `session_seconds`: how long the broker keeps messages when it is gone."""

    status: UnitStatus
    session_seconds: int = 0


def without_delay(client: Client, _: Any, opened: Any) -> None:
    """For `Client.on_socket_open`: Nagle's algorithm with delayed acknowledgement costs 40 ms."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Link:
    """One unit's connection. Build, `on(...)`, `start()`; `tick()` several times a second.

    `new_client` makes paho's client, or one that reaches a simulated broker.
    """

    def __init__(
        self,
        broker: BrokerSettings,
        topics: Topics,
        unit: Unit,
        post: Post,
        monotonic: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        new_client: Callable[..., Client] = Client,
    ) -> None:
        self.connected = False
        self.refused_messages = 0
        self.topics = topics
        self._broker, self._unit, self._post = broker, unit, post
        self._monotonic, self._new_id = monotonic, new_id
        self._handlers: dict[str, Callable[[Arrived], None]] = {}
        self._retained: dict[str, bytes] = {}
        self._outbox = Outbox()
        self._on_reply: dict[str, OnReply] = {}
        self._on_connection: Callable[[bool], None] = lambda connected: None
        self._generation = 0
        self._stopping = False
        self._credentials = Credentials.of(broker, unit.status.unit)
        self._client = self._make_client(new_client)
        self.on(topics.reply(unit.status.unit), self._reply_arrived)
        if self._credentials:
            enrolled = enrolled_as(unit.status.unit)
            self.on(topics.certificates(enrolled), self._certificates_arrived)
        self.report(unit.status)

    @property
    def certificate_ends(self) -> datetime | None:
        """None where the link is in the clear. Raises OSError or ValueError."""
        return self._credentials.ends if self._credentials else None

    def on(self, topic_filter: str, handler: Callable[[Arrived], None]) -> None:
        """Subscribe; before `start`. The handler must call `done()` when it is through."""
        self._handlers[topic_filter] = handler

    def on_connection(self, handler: Callable[[bool], None]) -> None:
        """Be told when the broker is reached and when it is lost."""
        self._on_connection = handler

    def start(self) -> None:
        """Connect in the background, for ever. An absent broker is a state, not an error."""
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=KEEPALIVE_SECONDS,
            clean_start=self._unit.session_seconds == 0,
            properties=properties_of(
                PacketTypes.CONNECT, SessionExpiryInterval=self._unit.session_seconds
            ),
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye and end the background thread."""
        self._stopping = True
        if self.connected:
            offline = self._unit.status.model_copy(update={"online": False})
            self.publish(self.topics.unit_status(offline.unit), encode(offline), retain=True)
            self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 1. Retained ones are kept and sent on each connect; others only now."""
        if retain:
            self._retained[topic] = payload
        if self.connected:
            self._client.publish(topic, payload, qos=1, retain=retain)

    def answer(self, unit: str, reply: Reply) -> None:
        """Send a reply to the unit that asked, with the command's id as correlation data."""
        if self.connected:
            properties = properties_of(PacketTypes.PUBLISH, CorrelationData=reply.id.encode())
            topic = self.topics.reply(unit)
            self._client.publish(topic, encode(reply), qos=1, properties=properties)

    def report(self, status: UnitStatus) -> None:
        """Tell everybody how this unit is."""
        self.publish(self.topics.unit_status(status.unit), encode(status), retain=True)

    def request(
        self,
        command: Command,
        seconds: float,
        on_reply: OnReply,
        command_id: str = "",
        by: str = "",
    ) -> str:
        """Send a command until it is answered; after `seconds`, `on_reply(None)`.

        `by`: who is signed in here. Returns the command's id, a new one where none is given.
        Raises OutboxFullError when too much is unanswered.
        """
        request = Request(command_id or self._new_id(), self._unit.status.unit, command, by)
        self._outbox.add(request.id, encode_command(request), self._monotonic(), seconds)
        self._on_reply[request.id] = on_reply
        self.tick()
        return request.id

    def tick(self) -> None:
        """Send what is due and give up what is too old."""
        now = self._monotonic()
        for command_id in self._outbox.expired(now):
            self._on_reply.pop(command_id)(None)
        if self.connected:
            unit = self._unit.status.unit
            topic, reply = self.topics.command(unit), self.topics.reply(unit)
            for command_id, payload in self._outbox.due(now):
                self.send(topic, reply, command_id, payload)

    def send(self, topic: str, reply_topic: str, message_id: str, payload: bytes) -> None:
        """Once, at QoS 0: an outbox sends again; paho would do so even after it was given up."""
        self._client.publish(
            topic,
            payload,
            qos=0,
            properties=properties_of(
                PacketTypes.PUBLISH,
                ResponseTopic=reply_topic,
                CorrelationData=message_id.encode(),
                MessageExpiryInterval=COMMAND_EXPIRY_SECONDS,
            ),
        )

    def _make_client(self, new_client: Callable[..., Client]) -> Client:
        client = new_client(
            CallbackAPIVersion.VERSION2,
            client_id=self._unit.status.unit,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        if self._credentials:
            self._credentials.secure(client)
        offline = self._unit.status.model_copy(update={"online": False})
        client.will_set(self.topics.unit_status(offline.unit), encode(offline), qos=1, retain=True)
        # paho only sleeps and multiplies with them, so tenths of a second work; its hints say int.
        client.reconnect_delay_set(*RECONNECT_SECONDS)  # type: ignore[arg-type]
        client.on_socket_open = without_delay
        client.on_connect = self._connect_on_paho_thread
        client.on_disconnect = self._disconnect_on_paho_thread
        client.on_message = self._message_on_paho_thread
        return client

    def _connect_on_paho_thread(
        self, client: Client, _: Any, flags: ConnectFlags, reason: ReasonCode, __: Any
    ) -> None:
        if reason.is_failure:
            log.warning("the broker refused the connection: %s", reason)
            return
        self._post(self._connected_now)

    def _disconnect_on_paho_thread(
        self, client: Client, _: Any, flags: DisconnectFlags, reason: ReasonCode, __: Any
    ) -> None:
        self._generation += 1
        self._post(self._disconnected_now)

    def _message_on_paho_thread(self, client: Client, _: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        generation = self._generation

        def done() -> None:
            if message.qos and generation == self._generation:
                client.ack(message.mid, message.qos)

        arrived = Arrived(topic, bytes(message.payload), done, retained=message.retain)
        self._post(lambda: self._dispatch(arrived))

    def _connected_now(self) -> None:
        self.connected = True
        log.info("connected to the broker at %s:%d", self._broker.host, self._broker.port)
        options = SubscribeOptions(qos=1)
        self._client.subscribe([(topic, options) for topic in self._handlers])
        for topic, payload in self._retained.items():
            self._client.publish(topic, payload, qos=1, retain=True)
        self._on_connection(True)
        self.tick()

    def _disconnected_now(self) -> None:
        was_connected, self.connected = self.connected, False
        if was_connected and not self._stopping:
            log.warning("lost the broker at %s:%d", self._broker.host, self._broker.port)
            self._on_connection(False)

    def _dispatch(self, arrived: Arrived) -> None:
        for topic_filter, handler in self._handlers.items():
            if matches(topic_filter, arrived.topic):
                try:
                    handler(arrived)
                except BadMessageError as error:
                    self._refuse(arrived, error)
                except Exception:
                    arrived.done()  # or the broker stops sending after a few of them
                    raise
                return

    def _refuse(self, arrived: Arrived, error: BadMessageError) -> None:
        self.refused_messages += 1
        if self.refused_messages == 1:
            log.warning("refused a message on %s: %s (logged once)", arrived.topic[:80], error)
        arrived.done()

    def _reply_arrived(self, arrived: Arrived) -> None:
        reply = decode(arrived.payload, Reply)
        arrived.done()
        if self._outbox.take(reply.id):
            self._on_reply.pop(reply.id)(reply)

    def _certificates_arrived(self, arrived: Arrived) -> None:
        given = decode(arrived.payload, Certificates)
        if self._credentials:
            self._credentials.renew(given.pem)
        arrived.done()


def properties_of(packet: int, **values: Any) -> Properties:
    """MQTT 5 properties for this type of packet."""
    # paho ships type hints but leaves this constructor without them.
    properties = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(properties, name, value)
    return properties

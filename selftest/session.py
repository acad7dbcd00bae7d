"""The self-test's own connection to the broker, beside those of the unit's programs."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from math import ceil
from ssl import SSLError
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from config.load import ConfigError
from config.programs import BrokerSettings
from messaging.codec import BadMessageError, decode, encode
from messaging.credentials import Credentials, self_test_of
from messaging.link import without_delay
from messaging.messages import CatalogueState, Finding, SelfTestReport
from messaging.topics import Topics
from selftest.findings import bad, good, skipped

WITHIN_SECONDS = 5.0
"""The broker answers in milliseconds; the module speaks every two seconds."""


class Session:
    """`now`: the unit's time; `seconds`: how long to wait for anything.

    Called from one thread; nothing here raises for a broker.
    """

    def __init__(
        self,
        broker: BrokerSettings,
        topics: Topics,
        unit: str,
        now: Callable[[], datetime],
        seconds: float = WITHIN_SECONDS,
    ) -> None:
        self._broker, self._topics, self._unit = broker, topics, unit
        self._now, self._seconds = now, seconds
        self._changed = threading.Condition()
        self._client: Client | None = None
        self._reason: ReasonCode | None = None
        self._kept: bytes | None = None
        self._ahead: float | None = None

    @property
    def ahead(self) -> float | None:
        """Seconds that the unit's clock is ahead of the module's; None where it is not known."""
        return self._ahead

    def try_broker(self, report: SelfTestReport) -> Finding:
        """Connect anew, tell the report, and see that the broker keeps it."""
        self.close()
        address = {"host": self._broker.host, "port": self._broker.port}
        if not self._connect():
            return bad("broker", "broker_unreachable", **address)
        if not self._is_connected:
            return bad("broker", "broker_refused", **address, unit=self._unit)
        seconds = self.tell(report)
        if seconds is None:
            return bad("broker", "broker_forgets", **address)
        return good("broker", "broker_good", **address, milliseconds=ceil(seconds * 1000))

    def try_module(self) -> Finding:
        """Wait for the module's next word."""
        if not self._is_connected:
            return skipped("module", "needs_broker")
        self._ahead = None
        if self._wait(lambda: self._ahead is not None):
            return good("module", "module_good")
        return bad("module", "module_silent", seconds=round(self._seconds))

    def tell(self, report: SelfTestReport) -> float | None:
        """Seconds that the broker took for the report; None if it does not keep it."""
        if self._client is None or not self._is_connected:
            return None
        topic, payload = self._topics.self_test(self._unit), encode(report)
        began = time.perf_counter()
        try:
            self._client.publish(topic, payload, qos=1, retain=True).wait_for_publish(self._seconds)
        except (RuntimeError, ValueError):  # the connection was lost this moment
            return None
        seconds = time.perf_counter() - began
        self._client.subscribe(topic, qos=1)  # what is kept comes with it
        return seconds if self._wait(lambda: self._kept == payload) else None

    def close(self) -> None:
        """Say goodbye; `try_broker` would connect again."""
        if self._client:
            self._client.disconnect()
            self._client.loop_stop()
        self._client = self._reason = self._kept = self._ahead = None

    @property
    def _is_connected(self) -> bool:
        return self._client is not None and self._client.is_connected()

    def _connect(self) -> bool:
        """Whether a broker has answered, be it that it lets nobody in who cannot prove to be us."""
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self_test_of(self._unit),
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        client.on_socket_open = without_delay
        client.on_connect = client.on_disconnect = self._heard
        client.on_message = self._arrived
        client.connect_timeout = self._seconds
        try:
            if credentials := Credentials.of(self._broker, self_test_of(self._unit)):
                credentials.secure(client)
            client.connect(self._broker.host, self._broker.port)
        except (ConfigError, SSLError):
            return True
        except (OSError, ValueError):
            return False
        self._client = client
        client.loop_start()
        return self._wait(lambda: self._reason is not None)

    def _wait(self, condition: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, self._seconds)

    def _heard(self, client: Client, _: Any, __: Any, reason: ReasonCode, ___: Any) -> None:
        if not reason.is_failure:
            client.subscribe(self._topics.catalogue, qos=1)
        with self._changed:
            self._reason = reason
            self._changed.notify_all()

    def _arrived(self, client: Client, _: Any, message: MQTTMessage) -> None:
        with self._changed:
            if message.topic == self._topics.catalogue:
                self._module_spoke(message)
            elif message.retain:
                self._kept = bytes(message.payload)
            self._changed.notify_all()

    def _module_spoke(self, message: MQTTMessage) -> None:
        """What the broker had kept of a module is no sign of its life."""
        try:
            catalogue = decode(bytes(message.payload), CatalogueState)
        except BadMessageError:
            return
        if not message.retain:
            self._ahead = (self._now() - catalogue.at).total_seconds()

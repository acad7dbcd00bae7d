"""Somebody who only listens: the newest message of each topic, and all events with their moment."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from messaging.codec import decode, decode_event
from messaging.messages import Message
from messaging.topics import ROOT, Topics
from queue_core.events import Event, Recorded

View = TypeVar("View", bound=Message)
Kind = TypeVar("Kind", bound=Event)


class Observer:
    """Listens to all topics of a site. Times are monotonic seconds."""

    def __init__(self, site: str, port: int) -> None:
        self.topics = Topics(site)
        self._port = port
        self._changed = threading.Condition()
        self._payloads: dict[str, bytes] = {}
        self._events: list[tuple[float, Recorded]] = []
        self._client = Client(
            CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, client_id="observer"
        )
        self._client.on_connect = self._connected
        self._client.on_message = self._arrived

    def latest(self, topic: str, view: type[View]) -> View | None:
        """The newest message of a topic."""
        payload = self._payloads.get(topic)
        return decode(payload, view) if payload else None

    def events(self, kind: type[Kind]) -> list[tuple[float, Recorded, Kind]]:
        """All events of a kind so far, with the moment they were heard."""
        return [(at, each, each.event) for at, each in self._events if isinstance(each.event, kind)]

    def wait(self, condition: Callable[[], Any], words: str, seconds: float = 20.0) -> Any:
        """Wait until the condition gives something true, and return it. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (result := condition()):
                self._changed.wait(0.1)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"within {seconds:.0f} s did not happen: {words}")
            return result

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Client, *_: Any) -> None:
        client.subscribe(f"{ROOT}/{self.topics.site}/#", qos=1)

    def _arrived(self, client: Client, _: Any, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        with self._changed:
            self._payloads[message.topic] = payload
            if message.topic == self.topics.event:
                self._events.append((time.monotonic(), decode_event(payload)))
            self._changed.notify_all()

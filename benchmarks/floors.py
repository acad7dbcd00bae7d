"""What cannot be beaten on this machine: one durable write, one MQTT round trip."""

import os
import queue
import time
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from benchmarks.timing import Sample
from messaging.link import without_delay

ROUNDS = 300
BLOCK = b"x" * 4096


def durable_write(folder: Path) -> Sample:
    """Seconds of one fdatasync of a 4 KiB append."""
    sample = Sample("one fdatasync of 4 KiB")
    file = os.open(folder / "floor", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for _ in range(ROUNDS):
        with sample.timed():
            os.write(file, BLOCK)
            os.fdatasync(file)
    os.close(file)
    return sample


def round_trip(port: int) -> Sample:
    """Seconds from publish to arrival of a small message at QoS 1 through the broker."""
    sample = Sample("one MQTT round trip, QoS 1")
    arrived: queue.Queue[float] = queue.Queue()
    client = Client(
        CallbackAPIVersion.VERSION2, client_id="floor", protocol=MQTTProtocolVersion.MQTTv5
    )
    client.on_socket_open = without_delay
    client.on_message = lambda *_: arrived.put(time.perf_counter())
    client.on_subscribe = lambda *_: arrived.put(0.0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe("floor", qos=1)
    arrived.get(timeout=5)
    for _ in range(ROUNDS):
        with sample.timed():
            client.publish("floor", b"x" * 200, qos=1)
            arrived.get(timeout=5)
    client.disconnect()
    client.loop_stop()
    return sample

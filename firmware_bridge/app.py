"""The bridge's program: between the controller's bytes and the queue's messages."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.supervisor import Supervisor
from firmware_bridge import frames
from firmware_bridge.bridge import FAULTS, Bridge
from firmware_bridge.firmware.slots import TRIAL_MS
from firmware_bridge.frames import (
    ButtonPressed,
    Contact,
    ContactChanged,
    Firmware,
    Frame,
    Temperature,
    UpdateAnswer,
)
from firmware_bridge.line import Line
from firmware_bridge.link import Link as SerialLink
from firmware_bridge.update import Update
from messaging.codec import decode, encode
from messaging.link import Arrived, Link
from messaging.messages import Presence, QueueState, Reply, UnitStatus
from messaging.outbox import OutboxFullError

log = logging.getLogger(__name__)

TURN_SECONDS = 0.05
ALIVE_SECONDS = 5.0
ANSWER_SECONDS = 3.0
GRACE_SECONDS = 1.5
"""How long the link may be down before it is a fault: a controller starts in less."""

TRIAL_SECONDS = TRIAL_MS / 1000 + 15
"""And while it tries a new firmware, which may end with a start of the old one."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the program is built of. `status`: the unit when all is well; `kiosk`: the unit before
    which visitors stand, or ""."""

    link: Link
    serial: SerialLink
    bridge: Bridge
    update: Update
    supervisor: Supervisor
    status: UnitStatus
    kiosk: str
    hot_celsius: int
    port: str
    baud: int
    monotonic: Callable[[], float] = time.monotonic


class BridgeApp:
    """Runs on one event loop until `stop`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._line = Line(parts.port, parts.baud, self._arrived)
        self._stopping = asyncio.Event()
        self._session = 0
        self._told: dict[tuple[type[Frame], int], Frame] = {}
        self._active: set[str] = set()
        self._refused = 0
        self._up_at = parts.monotonic()
        self._status = parts.status
        self._present: bool | None = None
        self._published: bool | None = None

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Serve the controller whenever it is there."""
        parts = self._parts
        parts.link.on(parts.link.topics.queue, self._queue_arrived)
        parts.link.start()
        parts.supervisor.ready()
        alive_at = float("-inf")
        while not self._stopping.is_set():
            now = parts.monotonic()
            if now - alive_at >= ALIVE_SECONDS:
                alive_at = now
                parts.supervisor.alive()
            parts.link.tick()
            self._line.open(now)
            self._turn()
            self._report()
            await asyncio.sleep(TURN_SECONDS)
        self._line.close()
        parts.link.stop()

    def _arrived(self, data: bytes) -> None:
        now = self._parts.monotonic()
        for message in self._parts.serial.receive(data, _milliseconds(now)):
            try:
                frame = frames.read(message)
            except ValueError as error:
                self._refuse(error)
                continue
            self._take(frame, now)
        self._turn()
        self._report()

    def _take(self, frame: Frame, now: float) -> None:
        match frame:
            case ButtonPressed():
                self._pressed(frame, now)
            case ContactChanged(Contact.PRESENCE, active):
                self._present = active
            case ContactChanged(contact, active):
                self._set_fault(FAULTS[contact], active)
            case Firmware() | UpdateAnswer():
                self._parts.update.take(frame, now)
            case Temperature(celsius):
                self._set_fault("too_hot", celsius >= self._parts.hot_celsius)
            case _:
                self._refuse(ValueError("a frame of the Pi's own"))

    def _pressed(self, press: ButtonPressed, now: float) -> None:
        command = self._parts.bridge.command(press, now)

        def on_reply(reply: Reply | None) -> None:
            if reply is None or reply.refusal:
                self._parts.bridge.refuse(press.place, self._parts.monotonic())
                self._turn()

        try:
            if command:
                self._parts.link.request(command, ANSWER_SECONDS, on_reply)
            else:
                on_reply(None)
        except OutboxFullError:
            on_reply(None)

    def _queue_arrived(self, arrived: Arrived) -> None:
        queue = decode(arrived.payload, QueueState)
        arrived.done()
        if not arrived.retained:  # that of a module that is away is no news
            self._parts.bridge.take_queue(queue, self._parts.monotonic())
            self._turn()

    def _turn(self) -> None:
        """Tell the controller the next thing that it does not know yet."""
        serial, now = self._parts.serial, self._parts.monotonic()
        if serial.session != self._session:
            self._session, self._told = serial.session, {}
            self._parts.update.begin_session()
        if serial.ready and (frame := self._news(now) or self._parts.update.next(now)):
            serial.send(frames.write(frame))
        self._line.write(serial.transmit(_milliseconds(now)))

    def _news(self, now: float) -> Frame | None:
        for frame in self._parts.bridge.frames(now):
            key = type(frame), getattr(frame, "place", 0)
            if self._told.get(key) != frame:
                self._told[key] = frame
                return frame
        return None

    def _report(self) -> None:
        """Tell everybody how the unit is, when that has changed."""
        now, update = self._parts.monotonic(), self._parts.update
        if self._line.is_open and self._parts.serial.up:
            self._up_at = now
        trying = update.percent == 100
        offline = now - self._up_at >= (TRIAL_SECONDS if trying else GRACE_SECONDS)
        # A sensor that is away must not leave a screen dark.
        self._publish_presence(True if offline else self._present)
        self._set_fault("controller_updating", update.percent is not None)
        self._set_fault("controller_update_failed", bool(update.failure))
        status = self._parts.status.model_copy(
            update={
                "faults": ("controller_offline",) if offline else tuple(sorted(self._active)),
                "firmware": update.version,
                "firmware_percent": None if update.percent is None else update.percent // 10 * 10,
            }
        )
        if status != self._status:
            self._log(status)
            self._status = status
            self._parts.link.report(status)

    def _log(self, status: UnitStatus) -> None:
        if status.faults != self._status.faults:
            log.info("faults: %s", ", ".join(status.faults) or "none")
        if status.firmware and status.firmware != self._status.firmware:
            log.info("the controller's firmware is %s", status.firmware)
        if "controller_update_failed" in set(status.faults) - set(self._status.faults):
            log.warning("the controller's firmware stays: %s", self._parts.update.failure)

    def _set_fault(self, fault: str, active: bool) -> None:
        (self._active.add if active else self._active.discard)(fault)

    def _publish_presence(self, present: bool | None) -> None:
        if self._parts.kiosk and present not in (None, self._published):
            self._published = present
            link, unit = self._parts.link, self._parts.status.unit
            news = Presence(kiosk=self._parts.kiosk, present=present)
            link.publish(link.topics.presence(unit), encode(news), retain=True)

    def _refuse(self, error: ValueError) -> None:
        self._refused += 1
        if self._refused == 1:
            log.warning("refused a message of the controller: %s (logged once)", error)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)

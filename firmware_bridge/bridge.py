"""What a press asks of the queue, and what lamps and number displays show of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from firmware_bridge.frames import (
    LONGEST_TEXT,
    UNIT,
    Button,
    ButtonPressed,
    Contact,
    Frame,
    Lamp,
    SetLamp,
    ShowNumber,
)
from messaging.messages import DeskCounter, QueueState
from queue_core.commands import CallNext, Command, NoShow, Recall

STALE_SECONDS = 5.0
"""The module sends the queue every two seconds; a number older than this may be wrong."""

FLASH_SECONDS = 2.0
"""How long a counter's lamp says no."""

FAULTS: Mapping[Contact, str] = {
    Contact.DOOR: "door_open",
    Contact.TAMPER: "tampered",
    Contact.POWER_FAILING: "power_failing",
}


class Bridge:
    """`counters`: the id of the counter at place 1, 2 … `kiosk`: whose calls for help the unit's
    own lamp shows. Times are monotonic seconds."""

    def __init__(self, counters: Sequence[str], kiosk: str) -> None:
        self._counters, self._kiosk = counters, kiosk
        self._queue: QueueState | None = None
        self._fresh_until = float("-inf")
        self._flashing: dict[int, float] = {}

    def take_queue(self, queue: QueueState, now: float) -> None:
        """The queue as it is at this moment."""
        self._queue, self._fresh_until = queue, now + STALE_SECONDS

    def command(self, press: ButtonPressed, now: float) -> Command | None:
        """What the press asks for; None where it means nothing now."""
        counter = self._counter(press.place, now)
        if counter is None:
            return None
        if press.button is Button.NEXT:
            return CallNext(counter.id)
        if counter.ticket is None:
            return None
        verb = Recall if press.button is Button.RECALL else NoShow
        return verb(counter.id, counter.ticket.id)

    def refuse(self, place: int, now: float) -> None:
        """Say no at this place."""
        self._flashing[place] = now + FLASH_SECONDS

    def frames(self, now: float) -> Iterator[Frame]:
        """All that lamps and displays are to show now. Without news they show nothing."""
        yield SetLamp(UNIT, self._own_lamp(now))
        for place in range(1, len(self._counters) + 1):
            counter = self._counter(place, now)
            ticket = counter.ticket if counter else None
            lamp = Lamp.ON if ticket else Lamp.OFF
            yield SetLamp(place, Lamp.BLINKING if now < self._flashing.get(place, 0) else lamp)
            yield ShowNumber(place, ticket.number[:LONGEST_TEXT] if ticket else "")

    def _own_lamp(self, now: float) -> Lamp:
        if self._queue is None or now >= self._fresh_until:
            return Lamp.OFF
        called = any(each.unit == self._kiosk for each in self._queue.help)
        return Lamp.BLINKING if called else Lamp.ON

    def _counter(self, place: int, now: float) -> DeskCounter | None:
        if self._queue is None or now >= self._fresh_until or place > len(self._counters):
            return None
        name = self._counters[place - 1]
        return next((each for each in self._queue.counters if each.id == name), None)

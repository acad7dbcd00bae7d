"""What the controller does with its inputs and with what the Pi says. Only `updates` has files."""

from firmware_bridge.firmware.updates import Updates
from firmware_bridge.link import Link

BUTTON_PRESSED, CONTACT_CHANGED, TEMPERATURE, SET_LAMP, SHOW_NUMBER = 0x10, 0x11, 0x12, 0x20, 0x21
OFF, ON, BLINKING = 0, 1, 2

DEBOUNCE_MS = 30
BLINK_MS = 500  # each half: once a second
PRESS_MS = 2000  # so long a press waits to be sent; a later one would call the wrong person
MOST_PRESSES = 8
TEMPERATURE_MS = 60_000


class Debounced:
    """An input whose level counts once it has been the same for DEBOUNCE_MS."""

    def __init__(self) -> None:
        self.level = False
        self._differs_since = -1

    def update(self, level: bool, now: int) -> bool:
        """Whether the level has changed with this reading."""
        if level == self.level:
            self._differs_since = -1
        elif self._differs_since < 0:
            self._differs_since = now
        elif now - self._differs_since >= DEBOUNCE_MS:
            self.level, self._differs_since = level, -1
            return True
        return False


class Controller:
    """`numbers`: place → text. An input is known by its message without the level."""

    def __init__(self, capabilities: int, updates: Updates) -> None:
        self.link = Link(capabilities)
        self.updates = updates
        self.numbers: dict[int, str] = {}
        self.refused = 0
        self._lamps: dict[int, int] = {}
        self._inputs: dict[bytes, Debounced] = {}
        self._told: dict[bytes, bool] = {}
        self._presses: list[tuple[int, bytes]] = []
        self._session = 0
        self._measured_at = -TEMPERATURE_MS

    def step(self, data: bytes, inputs: dict[bytes, bool], celsius: int, now: int) -> bytes:
        """Take bytes from the Pi and all levels; give bytes for the Pi. Every few milliseconds."""
        messages = self.link.receive(data, now)
        self._begin_if_new()
        for message in messages:
            self._obey(message)
        for key, level in inputs.items():
            self._sense(key, level, now)
        if self.link.ready:
            self._say(celsius, now)
        out = self.link.transmit(now)
        self._begin_if_new()
        return out

    @property
    def restarts(self) -> bool:
        """Whether the board is to start again now: the Pi knows why, or is away."""
        told = self.link.ready and not self.updates.answers
        return self.updates.restart and (told or not self.link.up)

    def lit(self, place: int, now: int) -> bool:
        """Whether the lamp at this place shines now."""
        lamp = self._lamps.get(place, OFF)
        return lamp == ON or (lamp == BLINKING and now // BLINK_MS % 2 == 0)

    def _begin_if_new(self) -> None:
        if self.link.session != self._session:
            self._session = self.link.session
            self._lamps, self.numbers, self._told, self._presses = {}, {}, {}, []
            self._measured_at = -TEMPERATURE_MS
            self.updates.begin_session()

    def _obey(self, message: bytes) -> None:
        if message[0] == SET_LAMP and len(message) == 3 and message[2] <= BLINKING:
            self._lamps[message[1]] = message[2]
        elif message[0] == SHOW_NUMBER and 2 <= len(message) <= 10:
            self.numbers[message[1]] = "".join(chr(byte) for byte in message[2:])
        elif not self.updates.take(message):
            self.refused += 1

    def _sense(self, key: bytes, level: bool, now: int) -> None:
        known = self._inputs.setdefault(key, Debounced())
        pressed = known.update(level, now) and known.level and key[0] == BUTTON_PRESSED
        if pressed and self.link.up and len(self._presses) < MOST_PRESSES:
            self._presses.append((now, key))

    def _say(self, celsius: int, now: int) -> None:
        self._presses = [each for each in self._presses if now - each[0] < PRESS_MS]
        if self._presses:
            self.link.send(self._presses.pop(0)[1])
            return
        for key, known in self._inputs.items():
            if key[0] == CONTACT_CHANGED and self._told.get(key) != known.level:
                self._told[key] = known.level
                self.link.send(key + bytes((known.level,)))
                return
        if self.updates.answers:
            self.link.send(self.updates.answers.pop(0))
        elif now - self._measured_at >= TEMPERATURE_MS:
            self._measured_at = now
            self.link.send(bytes((TEMPERATURE, celsius & 0xFF)))

"""A Pico's `machine` on a computer: with it the whole firmware runs, under MicroPython and Python.

`main.py WORDS`: the Pi is at standard input and output. From the file WORDS come lines:
`press PLACE BUTTON`, `contact NUMBER 0|1`, `celsius NUMBER`. What lamps and displays come to show
goes to standard error: `lamp PLACE 0|1`, `number PLACE TEXT`. Ends with WORDS. Its wires are those
of docs/controller.md. A reset ends it at once; whoever started it starts it again.
"""

import _thread
import os
import select
import sys
import time

TYPE_CHECKING = False  # MicroPython has no `typing`
if TYPE_CHECKING:
    from collections.abc import Callable

PRESS_NS = 80_000_000
BUTTONS = {
    (place, button): 3 * place + button - 1 for place in (1, 2, 3, 4) for button in (1, 2, 3)
}
LAMPS = {19: 0, 15: 1, 16: 2, 17: 3, 18: 4}
CONTACTS = {1: 20, 2: 21, 3: 22, 4: 26}
LED_OUT = set(range(23)) | {26, 27, 28}


class Stream:
    """Bytes as they come, without a buffer in between."""

    def __init__(self, file: object) -> None:  # of either interpreter
        self._whole, self.buffer = file, getattr(file, "raw", file)
        self.fileno = getattr(file, "fileno", None)

    def flush(self) -> None: ...


class World:
    """What is around the Pico."""

    def __init__(self, words: str) -> None:
        self._file = open(words, "rb")
        self._words = getattr(self._file, "raw", self._file)
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLIN)
        self._line = b""
        self._pressed: dict[int, int] = {}
        self._levels = dict.fromkeys(CONTACTS.values(), 0)
        self.celsius = 31

    def level(self, pin: int) -> int:
        """At an input."""
        if pin in self._levels:
            return self._levels[pin]
        return int(time.time_ns() >= self._pressed.get(pin, 0))  # a press is to ground

    def listen(self) -> None:
        """Obey the words that came. Raises SystemExit after the last one."""
        while self._poll.poll(0):
            byte = self._words.read(1)
            if not byte:
                raise SystemExit
            self._line += byte
            if byte == b"\n":
                self._obey(self._line.decode().split())
                self._line = b""

    def _obey(self, words: list[str]) -> None:
        verb, numbers = words[0], [int(word) for word in words[1:]]
        if verb == "press":
            self._pressed[BUTTONS[numbers[0], numbers[1]]] = time.time_ns() + PRESS_NS
        elif verb == "contact":
            self._levels[CONTACTS[numbers[0]]] = numbers[1]
        elif verb == "celsius":
            self.celsius = numbers[0]


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN = 0, 1, 1, 2
    used: set[int] = set()  # noqa: RUF012 - MicroPython has no ClassVar

    def __init__(self, number: int, mode: int = IN, pull: int = 0, value: int = 0) -> None:
        if number not in LED_OUT or number in Pin.used:
            raise ValueError("not led out, or wired twice")
        Pin.used.add(number)
        self._number, self._out = number, value

    def value(self, level: "int | None" = None) -> int:
        if level is None:
            return world.level(self._number)
        if self._number in LAMPS and level != self._out:
            say("lamp", LAMPS[self._number], int(level))
        self._out = int(level)
        return self._out


class UART:
    """The chain, with a display at each place."""

    def __init__(self, number: int, baud: int, tx: Pin) -> None:
        from firmware_bridge import wire
        from firmware_bridge.firmware.displays import SEGMENTS

        self._letters = {SEGMENTS[letter]: letter for letter in sorted(SEGMENTS, reverse=True)}
        self._decoder = wire.Decoder()
        self._shown: dict[int, str] = {}

    def write(self, data: bytes) -> None:
        for packet in self._decoder.feed(data):
            place, text = packet[0], "".join(self._letters[digit] for digit in packet[1:]).strip()
            if self._shown.get(place, "") != text:
                self._shown[place] = text
                say("number", place, text)

    def flush(self) -> None: ...


class ADC:
    """The thermometer: RP2040 datasheet, 4.9.5."""

    def __init__(self, channel: int) -> None:
        if channel != 4:
            raise ValueError("nothing is wired there")

    def read_u16(self) -> int:
        return round((0.706 - (world.celsius - 27) * 0.001721) / 3.3 * 65535)


class WDT:
    """Bites when it is not fed."""

    fed_at = 0.0
    seconds = 0.0

    def __init__(self, timeout: int) -> None:
        if not WDT.seconds:
            _thread.start_new_thread(WDT._watch, ())
        WDT.fed_at, WDT.seconds = time.time(), timeout / 1000

    def feed(self) -> None:
        WDT.fed_at = time.time()
        world.listen()

    @staticmethod
    def _watch() -> None:
        while WDT.fed_at == 0 or time.time() - WDT.fed_at < WDT.seconds:
            time.sleep(0.1)
        reset()


class Timer:
    ONE_SHOT = 0

    def __init__(self, mode: int, period: int, callback: "Callable[[Timer], None]") -> None:
        _thread.start_new_thread(self._run, (period / 1000, callback))

    def _run(self, seconds: float, callback: "Callable[[Timer], None]") -> None:
        time.sleep(seconds)
        callback(self)


def reset() -> None:
    """Neither interpreter can do it by itself from any thread; its shell can."""
    os.system("kill -KILL $PPID")  # noqa: S605 - a fixed command


def say(*words: object) -> None:
    sys.stderr.write(" ".join([str(word) for word in words]) + "\n")


world = World(sys.argv[1])
if sys.implementation.name == "cpython":
    sys.stdin, sys.stdout = Stream(sys.stdin.buffer), Stream(sys.stdout.buffer)
    from types import ModuleType

    micropython = ModuleType("micropython")
    setattr(micropython, "kbd_intr", lambda _: None)  # noqa: B010 - a module declares none
    sys.modules["micropython"] = micropython

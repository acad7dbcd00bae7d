"""What the Pi and the unit's microcontroller (the controller) say to each other.

The bytes are in docs/serial.md. Nothing here reads or writes a port.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

VERSION = 1  # of the protocol
LONGEST_TEXT = 8  # characters on a counter's number display


class Code(IntEnum):
    """The first byte of each frame."""

    HELLO = 0x01
    ACKNOWLEDGE = 0x02
    HEARTBEAT = 0x03
    BUTTON_PRESSED = 0x10
    PRESENCE = 0x11
    SET_LAMP = 0x20
    SHOW_NUMBER = 0x21


class Capability(IntFlag):
    """What a controller has. Unknown bits are kept: a newer one may have more."""

    BUTTONS = 0x01
    LAMPS = 0x02
    NUMBERS = 0x04
    PRESENCE = 0x08


class Button(IntEnum):
    """The three buttons on a clerk's desk."""

    NEXT = 1
    RECALL = 2
    NO_SHOW = 3


class Lamp(IntEnum):
    """A counter's lamp. Blinking is once a second: WCAG 2.3.1 allows three flashes."""

    OFF = 0
    ON = 1
    BLINKING = 2


@dataclass(frozen=True)
class Hello:
    """Both ways, first after each start: protocol version 1–255, what the sender has (Pi: none)."""

    version: int
    capabilities: Capability

    def __post_init__(self) -> None:
        _check(1 <= self.version <= 255, "version is not 1–255")
        _check(0 <= self.capabilities <= 255, "capabilities do not fit a byte")


@dataclass(frozen=True)
class Acknowledge:
    """Both ways: the frame with this sequence number (0–255) arrived whole."""

    acknowledged: int

    def __post_init__(self) -> None:
        _check(0 <= self.acknowledged <= 255, "acknowledged is not 0–255")


@dataclass(frozen=True)
class Heartbeat:
    """Both ways: the sender lives."""


@dataclass(frozen=True)
class ButtonPressed:
    """Controller to Pi: a button was pressed at the counter wired to place 1–255."""

    counter: int
    button: Button

    def __post_init__(self) -> None:
        _check_counter(self.counter)


@dataclass(frozen=True)
class Presence:
    """Controller to Pi: somebody came before the unit, or nobody is there any more."""

    present: bool


@dataclass(frozen=True)
class SetLamp:
    """Pi to controller: what the lamp of the counter at place 1–255 does from now on."""

    counter: int
    lamp: Lamp

    def __post_init__(self) -> None:
        _check_counter(self.counter)


@dataclass(frozen=True)
class ShowNumber:
    """Pi to controller: 0–8 printable ASCII characters for counter 1–255; none clears it."""

    counter: int
    text: str

    def __post_init__(self) -> None:
        _check_counter(self.counter)
        _check(len(self.text) <= LONGEST_TEXT, "text is longer than 8 characters")
        _check(self.text.isascii() and self.text.isprintable(), "text is not printable ASCII")


Frame = Hello | Acknowledge | Heartbeat | ButtonPressed | Presence | SetLamp | ShowNumber


def write(frame: Frame, sequence: int) -> bytes:
    """Code, sequence number (0–255), fields. Raises ValueError for another sequence number."""
    code, fields = _fields(frame)
    return bytes((code, sequence)) + fields


def read(code: int, fields: bytes) -> Frame:
    """Build the frame of this code. Raises ValueError when the fields are not its own."""
    match code, *fields:
        case Code.HELLO, version, capabilities:
            return Hello(version, Capability(capabilities))
        case Code.ACKNOWLEDGE, acknowledged:
            return Acknowledge(acknowledged)
        case (Code.HEARTBEAT,):
            return Heartbeat()
        case Code.BUTTON_PRESSED, counter, button:
            return ButtonPressed(counter, Button(button))
        case Code.PRESENCE, (0 | 1) as present:
            return Presence(bool(present))
        case Code.SET_LAMP, counter, lamp:
            return SetLamp(counter, Lamp(lamp))
        case Code.SHOW_NUMBER, counter, *text:
            return ShowNumber(counter, bytes(text).decode("ascii"))
    raise ValueError("fields do not fit the code")


def _fields(frame: Frame) -> tuple[Code, bytes]:
    match frame:
        case Hello(version, capabilities):
            return Code.HELLO, bytes((version, capabilities))
        case Acknowledge(acknowledged):
            return Code.ACKNOWLEDGE, bytes((acknowledged,))
        case Heartbeat():
            return Code.HEARTBEAT, b""
        case ButtonPressed(counter, button):
            return Code.BUTTON_PRESSED, bytes((counter, button))
        case Presence(present):
            return Code.PRESENCE, bytes((present,))
        case SetLamp(counter, lamp):
            return Code.SET_LAMP, bytes((counter, lamp))
        case ShowNumber(counter, text):
            return Code.SHOW_NUMBER, bytes((counter,)) + text.encode("ascii")


def _check_counter(counter: int) -> None:
    _check(1 <= counter <= 255, "counter is not 1–255")


def _check(fits: bool, problem: str) -> None:
    if not fits:
        raise ValueError(problem)

"""What the Pi and the unit's microcontroller (the controller) tell each other.

The bytes are in docs/serial.md. Nothing here reads or writes a port.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

LONGEST_TEXT = 8  # characters on a counter's number display
UNIT = 0  # the place of the unit itself; counters have 1–255


class Code(IntEnum):
    """The first byte of each message. Below 0x10 are the link's own."""

    BUTTON_PRESSED = 0x10
    CONTACT_CHANGED = 0x11
    TEMPERATURE = 0x12
    SET_LAMP = 0x20
    SHOW_NUMBER = 0x21


class Capability(IntFlag):
    """What a controller has. Unknown bits are kept: a newer one may have more."""

    BUTTONS = 0x01
    LAMPS = 0x02
    NUMBERS = 0x04
    CONTACTS = 0x08
    TEMPERATURE = 0x10


class Button(IntEnum):
    """The three buttons on a clerk's desk."""

    NEXT = 1
    RECALL = 2
    NO_SHOW = 3


class Contact(IntEnum):
    """What is so or is not so: somebody before the unit, its door open, its case opened by force,
    its power about to fail."""

    PRESENCE = 1
    DOOR = 2
    TAMPER = 3
    POWER_FAILING = 4


class Lamp(IntEnum):
    """A lamp. Blinking is once a second: WCAG 2.3.1 allows three flashes."""

    OFF = 0
    ON = 1
    BLINKING = 2


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """Controller to Pi: a button was pressed at the counter wired to place 1–255."""

    place: int
    button: Button

    def __post_init__(self) -> None:
        _check(1 <= self.place <= 255, "place is not 1–255")


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """Controller to Pi: how a contact is; at first, and when it changes."""

    contact: Contact
    active: bool


@dataclass(frozen=True, slots=True)
class Temperature:
    """Controller to Pi, at first and once a minute: -128–127 °C inside the unit."""

    celsius: int

    def __post_init__(self) -> None:
        _check(-128 <= self.celsius <= 127, "temperature is not -128–127")


@dataclass(frozen=True, slots=True)
class SetLamp:
    """Pi to controller: what the lamp at the place (0–255) does from now on."""

    place: int
    lamp: Lamp

    def __post_init__(self) -> None:
        _check(0 <= self.place <= 255, "place is not 0–255")


@dataclass(frozen=True, slots=True)
class ShowNumber:
    """Pi to controller: 0–8 printable ASCII characters at place 1–255; none clears it."""

    place: int
    text: str

    def __post_init__(self) -> None:
        _check(1 <= self.place <= 255, "place is not 1–255")
        _check(len(self.text) <= LONGEST_TEXT, "text is longer than 8 characters")
        _check(self.text.isascii() and self.text.isprintable(), "text is not printable ASCII")


Frame = ButtonPressed | ContactChanged | Temperature | SetLamp | ShowNumber


def write(frame: Frame) -> bytes:
    """Code and fields."""
    match frame:
        case ButtonPressed(place, button):
            return bytes((Code.BUTTON_PRESSED, place, button))
        case ContactChanged(contact, active):
            return bytes((Code.CONTACT_CHANGED, contact, active))
        case Temperature(celsius):
            return bytes((Code.TEMPERATURE, celsius & 0xFF))
        case SetLamp(place, lamp):
            return bytes((Code.SET_LAMP, place, lamp))
        case ShowNumber(place, text):
            return bytes((Code.SHOW_NUMBER, place)) + text.encode("ascii")


def read(message: bytes) -> Frame:
    """The frame of a message. Raises ValueError for an unknown code or fields not its own."""
    match tuple(message):
        case Code.BUTTON_PRESSED, place, button:
            return ButtonPressed(place, Button(button))
        case Code.CONTACT_CHANGED, contact, (0 | 1) as active:
            return ContactChanged(Contact(contact), bool(active))
        case Code.TEMPERATURE, celsius:
            return Temperature(celsius - 256 if celsius > 127 else celsius)
        case Code.SET_LAMP, place, lamp:
            return SetLamp(place, Lamp(lamp))
        case Code.SHOW_NUMBER, place, *text:
            return ShowNumber(place, bytes(text).decode("ascii"))
    raise ValueError("unknown code, or fields of another")


def _check(fits: bool, problem: str) -> None:
    if not fits:
        raise ValueError(problem)

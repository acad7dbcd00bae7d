"""What the Pi and the unit's microcontroller (the controller) tell each other.

The bytes are in docs/serial.md. Nothing here reads or writes a port.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

LONGEST_TEXT = 8  # characters on a counter's number display
LONGEST_VERSION = 40
LONGEST_CHUNK = 54  # bytes of an image in one message
UNIT = 0  # the place of the unit itself; counters have 1–255


class Code(IntEnum):
    """The first byte of each message. Below 0x10 are the link's own."""

    BUTTON_PRESSED = 0x10
    CONTACT_CHANGED = 0x11
    TEMPERATURE = 0x12
    FIRMWARE = 0x13
    UPDATE_ANSWER = 0x14
    SET_LAMP = 0x20
    SHOW_NUMBER = 0x21
    BEGIN_UPDATE = 0x30
    UPDATE_CHUNK = 0x31
    COMMIT_UPDATE = 0x32
    KEEP_FIRMWARE = 0x33


class Capability(IntFlag):
    """What a controller has. Unknown bits are kept: a newer one may have more."""

    BUTTONS = 0x01
    LAMPS = 0x02
    NUMBERS = 0x04
    CONTACTS = 0x08
    TEMPERATURE = 0x10
    UPDATES = 0x20


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


class FirmwareState(IntEnum):
    """Of the firmware that runs: known to work; on trial, until the Pi says KeepFirmware; the old
    one again, after a trial that did not end well."""

    WORKS = 0
    ON_TRIAL = 1
    FELL_BACK = 2


class Answer(IntEnum):
    """What the controller says to an update. All but the first two end it."""

    GO_ON = 0
    COMPLETE = 1
    OLDER_PROTOCOL = 2
    TOO_LARGE = 3
    WRONG_PLACE = 4
    WRONG_SIZE = 5
    WRONG_HASH = 6
    NOT_NOW = 7


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
class Firmware:
    """Controller to Pi, at first and after KeepFirmware: what runs. `version`: ASCII."""

    state: FirmwareState
    version: str

    def __post_init__(self) -> None:
        _check_text(self.version, LONGEST_VERSION)


@dataclass(frozen=True, slots=True)
class UpdateAnswer:
    """Controller to Pi. `offset`: how many bytes of the image it has."""

    answer: Answer
    offset: int

    def __post_init__(self) -> None:
        _check(0 <= self.offset < 1 << 24, "offset is not of 24 bits")


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
        _check_text(self.text, LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class BeginUpdate:
    """Pi to controller: an image follows, of `size` bytes, with this SHA-256; the firmware in it
    speaks `protocol`."""

    protocol: int
    size: int
    digest: bytes

    def __post_init__(self) -> None:
        _check(0 <= self.protocol <= 255, "protocol is not 0–255")
        _check(0 <= self.size < 1 << 24, "size is not of 24 bits")
        _check(len(self.digest) == 32, "digest is not of 32 bytes")


@dataclass(frozen=True, slots=True)
class UpdateChunk:
    """Pi to controller: 1–54 bytes of the image, from `offset`."""

    offset: int
    data: bytes

    def __post_init__(self) -> None:
        _check(0 <= self.offset < 1 << 24, "offset is not of 24 bits")
        _check(1 <= len(self.data) <= LONGEST_CHUNK, "data is not of 1–54 bytes")


@dataclass(frozen=True, slots=True)
class CommitUpdate:
    """Pi to controller: that was all of the image; try it."""


@dataclass(frozen=True, slots=True)
class KeepFirmware:
    """Pi to controller: the link works; the trial ended well."""


Frame = (
    ButtonPressed
    | ContactChanged
    | Temperature
    | Firmware
    | UpdateAnswer
    | SetLamp
    | ShowNumber
    | BeginUpdate
    | UpdateChunk
    | CommitUpdate
    | KeepFirmware
)


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
        case Firmware(state, version):
            return bytes((Code.FIRMWARE, state)) + version.encode("ascii")
        case UpdateAnswer(answer, offset):
            return bytes((Code.UPDATE_ANSWER, answer)) + offset.to_bytes(3, "big")
        case BeginUpdate(protocol, size, digest):
            return bytes((Code.BEGIN_UPDATE, protocol)) + size.to_bytes(3, "big") + digest
        case UpdateChunk(offset, data):
            return bytes((Code.UPDATE_CHUNK,)) + offset.to_bytes(3, "big") + data
        case CommitUpdate():
            return bytes((Code.COMMIT_UPDATE,))
        case KeepFirmware():
            return bytes((Code.KEEP_FIRMWARE,))


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
        case Code.FIRMWARE, state, *version:
            return Firmware(FirmwareState(state), bytes(version).decode("ascii"))
        case Code.UPDATE_ANSWER, answer, _, _, _:
            return UpdateAnswer(Answer(answer), int.from_bytes(message[2:], "big"))
        case Code.BEGIN_UPDATE, protocol, _, _, _, *digest:
            return BeginUpdate(protocol, int.from_bytes(message[2:5], "big"), bytes(digest))
        case Code.UPDATE_CHUNK, _, _, _, *data:
            return UpdateChunk(int.from_bytes(message[1:4], "big"), bytes(data))
        case (Code.COMMIT_UPDATE,):
            return CommitUpdate()
        case (Code.KEEP_FIRMWARE,):
            return KeepFirmware()
    raise ValueError("unknown code, or fields of another")


def _check(fits: bool, problem: str) -> None:
    if not fits:
        raise ValueError(problem)


def _check_text(text: str, longest: int) -> None:
    _check(len(text) <= longest, f"text is longer than {longest} characters")
    _check(text.isascii() and text.isprintable(), "text is not printable ASCII")

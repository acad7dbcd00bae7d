"""Touches of a panel as Linux tells them (evdev): fingers on their way over the glass.

Under KMSDRM, SDL makes of touches nothing that Kivy takes. Kivy's own readers know neither a panel
that is plugged in later nor one of a single finger. Source: Linux, input.h,
input-event-codes.h and Documentation/input/multi-touch-protocol.rst (type B).
"""

import fcntl
import logging
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from config.devices import Affine
from drivers.calibration import Place, corrected

log = logging.getLogger(__name__)

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value."""
AXIS = struct.Struct("@6i")
"""Value, minimum, maximum, fuzz, flat, resolution."""
SYNCHRONISE, KEY, ABSOLUTE = 0, 1, 3
REPORT, DROPPED = 0, 3
X, Y, SLOT, SLOT_X, SLOT_Y, TRACKING = 0x00, 0x01, 0x2F, 0x35, 0x36, 0x39
TOUCHED, FINGER_TOOL, PEN = 0x14A, 0x145, 0x140
DIRECT = 1

ASK_AXIS = 0x80184540

DEVICES, NAMES = Path("/dev/input"), Path("/sys/class/input")
LOOK_SECONDS = 1.0
"""For panels that were plugged in."""

Ranges = tuple[Place, Place]
"""The least and the most that a panel says, of x and of y."""

Action = Literal["begin", "update", "end"]


@dataclass(frozen=True, slots=True)
class Move:
    """What a finger did, and where."""

    action: Action
    finger: int
    place: Place


@dataclass(slots=True)
class _Finger:
    x: int = 0
    y: int = 0
    down: bool = False
    told: bool = False


class Fingers:
    """Events in pieces of any size → what fingers did. `many`: the panel tells them apart."""

    def __init__(self, ranges: Ranges, affine: Affine, *, many: bool) -> None:
        self._ranges, self._affine = ranges, affine
        self._codes = axes_of(many=many)
        self._many, self._slot, self._rest = many, 0, b""
        self._fingers: dict[int, _Finger] = {}

    def feed(self, data: bytes) -> Iterator[Move]:
        """What is whole by now."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == SYNCHRONISE and code == DROPPED:
                yield from self.lift()
            elif kind == SYNCHRONISE and code == REPORT:
                yield from self._moves()
            else:
                self._take(kind, code, value)

    def lift(self) -> Iterator[Move]:
        """All fingers are away: their panel is, or nobody knows what became of them."""
        for each in self._fingers.values():
            each.down = False
        yield from self._moves()

    def _take(self, kind: int, code: int, value: int) -> None:
        if kind == ABSOLUTE and code == SLOT:
            self._slot = value
        finger = self._fingers.setdefault(self._slot, _Finger())
        if kind == ABSOLUTE and code in self._codes:
            setattr(finger, "xy"[self._codes.index(code)], value)
        elif kind == ABSOLUTE and code == TRACKING and self._many:
            finger.down = value >= 0
        elif kind == KEY and code == TOUCHED and not self._many:
            finger.down = bool(value)

    def _moves(self) -> Iterator[Move]:
        for number, each in list(self._fingers.items()):
            if each.down or each.told:
                action: Action = ("update" if each.told else "begin") if each.down else "end"
                yield Move(action, number, self._place(each))
            each.told = each.down

    def _place(self, finger: _Finger) -> Place:
        pairs = zip((finger.x, finger.y), self._ranges, strict=True)
        x, y = ((value - least) / (most - least or 1) for value, (least, most) in pairs)
        return corrected((x, y), self._affine)


def axes_of(*, many: bool) -> tuple[int, int]:
    """Where a panel says x and y."""
    return (SLOT_X, SLOT_Y) if many else (X, Y)


def ask_ranges(descriptor: int, axes: tuple[int, int]) -> Ranges:
    """Of an open device. Raises OSError."""
    found = (
        AXIS.unpack(fcntl.ioctl(descriptor, ASK_AXIS + axis, bytes(AXIS.size))) for axis in axes
    )
    (_, left, right, *_), (_, top, bottom, *_) = found
    return (left, right), (top, bottom)


class Panels:
    """All touch panels of this machine, whenever they are plugged in. One thread's; never waits."""

    def __init__(
        self,
        affine: Affine,
        devices: Path = DEVICES,
        names: Path = NAMES,
        ask: Callable[[int, tuple[int, int]], Ranges] = ask_ranges,
    ) -> None:
        self._affine, self._devices, self._names, self._ask = affine, devices, names, ask
        self._open: dict[str, tuple[int, Fingers]] = {}
        self._look_at = 0.0

    def read(self, now: float) -> Iterator[tuple[str, Move]]:
        """What fingers did since the last time, each with its panel. `now`: monotonic seconds."""
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self._look()
        for name, (descriptor, fingers) in list(self._open.items()):
            data = _read(descriptor)
            yield from ((name, each) for each in fingers.feed(data or b""))
            if data is None:
                log.warning("touch panel %s is away", name)
                yield from ((name, each) for each in fingers.lift())
                self._close(name)

    def close(self) -> None:
        """Let all panels go."""
        for name in list(self._open):
            self._close(name)

    def _look(self) -> None:
        for place in self._names.glob("event*"):
            if place.name not in self._open and is_panel(place / "device"):
                try:
                    self._begin(place.name, many=_has(place / "device", "abs", SLOT_X))
                except OSError as error:
                    log.debug("touch panel %s: %s", place.name, error.strerror)

    def _begin(self, name: str, *, many: bool) -> None:
        descriptor = os.open(self._devices / name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            ranges = self._ask(descriptor, axes_of(many=many))
        except OSError:
            os.close(descriptor)
            raise
        self._open[name] = descriptor, Fingers(ranges, self._affine, many=many)
        log.info("touch panel %s is there", name)

    def _close(self, name: str) -> None:
        os.close(self._open.pop(name)[0])


def is_panel(device: Path) -> bool:
    """Whether this input device is touched where its picture is: no mouse, tablet or touchpad."""
    touched = _has(device, "abs", SLOT_X) or (
        _has(device, "abs", X) and _has(device, "key", TOUCHED)
    )
    apart = _has(device, "key", FINGER_TOOL) or _has(device, "key", PEN)
    return touched and (_bit(device / "properties", DIRECT) or not apart)


def _read(descriptor: int) -> bytes | None:
    """What has come, b"" for nothing; None when the device is away."""
    try:
        return os.read(descriptor, 64 * EVENT.size) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None


def _has(device: Path, kind: str, code: int) -> bool:
    return _bit(device / "capabilities" / kind, code)


def _bit(file: Path, number: int) -> bool:
    """Of a mask that the kernel writes as words, the highest first."""
    try:
        words = file.read_text().split()[::-1]
    except OSError:
        return False
    word, bit = divmod(number, 8 * struct.calcsize("@l"))
    return word < len(words) and bool(int(words[word], 16) >> bit & 1)

"""A touch panel of our making: the kernel's folders, and a pipe in place of its device."""

import os
from pathlib import Path

from config.devices import Affine
from drivers.touch import (
    ABSOLUTE,
    DIRECT,
    EVENT,
    REPORT,
    SLOT,
    SLOT_X,
    SLOT_Y,
    SYNCHRONISE,
    TOUCHED,
    TRACKING,
    Panels,
    X,
    Y,
)

MOST = 4095
TWO_AXES, SLOTS = (X, Y), (X, Y, SLOT, SLOT_X, SLOT_Y, TRACKING)


class Machine:
    """Has the panels that were plugged in."""

    def __init__(self, folder: Path) -> None:
        self.devices, self.names = folder / "dev", folder / "sys"
        self.devices.mkdir()
        self.names.mkdir()

    def panels(self, affine: Affine = (1, 0, 0, 0, 1, 0)) -> Panels:
        span = (0, MOST)
        return Panels(affine, self.devices, self.names, lambda *_: (span, span))

    def plug(
        self,
        name: str,
        axes: tuple[int, ...] = SLOTS,
        keys: tuple[int, ...] = (TOUCHED,),
        properties: tuple[int, ...] = (DIRECT,),
    ) -> int:
        """Returns where its events are to be written."""
        device = self.names / name / "device"
        (device / "capabilities").mkdir(parents=True)
        (device / "capabilities" / "abs").write_text(mask(axes))
        (device / "capabilities" / "key").write_text(mask(keys))
        (device / "properties").write_text(mask(properties))
        os.mkfifo(self.devices / name)
        return os.open(self.devices / name, os.O_RDWR)


def mask(bits: tuple[int, ...]) -> str:
    """As the kernel writes it."""
    number = sum(1 << bit for bit in bits)
    words = [number >> shift & (1 << 64) - 1 for shift in range(0, 64 * 12, 64)]
    return " ".join(f"{each:x}" for each in words[::-1]).lstrip("0 ") + "\n"


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(0, 0, kind, code, value)


REPORTED = event(SYNCHRONISE, REPORT, 0)


def finger(slot: int, x: float, y: float, tracking: int) -> bytes:
    """A finger that comes to rest on a panel with slots."""
    return (
        event(ABSOLUTE, SLOT, slot)
        + event(ABSOLUTE, TRACKING, tracking)
        + event(ABSOLUTE, SLOT_X, round(x * MOST))
        + event(ABSOLUTE, SLOT_Y, round(y * MOST))
        + REPORTED
    )


def lifted(slot: int) -> bytes:
    return event(ABSOLUTE, SLOT, slot) + event(ABSOLUTE, TRACKING, -1) + REPORTED


def tap(x: float, y: float) -> bytes:
    return finger(0, x, y, 7) + lifted(0)

"""A panel of touches, made by Linux itself (uinput) on the card that runs this: see `Machine`.

Lines of its standard input, ``x y`` in parts of the width and height, are touches of a finger.
Source: Linux, uinput.h, input-event-codes.h.
"""

import fcntl
import os
import struct
import sys
import time

SIZE = 32767
HELD_SECONDS = 0.3
SYNCHRONISE, KEY, ABSOLUTE = 0, 1, 3
TOUCHED, DIRECT, VIRTUAL_BUS = 0x14A, 1, 6
X, Y, SLOT, SLOT_X, SLOT_Y, TRACKING = 0x00, 0x01, 0x2F, 0x35, 0x36, 0x39
AXES = {X: SIZE, Y: SIZE, SLOT: 9, SLOT_X: SIZE, SLOT_Y: SIZE, TRACKING: 65535}
SET_KINDS, SET_KEYS, SET_AXES, SET_PROPERTIES = 0x40045564, 0x40045565, 0x40045567, 0x4004556E
SET_UP, SET_UP_AXIS, CREATE = 0x405C5503, 0x401C5504, 0x5501

panel = os.open("/dev/uinput", os.O_WRONLY)


def tell(*events: tuple[int, int, int]) -> None:
    """Kind, code and value of each."""
    for event in (*events, (SYNCHRONISE, 0, 0)):
        os.write(panel, struct.pack("@llHHi", 0, 0, *event))


for order, value in ((SET_KINDS, KEY), (SET_KINDS, ABSOLUTE), (SET_KEYS, TOUCHED)):
    fcntl.ioctl(panel, order, value)
fcntl.ioctl(panel, SET_PROPERTIES, DIRECT)
for axis, most in AXES.items():
    fcntl.ioctl(panel, SET_AXES, axis)
    fcntl.ioctl(panel, SET_UP_AXIS, struct.pack("@Hxx6i", axis, 0, 0, most, 0, 0, 0))
fcntl.ioctl(panel, SET_UP, struct.pack("@4H80sI", VIRTUAL_BUS, 1, 1, 1, b"panel", 0))
fcntl.ioctl(panel, CREATE)
for finger, line in enumerate(sys.stdin):
    x, y = (int(float(each) * SIZE) for each in line.split())
    at = [(ABSOLUTE, code, value) for code, value in ((SLOT_X, x), (SLOT_Y, y), (X, x), (Y, y))]
    tell((ABSOLUTE, TRACKING, finger), *at, (KEY, TOUCHED, 1))
    time.sleep(HELD_SECONDS)
    tell((ABSOLUTE, TRACKING, -1), (KEY, TOUCHED, 0))

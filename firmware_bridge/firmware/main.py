"""A Pico runs this when it gets power."""

from firmware_bridge.firmware.loop import run
from firmware_bridge.firmware.pins import Pico

run(Pico())

"""Which of two slots the controller starts. Its copy `main.py` on the flash no update changes.

The file `slot` names the slot that is known to work and has a word about the other one: `new` is
to be tried, `trying` is on trial, `failed` did not do. It changes in one step: power may fail at
any moment.
"""

import os
import sys

SLOTS = "slot_a", "slot_b"
NEW, TRYING, FAILED = "new", "trying", "failed"
TRIAL_MS = 30_000  # within it the Pi must have said KeepFirmware
START_MS = 8_000  # the watchdog's longest, until the firmware itself feeds it


def read() -> tuple[str, str]:
    """The slot that works, and the word about the other one ("": none)."""
    try:
        with open("slot") as file:
            good, _, word = file.read().partition(" ")
    except OSError:
        good = word = ""
    return (good, word) if good in SLOTS else (SLOTS[0], "")


def write(good: str, word: str = "") -> None:
    """Littlefs renames in one step, over what was there."""
    with open("slot.new", "w") as file:
        file.write(good + " " + word)
    os.rename("slot.new", "slot")


def other(slot: str) -> str:
    """The other one of the two."""
    return SLOTS[1 - SLOTS.index(slot)]


def running() -> str:
    """The slot that was started."""
    good, word = read()
    return other(good) if word == TRYING else good


def choose() -> str:
    """The slot to start now. A trial that was not kept is over."""
    good, word = read()
    if word == NEW:
        write(good, TRYING)
    elif word == TRYING:
        write(good, FAILED)
    return running()


def start() -> None:
    """Start a slot. Whatever goes wrong in it, the board starts again, and chooses again."""
    import machine  # the Pico's; the tests of this file have none
    import micropython

    micropython.kbd_intr(-1)  # a byte 3 from the Pi is no Ctrl-C

    def end_trial(_timer: machine.Timer) -> None:
        if read()[1] == TRYING:
            machine.reset()

    guards = [machine.WDT(timeout=START_MS)]
    sys.path.insert(0, choose())
    if read()[1] == TRYING:
        once = machine.Timer.ONE_SHOT
        guards.append(machine.Timer(mode=once, period=TRIAL_MS, callback=end_trial))
    try:
        from firmware_bridge.firmware.pins import work

        work()
    except Exception:  # noqa: BLE001, S110 - the top of all; there is nobody to tell
        pass
    machine.reset()


if __name__ == "__main__":
    start()

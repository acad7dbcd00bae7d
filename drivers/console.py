"""The console behind a unit's window: what is typed there reaches nobody but the window."""

import fcntl
import os
import termios
from contextlib import suppress

INVOCATION = "INVOCATION_ID"
"""systemd sets it. Somebody who starts a program by hand keeps Ctrl-C."""

KEYBOARD_MODE, OFF = 0x4B45, 4
"""The kernel's keyboard leaves the console, and with it Alt+F2 and Ctrl+Alt+Delete (linux/kd.h,
KDSKBMODE). systemd gives it back before the next program."""


def mute(descriptor: int = 0) -> None:
    """Keys on the terminal that systemd gave us end nothing (Ctrl-C, Ctrl-\\) and show nothing."""
    if INVOCATION in os.environ and os.isatty(descriptor):
        modes = termios.tcgetattr(descriptor)
        modes[3] &= ~(termios.ISIG | termios.ICANON | termios.ECHO)
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)
        with suppress(OSError):  # no console of the kernel's: a terminal of somebody who tries it
            fcntl.ioctl(descriptor, KEYBOARD_MODE, OFF)

"""The console behind a unit's window: what is typed there reaches nobody but the window."""

import os
import termios

INVOCATION = "INVOCATION_ID"
"""systemd sets it. Somebody who starts a program by hand keeps Ctrl-C."""


def mute(descriptor: int = 0) -> None:
    """Keys on the terminal that systemd gave us end nothing (Ctrl-C, Ctrl-\\) and show nothing."""
    if INVOCATION in os.environ and os.isatty(descriptor):
        modes = termios.tcgetattr(descriptor)
        modes[3] &= ~(termios.ISIG | termios.ICANON | termios.ECHO)
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)

"""Telling systemd that a program is ready and alive (sd_notify), where systemd asks for it."""

from typing import Protocol

import sdnotify


class Supervisor(Protocol):
    """Whoever watches over the program."""

    def ready(self) -> None:
        """The program does its work from now on."""

    def alive(self) -> None:
        """Called from the program's own loop, at least every ten seconds."""


class SystemdSupervisor:
    """systemd, if it started us; otherwise nobody, and nothing happens."""

    def __init__(self) -> None:
        self._notifier = sdnotify.SystemdNotifier()

    def ready(self) -> None:
        """See Supervisor."""
        self._notifier.notify("READY=1")

    def alive(self) -> None:
        """See Supervisor."""
        self._notifier.notify("WATCHDOG=1")

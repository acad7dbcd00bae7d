"""RAUC, which looks at a bundle, writes the other slot, and says which one is started next."""

import json
import logging
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from appliance.updates import Bundle, Reason

ATTEMPTS = 5
"""To look into a bundle at an address; nothing is written before."""

_PERCENT = re.compile(r"^ *(\d{1,3})% ", re.ASCII)
_ERROR = "LastError: "
_NOT_OPENED = "Failed mounting bundle"

_log = logging.getLogger(__name__)


class UpdateError(Exception):
    """An update came to nothing; the running version is as it was."""

    def __init__(self, reason: Reason, said: str = "", version: str = "") -> None:
        super().__init__(f"{reason}: {said}" if said else str(reason))
        self.reason, self.version = reason, version


class Slots(Protocol):
    """The two systems of a card."""

    def look_at(self, bundle: str) -> Bundle:
        """What is in this file, or at this address. Raises UpdateError where it is not trusted."""
        ...

    def install(self, bundle: str, percent: Callable[[int], None]) -> None:
        """Write the other slot, which is started next. Raises UpdateError."""
        ...

    def mark_good(self) -> None:
        """The running slot is started from now on. Raises UpdateError."""
        ...

    def mark_bad(self) -> None:
        """The running slot is started no more. Raises UpdateError."""
        ...


class Rauc:
    """By its command. `settings`: its file, where it is not the unit's own; `tls`: options for an
    address that wants to know who asks."""

    def __init__(self, settings: Path | None = None, tls: Sequence[str] = ()) -> None:
        self._command = ["rauc", *([f"--conf={settings}"] if settings else [])]
        self._tls = tls

    def look_at(self, bundle: str) -> Bundle:
        """See Slots."""
        said = self._run(Reason.UNTRUSTED, "info", "--output-format=json", *self._tls, bundle)
        try:
            found = json.loads(said)
            return Bundle(str(found["version"]), str(found["compatible"]))
        except (ValueError, KeyError, TypeError):
            raise UpdateError(Reason.UNTRUSTED, "no manifest") from None

    def install(self, bundle: str, percent: Callable[[int], None]) -> None:
        """See Slots.

        RAUC reads an address through a network block device, which the kernel takes away as soon as
        nobody has it open: where udev looks at it first, RAUC comes too late (rauc/rauc#1741).
        """
        for left in reversed(range(ATTEMPTS)):
            failed = self._install(bundle, percent)
            if not failed:
                return
            if not (left and "://" in bundle and failed.startswith(_NOT_OPENED)):
                raise UpdateError(Reason.NOT_WRITTEN, failed)
            _log.warning("once more: %s", failed)

    def mark_good(self) -> None:
        """See Slots."""
        self._run(Reason.NOT_WRITTEN, "status", "mark-good")

    def mark_bad(self) -> None:
        """See Slots."""
        self._run(Reason.NOT_WRITTEN, "status", "mark-bad")

    def _install(self, bundle: str, percent: Callable[[int], None]) -> str:
        """Why not; "" once it is written."""
        command = [*self._command, "install", *self._tls, bundle]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            why, last = "", ""
            for line in running.stdout or ():
                last = line.strip() or last
                if line.startswith(_ERROR):
                    why = last.removeprefix(_ERROR)
                if found := _PERCENT.match(line):
                    percent(min(int(found[1]), 100))
        return (why or last or "no reason given") if running.returncode else ""

    def _run(self, reason: Reason, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UpdateError(reason, done.stderr.strip()[-300:])
        return done.stdout

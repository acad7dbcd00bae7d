"""After a start: is this slot good? A new one is tried, and the unit goes back if it is not.

Only a trial is decided on. The slot that a unit has used for months stays, whatever is unplugged.
"""

import logging
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from appliance.rauc import Slots, UpdateError
from appliance.update_files import Places, Record, write
from appliance.updates import Reason, State
from appliance.updating import after_start

LIMIT_SECONDS = 600.0
"""A Pi 3 with an old card needs three minutes."""

STEADY_SECONDS = 30.0
"""So long all must be well without a break: what fails again and again is up in between."""

PAUSE_SECONDS = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """`is_up`: whether a service of systemd is; `hears_hub`: whether the hub answers; `clock`:
    monotonic seconds; `wait`: lets them pass."""

    places: Places
    slots: Slots
    is_up: Callable[[str], bool]
    hears_hub: Callable[[], bool]
    restart: Callable[[], None]
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep

    def look(self) -> bool:
        """Decide, and keep what was decided. False where the unit goes back."""
        record = after_start(self.places)
        if record and record.state == State.TRYING:
            self.places.keep(record)
            return self._try(record)
        self._mark_good()
        if record and record != self.places.recorded():
            self.places.keep(record)
            if record.version in record.tried:
                self.places.clear()
        elif record and (record.state == State.FAILED or record.older):
            self.places.tell_of(record)
        return True

    def wrong(self, record: Record) -> Reason | None:
        """What is not well, if anything is not."""
        if not self._can_write():
            return Reason.DISK
        services = [each for each in self.places.services() if each.endswith(".service")]
        if not all(self.is_up(each) for each in services):
            return Reason.PROGRAM
        return Reason.HUB if record.hub and not self.hears_hub() else None

    def _try(self, record: Record) -> bool:
        end = self.clock() + LIMIT_SECONDS
        well_since: float | None = None
        while True:
            reason, now = self.wrong(record), self.clock()
            if reason:
                well_since = None
            elif well_since is None:
                well_since = now
            if well_since is not None and now - well_since >= STEADY_SECONDS:
                return self._take(record)
            if reason and now >= end:
                return self._go_back(record, reason)
            self.wait(PAUSE_SECONDS)

    def _take(self, record: Record) -> bool:
        self.slots.mark_good()
        self.places.keep(record.model_copy(update={"state": State.DONE, "reason": None}))
        _log.info("%s is good", record.version)
        self.places.clear()
        return True

    def _go_back(self, record: Record, reason: Reason) -> bool:
        _log.error("%s is not good (%s): back to the version before", record.version, reason)
        self.places.keep(record.model_copy(update={"reason": reason}))
        self.slots.mark_bad()
        self.restart()
        return False

    def _mark_good(self) -> None:
        try:
            self.slots.mark_good()
        except UpdateError:
            _log.exception("the running slot could not be marked")

    def _can_write(self) -> bool:
        try:
            write(self.places.record.with_name("written"), f"{os.getpid()}\n")
        except OSError:
            return False
        return True


def is_up(service: str) -> bool:
    """Whether systemd's service runs, or ended well where that is its way."""
    command = ["systemctl", "show", "--value", "--property=ActiveState,Result", service]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stdout.split()
    return said[:1] == ["active"] or (service.startswith("queue-") and "success" in said)

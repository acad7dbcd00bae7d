"""What the module tells others of its own health: whether it can store, and the last backup."""

from datetime import datetime, timedelta
from pathlib import Path

from messaging.link import Link
from messaging.messages import UnitStatus
from queue_module import backups
from queue_module.storage import Fault

BACKUP_OLD = "backup_old"
OLDEST_BACKUP = timedelta(days=2)


class Health:
    """Reports the module's status when it changes. `backed_up`: whether backups are to be made."""

    def __init__(self, status: UnitStatus, link: Link, database: Path, *, backed_up: bool) -> None:
        self._told, self._link = status, link
        self._database, self._backed_up = database, backed_up

    def report(self, fault: Fault | None, now: datetime) -> None:
        """Tell everybody, if it is news."""
        last = backups.last(self._database) if self._backed_up else None
        is_old = self._backed_up and (last is None or now - last.at > OLDEST_BACKUP)
        faults = (*([fault.value] if fault else []), *([BACKUP_OLD] if is_old else []))
        told = {"faults": faults, "backed_up_at": last.at if last else None}
        status = self._told.model_copy(update=told)
        if status != self._told:
            self._told = status
            self._link.report(status)

"""What the module tells of its own health: storing, the last backup, certificates in time."""

from datetime import datetime, timedelta
from pathlib import Path

from messaging.link import Link
from messaging.messages import UnitStatus
from queue_module import backups
from queue_module.storage import Fault

BACKUP_OLD = "backup_old"
OLDEST_BACKUP = timedelta(days=2)
NOT_RENEWED = "not_renewed"
LEAST_LEFT = timedelta(days=300)
"""The hub renews certificates, the module's too, when 365 days of them are left."""


class Health:
    """Reports the module's status when it changes. `backed_up`: whether backups are to be made."""

    def __init__(self, status: UnitStatus, link: Link, database: Path, *, backed_up: bool) -> None:
        self._told, self._link = status, link
        self._database, self._backed_up = database, backed_up

    def report(self, fault: Fault | None, now: datetime) -> None:
        """Tell everybody, if it is news."""
        last = backups.last(self._database) if self._backed_up else None
        is_old = self._backed_up and (last is None or now - last.at > OLDEST_BACKUP)
        faults = [
            *([fault.value] if fault else []),
            *([BACKUP_OLD] if is_old else []),
            *([] if self._is_renewed(now) else [NOT_RENEWED]),
        ]
        told = {"faults": tuple(faults), "backed_up_at": last.at if last else None}
        status = self._told.model_copy(update=told)
        if status != self._told:
            self._told = status
            self._link.report(status)

    def _is_renewed(self, now: datetime) -> bool:
        try:
            ends = self._link.certificate_ends
        except (OSError, ValueError):
            return False
        return ends is None or ends - now > LEAST_LEFT

"""`rinda audit`, `rinda backup`, `rinda restore`: the log proved, copied and brought back."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from config.settings import Settings
from queue_module import backups, kept_changes
from queue_module.backups import Backup
from queue_module.reading import codes_lost, forgotten
from queue_module.storage import Fault, StorageError


def run(what: str, settings: Settings, *, same_medium: bool = False) -> int:
    """Do it and say it in a sentence; returns the exit status."""
    try:
        become_owner(Path(settings.module.database))
        if what == "backup" and not same_medium:
            _is_elsewhere(settings)
        print(_DONE[what](settings))
    except StorageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def become_owner(database: Path) -> None:
    """Root makes no file there that its program could not write."""
    if os.geteuid() == 0 and database.parent.exists():
        owner = database.parent.stat()
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)


def _audit(settings: Settings) -> str:
    database = Path(settings.module.database)
    head, last = backups.proved(database), backups.last(database)
    if last:
        backups.must_hold(database, last)
    backed_up = f"{_when(last)} It is in the log." if last else "There is no backup yet."
    old, lost = forgotten(database), codes_lost(database)
    thinned = f"{old} older ones are figures only. " if old else ""
    thinned += f"{lost} codes of visitors were lost in a restore. " if lost else ""
    return f"Good: {head.sequence - old} events, each as it was written. {thinned}{backed_up}"


def _backup(settings: Settings) -> str:
    folder = _folder(settings)
    database, now = Path(settings.module.database), settings.to_clock().now()
    made = backups.make(database, folder, settings.site.id, now, settings.module.backup_days)
    versions = kept_changes.save(Path(settings.module.changes_folder), Path(made.file))
    changes = f" {versions} versions of what leads changed are beside it." if versions else ""
    return f"{made.sequence} events are copied to {made.file} and proved there.{changes}"


def _restore(settings: Settings) -> str:
    database, now = Path(settings.module.database), settings.to_clock().now()
    folder, site = _folder(settings), settings.site.id
    said = backups.restore(database, folder, site, now)
    versions = kept_changes.restore(Path(settings.module.changes_folder), folder, site)
    changes = f" {versions} versions of what leads changed are back." if versions else ""
    return f"{said}{changes}"


def _folder(settings: Settings) -> Path:
    if not settings.module.backup_folder:
        raise StorageError(Fault.DISK_FAULT, "module.backup_folder is not set: there is no backup.")
    return Path(settings.module.backup_folder)


def _is_elsewhere(settings: Settings) -> None:
    folder, database = _folder(settings), Path(settings.module.database)
    try:
        is_same = folder.stat().st_dev == database.parent.stat().st_dev
    except OSError as error:
        raise StorageError(Fault.DISK_FAULT, f"The backup folder is not there: {error}.") from None
    if is_same:
        said = f"{folder} is on the same medium as the log. Is the other one plugged in?"
        raise StorageError(Fault.DISK_FAULT, said)


def _when(last: Backup) -> str:
    return f"The last backup, of {last.at:%Y-%m-%d %H:%M} UTC, ends with event {last.sequence}."


_DONE: Mapping[str, Callable[[Settings], str]] = {
    "audit": _audit,
    "backup": _backup,
    "restore": _restore,
}

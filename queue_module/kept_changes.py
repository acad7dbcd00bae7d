"""What leads changed, copied beside each backup of the log, and brought back with it."""

import os
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from config.versions import bring_back
from queue_module.storage import Fault, StorageError, translated

ENDING = ".changes.zip"


def save(changes: Path, backup: Path) -> int:
    """Copy all versions beside this copy of the log; how many. Copies beside logs that are gone go
    too. Raises StorageError."""
    versions = sorted(changes.glob("*.toml"))
    part = backup.with_suffix(".changes.part")
    with translated():
        with part.open("wb") as file:
            with ZipFile(file, "w") as copy:
                for each in versions:
                    copy.write(each, each.name)
            file.flush()
            os.fsync(file.fileno())
        _proved(part)
        part.replace(backup.with_suffix(ENDING))
        for each in backup.parent.glob(f"*{ENDING}"):
            if not each.with_name(each.name.replace(ENDING, ".db")).exists():
                each.unlink()
    return len(versions)


def restore(changes: Path, folder: Path, site: str) -> int:
    """Bring back what of the newest good copy is not here in a state to be read; how many.

    Raises StorageError.
    """
    for copy in sorted(folder.glob(f"{site}-[0-9]*T[0-9]*Z{ENDING}"), reverse=True):
        with suppress(StorageError):
            files = _proved(copy)
            break
    else:
        return 0
    with translated():
        return bring_back(changes, files)


def _proved(path: Path) -> dict[str, str]:
    """All files in it. Raises StorageError where they are not as they were written."""
    try:
        with translated(), ZipFile(path) as copy:
            return {name: copy.read(name).decode(errors="replace") for name in copy.namelist()}
    except BadZipFile as error:
        raise StorageError(Fault.LOG_DAMAGED, f"{path} is damaged: {error}.") from None

"""What an error of the log's file means, and how it is written: by one, all or nothing."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from sqlite_utils import Database

from drivers.disk import is_of_the_disk


class Fault(StrEnum):
    """Why nothing can be stored, as staff are told."""

    DISK_FULL = "disk_full"
    DISK_FAULT = "disk_fault"
    LOG_DAMAGED = "log_damaged"


class StorageError(Exception):
    """Nothing was stored, or what is stored cannot be read."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault


UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a file may raise; the second where even SQLite's words about it are rotten."""

BUSY_SECONDS = 1.0
"""So long it waits for somebody else who has the file locked."""

LEAST_ROOM = 64 * 1024
"""Bytes. With fewer free, SQLite may say that the disk fails where it is only full."""


@contextmanager
def translated() -> Iterator[None]:
    """Errors of SQLite and the system as StorageError."""
    try:
        yield
    except UNREADABLE as error:
        is_sqlites_own = hasattr(error, "sqlite_errorcode")  # Python's would repeat the row
        said = str(error) if is_sqlites_own else "A row cannot be read."
        raise StorageError(_meaning(error), said) from None
    except OSError as error:
        raise StorageError(Fault.DISK_FAULT, str(error)) from error


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """All or nothing, and on disk at its end."""
    database.execute("begin immediate")
    try:
        yield
        database.execute("commit")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("rollback")
        raise


def has_room(path: Path) -> bool:
    """Whether the file and what SQLite keeps beside it could grow."""
    try:
        return shutil.disk_usage(path.parent).free >= LEAST_ROOM
    except OSError:
        return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Be the only one who writes this log. Raises StorageError where somebody else does."""
    with translated():
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path.with_name(f"{path.name}-lock"), os.O_CREAT | os.O_RDWR, 0o640)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StorageError(Fault.DISK_FAULT, f"{path} is in use by another program.") from None
        yield
    finally:
        os.close(file)


def _meaning(error: Exception) -> Fault:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return Fault.DISK_FULL
    return Fault.DISK_FAULT if is_of_the_disk(error) else Fault.LOG_DAMAGED

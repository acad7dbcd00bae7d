"""The file of the log: how it is opened, what is in it, and what an error of it means.

SQLite with a write-ahead log and synchronous=FULL: what was committed survives a power cut.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from drivers.disk import is_of_the_disk
from queue_module.figures import KEY, SUMS


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

SMALLEST = 512
"""Bytes: one page."""

_VERSION = 3
_READABLE = (2, _VERSION)  # of the second, all events are there: it has no pages
EVENT = {
    "sequence": int,
    "at": str,
    "command_id": str,
    "sender": str,
    "name": str,
    "body": str,  # JSON
    "hash": str,
}
_TABLES = {
    "event": (EVENT, ("sequence",)),
    "snapshot": (
        {"sequence": int, "hash": str, "rules": str, "body": str, "digest": str},
        ("sequence",),
    ),
    "page": ({"sequence": int, "hash": str, "body": str, "digest": str}, ("sequence",)),
    "statistics": ({**dict.fromkeys(KEY, str), **dict.fromkeys(SUMS, int)}, KEY),
}
"""Table → its columns, and its key."""


def chained(before: str, *row: object) -> str:
    """The hash of a row: SHA-256, in hex, of the JSON list of the hash before it ("" for the first)
    and its columns from `sequence` to `body`."""
    return hashlib.sha256(json.dumps([before, *row], default=repr).encode()).hexdigest()


def restoring(path: Path) -> Path:
    """Where a restore builds the log that is to stand at `path`; there only while it lasts."""
    return path.with_name(f"{path.name}-restoring")


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


def open_for_writing(path: Path) -> Database:
    """The file, made or brought up to date where needed. Raises StorageError."""
    if restoring(path).exists():
        raise StorageError(Fault.LOG_DAMAGED, "A restore was not finished: do it once more.")
    with translated():
        _must_be_whole(path)
        database = Database(sqlite3.connect(path, BUSY_SECONDS, isolation_level=None))
        with _closed_on_error(database):
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = full")
            database.execute("pragma secure_delete = on")
            with transaction(database):
                _bring_up_to_date(database)
    return database


def open_for_reading(path: Path) -> Database:
    """The file as it is, also where nothing can be written beside it. Raises StorageError."""
    with translated():
        if not path.exists():
            raise StorageError(Fault.DISK_FAULT, f"There is no log at {path}.")
    written_ahead = path.with_name(f"{path.name}-wal")
    with suppress(StorageError):
        return _reading(path, "mode=ro")
    with translated():
        if written_ahead.exists() and written_ahead.stat().st_size:
            return _reading(path, "mode=ro")
    return _reading(path, "mode=ro&immutable=1")


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


def _reading(path: Path, how: str) -> Database:
    with translated():
        address = f"{path.resolve().as_uri()}?{how}"
        database = Database(sqlite3.connect(address, BUSY_SECONDS, isolation_level=None, uri=True))
        with _closed_on_error(database):
            (version,) = database.execute("pragma user_version").fetchone()
            if version not in _READABLE:
                raise StorageError(Fault.LOG_DAMAGED, "The log is of another version of Rinda.")
    return database


def _must_be_whole(path: Path) -> None:
    """SQLite takes a file of a few bytes, or none, for a new one, whatever there was before."""
    if not path.exists() or path.stat().st_size >= SMALLEST:
        return
    beside = [path.with_name(f"{path.name}-{each}") for each in ("wal", "backup")]
    if any(each.exists() and each.stat().st_size for each in (path, *beside)):
        raise StorageError(Fault.LOG_DAMAGED, "Of the log only a piece is left.")


@contextmanager
def _closed_on_error(database: Database) -> Iterator[None]:
    try:
        yield
    except BaseException:
        database.close()
        raise


def _meaning(error: Exception) -> Fault:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return Fault.DISK_FULL
    return Fault.DISK_FAULT if is_of_the_disk(error) else Fault.LOG_DAMAGED


def _bring_up_to_date(database: Database) -> None:
    """Always writes, which a bad disk refuses: what a process that was killed, or a disk that had
    failed, left in the file need not be on the disk, but is with the next commit."""
    (version,) = database.execute("pragma user_version").fetchone()
    if version > _VERSION:
        raise StorageError(Fault.LOG_DAMAGED, "The log is of a newer version of Rinda.")
    if version < _VERSION:
        _migrate(database, is_first=version == 0 and database.table("event").exists())
    database.execute(f"pragma user_version = {_VERSION}")


def _migrate(database: Database, *, is_first: bool) -> None:
    if is_first:
        database.rename_table("event", "event_before")
        database.table("_sqlite_migrations").drop(ignore=True)
    for name, (columns, key) in _TABLES.items():
        table = database.table(name)
        table.create(columns, pk=key, not_null=columns, strict=True, if_not_exists=True)
    database.table("snapshot").delete_where()  # so that the first start reads all days
    if is_first:
        database.table("event").insert_all(_chained(database.table("event_before")))
        database.table("event_before").drop()


def _chained(events: Table) -> Iterator[dict[str, Any]]:
    """The events of a log of the first version, each with its hash."""
    head = ""
    for row in events.rows_where(order_by="sequence"):
        head = chained(head, *row.values())
        yield {**row, "hash": head}

"""What is in the log's file, how it is opened, and how one of an earlier version is taken over.

SQLite with a write-ahead log and synchronous=FULL: what was committed survives a power cut.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from queue_core.figures import TABLES, VISITS, Row
from queue_module import memory, views
from queue_module.storage import BUSY_SECONDS, Fault, StorageError, transaction, translated
from queue_module.tokens import UNFIT, Meeting, Tokens, in_body, in_state

SMALLEST = 512
"""Bytes: one page."""

VERSION = 5
WITHOUT_TOKENS = 4
"""Since this version they stand beside the events."""
_READABLE = (2, 3, WITHOUT_TOKENS, VERSION)
"""Of the second, all events are there: it has no pages. The fifth has figures by the hour."""

EVENT = {
    "sequence": int,
    "at": str,
    "command_id": str,  # a reference, as all tokens in the body
    "sender": str,
    "name": str,
    "body": str,  # JSON
    "hash": str,
}
_TABLES: Mapping[str, tuple[Mapping[str, type], Sequence[str]]] = {
    "event": (EVENT, ("sequence",)),
    "token": ({"reference": str, "salt": str, "token": str}, ("reference",)),
    "snapshot": (
        {"sequence": int, "hash": str, "rules": str, "body": str, "digest": str},
        ("sequence",),
    ),
    "page": ({"sequence": int, "hash": str, "body": str, "digest": str}, ("sequence",)),
    **{
        each.name: ({**dict.fromkeys(each.key, str), **dict.fromkeys(each.sums, int)}, each.key)
        for each in TABLES
    },
    "services": ({"service": str, "institution": str}, ("service",)),
}
"""Table → its columns, and its key."""


def chained(before: str, *row: object) -> str:
    """The hash of a row: SHA-256, in hex, of the JSON list of the hash before it ("" for the first)
    and its columns from `sequence` to `body`."""
    return hashlib.sha256(json.dumps([before, *row], default=repr).encode()).hexdigest()


def new_salt() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_hex(16)


def restoring(path: Path) -> Path:
    """Where a restore builds the log that is to stand at `path`; there only while it lasts."""
    return path.with_name(f"{path.name}-restoring")


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
    """The file as it is at this moment, also where nothing can be written beside it. Raises
    StorageError."""
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


def version_of(database: Database) -> int:
    """Of the file; 0 if it is new, or of the first."""
    (version,) = database.execute("pragma user_version").fetchone()
    return int(version)


def _reading(path: Path, how: str) -> Database:
    with translated():
        address = f"{path.resolve().as_uri()}?{how}"
        database = Database(sqlite3.connect(address, BUSY_SECONDS, isolation_level=None, uri=True))
        with _closed_on_error(database):
            database.execute("begin")  # all that is read is of one moment
            if version_of(database) not in _READABLE:
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


def _bring_up_to_date(database: Database) -> None:
    """Always writes, which a bad disk refuses: what a process that was killed, or a disk that had
    failed, left in the file need not be on the disk, but is with the next commit."""
    version = version_of(database)
    if version > VERSION:
        raise StorageError(Fault.LOG_DAMAGED, "The log is of a newer version of Rinda.")
    if version < VERSION:
        _migrate(database)
    database.execute(f"pragma user_version = {VERSION}")


def _migrate(database: Database) -> None:
    # The number is one byte of the file, by no chain proved: a token's table says more.
    with_tokens = version_of(database) < WITHOUT_TOKENS and not database.table("token").exists()
    old = [each for each in ("event", "page") if with_tokens and database.table(each).exists()]
    for name in old:
        database.rename_table(name, f"{name}_before")
    for name, (columns, key) in _TABLES.items():
        table = database.table(name)
        table.create(dict(columns), pk=key, not_null=[*columns], strict=True, if_not_exists=True)
    for name, select in views.VIEWS.items():
        database.create_view(name, select, replace=True)
    database.table("snapshot").delete_where()  # so that the first start reads all days
    if old:
        with _understood():
            _take_over(database, has_pages="page" in old)
    if database.table("statistics").exists():
        database.table("visits").insert_all(_days_before(database))
    for name in (*(f"{each}_before" for each in old), "statistics", "_sqlite_migrations"):
        database.table(name).drop(ignore=True)


def _days_before(database: Database) -> Iterator[Row]:
    """Of an earlier version: without hours and kinds. A replay puts whole ones in their place."""
    for row in database.table("statistics").rows:
        called = sum(row[name] for name in VISITS.sums if name.startswith("waited_"))
        yield {**dict.fromkeys(VISITS.sums, 0), **row, "called": called, "hour": "", "kind": ""}


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except UNFIT:
        raise StorageError(Fault.LOG_DAMAGED, "The log cannot be taken over.") from None


def _take_over(database: Database, *, has_pages: bool) -> None:
    """What an earlier version wrote, proved, and written anew with references. Of pages only that
    of the beginning: the first start makes the others."""
    meeting = Meeting(Tokens(), new_salt)
    begin, hash_ = 0, ""
    if has_pages and (found := database.execute(_BEGINNING).fetchone()):
        *row, digest = found
        if chained("", *row) != digest:
            raise _not_as_written(row[0])
        begin, hash_, body = row
        kept = memory.decode(body)
        body = memory.encode(replace(kept, state=in_state(kept.state, meeting.reference)))
        row = [begin, hash_, body]
        database.execute("insert into page values (?, ?, ?, ?)", (*row, chained("", *row)))
    rows = _anew(database, begin, hash_, meeting)
    database.conn.executemany("insert into event values (?, ?, ?, ?, ?, ?, ?)", rows)
    database.conn.executemany("insert into token values (?, ?, ?)", meeting.rows.values())


_BEGINNING = (
    "select * from page_before where sequence = (select min(sequence) - 1 from event_before)"
)


def _anew(
    database: Database, begin: int, hash_: str, meeting: Meeting
) -> Iterator[tuple[Any, ...]]:
    """The events, each with the hash that it has now. Those of the first version had none."""
    before = now = hash_
    rows = database.execute("select * from event_before order by sequence")
    for number, (*row, stored) in enumerate(map(_with_hash, rows), begin + 1):
        before = chained(before, *row)
        if row[0] != number or stored not in {before, None}:
            raise _not_as_written(number)
        sequence, at, command_id, sender, name, body = row
        written = json.dumps(in_body(json.loads(body), meeting.reference), ensure_ascii=False)
        anew = (sequence, at, meeting.reference(command_id), sender, name, written)
        now = chained(now, *anew)
        yield *anew, now


def _with_hash(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row if len(row) == len(EVENT) else (*row, None)


def _not_as_written(sequence: int) -> StorageError:
    said = f"Event {sequence} is missing, or is not as it was written: the log stays as it is."
    return StorageError(Fault.LOG_DAMAGED, said)

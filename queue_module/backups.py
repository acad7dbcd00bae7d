"""Copies of the log on another medium, each proved before it counts, and the way back from one."""

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, TypeAdapter
from sqlite_utils import Database

from config.files import settle
from queue_module.reading import Head, rows_after, tokens_in
from queue_module.schema import open_for_reading, open_for_writing, restoring, version_of
from queue_module.storage import (
    UNREADABLE,
    Fault,
    StorageError,
    locked,
    transaction,
    translated,
)
from queue_module.tokens import Token, Tokens

STAMP = "%Y%m%dT%H%M%SZ"
"""In the name of a copy: its moment in UTC."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was proved at the moment `at`, and the last event in it. `version`: of the log;
    another one has other hashes."""

    at: AwareDatetime
    file: str
    sequence: int
    hash: str
    version: int = 3  # the last that did not note it


_BACKUP = TypeAdapter(Backup)


def last(database: Path) -> Backup | None:
    """The last good backup, as noted beside the log: the other medium may be slow, or gone."""
    try:
        return _BACKUP.validate_json(_note(database).read_bytes())
    except (OSError, ValueError):
        return None


def proved(path: Path) -> Head:
    """The last event of a log that is whole. Raises StorageError, in a sentence, if it is not."""
    with closing(open_for_reading(path)) as log, translated():
        newest = deque(rows_after(log, Head(), tokens_in(log)), maxlen=1)
        (said,) = log.execute("pragma integrity_check(1)").fetchone()
    if said != "ok":
        raise StorageError(Fault.LOG_DAMAGED, f"The file is damaged: {said}.")
    return newest[0][0] if newest else Head()


def must_hold(path: Path, backup: Backup) -> None:
    """Raises StorageError where a log is not the one, with more events, that was backed up."""
    with closing(open_for_reading(path)) as log, translated():
        if version_of(log) == backup.version:
            next(rows_after(log, Head(backup.sequence, backup.hash), tokens_in(log)), None)


def make(database: Path, folder: Path, site: str, now: datetime, days: int) -> Backup:
    """Copy the log, while it is written, into `folder`; keep those of the last `days`.

    Raises StorageError; then nothing was taken away.
    """
    file = folder / f"{site}-{now.strftime(STAMP)}.db"
    part = file.with_suffix(".part")
    with translated():
        part.unlink(missing_ok=True)
        version = _copy(database, part)
        head = proved(part)
        part.replace(file)
        settle(folder)
        backup = Backup(now, str(file), head.sequence, head.hash, version)
        _write(_note(database), _BACKUP.dump_json(backup))
        oldest = f"{site}-{(now - timedelta(days=days)).strftime(STAMP)}"
        for each in _copies(folder, site):
            if each.stem < oldest:
                each.unlink()
    return backup


def restore(database: Path, folder: Path, site: str, now: datetime) -> str:
    """Put the newest good copy in the place of the log, with what of the log still joins on to it.

    The old files are kept beside it. Says what was done, or raises StorageError. May be killed and
    done once more.
    """
    part = restoring(database)
    aside = database.with_name(f"{database.name}-before-{now.strftime(STAMP)}")
    with locked(database), translated():
        was_finished = part.exists() and not database.exists()
        said = "The restore is finished." if was_finished else _rebuild(database, folder, site)
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{database}{ending}").rename(f"{aside}{ending}")
        part.replace(database)
        settle(database.parent)
    return f"{said} The files from before are kept as {aside.name}."


def _rebuild(database: Path, folder: Path, site: str) -> str:
    part = restoring(database)
    for copy in reversed(_copies(folder, site)):
        with suppress(StorageError):
            head = proved(copy)
            break
    else:
        raise StorageError(Fault.LOG_DAMAGED, f"There is no good backup in {folder}.")
    building = part.with_suffix(".part")
    building.unlink(missing_ok=True)
    _copy(copy, building)
    saved = _salvage(building, database, head)
    with closing(open_for_writing(building)) as log:
        log.execute("pragma journal_mode = delete")
    proved(building)
    building.replace(part)
    return f"{head.sequence} events from {copy.name}, and {saved} later ones from the old log."


def _salvage(building: Path, database: Path, head: Head) -> int:
    """Add what of a damaged log follows this head, up to the first that does not; how many."""
    with closing(Database(sqlite3.connect(building, isolation_level=None))) as log:
        with transaction(log):
            before = log.table("event").count
            has_tokens = log.table(
                "token"
            ).exists()  # of an earlier version, they are in the events
            if has_tokens:
                log.conn.executemany(_KNOW, _tokens(database))
            rows = _following(database, head)
            log.conn.executemany("insert into event values (?, ?, ?, ?, ?, ?, ?)", rows)
            if has_tokens:
                log.conn.executemany(_KNOW, _all_tokens(log).rows)
                log.execute(_NONE_IS_NEWER)  # than the last event that there is now
        return log.table("event").count - before


_KNOW = "insert or replace into token values (?, ?, ?)"
_NONE_IS_NEWER = """
    insert or replace into token select * from token
    where reference = (select command_id from event order by sequence desc limit 1)
"""


def _tokens(database: Path) -> Iterator[Token]:
    with suppress(StorageError), closing(open_for_reading(database)) as log:
        yield from tokens_in(log).rows


def _following(database: Path, head: Head) -> Iterator[tuple[object, ...]]:
    with suppress(StorageError), closing(open_for_reading(database)) as log, translated():
        for follower, row in rows_after(log, head, _all_tokens(log)):
            yield (*row, follower.hash)


def _all_tokens(log: Database) -> Tokens:
    """Also stand-ins for those that are lost and may be needed: of today and the day before, and of
    whatever was known when that began. Events that can be read are worth more than their codes."""
    tokens = tokens_in(log)
    with suppress(*UNREADABLE):
        tokens.do_without(str(text) for (text,) in log.execute(_NEEDED))
    return tokens


_NEEDED = """
    with since as (
        select ifnull((select sequence from page order by sequence desc limit 1 offset 1), 0) as day
    )
    select command_id || body from event, since where sequence >= day
    union all select body from page, since where sequence >= day
"""


def _copy(log: Path, copy: Path) -> int:
    """All of a log at one moment, as one file; its version."""
    with closing(open_for_reading(log)) as source, closing(sqlite3.connect(copy)) as target:
        source.conn.backup(target)
        target.execute("pragma journal_mode = delete")
        return version_of(source)


def _copies(folder: Path, site: str) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"{site}-[0-9]*T[0-9]*Z.db"))


def _note(database: Path) -> Path:
    return database.with_name(f"{database.name}-backup")


def _write(path: Path, content: bytes) -> None:
    """All or nothing, and on disk."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)

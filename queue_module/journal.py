"""The log of events, committed before anybody is told, each row chained to the one before it.

What points at one visitor stands in a table beside the events, and is forgotten before them.
Beside it are kept a few snapshots of what the events came to, so that a start reads only the end;
and for each day a page: what all came to as it began. Where old days are forgotten, the log begins
with the page of the oldest that is left.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from messaging.codec import encode_event
from queue_core.events import Recorded
from queue_core.figures import TABLES, Figures
from queue_module.reading import (
    Head,
    began_today,
    beginning_of,
    damaged,
    event_of,
    rows_after,
    snapshot_at,
    tokens_in,
)
from queue_module.schema import (
    chained,
    new_salt,
    open_for_reading,
    open_for_writing,
)
from queue_module.storage import (
    BUSY_SECONDS,
    UNREADABLE,
    Fault,
    StorageError,
    has_room,
    locked,
    transaction,
    translated,
)
from queue_module.tokens import Meeting, Rename, Tokens, in_body

SNAPSHOTS = 3
"""So many are kept: where the newest cannot be used, an older one saves most of the replay."""


@dataclass(frozen=True, slots=True)
class Page:
    """The event that began a day, what all came to with it, and the figures of the day before."""

    sequence: int
    body: str
    figures: Figures


_REMEMBER = "insert into token values (?, ?, ?)"


class Journal:
    """The event log of one centre. Opened and used by one thread only.

    `head` is the last event that was written or read here; `tokens` are all that are not forgotten.
    `fault` is why nothing can be stored; it stays until `open` finds the file well again.
    """

    def __init__(self, path: Path, new_salt: Callable[[], str] = new_salt) -> None:
        self.head, self.tokens = Head(), Tokens()
        self.fault: Fault | None = None
        self._path, self._new_salt, self._is_wiped = path, new_salt, False
        self._database: Database | None = None
        self._stack = ExitStack()

    def open(self) -> None:
        """Open the file, or open it again. Raises StorageError where nothing can be stored; then
        the file is open for reading if that is possible."""
        self.close()
        try:
            self._stack.enter_context(locked(self._path))
            self._use(open_for_writing(self._path))
        except StorageError as error:
            self._fail(error)
            with suppress(StorageError):
                self._use(open_for_reading(self._path))
            raise
        self.fault = None

    def append(self, recorded: Sequence[Recorded]) -> None:
        """Store events in one transaction; on disk when this returns. Raises StorageError."""
        if not recorded:
            return
        head, rows, meeting = self.head, [], Meeting(self.tokens, self._new_salt)
        for each in recorded:
            row = _row(each, meeting.reference)
            head = Head(each.sequence, chained(head.hash, *row))
            rows.append((*row, head.hash))
        with self._writing() as database:  # insert_all would make a table that is gone anew
            database.conn.executemany(_REMEMBER, meeting.rows.values())
            database.conn.executemany("insert into event values (?, ?, ?, ?, ?, ?, ?)", rows)
        self.head = head
        self.tokens.add(meeting.rows.values())

    def following(self, head: Head) -> Iterator[Recorded]:
        """The events after this head, in order. Raises StorageError where the log is damaged."""
        self.head = head
        with self._using() as database:
            if head.sequence < beginning_of(database)[0].sequence:
                raise damaged("What came before the oldest event cannot be read.")
            for each in rows_after(database, head, self.tokens):
                self.head, event = each[0], event_of(each[1], self.tokens)
                yield event

    def unusable_after(self, head: Head, sentence: str) -> StorageError:
        """To be raised where what follows this head can be read and yet not be used."""
        error, self.head = damaged(sentence), head
        self._fail(error)
        return error

    def keep(self, rules: str, body: str, pages: Sequence[Page]) -> None:
        """Keep what all events came to, for the next start, and the pages of the days that began
        since; forget what was kept under other rules. Raises StorageError.
        """
        row = (self.head.sequence, self.head.hash, rules, body)
        with self._writing() as database:
            database.execute(
                "insert or replace into snapshot values (?, ?, ?, ?, ?)", (*row, chained("", *row))
            )
            database.table("snapshot").delete_where(
                "rules <> ? or sequence not in "
                "(select sequence from snapshot where rules = ? order by sequence desc limit ?)",
                [rules, rules, SNAPSHOTS],
            )
            for page in pages:
                _keep_page(database, page)
        with self._using() as database:
            database.execute("pragma wal_checkpoint(passive)").fetchall()

    def name_services(self, institutions: Mapping[str, str]) -> None:
        """Remember which institution each service is of, for readers. Raises StorageError."""
        with self._using() as database:
            known = dict(database.execute("select service, institution from services"))
        if {**known, **institutions} != known:
            with self._writing() as database:
                database.conn.executemany(
                    "insert or replace into services values (?, ?)", institutions.items()
                )

    def kept(self, rules: str) -> Iterator[tuple[Head, str]]:
        """What was kept under these rules, fits the log and can be read, the newest first."""
        with self._using() as database:
            sequences = list[int]()
            with suppress(*UNREADABLE):
                known = database.execute(
                    "select sequence from snapshot join event using (sequence, hash) "
                    "where rules = ? order by sequence desc",
                    [rules],
                )
                sequences += [sequence for (sequence,) in known]
            for sequence in sequences:
                if found := snapshot_at(database, sequence):
                    yield found

    def beginning(self) -> tuple[Head, str]:
        """The last event that is forgotten, and what all came to with it; "" where all are there.

        Raises StorageError.
        """
        with self._using() as database:
            return beginning_of(database)

    def forget(self, days: int) -> bool:
        """Forget the oldest day if more than so many are left; whether there was one. The pages are
        counted, not dates: a clock that is wrong by years takes nothing away. Raises StorageError.
        """
        with self._using() as database:
            begin, _ = beginning_of(database)
            oldest = database.execute(
                "select min(sequence) from page where sequence > ? and sequence <= "
                "(select sequence from page order by sequence desc limit 1 offset ?)",
                [begin.sequence, days - 1],
            )
            (until,) = oldest.fetchone()
        if until:
            with self._writing() as database:
                database.table("event").delete_where("sequence <= ?", [until])
                database.table("page").delete_where("sequence < ?", [until])
                self._is_wiped = False
        return bool(until)

    def forget_tokens(self, known: Set[str]) -> None:
        """Forget all tokens but these, which are still known, and those of today's commands. Raises
        StorageError, also where one of these is gone."""
        with self._writing() as database:
            if known - self.tokens.known:
                raise damaged("A token that is still needed is missing.")
            commands = "select command_id from event where sequence > ?"
            today = {each for (each,) in database.execute(commands, [began_today(database)])}
            rows = [row for row in self.tokens.rows if row[2] in known or row[0] in today]
            if len(rows) < len(self.tokens.rows):
                database.execute("delete from token")  # whole pages: no trace in half-used ones
                database.conn.executemany(_REMEMBER, rows)
                self.tokens, self._is_wiped = Tokens(rows), False

    def wipe(self) -> None:
        """Take what was forgotten out of the write-ahead log too; later, if somebody reads it now.
        Raises StorageError."""
        if self._is_wiped:
            return
        with self._using() as database:
            database.execute("pragma busy_timeout = 0")
            busy, *_ = database.execute("pragma wal_checkpoint(truncate)").fetchone()
            database.execute(f"pragma busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        self._is_wiped = not busy

    def last_at(self) -> datetime | None:
        """The moment of the last event; None if there is none, or it cannot be read."""
        with suppress(StorageError, ValueError), self._using() as database:
            found = database.execute("select at from event order by sequence desc limit 1")
            for (at,) in found:
                return datetime.fromisoformat(at)
        return None

    def close(self) -> None:
        """Close the file. What a bad disk says to that changes nothing."""
        self._database = None
        with suppress(sqlite3.Error):
            self._stack.close()

    def _use(self, database: Database) -> None:
        self._database = self._stack.enter_context(closing(database))
        self.tokens, self._is_wiped = tokens_in(database), False

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        if self.fault:
            raise StorageError(self.fault, "nothing can be stored")
        with self._using() as database, transaction(database):
            yield database

    @contextmanager
    def _using(self) -> Iterator[Database]:
        if self._database is None:
            raise StorageError(self.fault or Fault.DISK_FAULT, "the log is not open")
        try:
            with translated():
                yield self._database
        except StorageError as error:
            self._fail(error)
            raise

    def _fail(self, error: StorageError) -> None:
        is_full = error.fault is Fault.DISK_FAULT and not has_room(self._path)
        self.fault = Fault.DISK_FULL if is_full else error.fault
        self.close()


def _row(recorded: Recorded, reference: Rename) -> tuple[int, str, str, str, str, str]:
    row = json.loads(encode_event(recorded))
    body = json.dumps(in_body(row["body"], reference), ensure_ascii=False)
    named = reference(row["command_id"])
    return (row["sequence"], row["at"], named, row["sender"], row["name"], body)


def _keep_page(database: Database, page: Page) -> None:
    of_the_event = "select hash from event where sequence = ?"
    found = database.execute(of_the_event, [page.sequence]).fetchone()
    if found is None:
        raise damaged(f"Event {page.sequence}, which began a day, is missing.")
    row = (page.sequence, *found, page.body)
    database.execute("insert or replace into page values (?, ?, ?, ?)", (*row, chained("", *row)))
    for table in TABLES:
        rows = page.figures[table.name]
        for day in {row["day"] for row in rows}:
            database.table(table.name).delete_where("day = ?", [day])
        database.table(table.name).insert_all(rows)

"""The log of events, committed before anybody is told, each row chained to the one before it.

What points at one visitor stands in a table beside the events, and is forgotten before them.
Beside it are kept a few snapshots of what the events came to, so that a start reads only the end;
and for each day a page: what all came to as it began. Where old days are forgotten, the log begins
with the page of the oldest that is left.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from messaging.codec import BadMessageError, decode_event, encode_event
from queue_core.events import Recorded
from queue_core.figures import TABLES, Figures
from queue_module.schema import (
    WITHOUT_TOKENS,
    chained,
    new_salt,
    open_for_reading,
    open_for_writing,
    version_of,
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
from queue_module.tokens import UNFIT, Meeting, Rename, Tokens, in_body

SNAPSHOTS = 3
"""So many are kept: where the newest cannot be used, an older one saves most of the replay."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event that counts: its sequence number and its hash."""

    sequence: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The event that began a day, what all came to with it, and the figures of the day before."""

    sequence: int
    body: str
    figures: Figures


Chained = tuple[Head, tuple[Any, ...]]
"""A row, `sequence` to `body`, and the head that it makes."""

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
            if head.sequence < _beginning(database)[0].sequence:
                raise _damaged("What came before the oldest event cannot be read.")
            for each in rows_after(database, head, self.tokens):
                self.head, event = each[0], _event(each[1], self.tokens)
                yield event

    def unusable_after(self, head: Head, sentence: str) -> StorageError:
        """To be raised where what follows this head can be read and yet not be used."""
        error, self.head = _damaged(sentence), head
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
                if found := _snapshot(database, sequence):
                    yield found

    def beginning(self) -> tuple[Head, str]:
        """The last event that is forgotten, and what all came to with it; "" where all are there.

        Raises StorageError.
        """
        with self._using() as database:
            return _beginning(database)

    def forget(self, days: int) -> bool:
        """Forget the oldest day if more than so many are left; whether there was one. The pages are
        counted, not dates: a clock that is wrong by years takes nothing away. Raises StorageError.
        """
        with self._using() as database:
            begin, _ = _beginning(database)
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
                raise _damaged("A token that is still needed is missing.")
            commands = "select command_id from event where sequence > ?"
            today = {each for (each,) in database.execute(commands, [_today(database)])}
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


def read_log(path: Path) -> list[Recorded]:
    """All events of a log. Raises StorageError where it is damaged."""
    with closing(open_for_reading(path)) as log, translated():
        tokens = tokens_in(log)
        return [_event(row, tokens) for _, row in rows_after(log, Head(), tokens)]


def forgotten(path: Path) -> int:
    """How many events of a log are figures only. Raises StorageError."""
    with closing(open_for_reading(path)) as log, translated():
        return _beginning(log)[0].sequence


def codes_lost(path: Path) -> int:
    """How many tokens a restore could not bring back. Raises StorageError."""
    with closing(open_for_reading(path)) as log:
        return tokens_in(log).lost


def tokens_in(database: Database) -> Tokens:
    """Those that can be read; of a version before the fourth none, as they stand in the events."""
    tokens = Tokens()
    with suppress(*UNREADABLE):
        if database.table("token").exists():
            tokens.add(database.execute("select * from token"))
    return tokens


def rows_after(database: Database, head: Head, tokens: Tokens) -> Iterator[Chained]:
    """The rows after this head, each proved by the chain, and those of the day by their tokens.

    Raises StorageError, in a sentence, at the first that is missing or not as it was written. What
    is forgotten is passed over.
    """
    begin, _ = _beginning(database)
    if head.sequence < begin.sequence:
        head = begin
    elif head != begin:
        known = database.execute("select hash from event where sequence = ?", [head.sequence])
        if known.fetchone() != (head.hash,):
            raise _damaged(f"Event {head.sequence} is missing, or is not the one that was known.")
    today = _today(database)
    rows = database.execute("select * from event where sequence > ? order by 1", [head.sequence])
    for *row, stored in rows:
        if row[0] != head.sequence + 1:
            raise _damaged(f"Event {head.sequence + 1} is missing.")
        head = Head(row[0], chained(head.hash, *row))
        if head.hash != stored:
            raise _damaged(f"Event {head.sequence} is not as it was written: {_words(row)}.")
        with _understood(head.sequence):
            is_known = head.sequence <= today or tokens.have_all(row[2], row[5])
        if not is_known:
            raise _damaged(f"A token of event {head.sequence} is not as it was written.")
        yield head, tuple(row)
    (most,) = database.execute("select max(sequence) from snapshot").fetchone()
    if most and most > head.sequence:
        raise _damaged(f"The log ends with event {head.sequence}; there was an event {most}.")
    if today < math.inf and not database.execute(_HAS_NEWEST).fetchone()[0]:
        raise _damaged(f"The log ends with event {head.sequence}; there is a token of a later one.")


# Each event was written with a new token, if only that of its command, on a page of its own: where
# the disk lost the last events, their tokens are still there. The scan ends where it begins.
_HAS_NEWEST = """
    select not exists (select * from token) or exists (
        select * from event, (select reference from token order by rowid desc limit 1)
        where command_id = reference or instr(body, reference) order by sequence desc
    )
"""


def _damaged(sentence: str) -> StorageError:
    return StorageError(Fault.LOG_DAMAGED, sentence)


def _words(row: Sequence[object]) -> str:
    _, at, _, sender, name, _ = row
    return f"{name} by {sender} at {at}"[:100]


def _row(recorded: Recorded, reference: Rename) -> tuple[int, str, str, str, str, str]:
    row = json.loads(encode_event(recorded))
    body = json.dumps(in_body(row["body"], reference), ensure_ascii=False)
    named = reference(row["command_id"])
    return (row["sequence"], row["at"], named, row["sender"], row["name"], body)


def _event(row: tuple[Any, ...], tokens: Tokens) -> Recorded:
    """With references in the place of forgotten tokens."""
    sequence, at, command_id, sender, name, body = row
    with _understood(sequence):
        whole = {
            "sequence": sequence,
            "at": at,
            "command_id": tokens.token(command_id),
            "sender": sender,
            "name": name,
            "body": in_body(json.loads(body), tokens.token),
        }
        return decode_event(json.dumps(whole).encode())


@contextmanager
def _understood(sequence: int) -> Iterator[None]:
    try:
        yield
    except BadMessageError as error:
        raise _damaged(f"Event {sequence} cannot be read by this version: {error}.") from None
    except UNFIT:
        raise _damaged(f"Event {sequence} cannot be read by this version.") from None


def _today(database: Database) -> float:
    """The event that began the day, even if it is lost: of what came after it, nothing is forgotten
    yet."""
    if version_of(database) < WITHOUT_TOKENS:
        return math.inf
    (sequence,) = database.execute(
        "select max(ifnull((select max(sequence) from page), 0), ifnull((select sequence "
        "from event where name = 'day_opened' order by sequence desc limit 1), 0))"
    ).fetchone()
    return int(sequence)


def _beginning(database: Database) -> tuple[Head, str]:
    """The head before the oldest event, and what all came to there."""
    (oldest,) = database.execute("select min(sequence) from event").fetchone()
    if oldest in {None, 1}:
        return Head(), ""
    found = database.execute("select * from page where sequence = ?", [oldest - 1]).fetchone()
    if found is None:
        return Head(), ""  # whoever reads on misses the first event
    *row, digest = found
    if chained("", *row) != digest:
        raise _damaged(f"What came before event {oldest} is not as it was written.")
    sequence, hash_, body = row
    return Head(sequence, hash_), body


def _keep_page(database: Database, page: Page) -> None:
    of_the_event = "select hash from event where sequence = ?"
    (hash_,) = database.execute(of_the_event, [page.sequence]).fetchone()
    row = (page.sequence, hash_, page.body)
    database.execute("insert or replace into page values (?, ?, ?, ?)", (*row, chained("", *row)))
    for table in TABLES:
        rows = page.figures[table.name]
        for day in {row["day"] for row in rows}:
            database.table(table.name).delete_where("day = ?", [day])
        database.table(table.name).insert_all(rows)


def _snapshot(database: Database, sequence: int) -> tuple[Head, str] | None:
    """What was kept there; None if it cannot be read, or is not as it was written."""
    with suppress(*UNREADABLE):
        found = database.execute("select * from snapshot where sequence = ?", [sequence])
        for *row, digest in found:  # a damaged page may have listed it and not have it
            if chained("", *row) == digest:
                _, hash_, _, body = row
                return Head(sequence, hash_), body
    return None

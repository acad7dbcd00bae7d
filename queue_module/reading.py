"""What a log's file says to whoever reads it: rows proved by their chain, events, tokens."""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from messaging.codec import BadMessageError, decode_event
from queue_core.events import Recorded
from queue_module.schema import WITHOUT_TOKENS, chained, open_for_reading, version_of
from queue_module.storage import UNREADABLE, Fault, StorageError, translated
from queue_module.tokens import UNFIT, Tokens, in_body


@dataclass(frozen=True, slots=True)
class Head:
    """The last event that counts: its sequence number and its hash."""

    sequence: int = 0
    hash: str = ""


Chained = tuple[Head, tuple[Any, ...]]
"""A row, `sequence` to `body`, and the head that it makes."""


def read_log(path: Path) -> list[Recorded]:
    """All events of a log. Raises StorageError where it is damaged."""
    with closing(open_for_reading(path)) as log, translated():
        tokens = tokens_in(log)
        return [event_of(row, tokens) for _, row in rows_after(log, Head(), tokens)]


def forgotten(path: Path) -> int:
    """How many events of a log are figures only. Raises StorageError."""
    with closing(open_for_reading(path)) as log, translated():
        return beginning_of(log)[0].sequence


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
    begin, _ = beginning_of(database)
    if head.sequence < begin.sequence:
        head = begin
    elif head != begin:
        known = database.execute("select hash from event where sequence = ?", [head.sequence])
        if known.fetchone() != (head.hash,):
            raise damaged(f"Event {head.sequence} is missing, or is not the one that was known.")
    today = began_today(database)
    rows = database.execute("select * from event where sequence > ? order by 1", [head.sequence])
    for *row, stored in rows:
        if row[0] != head.sequence + 1:
            raise damaged(f"Event {head.sequence + 1} is missing.")
        head = Head(row[0], chained(head.hash, *row))
        if head.hash != stored:
            raise damaged(f"Event {head.sequence} is not as it was written: {_words(row)}.")
        with _understood(head.sequence):
            is_known = head.sequence <= today or tokens.have_all(row[2], row[5])
        if not is_known:
            raise damaged(f"A token of event {head.sequence} is not as it was written.")
        yield head, tuple(row)
    (most,) = database.execute("select max(sequence) from snapshot").fetchone()
    if most and most > head.sequence:
        raise damaged(f"The log ends with event {head.sequence}; there was an event {most}.")
    if today < math.inf and _newest_token_is_of_none(database):
        raise damaged(f"The log ends with event {head.sequence}; there is a token of a later one.")


def damaged(sentence: str) -> StorageError:
    """The error that says so."""
    return StorageError(Fault.LOG_DAMAGED, sentence)


def event_of(row: tuple[Any, ...], tokens: Tokens) -> Recorded:
    """An event, with references in the place of forgotten tokens. Raises StorageError."""
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


def began_today(database: Database) -> float:
    """The event that began the day, even if it is lost: of what came after it, nothing is forgotten
    yet."""
    if version_of(database) < WITHOUT_TOKENS:
        return math.inf
    (sequence,) = database.execute(
        "select max(ifnull((select max(sequence) from page), 0), ifnull((select sequence "
        "from event where name = 'day_opened' order by sequence desc limit 1), 0))"
    ).fetchone()
    return int(sequence)


def beginning_of(database: Database) -> tuple[Head, str]:
    """The head before the oldest event, and what all came to there."""
    (oldest,) = database.execute("select min(sequence) from event").fetchone()
    if oldest in {None, 1}:
        return Head(), ""
    found = database.execute("select * from page where sequence = ?", [oldest - 1]).fetchone()
    if found is None:
        return Head(), ""  # whoever reads on misses the first event
    *row, digest = found
    if chained("", *row) != digest:
        raise damaged(f"What came before event {oldest} is not as it was written.")
    sequence, hash_, body = row
    return Head(sequence, hash_), body


def snapshot_at(database: Database, sequence: int) -> tuple[Head, str] | None:
    """What was kept there; None if it cannot be read, or is not as it was written."""
    with suppress(*UNREADABLE):
        found = database.execute("select * from snapshot where sequence = ?", [sequence])
        for *row, digest in found:  # a damaged page may have listed it and not have it
            if chained("", *row) == digest:
                _, hash_, _, body = row
                return Head(sequence, hash_), body
    return None


@contextmanager
def _understood(sequence: int) -> Iterator[None]:
    try:
        yield
    except BadMessageError as error:
        raise damaged(f"Event {sequence} cannot be read by this version: {error}.") from None
    except UNFIT:
        raise damaged(f"Event {sequence} cannot be read by this version.") from None


def _words(row: Sequence[object]) -> str:
    _, at, _, sender, name, _ = row
    return f"{name} by {sender} at {at}"[:100]


def _newest_token_is_of_none(database: Database) -> bool:
    """Each event is written with a new token, if only that of its command, and those are on pages
    of their own: where the disk lost the last events, there are still their tokens. That of the
    command that opened the day is known all day, so the newest is never of an event long gone."""
    newest = database.execute("select reference from token order by rowid desc limit 1").fetchone()
    if newest is None:
        return False
    its_event = (
        "select 1 from event where command_id = ? or instr(body, ?) order by sequence desc limit 1"
    )
    return database.execute(its_event, [*newest, *newest]).fetchone() is None

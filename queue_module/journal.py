"""The log of events on disk: SQLite, one writer, committed before anybody is told.

WAL with synchronous=FULL: what was acknowledged survives a power cut.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from messaging.codec import decode_event, encode_event
from queue_core.events import Recorded

migrations = Migrations("queue")


@migrations()
def events_table(db: Database) -> None:
    """One row an event, in the form of the contract, readable by any SQLite tool."""
    db.execute(
        """
        create table event (
            sequence integer primary key,
            at text not null,
            command_id text not null,
            sender text not null,
            name text not null,
            body text not null check (json_valid(body))
        ) strict
        """
    )


class Journal:
    """The event log of one centre. Opened and used by one thread only."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = Database(path)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        migrations.apply(self._db)

    def append(self, recorded: Sequence[Recorded]) -> None:
        """Store events in one transaction; on disk when this returns."""
        if not recorded:
            return
        with self._db.atomic():
            for each in recorded:
                row = json.loads(encode_event(each))
                row["body"] = json.dumps(row["body"], ensure_ascii=False)
                self._db.execute(
                    "insert into event values (:sequence, :at, :command_id, :sender, :name, :body)",
                    row,
                )

    def since(self, sequence: int) -> Iterator[Recorded]:
        """The events after this sequence number, in order."""
        rows = self._db.query(
            "select * from event where sequence > ? order by sequence", [sequence]
        )
        for row in rows:
            row["body"] = json.loads(row["body"])
            yield decode_event(json.dumps(row).encode())

    def close(self) -> None:
        """Close the file."""
        self._db.close()

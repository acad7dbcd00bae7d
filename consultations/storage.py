"""The register's tables, in SQLite or PostgreSQL, by the same SQL.

Whoever writes does so alone. That nobody is booked twice holds without that: who is busy in which
five minutes, and on which seat, is a primary key.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from psycopg import Connection

BUSY_SECONDS = 10.0
AT_SERVER: dict[str, str | int] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c lock_timeout=3s -c statement_timeout=10s"
    " -c idle_in_transaction_session_timeout=10s",
}
"""Whoever loses the network in the middle keeps the others from writing for ten seconds at most."""

WRITERS = 5545
"""The number of PostgreSQL's advisory lock."""

TABLES = (
    """create table if not exists booking (
        id text primary key, status text not null, schedule text not null, centre text not null,
        starts_at text, ends_at text, first_day text, last_day text, joined bigint not null,
        until text)""",
    """create table if not exists taken (
        who text not null, step bigint not null, seat bigint not null,
        booking text not null references booking (id) on delete cascade,
        primary key (who, step, seat))""",
    """create table if not exists maker (
        booking text primary key references booking (id) on delete cascade, staff text not null,
        command_id text not null)""",
    """create table if not exists answer (
        staff text not null, command_id text not null, at text not null, asked text not null,
        answer text not null, primary key (staff, command_id))""",
    """create table if not exists history (
        sequence bigint primary key, at text not null, staff text not null, verb text not null,
        booking text not null, schedule text not null, centre text not null, starts_at text)""",
    "create index if not exists taken_by_booking on taken (booking)",
    "create index if not exists booking_by_start on booking (starts_at)",
    "create index if not exists history_by_booking on history (booking)",
)
"""Moments are texts in UTC, days texts; `step` is a number of five minutes since 1970. `maker`: the
order of which a booking's code is made."""


class StorageError(Exception):
    """Nothing could be read; or it is not known whether a transaction was stored."""


class Database(Protocol):
    """SQL with %s for each value."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, and alone. Raises StorageError."""
        ...

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that it gives, if it gives any. Raises StorageError."""
        ...

    def close(self) -> None: ...


def is_server(url: str) -> bool:
    """Whether it is PostgreSQL's address, else the name of a file."""
    return url.startswith(("postgresql://", "postgres://"))


def open_database(url: str) -> Database:
    """A PostgreSQL database by its `postgresql://` address, else SQLite by the name of its file.
    Raises StorageError."""
    database: Database = PostgreSQL(url) if is_server(url) else SQLite(Path(url))
    with database.transaction():
        for table in TABLES:
            database.run(table)
    return database


class SQLite:
    """A file. What was committed survives a power cut."""

    def __init__(self, path: Path) -> None:
        with self._translated():
            self._connection = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            self.run(f"pragma {pragma}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone."""
        self.run("begin immediate")
        try:
            yield
            self.run("commit")
        except BaseException:
            with suppress(StorageError):
                self.run("rollback")
            raise

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that it gives."""
        with self._translated():
            return self._connection.execute(sql.replace("%s", "?"), values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @staticmethod
    @contextmanager
    def _translated() -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(str(error)) from error


class PostgreSQL:
    """A server. A connection that was lost is made anew by the next transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection[tuple[Any, ...]] | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone."""
        with self._translated(), self._connected().transaction():
            self.run(f"select pg_advisory_xact_lock({WRITERS})")
            yield

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that it gives."""
        with self._translated():
            cursor = self._connected().execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Leave the server."""
        if self._connection:
            self._connection.close()

    def _connected(self) -> "Connection[tuple[Any, ...]]":
        import psycopg

        if self._connection is None or self._connection.closed:
            address = psycopg.conninfo.make_conninfo(self._url, **AT_SERVER)
            self._connection = psycopg.connect(address, autocommit=True)
        return self._connection

    @staticmethod
    @contextmanager
    def _translated() -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            raise StorageError(str(error)) from error

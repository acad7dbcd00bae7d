"""What a kiosk must know to give numbers by itself, on disk before anybody sees a number.

SQLite, WAL with synchronous=FULL. A damaged file is moved aside and a new one begun, with another
`journal`, so that no number of the old one is given again. Without a file that can be written there
is one in memory, which is not `durable`: nobody gives numbers from it.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from pydantic import AwareDatetime, TypeAdapter
from sqlite_utils import Database
from sqlite_utils.db import InvalidColumns

from drivers.disk import is_of_the_disk
from messaging.messages import BookingsState, LeaseState
from queue_core.commands import MergeTicket

log = logging.getLogger(__name__)

KEPT = timedelta(days=8)
"""Tickets that are merged or refused go after so long."""

ROTTEN = (sqlite3.Error, InvalidColumns, LookupError, TypeError, ValueError)
"""What reading a file that is not as it was written may raise: a column may be gone."""

_FACT = {"name": str, "body": str}
_GIVEN = {"place": int, "id": str, "day": str, "fate": str, "body": str}

_TICKET = TypeAdapter(MergeTicket)
_MOMENT = TypeAdapter[datetime](AwareDatetime)
_END = TypeAdapter[datetime | None](AwareDatetime | None)
_TEXT = TypeAdapter(str)


class StoreError(Exception):
    """It could not be written; nothing is changed."""


class Fate(StrEnum):
    """What became of a ticket that the kiosk gave by itself."""

    GIVEN = "given"
    MERGED = "merged"
    REFUSED = "refused"


@dataclass(slots=True)
class Given:
    """A ticket, and the day of the lease that its number is from."""

    ticket: MergeTicket
    day: date
    fate: Fate = Fate.GIVEN


@dataclass(slots=True)
class Known:
    """All that is in the file. `tickets`: by id, in the order in which they were given."""

    journal: str
    leases: LeaseState | None = None
    bookings: BookingsState | None = None
    seen_at: datetime | None = None
    tickets_end: datetime | None = None
    tickets: dict[str, Given] = field(default_factory=dict)


class Store:
    """For one thread. What changes is on disk when a method returns; or it raises StoreError."""

    def __init__(self, path: Path) -> None:
        self.faults: frozenset[str] = frozenset()
        self.durable, self._path = True, path
        try:
            self._open_or_begin_anew(path)
        except (OSError, sqlite3.Error) as error:
            log.warning("the kiosk has no store and gives no numbers by itself: %s", error)
            self.durable, self.faults = False, frozenset({"store_broken"})
            self._open(":memory:")

    def mend(self) -> None:
        """Open the file after all, if it could not be opened and the disk is well again."""
        if self.durable:
            return
        memory = self._database
        with suppress(OSError, sqlite3.Error):
            self._open_or_begin_anew(self._path)
            memory.close()
            self.durable, self.faults = True, self.faults - {"store_broken"}

    def keep_leases(self, leases: LeaseState) -> None:
        """The numbers that may be given by itself, instead of those before."""
        self._keep(leases=leases.model_dump_json())
        self.known.leases = leases

    def keep_bookings(self, bookings: BookingsState) -> None:
        """The slots as the module knows them, instead of those before."""
        self._keep(bookings=bookings.model_dump_json())
        self.known.bookings = bookings

    def keep_moment(self, seen_at: datetime) -> None:
        """It is not earlier than this."""
        self._keep(seen_at=json.dumps(seen_at.isoformat()))
        self.known.seen_at = seen_at

    def keep_tickets_end(self, moment: datetime | None) -> None:
        """From when on staff give no more tickets on that day; None: they give them."""
        self._keep(tickets_end=_END.dump_json(moment).decode())
        self.known.tickets_end = moment

    def add(self, given: Given) -> None:
        """A ticket that is about to be shown and printed."""
        body = _TICKET.dump_json(given.ticket).decode()
        day, fate = given.day.isoformat(), given.fate.value
        row = {"id": given.ticket.ticket, "day": day, "fate": fate, "body": body}
        with self._writing() as database:
            database.table("ticket").insert(row)
        self.known.tickets[given.ticket.ticket] = given

    def settle(self, ticket: str, fate: Fate) -> None:
        """What became of it."""
        with self._writing() as database:
            database.execute("update ticket set fate = ? where id = ?", [fate.value, ticket])
        self.known.tickets[ticket].fate = fate

    def clean(self, today: date) -> None:
        """Forget what is over."""
        before = (today - KEPT).isoformat()
        with self._writing() as database:
            over = "day < ? and fate <> ?"
            database.table("ticket").delete_where(over, [before, Fate.GIVEN.value])
        self.known.tickets = {
            name: each
            for name, each in self.known.tickets.items()
            if each.fate is Fate.GIVEN or each.day.isoformat() >= before
        }

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _open_or_begin_anew(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._open(str(path))
        except ROTTEN as error:
            if isinstance(error, sqlite3.Error) and is_of_the_disk(error):
                raise
            kind = type(error).__name__  # the error itself may repeat a ticket's row
            log.warning("the kiosk's store is damaged, a new one is begun: %s", kind)
            self.faults = frozenset({"store_damaged"})
            for each in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    path.with_name(path.name + each).replace(f"{path}.damaged{each}")
            self._open(str(path))

    def _open(self, path: str) -> None:
        database = _opened(path)
        try:
            self.known = _read(database)
        except ROTTEN:
            database.close()
            raise
        self._database = database

    def _keep(self, **facts: str) -> None:
        with self._writing() as database:
            rows = ({"name": name, "body": body} for name, body in facts.items())
            database.table("fact").insert_all(rows, replace=True)

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        try:
            with self._database.atomic() as database:
                yield database
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error


def _opened(path: str) -> Database:
    database = Database(path)
    try:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        if database.execute("pragma integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("integrity_check found damage")
        facts, tickets = database.table("fact"), database.table("ticket")
        facts.create(_FACT, pk="name", not_null=_FACT, strict=True, if_not_exists=True)
        tickets.create(_GIVEN, pk="place", not_null=_GIVEN, strict=True, if_not_exists=True)
        tickets.create_index(["id"], unique=True, if_not_exists=True)
        facts.insert({"name": "journal", "body": json.dumps(uuid4().hex)}, ignore=True)
    except ROTTEN:
        database.close()
        raise
    return database


def _read(database: Database) -> Known:
    """Raises one of ROTTEN for what nobody wrote so."""
    facts = {each["name"]: each["body"] for each in database.table("fact").rows}
    leases, bookings, seen_at = (facts.get(each) for each in ("leases", "bookings", "seen_at"))
    tickets = [
        Given(
            _TICKET.validate_json(each["body"]),
            date.fromisoformat(each["day"]),
            Fate(each["fate"]),
        )
        for each in database.table("ticket").rows_where(order_by="place")
    ]
    return Known(
        journal=_TEXT.validate_json(facts["journal"]),
        leases=LeaseState.model_validate_json(leases) if leases else None,
        bookings=BookingsState.model_validate_json(bookings) if bookings else None,
        seen_at=_MOMENT.validate_json(seen_at) if seen_at else None,
        tickets_end=_END.validate_json(facts.get("tickets_end", "null")),
        tickets={each.ticket.ticket: each for each in tickets},
    )

"""Days of a centre at random, as logs to be replayed."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from messaging.codec import encode_event
from queue_core import commands as c
from queue_core.centre import Centre
from queue_core.events import Recorded
from queue_core.figures import TABLES
from queue_core.model import Channel, GivenService, WaitRange
from queue_module.schema import chained, open_for_writing
from queue_module.tokens import Rename, in_body
from queue_module.views import VIEWS
from tests.queue_core.conftest import Day


def random_days(centre: Centre, seed: int, days: int = 3, steps: int = 120) -> list[Recorded]:
    """The log of some days on which everything happens."""
    day, chance = Day(centre), Random(seed)
    for number in range(days):
        _begin(day, number)
        for _ in range(steps):
            _step(day, chance)
            day.wait(chance.choice((0.1, 0.5, 1)))
        day.do(c.KeepOvernight(chance.random() < 0.5))
        day.wait(24 * 60 - (day.now.hour - 10) * 60)
    return day.log


def unnamed(log: Iterable[Recorded]) -> list[tuple[Any, ...]]:
    """The events with numbers in the place of tokens, or of what stands for those."""
    numbers = dict[str, str]()
    return [_row(each, lambda token: numbers.setdefault(token, str(len(numbers)))) for each in log]


def write_earlier(
    database: Path, log: Sequence[Recorded], version: int, page: str = "", before: str = ""
) -> None:
    """A log as an earlier version left it: with tokens in the events, of the first without hashes.
    `page`: what all came to before these events, the last of which had the hash `before`."""
    open_for_writing(database).close()
    with closing(sqlite3.connect(database, isolation_level=None)) as old:
        old.execute("drop table token")
        drop_figures(old)
        if version == 1:
            old.execute("alter table event drop column hash")
            old.execute("drop table snapshot")
            old.execute("create table _sqlite_migrations (name text)")
        if version < 3:
            old.execute("drop table page")
        if page:
            row = (log[0].sequence - 1, before, page)
            old.execute("insert into page values (?, ?, ?, ?)", (*row, chained("", *row)))
        for each in log:
            row_ = _row(each, str)
            before = chained(before, *row_)
            values = row_ if version == 1 else (*row_, before)
            old.execute(f"insert into event values ({', '.join('?' * len(values))})", values)
        old.execute(f"pragma user_version = {version if version > 1 else 0}")


def drop_figures(old: sqlite3.Connection) -> None:
    """What no version before the fifth had."""
    for view in VIEWS:
        old.execute(f"drop view {view}")
    for table in ("services", *(each.name for each in TABLES)):
        old.execute(f"drop table {table}")


def _row(recorded: Recorded, rename: Rename) -> tuple[Any, ...]:
    row = json.loads(encode_event(recorded))
    row["command_id"] = rename(row["command_id"])
    row["body"] = json.dumps(in_body(row["body"], rename), ensure_ascii=False)
    return tuple(row.values())


def _begin(day: Day, number: int) -> None:
    for counter in ("1", "2"):
        day.do(c.OpenCounter(counter))
    for minutes in (5, 9, 30):
        starts_at = day.now + timedelta(minutes=minutes)
        day.do(c.AddBooking(f"booking-{number}-{minutes}", "vsaa-konsultacija", starts_at, 20))


def _step(day: Day, chance: Random) -> None:
    counter = chance.choice(("1", "2"))
    ticket = day.state.at_counter.get(counter, "")
    any_ticket = chance.choice([*sorted(day.state.tickets), "nobody's"])
    given = (GivenService("vsaa-slimiba", chance.randint(1, 3)),)
    wait = WaitRange(timedelta(minutes=1), timedelta(minutes=5.5), timedelta(minutes=12))
    commands: list[c.Command] = [
        c.TakeTicket(chance.choice(("vsaa-slimiba", "vid-eds", "lad-eps")), "lv", offered=True),
        c.TakeTicket("vsaa-slimiba", "en"),
        c.CheckIn(chance.choice([*day.state.bookings, "none"]), "lv"),
        c.PromiseWait(any_ticket, wait),
        c.CallNext(counter),
        c.CallNext(counter, insist=True),
        c.CallTicket(counter, any_ticket, "ar mazu bērnu"),
        c.Start(counter, ticket),
        c.Finish(counter, ticket, given),
        c.Finish(counter, ticket, given),
        c.Account(counter, (GivenService("vid-eds", 1, Channel.PHONE),)),
        *(c.Amend(counter, each, given) for each in day.state.done.get(counter, ())[:1]),
        c.NoShow(counter, ticket),
        c.Hold(counter, ticket),
        c.Transfer(counter, ticket, "vid-eds"),
        c.Resume(any_ticket),
        c.Prioritise(any_ticket),
        c.Rate(any_ticket, chance.randint(1, 10)),
        c.Undo(counter),
        c.AskHelp(),
        c.LeaseNumbers("journal-desk"),
        *(_merge(day, chance) for _ in day.state.leases[:1]),
    ]
    day.do(chance.choice(commands))


def _merge(day: Day, chance: Random) -> c.MergeTicket:
    lease = chance.choice(day.state.leases)
    service = next(s.id for s in day.centre.services.values() if s.series == lease.series)
    number, ticket = chance.randint(lease.first, lease.last), f"own-{len(day.log)}"
    issued_at = day.now - timedelta(minutes=chance.randint(0, 60))
    return c.MergeTicket(ticket, lease.series, number, service, "lv", issued_at)

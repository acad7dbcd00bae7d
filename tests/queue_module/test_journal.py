"""The log as a file: readable, chained, taken over from its first version, honest when broken."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queue_core.centre import Centre
from queue_core.events import Recorded
from queue_module.journal import Journal
from queue_module.reading import Head, read_log, rows_after, tokens_in
from queue_module.schema import open_for_reading
from queue_module.storage import Fault, StorageError
from tests.parts import small_disk
from tests.queue_module.days import random_days, write_earlier


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture(scope="module")
def log(centre: Centre) -> list[Recorded]:
    return random_days(centre, 3, days=2, steps=60)


@pytest.fixture
def journal(database: Path, log: list[Recorded]) -> Iterator[Journal]:
    journal = Journal(database)
    journal.open()
    journal.append(log)
    yield journal
    journal.close()


def changed(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute(statement)


def append_each(journal: Journal, log: list[Recorded]) -> None:
    for each in log:
        journal.append([each])


def damage_said(database: Path) -> str:
    with pytest.raises(StorageError) as said:
        read_log(database)
    assert said.value.fault is Fault.LOG_DAMAGED
    return str(said.value)


def test_what_is_written_while_the_log_is_proved_is_no_damage(
    database: Path, log: list[Recorded]
) -> None:
    journal = Journal(database)
    journal.open()
    journal.append(log[:-1])
    with closing(open_for_reading(database)) as reader:
        tokens = tokens_in(reader)
        journal.append(log[-1:])
        assert len(list(rows_after(reader, Head(), tokens))) == len(log) - 1
    journal.close()


def test_anybody_can_read_the_log_and_prove_it(journal: Journal, database: Path) -> None:
    with closing(sqlite3.connect(database)) as reader:
        assert reader.execute("pragma journal_mode").fetchone() == ("wal",)
        before = ""
        for *row, stored in reader.execute("select * from event order by sequence"):
            before = hashlib.sha256(json.dumps([before, *row]).encode()).hexdigest()
            assert before == stored
    assert before == journal.head.hash


def test_every_commit_is_waited_for(journal: Journal) -> None:
    with journal._using() as database:
        assert database.execute("pragma synchronous").fetchone() == (2,)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_log_of_an_earlier_version_is_taken_over(
    database: Path, log: list[Recorded], version: int
) -> None:
    write_earlier(database, log, version)
    journal = Journal(database)
    journal.open()
    assert list(journal.following(Head())) == log
    journal.append([])
    journal.close()
    assert read_log(database) == log


@pytest.mark.parametrize("version", [2, 3])
def test_a_log_of_an_earlier_version_that_is_damaged_stays_as_it_is(
    database: Path, log: list[Recorded], version: int
) -> None:
    write_earlier(database, log, version)
    changed(database, "update event set sender = 'desk-9' where sequence = 30")
    journal = Journal(database)
    with pytest.raises(StorageError, match="Event 30 is missing, or is not as it was written"):
        journal.open()
    assert journal.fault is Fault.LOG_DAMAGED
    with pytest.raises(StorageError, match="Event 30 is not as it was written"):
        list(journal.following(Head()))
    journal.close()
    assert "Event 30 is not as it was" in damage_said(database)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update event set body = body || ' ' where sequence = 30", "Event 30 is not as it was"),
        ("update event set sender = 'desk-9' where sequence = 30", "Event 30 is not as it was"),
        ("update event set at = '2026-01-01T00:00:00Z' where sequence = 30", "Event 30 is not as"),
        ("delete from event where sequence = 30", "Event 30 is missing."),
        ("update event set sequence = 9999 where sequence = 30", "Event 30 is missing."),
        ("update event set hash = '' where sequence = 30", "Event 30 is not as it was written"),
        (
            "delete from event where sequence > 90",
            "ends with event 90; there is a token of a later",
        ),
        ("delete from token where rowid = (select max(rowid) from token)", "A token of event"),
        ("update token set salt = '' where token = 'command-90'", "A token of event"),
        ("update token set token = 'nobody-s' where token = 'command-90'", "A token of event"),
    ],
)
def test_a_change_is_found_where_it_was_made(
    journal: Journal, database: Path, statement: str, said: str
) -> None:
    changed(database, statement)
    assert said in damage_said(database)


def test_bytes_overwritten_in_the_file_are_found(journal: Journal, database: Path) -> None:
    journal.close()
    place = database.read_bytes().index(b"counter_changed")
    with database.open("r+b") as file:
        file.seek(place)
        file.write(os.urandom(3000))
    damage_said(database)


def test_another_writer_is_kept_out(journal: Journal, database: Path) -> None:
    other = Journal(database)
    with pytest.raises(StorageError, match="in use"):
        other.open()
    assert other.fault is Fault.DISK_FAULT
    assert len(list(other.following(Head()))) == journal.head.sequence
    journal.close()
    other.open()
    other.append([])
    other.close()


def test_a_failed_write_takes_nothing_until_the_file_is_opened_again(
    database: Path, log: list[Recorded]
) -> None:
    journal = Journal(database)
    journal.open()
    journal.append(log[:10])
    with journal._using() as database_:
        (pages,) = database_.execute("pragma page_count").fetchone()
        database_.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(StorageError):
        append_each(journal, log[10:])
    assert journal.fault is Fault.DISK_FULL
    kept = journal.head.sequence
    with pytest.raises(StorageError):
        journal.append(log[kept : kept + 1])
    journal.open()
    assert list(journal.following(journal.head)) == []
    journal.append(log[kept:])
    journal.close()
    assert read_log(database) == log


@pytest.mark.parametrize("left", ["closed", "killed"])
def test_what_cannot_be_written_can_be_read(tmp_path: Path, log: list[Recorded], left: str) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        journal = Journal(tmp_path / "queue.db")
        journal.open()
        journal.append(log)
        if left == "closed":
            journal.close()
        for file in tmp_path.glob("queue.db*"):
            shutil.copy(file, disk)
        journal.close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        reading = Journal(disk / "queue.db")
        with pytest.raises(StorageError):
            reading.open()
        assert reading.fault is Fault.DISK_FAULT
        assert list(reading.following(Head())) == log
        reading.close()

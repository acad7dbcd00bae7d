"""Whoever has a paper and reads the hub's files finds nothing of it once its day is over."""

import json
import sqlite3
from collections.abc import Iterator, Set
from contextlib import closing
from dataclasses import fields, is_dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from messaging.codec import decode_event, encode_event
from queue_core.centre import Centre
from queue_core.commands import AddBooking, OpenDay
from queue_core.events import DayOpened, Event, Recorded
from queue_core.model import State
from queue_module import backups
from queue_module.reading import codes_lost, forgotten
from queue_module.storage import Fault
from queue_module.tokens import in_body, tokens_of
from tests.queue_core.conftest import Day
from tests.queue_module.days import random_days
from tests.queue_module.test_ledger import Restored, fold, nothing

DAYS, STEPS = 4, 50

TOKENS = {
    *("ticket", "booking", "record", "id", "command_id"),
    *("tickets", "bookings", "accounts", "answers", "earlier_answers"),
    *("at_counter", "done", "announced", "living", "numbers", "facts"),
}
NOBODYS = {
    *("series", "service", "language", "instead_of", "number", "next_number", "slot_number"),
    *(
        "counter",
        "for_counter",
        "counters",
        "counter_times",
        "undoable",
        "unit",
        "help",
        "sender",
        "merged",
    ),
    *("journal", "last_numbers", "lately_given", "note", "command"),
}


@pytest.fixture(scope="module")
def log(centre: Centre) -> list[Recorded]:
    """Random days with tokens that nothing else looks like."""
    return [disguised(each) for each in random_days(centre, 4, DAYS, STEPS)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def restored(centre: Centre, database: Path, log: list[Recorded]) -> Iterator[Restored]:
    """That log, of which nothing is forgotten yet; still open."""
    with Restored(centre, database) as restored:
        restored.store(log)
        yield restored


def disguised(recorded: Recorded) -> Recorded:
    def other(token: str) -> str:
        return f"visitor-{sha256(token.encode()).hexdigest()}"

    row = json.loads(encode_event(recorded))
    row["command_id"], row["body"] = other(row["command_id"]), in_body(row["body"], other)
    return decode_event(json.dumps(row).encode())


def content(database: Path) -> bytes:
    """Of all files of the log, also while it is written."""
    return b"".join(each.read_bytes() for each in database.parent.glob(f"{database.name}*"))


def standing(tokens: Set[str], text: bytes) -> set[str]:
    return {each for each in tokens if each.encode() in text}


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute(statement)


def test_tokens_stand_in_their_table_only(restored: Restored, database: Path) -> None:
    assert len(restored.journal.tokens.known) > STEPS
    restored.journal.close()
    with closing(sqlite3.connect(database)) as reader:
        texts = reader.execute(
            "select command_id || body from event union all select body from page "
            "union all select body from snapshot"
        )
        assert "visitor-" not in "".join(text for (text,) in texts)


def test_what_nobody_can_come_with_any_more_stands_nowhere_in_the_files(
    restored: Restored, database: Path
) -> None:
    tokens, known = restored.journal.tokens, tokens_of(restored.ledger.state)
    over = {token for _, _, token in tokens.rows} - known
    salts = {salt for _, salt, token in tokens.rows if token in over}
    assert standing(over | salts, content(database)) == over | salts
    restored.ledger.forget()
    assert standing(over | salts | known, content(database)) == known
    assert restored.journal.tokens.known == known


def test_forgotten_all_is_proved_and_comes_to_the_same(
    centre: Centre, restored: Restored, database: Path, log: list[Recorded]
) -> None:
    restored.ledger.forget()
    restored.journal.close()
    assert backups.proved(database).sequence == len(log)
    change(database, "delete from snapshot")
    with Restored(centre, database) as again:
        assert again.ledger.replayed == len(log)
        assert again.memory == fold(nothing(centre), log)
        assert again.ledger.fault is None


def test_a_centre_that_was_closed_for_weeks_is_sound(centre: Centre, database: Path) -> None:
    """The newest token that is known would be that of an appointment made long before."""
    day = Day(centre)
    day.do(AddBooking("visitor-1", "vsaa-konsultacija", day.now + timedelta(days=60), 20))
    with Restored(centre, database, keep_days=2) as closed:
        for _ in range(5):
            closed.store(day.log)
            closed.ledger.forget()
            day.log.clear()
            day.wait(24 * 60)
            day.do(OpenDay())
        assert forgotten(database) > 1
        assert "visitor-1" in closed.ledger.state.bookings
    assert backups.proved(database).sequence
    with Restored(centre, database, keep_days=2) as again:
        assert again.ledger.fault is None


def test_somebody_who_reads_delays_it(restored: Restored, database: Path) -> None:
    over = restored.journal.tokens.known - tokens_of(restored.ledger.state)
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select * from token").fetchone()
        restored.ledger.forget()
        assert standing(over, content(database)) == over
    restored.ledger.forget()
    assert standing(over, content(database)) == set()


def test_forgotten_all_at_once_or_not_yet(centre: Centre, restored: Restored) -> None:
    before, database = set(restored.journal.tokens.known), restored.journal._path
    change(
        database, "create trigger stop before insert on token begin select raise(abort, ''); end"
    )
    restored.ledger.forget()
    assert restored.ledger.fault
    change(database, "drop trigger stop")
    assert restored.ledger.mend() == []
    assert tokens_of(restored.ledger.state) == restored.journal.tokens.known < before


def test_a_token_of_yesterday_that_is_gone_is_found_by_a_start(
    centre: Centre, restored: Restored, database: Path, log: list[Recorded]
) -> None:
    opened = max(i for i, each in enumerate(log) if isinstance(each.event, DayOpened))
    names = [each.command_id for each in log[:opened] if each.command_id != log[opened].command_id]
    restored.journal.close()
    change(database, f"delete from token where token = '{names[-1]}'")
    with Restored(centre, database) as again:
        assert again.ledger.state.sequence == len(log)
        assert again.ledger.fault is Fault.LOG_DAMAGED
        assert again.ledger.mend() == []
        assert again.ledger.fault is Fault.LOG_DAMAGED


def test_what_a_copy_brings_back_is_forgotten_by_the_next_start(
    centre: Centre, restored: Restored, database: Path, log: list[Recorded]
) -> None:
    restored.journal.close()
    folder = database.parent / "stick"
    folder.mkdir()
    backups.make(database, folder, "demo", log[-1].at, 14)
    backups.restore(database, folder, "demo", log[-1].at)
    with Restored(centre, database) as again:
        assert again.journal.tokens.known == tokens_of(again.ledger.state)


def test_tokens_that_could_not_be_read_at_the_start_are_known_when_the_disk_is_well(
    centre: Centre, restored: Restored, database: Path
) -> None:
    restored.ledger.forget()
    restored.journal.close()
    change(database, "alter table token rename to unreadable")
    with Restored(centre, database) as again:
        faults = [again.ledger.fault]
        change(database, "alter table unreadable rename to token")
        again.ledger.mend()
        assert [*faults, again.ledger.fault] == [Fault.LOG_DAMAGED, None]
        assert again.memory == restored.memory


@pytest.mark.parametrize("days_ago", [0, 1])
def test_a_restore_brings_back_events_whose_tokens_are_lost(
    centre: Centre, database: Path, log: list[Recorded], days_ago: int
) -> None:
    folder = database.parent / "stick"
    folder.mkdir()
    mornings = [i for i, each in enumerate(log) if isinstance(each.event, DayOpened)]
    cut = mornings[-1 - days_ago] + 2
    with Restored(centre, database) as restored:
        restored.store(log[:cut])
        backups.make(database, folder, "demo", log[0].at, 14)
        restored.store(log[cut:])
    lost = log[cut + 1].command_id
    change(database, f"delete from token where token = '{lost}'")
    with Restored(centre, database) as damaged:
        assert damaged.ledger.fault is Fault.LOG_DAMAGED
    backups.restore(database, folder, "demo", log[-1].at)
    assert codes_lost(database) == 1
    with Restored(centre, database) as again:
        assert again.ledger.fault is None
        assert again.ledger.state.sequence == len(log)
        assert lost not in tokens_of(again.ledger.state)


def test_of_each_text_in_an_event_or_the_state_it_is_known_whose_it_is() -> None:
    """Whoever adds a field decides whether it points at a visitor (`queue_module/tokens.py`)."""
    kinds = (State, Recorded, *get_args(Event))
    assert {name for kind in kinds for name in texts(kind)} <= TOKENS | NOBODYS


def texts(kind: Any) -> Iterator[str]:
    """The names of all fields in which a text may stand, also those inside."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        inside = [*parts(hints[field.name])]
        if str in inside:
            yield field.name
        for each in inside:
            if is_dataclass(each):
                yield from texts(each)


def parts(kind: Any) -> Iterator[Any]:
    yield kind
    for each in get_args(kind):
        yield from parts(each)

"""A start from what was kept is a replay of everything, only shorter; and never a wrong one."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

import hypothesis.strategies as st
import pytest
from hypothesis import given

from queue_core.centre import Centre
from queue_core.events import DayOpened, Recorded, TicketServed
from queue_core.evolve import evolve
from queue_core.model import State
from queue_core.service_times import ServiceTimes, learn_from
from queue_module import ledger, memory
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.memory import Memory
from queue_module.reading import read_log
from queue_module.storage import Fault, StorageError
from queue_module.tokens import Tokens, in_state
from queue_module.waits import Waits
from tests.queue_module.days import random_days, unnamed

Written = tuple[list[Recorded], bytes, Tokens]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


def fold(begin: Memory, log: Sequence[Recorded]) -> Memory:
    """All of a replay."""
    state, times = begin.state, begin.times
    for each in log:
        state = evolve(state, each)
        if isinstance(each.event, TicketServed):
            times = learn_from(times, state.tickets[each.event.ticket])
    return Memory(state, times)


def nothing(centre: Centre) -> Memory:
    expected = {service.id: service.expected for service in centre.services.values()}
    return Memory(State(), ServiceTimes.prior(expected))


class Restored:
    """A ledger as after a start."""

    def __init__(self, centre: Centre, database: Path, keep_days: int = 400) -> None:
        self.journal, self.waits = Journal(database), Waits(centre, random.Random(1))
        self.ledger = Ledger(self.journal, self.waits, keep_days)
        self.ledger.restore()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.journal.close()

    @property
    def memory(self) -> Memory:
        return Memory(self.ledger.state, self.waits.times)

    def store(self, log: Sequence[Recorded]) -> None:
        """Event by event, as it goes, with what is done in idle moments."""
        for each in log:
            self.ledger.store(evolve(self.ledger.state, each), [each])
            self.ledger.keep_if_due()


@pytest.mark.parametrize("seed", range(4))
def test_any_beginning_kept_and_the_rest_replayed_is_the_whole(centre: Centre, seed: int) -> None:
    log = random_days(centre, seed)
    whole = fold(nothing(centre), log)
    assert whole.times != nothing(centre).times
    before, at = nothing(centre), 0
    for place in sorted(random.Random(seed).sample(range(len(log) + 1), 25)):
        before, at = fold(before, log[at:place]), place
        assert fold(memory.decode(memory.encode(before)), log[place:]) == whole


@pytest.fixture(scope="module")
def written(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A log of four days, its file with what was kept of it, and the tokens in it."""
    database = tmp_path_factory.mktemp("written") / "queue.db"
    log = random_days(centre, 7, days=4, steps=60)
    with Restored(centre, database) as restored:
        restored.store(log)
    return log, database.read_bytes(), restored.journal.tokens


@pytest.fixture
def kept(database: Path, written: Written) -> list[Recorded]:
    """That log, in the file."""
    database.write_bytes(written[1])
    return written[0]


def test_a_start_reads_the_last_day_only_and_what_was_learned_is_there(
    centre: Centre, database: Path, kept: list[Recorded]
) -> None:
    whole = fold(nothing(centre), kept)
    first_of_the_day = max(each.sequence for each in kept if isinstance(each.event, DayOpened))
    with Restored(centre, database) as restored:
        assert restored.memory == whole
        assert restored.ledger.replayed == len(kept) - first_of_the_day


@pytest.mark.parametrize("newest", [1, 2, 3])
def test_what_is_not_as_it_was_kept_is_not_used(
    centre: Centre, database: Path, kept: list[Recorded], newest: int
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as damage:
        damage.execute(
            "update snapshot set body = replace(body, '-11-', '-10-') where sequence in "
            "(select sequence from snapshot order by sequence desc limit ?)",
            [newest],
        )
    with Restored(centre, database) as restored:
        assert restored.memory == fold(nothing(centre), kept)
        assert restored.ledger.fault is None
        assert (restored.ledger.replayed == len(kept)) is (newest == 3)


def test_what_was_kept_under_other_rules_is_not_used(
    centre: Centre, database: Path, kept: list[Recorded]
) -> None:
    slower = replace(
        centre,
        services={
            each.id: replace(each, expected=each.expected + timedelta(minutes=5))
            for each in centre.services.values()
        },
    )
    with Restored(slower, database) as restored:
        assert restored.memory == fold(nothing(slower), kept)
        assert restored.ledger.replayed == len(kept)
        restored.ledger.keep_if_due()
    with Restored(slower, database) as restored:
        assert restored.ledger.replayed == 0
        assert restored.memory == fold(nothing(slower), kept)


def test_a_long_replay_that_is_stopped_goes_on_where_it_was(
    centre: Centre, database: Path, kept: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("update snapshot set rules = 'other'")
    monkeypatch.setattr(ledger, "LONG_REPLAY", 50)
    taken = list[Recorded]()

    def stopped(state: State, recorded: Recorded) -> State:
        taken.append(recorded)
        if len(taken) == 120:
            raise KeyboardInterrupt
        return evolve(state, recorded)

    with monkeypatch.context() as stop:
        stop.setattr(ledger, "evolve", stopped)
        with pytest.raises(KeyboardInterrupt):
            Restored(centre, database)
    with Restored(centre, database) as restored:
        assert restored.ledger.replayed == len(kept) - 100
        assert restored.memory == fold(nothing(centre), kept)


def test_the_rules_change_with_what_learning_starts_from(centre: Centre) -> None:
    times = nothing(centre).times
    assert memory.rules(times) == memory.rules(times)
    assert memory.rules(times) != memory.rules(ServiceTimes.prior({}))


@pytest.mark.parametrize("text", ["", "null", "{}", '{"state": {}, "times": 5}'])
def test_anything_else_is_no_memory(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        memory.decode(text)


def test_where_only_what_was_kept_has_rotted_the_events_are_all_there(
    centre: Centre, database: Path, kept: list[Recorded]
) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("pragma journal_mode = delete")
        (page,) = other.execute("select rootpage from sqlite_schema where name = 'snapshot'")
        (size,) = other.execute("pragma page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page[0] - 1) * size)
        file.write(b"rust" * (size // 4))
    with Restored(centre, database) as restored:
        assert restored.memory == fold(nothing(centre), kept)
        assert restored.ledger.fault is Fault.LOG_DAMAGED


def test_a_log_that_lost_its_end_takes_nothing_new(
    centre: Centre, database: Path, kept: list[Recorded]
) -> None:
    with Restored(centre, database) as restored:
        newest = restored.ledger.state.sequence - restored.ledger.replayed
    with closing(sqlite3.connect(database, isolation_level=None)) as damage:
        damage.execute("delete from event where sequence > ?", [newest - 10])
    with Restored(centre, database) as restored:
        assert restored.ledger.fault is Fault.LOG_DAMAGED
        assert restored.ledger.state.sequence == newest - 10
        assert restored.ledger.mend() == []
        assert restored.ledger.fault is Fault.LOG_DAMAGED


def test_services_are_named_when_the_disk_is_well(centre: Centre, database: Path) -> None:
    database.mkdir()  # no file can be made there
    with Restored(centre, database) as restored:
        assert restored.ledger.fault
        database.rmdir()
        assert restored.ledger.mend() == []
    with closing(sqlite3.connect(database)) as log:
        named = dict(log.execute("select service, institution from services"))
    assert named == {each.id: each.institution for each in centre.services.values()}


def test_what_a_failing_disk_has_stored_although_it_was_refused_counts_when_it_is_well(
    centre: Centre, database: Path
) -> None:
    log = random_days(centre, 7, days=1, steps=40)
    with Restored(centre, database) as restored:
        restored.store(log[:-2])
        restored.journal.close()
        restored.journal.fault = Fault.DISK_FAULT
        with pytest.raises(StorageError):
            restored.ledger.store(State(), log[-2:])
        with Restored(centre, database) as other:
            other.store(log[-2:])
            assert restored.ledger.mend() == []
            assert restored.ledger.fault is Fault.DISK_FAULT
        assert restored.ledger.mend() == log[-2:]
        assert restored.memory == fold(nothing(centre), log)
        assert restored.ledger.mend() == []


@given(place=st.floats(0, 1, exclude_max=True), rust=st.binary(min_size=1, max_size=600))
def test_however_a_file_rots_nothing_wrong_is_read(
    centre: Centre,
    written: Written,
    tmp_path_factory: pytest.TempPathFactory,
    place: float,
    rust: bytes,
) -> None:
    """Either all of the log, or its beginning with a fault; and nothing is raised but that."""
    log, content = written[0], bytearray(written[1])
    database = tmp_path_factory.mktemp("rotten") / "queue.db"
    start = int(place * len(content))
    content[start : start + len(rust)] = rust
    database.write_bytes(content)
    with suppress(StorageError):
        assert unnamed(read_log(database)) == unnamed(log)
    with Restored(centre, database) as restored:
        read, known = restored.ledger.state.sequence, restored.memory
        if restored.ledger.fault:  # which may be of tokens
            known = replace(known, state=in_state(known.state, written[2].token))
        assert known == fold(nothing(centre), log[:read])
        assert read == len(log) or restored.ledger.fault

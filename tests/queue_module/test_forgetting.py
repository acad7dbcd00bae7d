"""Old days become figures; the rest is proved, and comes to what it came to with them."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from queue_core.centre import Centre
from queue_core.events import DayOpened, Recorded, TicketTaken, VisitRated
from queue_core.evolve import evolve
from queue_core.figures import TABLES, VISITS, Figures, Row, figures_of
from queue_core.life import Status
from queue_core.model import Call, CallReason, CallRule, Kind, State, Ticket, WaitRange
from queue_core.service_times import ServiceTime
from queue_module import backups, memory
from queue_module.reading import Head, forgotten, read_log
from queue_module.storage import Fault, StorageError
from rinda.command import main
from tests.conftest import DEMO, MORNING
from tests.queue_module.days import drop_figures, random_days, unnamed, write_earlier
from tests.queue_module.test_ledger import Restored, fold, nothing

RIGA = ZoneInfo("Europe/Riga")
DAYS = 5
KEPT = 3


@pytest.fixture(scope="module")
def log(centre: Centre) -> list[Recorded]:
    return random_days(centre, 11, days=DAYS, steps=30)


@pytest.fixture(scope="module")
def written(centre: Centre, log: list[Recorded], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A log of five days, of which three are left."""
    database = tmp_path_factory.mktemp("written") / "queue.db"
    with Restored(centre, database, KEPT) as restored:
        restored.store(log)
        forget_all(restored)
    return database.read_bytes()


@pytest.fixture
def database(tmp_path: Path, written: bytes) -> Path:
    """That log, as a file."""
    (tmp_path / "queue.db").write_bytes(written)
    return tmp_path / "queue.db"


def forget_all(restored: Restored) -> None:
    for _ in range(DAYS):
        restored.ledger.forget()


def mornings(log: Sequence[Recorded]) -> list[int]:
    return [each.sequence for each in log if isinstance(each.event, DayOpened)]


def change(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement)


def stored_figures(database: Path) -> Figures:
    with closing(sqlite3.connect(database)) as reader:
        reader.row_factory = sqlite3.Row
        return {
            each.name: [
                dict(row)
                for row in reader.execute(
                    f"select * from {each.name} order by {','.join(each.key)}"
                )
            ]
            for each in TABLES
        }


def expected(log: Sequence[Recorded]) -> Figures:
    """From the whole log, day by day."""
    state, rows = State(), {each.name: list[Row]() for each in TABLES}
    for each in log:
        if isinstance(each.event, DayOpened):
            for name, found in figures_of(state, RIGA).items():
                rows[name] += found
        state = evolve(state, each)
    return rows


def test_the_oldest_days_are_forgotten_and_the_rest_is_proved(
    database: Path, log: list[Recorded]
) -> None:
    cut = mornings(log)[-KEPT]
    assert forgotten(database) == cut
    assert unnamed(read_log(database)) == unnamed(log[cut:])
    assert backups.proved(database).sequence == len(log)


def test_a_replay_from_the_oldest_page_comes_to_the_same(
    centre: Centre, database: Path, log: list[Recorded]
) -> None:
    change(database, "delete from snapshot")
    with Restored(centre, database, KEPT) as restored:
        assert restored.memory == fold(nothing(centre), log)
        assert restored.ledger.replayed == len(log) - mornings(log)[-KEPT]
        assert restored.ledger.fault is None


def test_the_figures_are_those_of_the_whole_log(
    centre: Centre, database: Path, log: list[Recorded]
) -> None:
    assert stored_figures(database) == expected(log)
    change(database, "delete from snapshot")
    with Restored(centre, database, KEPT) as restored:
        restored.ledger._keep()
    assert stored_figures(database) == expected(log)


def test_the_figures_count_everybody_once(log: list[Recorded]) -> None:
    last = mornings(log)[-1]
    total = Counter[str]()
    for row in expected(log)["visits"]:
        total.update({name: int(row[name]) for name in VISITS.sums})
    state = State()
    for each in log[:last]:
        state = evolve(state, each)
    taken = [each for each in log[:last] if isinstance(each.event, TicketTaken)]
    ends = ("served", "cancelled", "missed", "never_called", "unfinished")
    assert total["tickets"] == sum(total[name] for name in ends) == len(taken) - len(state.tickets)
    rated = {e.event.ticket: e.event.score for e in log[:last] if isinstance(e.event, VisitRated)}
    assert (total["ratings"], total["rating_sum"]) == (len(rated), sum(rated.values()))


def test_the_figures_of_a_small_day() -> None:
    told = WaitRange(*(timedelta(minutes=each) for each in (3, 5, 9)))
    called = [ticket(wait, told) for wait in (5, 12, 70)]
    ended_at = MORNING + timedelta(minutes=8)
    served = replace(called[0], status=Status.SERVED, expired_from=None, ended_at=ended_at, rated=9)
    cancelled, waiting = replace(ticket(None), status=Status.CANCELLED), ticket(None)
    tickets = (served, *called[1:], cancelled, replace(waiting, status=Status.WAITING))
    day = State(MORNING.date(), tickets={str(i): each for i, each in enumerate(tickets)})
    uncalled, at_one = figures_of(day, RIGA)["visits"]
    assert (uncalled["counter"], uncalled["tickets"], uncalled["cancelled"]) == ("", 1, 1)
    assert {name: value for name, value in at_one.items() if value} == {
        "day": str(MORNING.date()),
        "hour": "10",
        "service": "vid-eds",
        "counter": "1",
        "kind": "walk_in",
        "tickets": 3,
        "served": 1,
        "missed": 2,
        "called": 3,
        "called_late": 3,
        "wait_seconds": 87 * 60,
        "waited_5": 1,
        "waited_20": 1,
        "waited_longer": 1,
        "serving_seconds": 3 * 60,
        "promises": 3,
        "promises_kept": 1,
        "promise_error_seconds": (7 + 65) * 60,
        "ratings": 1,
        "rating_sum": 9,
    }


def ticket(wait: int | None, told: WaitRange | None = None) -> Ticket:
    """Expired; called after so many minutes, if at all."""
    at = MORNING + timedelta(minutes=wait or 0)
    reason = CallReason(CallRule.ONLY_ONE, MORNING)
    call = None if wait is None else Call(1, "1", at, reason, announced_at=at)
    return Ticket(
        id="t",
        series="A",
        number=1,
        service="vid-eds",
        kind=Kind.WALK_IN,
        language="lv",
        arrived_at=MORNING,
        counts_from=MORNING,
        due_at=MORNING,
        status=Status.EXPIRED,
        expired_from=Status.WAITING if wait is None else Status.NO_SHOW,
        call=call,
        promised=told,
    )


@pytest.mark.parametrize("version", [2, 3])
def test_the_log_of_an_earlier_version_gets_its_figures_with_the_first_start(
    centre: Centre, tmp_path: Path, log: list[Recorded], version: int
) -> None:
    database = tmp_path / "queue.db"
    write_earlier(database, log, version)
    with Restored(centre, database, KEPT) as restored:
        assert restored.memory == fold(nothing(centre), log)
        restored.ledger.keep_if_due()
        forget_all(restored)
    assert stored_figures(database) == expected(log)
    assert forgotten(database) == mornings(log)[-KEPT]


def test_the_log_of_the_third_version_is_taken_over_from_the_page_of_its_beginning(
    centre: Centre, tmp_path: Path, log: list[Recorded]
) -> None:
    database, cut = tmp_path / "queue.db", mornings(log)[-KEPT]
    before = fold(nothing(centre), log[:cut])
    page = memory.encode(replace(before, state=replace(before.state, earlier_answers={})))
    write_earlier(database, log[cut:], 3, page, "the hash of what is forgotten")
    with Restored(centre, database, KEPT) as restored:
        assert restored.memory == fold(nothing(centre), log)
        assert restored.ledger.fault is None
    assert forgotten(database) == cut
    assert backups.proved(database).sequence == len(log)


def test_of_days_that_were_figures_only_the_fifth_version_keeps_what_there_was(
    centre: Centre, database: Path, log: list[Recorded]
) -> None:
    kept, whole = mornings(log)[-KEPT], expected(log)
    with closing(sqlite3.connect(database, isolation_level=None)) as old:
        old.execute(
            "create table statistics as select day, service, counter, sum(tickets) as tickets, "
            f"{', '.join(f'sum({name}) as {name}' for name in VISITS.sums[1:])} "
            "from visits group by 1, 2, 3"
        )
        drop_figures(old)
        old.execute("pragma user_version = 4")
    with Restored(centre, database, KEPT) as restored:
        assert restored.memory == fold(nothing(centre), log)
        assert restored.ledger.replayed == len(log) - kept
        restored.ledger._keep()
    found = stored_figures(database)
    days = sorted({str(row["day"]) for row in whole["visits"]})
    before, after = days[: -KEPT + 1], days[-KEPT + 1 :]
    assert [row for row in found["visits"] if row["day"] in after] == [
        row for row in whole["visits"] if row["day"] in after
    ]
    old_rows = [row for row in found["visits"] if row["day"] in before]
    assert {(row["hour"], row["kind"]) for row in old_rows} == {("", "")}
    for name in ("tickets", "called", "wait_seconds"):
        there = sum(int(row[name]) for row in whole["visits"] if row["day"] in before)
        assert sum(int(row[name]) for row in old_rows) == there > 0


@settings(max_examples=5)
@given(data=st.data())
def test_killed_at_any_moment_nothing_is_missing(
    centre: Centre,
    tmp_path_factory: pytest.TempPathFactory,
    log: list[Recorded],
    data: st.DataObject,
) -> None:
    """Each life ends without a word, at any event, with days kept and forgotten or not yet."""
    database = tmp_path_factory.mktemp("killed") / "queue.db"
    deaths = data.draw(st.lists(st.integers(1, len(log)), max_size=3).map(sorted))
    begun = 0
    for end in (*deaths, len(log)):
        with Restored(centre, database, KEPT) as restored:
            for each in log[begun:end]:
                restored.ledger.store(fold(restored.memory, [each]).state, [each])
                if data.draw(st.booleans()):
                    restored.ledger.keep_if_due()
                    restored.ledger.forget()
            assert restored.memory == fold(nothing(centre), log[:end])
        begun = end
    change(database, "delete from snapshot")
    with Restored(centre, database, KEPT) as restored:
        assert restored.memory == fold(nothing(centre), log)
        restored.ledger._keep()
        forget_all(restored)
    assert stored_figures(database) == expected(log)
    assert unnamed(read_log(database)) == unnamed(log[mornings(log)[-KEPT] :])


def test_a_day_is_forgotten_whole_or_not_at_all(
    centre: Centre, database: Path, log: list[Recorded]
) -> None:
    before = read_log(database)
    stop = "create trigger stop before delete on page begin select raise(abort, 'stop'); end"
    change(database, stop)
    with Restored(centre, database, KEPT - 1) as restored:
        restored.ledger.forget()
        assert read_log(database) == before
        change(database, "drop trigger stop")
        restored.ledger.forget()
        assert read_log(database) == before, "until it is found to be well again"
        assert restored.ledger.mend() == []
        restored.ledger.forget()
    assert unnamed(read_log(database)) == unnamed(log[mornings(log)[1 - KEPT] :])


def test_an_audit_says_how_many_are_forgotten(
    database: Path, log: list[Recorded], capsys: pytest.CaptureFixture[str]
) -> None:
    unit = database.with_name("unit.toml")
    unit.write_text(f'[module]\ndatabase = "{database}"\n')
    assert main(["audit", "--site", str(DEMO / "site.toml"), "--unit", str(unit)]) == 0
    old, said = mornings(log)[-KEPT], capsys.readouterr().out
    assert f"Good: {len(log) - old} events, each as it was written. {old} older ones are" in said


@pytest.mark.parametrize("version", [2, 3])
def test_a_copy_of_an_earlier_version_is_good_for_a_restore(
    tmp_path: Path, log: list[Recorded], version: int
) -> None:
    database, folder = tmp_path / "queue.db", tmp_path / "stick"
    folder.mkdir()
    write_earlier(database, log[:50], version)
    noted = backups.make(database, folder, "demo", log[0].at, 14)
    assert noted.version == version
    database.unlink()
    write_earlier(database, log[:60], version)
    change(database, "update event set sender = '' where sequence = 60")
    backups.restore(database, folder, "demo", log[0].at)
    assert read_log(database) == log[:59]
    backups.must_hold(database, noted)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update page set body = replace(body, '1', '2')", "is not as it was written"),
        ("update page set hash = ''", "is not as it was written"),
        ("delete from page", "Event 1 is missing."),
    ],
)
def test_a_beginning_that_is_not_as_it_was_written_is_told(
    centre: Centre, database: Path, statement: str, said: str
) -> None:
    change(database, statement, "delete from snapshot")
    with pytest.raises(StorageError, match=said):
        backups.proved(database)
    with Restored(centre, database, KEPT) as restored:
        assert restored.ledger.fault is Fault.LOG_DAMAGED
        assert restored.ledger.mend() == []
        assert restored.ledger.fault is Fault.LOG_DAMAGED


def test_a_beginning_that_this_version_cannot_read_takes_nothing_new(
    centre: Centre, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(text: str) -> None:
        raise ValueError(text)

    monkeypatch.setattr("queue_module.memory.decode", unreadable)
    with Restored(centre, database, KEPT) as restored:
        assert restored.ledger.fault is Fault.LOG_DAMAGED
        assert restored.ledger.mend() == []
        assert restored.ledger.fault is Fault.LOG_DAMAGED


def test_the_first_page_that_was_ever_kept_can_be_read() -> None:
    """The file stays as it is: a new field of the state has a default, an old one its name."""
    kept = memory.decode(Path(__file__).with_name("page.json").read_text())
    held = kept.state.tickets["ticket-1"]
    assert (kept.state.day, kept.state.kept_day) == (date(2026, 11, 25), date(2026, 11, 24))
    assert (held.status, held.label, held.booking) == (Status.HELD, "A 001", "digest-1")
    assert held.promised
    assert held.promised.high == timedelta(minutes=9)
    assert held.call
    assert held.call.reason.rule is CallRule.SHORTER_FITS
    assert kept.state.bookings["digest-2"].minutes == 20
    assert kept.state.leases[0].has("A", 960)
    assert kept.times.of("vid-eds") == ServiceTime(5.5, 0.5, 12.0)


def test_a_backup_from_before_what_is_forgotten_does_not_hinder(
    database: Path, log: list[Recorded]
) -> None:
    first = log[0]
    backups.must_hold(database, backups.Backup(first.at, "", first.sequence, "as it was"))
    newest = backups.proved(database)
    backups.must_hold(database, backups.Backup(first.at, "", newest.sequence, newest.hash))
    assert newest != Head()

"""Copies that are proved, the way back, and what the commands say of both."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.versions import Version, read_versions, write_version
from messaging.codec import encode_event
from queue_core.centre import Centre
from queue_core.events import Recorded
from queue_module import backups
from queue_module.journal import Journal
from queue_module.reading import read_log
from queue_module.schema import restoring
from queue_module.storage import StorageError
from rinda.command import main
from tests.conftest import DEMO
from tests.parts import small_disk
from tests.queue_module.days import random_days

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def log(centre: Centre) -> list[Recorded]:
    return random_days(centre, 5, days=2, steps=60)


class Place:
    """A log and the folder of its backups."""

    def __init__(self, folder: Path) -> None:
        self.database, self.folder = folder / "queue.db", folder / "stick"
        self.changes = folder / "changes"
        self.folder.mkdir()

    def write(self, events: Sequence[Recorded]) -> None:
        journal = Journal(self.database)
        journal.open()
        list(journal.following(journal.head))
        journal.append(events)
        journal.close()

    def back_up(self, now: datetime = NOW, days: int = 14) -> backups.Backup:
        return backups.make(self.database, self.folder, "demo", now, days)

    def restore(self) -> str:
        return backups.restore(self.database, self.folder, "demo", NOW)

    def rot(self, text: bytes) -> None:
        """Overwrite the last place where this stands in the file."""
        content = bytearray(self.database.read_bytes())
        place = content.rindex(text)
        content[place : place + len(text)] = bytes(len(text))
        self.database.write_bytes(content)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_copy_is_proved_noted_and_one_file(place: Place, log: list[Recorded]) -> None:
    place.write(log)
    assert backups.last(place.database) is None
    made = place.back_up()
    assert backups.last(place.database) == made
    assert [str(each) for each in place.folder.iterdir()] == [made.file]
    assert read_log(Path(made.file)) == log
    assert made.sequence == len(log)


def test_a_log_is_copied_while_it_is_written(place: Place, log: list[Recorded]) -> None:
    journal = Journal(place.database)
    journal.open()
    journal.append(log[:50])
    assert place.back_up().sequence == 50
    journal.append(log[50:])
    journal.close()
    assert read_log(place.database) == log


def test_copies_are_kept_for_their_days(place: Place, log: list[Recorded]) -> None:
    place.write(log)
    (place.folder / "another-20260101T000000Z.db").touch()
    for number in range(5):
        place.back_up(NOW + number * DAY, days=2)
    names = sorted(each.name for each in place.folder.iterdir())
    assert names == [
        "another-20260101T000000Z.db",
        "demo-20261126T180000Z.db",
        "demo-20261127T180000Z.db",
        "demo-20261128T180000Z.db",
    ]


def test_what_is_damaged_is_not_backed_up_and_takes_no_copy_away(
    place: Place, log: list[Recorded]
) -> None:
    place.write(log)
    good = place.back_up()
    place.rot(log[-1].command_id.encode())
    with pytest.raises(StorageError, match="is not as it was written"):
        place.back_up(NOW + 400 * DAY)
    assert backups.last(place.database) == good
    assert Path(good.file).exists()


def test_a_restore_brings_back_the_copy_and_what_came_after_it(
    place: Place, log: list[Recorded]
) -> None:
    place.write(log[:60])
    place.back_up()
    place.write(log[60:])
    place.rot(json.loads(encode_event(log[-1]))["at"].encode())
    rotten = place.database.read_bytes()
    said = place.restore()
    assert read_log(place.database) == log[: len(log) - 1]
    assert f"60 events from demo-20261124T180000Z.db, and {len(log) - 61} later ones" in said
    assert (place.database.with_name("queue.db-before-20261124T180000Z")).read_bytes() == rotten
    place.write(log[-1:])
    assert read_log(place.database) == log


def test_a_copy_that_has_rotted_is_passed_over(place: Place, log: list[Recorded]) -> None:
    place.write(log)
    place.back_up()
    newest = place.back_up(NOW + DAY)
    Path(newest.file).write_bytes(b"rust" * 1000)
    place.database.unlink()
    assert "demo-20261124T180000Z.db" in place.restore()
    assert read_log(place.database) == log


def test_without_any_good_copy_nothing_is_touched(place: Place, log: list[Recorded]) -> None:
    place.write(log)
    before = place.database.read_bytes()
    with pytest.raises(StorageError, match="no good backup"):
        place.restore()
    assert place.database.read_bytes() == before


def test_a_running_module_is_not_restored_under(place: Place, log: list[Recorded]) -> None:
    place.write(log)
    place.back_up()
    journal = Journal(place.database)
    journal.open()
    with pytest.raises(StorageError, match="in use"):
        place.restore()
    journal.close()


def test_a_restore_that_was_killed_is_finished_by_another_and_by_nobody_else(
    place: Place, log: list[Recorded]
) -> None:
    place.write(log)
    place.back_up()
    place.database.rename(restoring(place.database))
    with pytest.raises(StorageError, match="not finished"):
        Journal(place.database).open()
    assert "finished" in place.restore()
    assert read_log(place.database) == log


class Commands:
    """The command line, with its settings."""

    def __init__(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        self._said = capsys
        self.files = ["--site", str(DEMO / "site.toml"), "--unit", str(place.folder / "unit.toml")]
        (place.folder / "unit.toml").write_text(
            f'[module]\ndatabase = "{place.database}"\nbackup_folder = "{place.folder}"\n'
            f'changes_folder = "{place.changes}"\n'
        )

    def __call__(self, *words: str) -> tuple[int, str]:
        status = main([*words, *self.files])
        said = self._said.readouterr()
        return status, (said.out or said.err).strip()


@pytest.fixture
def run(place: Place, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(place, capsys)


def test_the_commands_say_what_was_done_in_a_sentence(
    place: Place, run: Commands, log: list[Recorded]
) -> None:
    place.write(log)
    whole = f"Good: {len(log)} events, each as it was written."
    assert run("audit") == (0, f"{whole} There is no backup yet.")
    status, said = run("backup")
    assert status == 1
    assert "is on the same medium as the log" in said
    status, said = run("backup", "--same-medium")
    assert (status, said.endswith("and proved there.")) == (0, True)
    status, said = run("audit")
    assert status == 0
    assert said.startswith(f"{whole} The last backup, of ")
    place.rot(log[-1].command_id.encode())
    status, said = run("audit")
    assert status == 1
    assert said == f"A token of event {len(log)} is not as it was written."
    status, said = run("restore")
    assert (status, said.startswith(f"{len(log)} events from demo-")) == (0, True)
    assert run("audit")[0] == 0


def test_what_leads_changed_is_copied_and_brought_back_with_the_log(
    place: Place, run: Commands, log: list[Recorded]
) -> None:
    place.write(log)
    for number in (1, 2):
        version = Version(number=number, at=NOW, by="ilze", role="lead", order="o")
        write_version(place.changes, version)
    assert "2 versions of what leads changed" in run("backup", "--same-medium")[1]
    assert "version 2 in" in run("config", "check")[1]
    (place.changes / "00001.toml").unlink()
    (place.changes / "00002.toml").write_text("rust")
    assert "00002.toml: is not a version" in run("config", "check")[1]
    assert "2 versions of what leads changed are back." in run("restore")[1]
    assert [each.number for each in read_versions(place.changes)] == [1, 2]


def test_another_medium_is_known_as_one(place: Place, run: Commands, log: list[Recorded]) -> None:
    place.write(log)
    settings = (place.folder / "unit.toml").read_text()
    with small_disk(place.folder, "4m"):
        (place.folder / "unit.toml").write_text(settings)
        assert run("backup")[0] == 0
        assert run("audit")[0] == 0


def test_an_audit_knows_the_log_that_was_backed_up(
    place: Place, run: Commands, log: list[Recorded]
) -> None:
    place.write(log)
    run("backup", "--same-medium")
    place.database.unlink()
    place.write(log[:40])
    status, said = run("audit")
    assert status == 1
    assert said == f"Event {len(log)} is missing, or is not the one that was known."

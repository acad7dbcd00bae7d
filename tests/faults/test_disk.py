"""What is on a disk when the power goes."""

from contextlib import closing
from pathlib import Path
from random import Random

from queue_core.events import DayOpened, Recorded
from queue_module.journal import Journal
from queue_module.reading import Head, read_log
from tests.conftest import MORNING
from tests.faults.disk import OK, Disks

EVENT = Recorded(1, MORNING, "a command", "module", DayOpened(MORNING.date()))


def test_what_a_start_finds_after_a_kill_outlasts_a_power_cut(tmp_path: Path) -> None:
    disks = Disks()
    disk, killed = disks.add(tmp_path / "disk"), disks.add(tmp_path / "killed")

    def die() -> int:  # at each write; the last is the sync
        disk.copy_to(killed)
        return OK

    with disks.in_use():
        with closing(Journal(disk.folder / "queue.db")) as journal:
            journal.open()
            disk.on_write = die
            journal.append([EVENT])
            disk.on_write = lambda: OK
        with closing(Journal(killed.folder / "queue.db")) as journal:
            journal.open()
            assert list(journal.following(Head())) == [EVENT]
            for seed in range(20):
                after = disks.add(tmp_path / str(seed))
                killed.copy_to(after)
                after.lose_power(Random(seed))
                assert read_log(after.folder / "queue.db") == [EVENT]

"""What somebody, or a failing disk, did to files: the log, the kiosk's store, the settings.

Each target takes bytes and raises when a file was neither used nor refused with its fault named.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random

from config.load import ConfigError, Problem, load_bookings, load_settings
from config.settings import Settings
from kiosk.store import Fate, Given, Store
from messaging.messages import LeaseState, LeaseView
from queue_core import commands as c
from queue_core.decide import handle
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.reading import read_log
from queue_module.schema import chained
from queue_module.storage import StorageError
from queue_module.waits import Waits
from rinda.centre_at_hand import MORNING, SITE
from tests.hostile.said import CENTRE, ID, MORNING_COMMANDS
from tests.queue_module.days import write_earlier


def overwritten(whole: bytes, data: bytes) -> bytes:
    """The file with bytes written over: of each four, three say where and one what. Three more say
    where it ends."""
    harmed = bytearray(whole)
    if len(data) % 4 == 3:
        del harmed[int.from_bytes(data[-3:], "big") % len(harmed) + 1 :]
    for at in range(0, len(data) - 3, 4):
        harmed[int.from_bytes(data[at : at + 3], "big") % len(harmed)] = data[at + 3]
    return bytes(harmed)


class _File:
    """A file as it was, to be harmed again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lay(b"")

    def lay(self, content: bytes) -> None:
        """Nothing else of it is left."""
        for each in self.path.parent.glob(f"{self.path.name}*"):
            each.unlink()
        self.path.write_bytes(content)


class Log:
    """The module's log, written over; the module starts, knows all, or names a fault."""

    def __init__(self, folder: Path) -> None:
        self._file = _File(folder / "queue.db")
        self._file.path.unlink()
        with closing(Journal(self._file.path)) as journal:
            ledger = Ledger(journal, Waits(CENTRE, Random(1)), keep_days=400)
            ledger.restore()
            for number, command in enumerate((c.OpenDay(), *MORNING_COMMANDS)):
                request = c.Request(ID.format(number), "kiosk", command)
                outcome = handle(CENTRE, ledger.state, request, MORNING)
                ledger.store(outcome.state, outcome.recorded)
                ledger.keep_if_due()
            self._state = ledger.state
        self._whole = self._file.path.read_bytes()

    @staticmethod
    def seeds() -> Iterable[bytes]:
        return [
            bytes((0, page * 16, at, value)) for page in range(8) for at, value in ((0, 9), (60, 0))
        ]

    def __call__(self, data: bytes) -> None:
        self._file.lay(overwritten(self._whole, data))
        self._starts(is_whole=len(data) < 8)

    def _starts(self, *, is_whole: bool) -> None:
        with closing(Journal(self._file.path)) as journal:
            ledger = Ledger(journal, Waits(CENTRE, Random(1)), keep_days=400)
            ledger.restore()
            assert journal.last_at() or ledger.fault
            assert ledger.fault or not is_whole or ledger.state == self._state
            ledger.mend()
        try:
            read_log(self._file.path)
        except StorageError:
            return


class Rows(Log):
    """The module's log, as the third version left it, its rows said anew by somebody who can count
    the chain: lines ``sequence name body``."""

    @staticmethod
    def seeds() -> Iterable[bytes]:
        return [
            b'4 ticket_taken {"ticket": "x"}',
            b'9 ticket_called {"ticket": "nobody", "counter": "1"}',
            b'3 ticket_cancelled {"ticket": "morning-2"}',
        ]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        log = read_log(self._file.path)
        self._file.path.unlink()
        write_earlier(self._file.path, log, 3)
        with closing(sqlite3.connect(self._file.path)) as database:
            self._rows = database.execute("select * from event order by 1").fetchall()
        self._whole = self._file.path.read_bytes()

    def __call__(self, data: bytes) -> None:
        said = dict[int, tuple[str, str]]()
        for line in data.decode(errors="replace").split("\n")[:10]:
            place, _, rest = line.partition(" ")
            name, _, body = rest.partition(" ")
            if place.isdecimal() and len(place) < 4:
                said[int(place)] = name, body
        self._file.lay(self._whole)
        head = ""
        with closing(sqlite3.connect(self._file.path)) as database, database:
            for sequence, at, command_id, sender, name, body, _ in self._rows:
                row = (sequence, at, command_id, sender, *said.get(sequence, (name, body)))
                head = chained(head, *row)
                database.execute(
                    "update event set name = ?, body = ?, hash = ? where sequence = ?",
                    [*row[4:], head, sequence],
                )
        self._starts(is_whole=False)


class KioskStore:
    """The kiosk's store, written over (`data` begins with a zero), or its rows said anew: lines
    ``name text``. The kiosk goes on with it, or with a new one."""

    def __init__(self, folder: Path) -> None:
        self._file = _File(folder / "kiosk.db")
        self._file.path.unlink()
        with closing(Store(self._file.path)) as store:
            lease = LeaseView(day=MORNING.date(), series="A", first=1, last=50)
            store.keep_leases(LeaseState(unit="kiosk", journal="x", leases=(lease,)))
            store.keep_moment(MORNING)
            for number in range(3):
                store.add(_given(f"ticket-{number}", number))
        self._whole = self._file.path.read_bytes()

    @staticmethod
    def seeds() -> Iterable[bytes]:
        yield from (bytes((0, page * 16, at, 9)) for page in range(6) for at in (0, 60))
        yield b'leases {"unit": "kiosk", "journal": "x", "leases": []}'
        yield b'journal "x"'
        yield b'seen_at "2026-11-24T08:00:00Z"'
        yield b'body {"ticket": "x"}'
        yield b"day 2026-11-24\nfate given"

    def __call__(self, data: bytes) -> None:
        if data[:1] == b"\0":
            self._file.lay(overwritten(self._whole, data))
        else:
            self._say(data.decode(errors="replace"))
        with closing(Store(self._file.path)) as store:
            assert store.durable or store.faults  # it may be said to be for reading only
            store.clean(MORNING.date())
            store.add(_given("ticket-9", 9))
            store.settle("ticket-9", Fate.MERGED)

    def _say(self, text: str) -> None:
        self._file.lay(self._whole)
        with closing(sqlite3.connect(self._file.path)) as database, database:
            for line in text.split("\n"):
                name, _, said = line.partition(" ")
                if name in {"day", "fate", "body"}:
                    database.execute(f"update ticket set {name} = ?", [said])
                else:
                    database.execute("insert or replace into fact values (?, ?)", [name, said])


def _given(ticket: str, number: int) -> Given:
    merge = c.MergeTicket(ticket, "A", number, "vsaa-slimiba", "lv", MORNING)
    return Given(merge, MORNING.date())


SMALL_SITE = """
[site]
id = "demo"
name = { lv = "Centrs" }
timezone = "Europe/Riga"
languages = ["lv"]
booking_secret = "not a secret at all"

[[institution]]
id = "vsaa"
name = { lv = "VSAA" }
hint = { lv = "Pensijas" }
hours.monday = ["08:00-12:00", "12:30-18:00"]

[[service]]
id = "pensija"
institution = "vsaa"
name = { lv = "Pensija" }
series = "A"

[[counter]]
id = "1"
sign = "1"
name = { lv = "1. lodziņš" }
serves = ["vsaa"]
"""


class SettingsText:
    """What a technician, or a text editor, wrote: beside the centre's file and instead of it, as
    bookings, and (``RINDA_…=…``) in the environment."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "unit.toml"
        self._site = folder / "site.toml"
        self._site.write_text(SMALL_SITE)
        settings = load_settings([self._site], {})
        site = settings.site.model_copy(update={"bookings_file": str(self._path)})
        self._settings = settings.model_copy(update={"site": site})

    @staticmethod
    def seeds() -> Iterable[bytes]:
        whole = SITE.read_bytes()
        yield from (whole, whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole)
        yield from (part for part in whole.split(b"\n\n") if part)
        yield (SITE.parent / "bookings.toml").read_bytes()
        yield b"RINDA_BROKER__PORT=1885\nRINDA_SITE__NAME='{ lv = \"x\" }'"

    def __call__(self, data: bytes) -> None:
        self._path.write_bytes(data)
        lines = data.decode(errors="replace").replace("\0", "").split("\n")
        said = dict(line.split("=", 1) for line in lines if "=" in line)
        environment = said if data.startswith(b"RINDA_") else {}
        for files in ([self._site], [self._path]) if environment else ([self._site, self._path],):
            try:
                settings = load_settings(files, environment)
            except ConfigError as error:
                _are_named(error.problems)
            else:
                _is_usable(settings)
        try:
            load_bookings(self._settings)
        except ConfigError as error:
            _are_named(error.problems)


def _is_usable(settings: Settings) -> None:
    settings.to_centre()
    settings.to_clock().now()
    try:
        load_bookings(settings)
    except ConfigError as error:
        _are_named(error.problems)


def _are_named(problems: Iterable[Problem]) -> None:
    for each in problems:
        assert each.file
        assert each.message
        assert (
            each.key or each.line or each.message.startswith(("cannot be read", "expected", "not"))
        )
        str(each).encode()

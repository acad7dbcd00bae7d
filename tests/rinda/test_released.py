"""What a program leaves on the card can be read by the version before: a unit may go back to it.

`released.json` is what the last release knows, written anew with each one:
``python -m tests.rinda.test_released``.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_type_hints

from config import VERSION
from consultations.storage import TABLES
from kiosk.store import Store
from messaging.messages import EVENT_ENVELOPES
from queue_module import schema

KNOWN = Path(__file__).with_name("released.json")
ADVICE = (
    "the version before cannot read this. First release one that reads it and does not write it "
    "yet (docs/adr/0018-updates.md)."
)


def columns(file: Path) -> dict[str, dict[str, str]]:
    """Table → column → its type."""
    with closing(sqlite3.connect(file)) as database:
        tables = database.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        )
        return {
            name: {
                each[1]: f"{each[2]} not null" if each[3] else each[2]
                for each in database.execute(f"pragma table_info({name})")
            }
            for (name,) in sorted(tables)
        }


def written(folder: Path) -> dict[str, Any]:
    """All that this version writes which an earlier one may have to read."""
    schema.open_for_writing(folder / "log").close()
    Store(folder / "kiosk")
    with closing(sqlite3.connect(folder / "register")) as register:
        for statement in TABLES:
            register.execute(statement)
    return {
        "version": VERSION,
        "log": schema.VERSION,
        "tables": {name: columns(folder / name) for name in ("log", "kiosk", "register")},
        "events": {
            name: sorted(get_type_hints(each)["body"].__dataclass_fields__)
            for name, each in EVENT_ENVELOPES.items()
        },
    }


def test_the_log_is_of_a_version_that_the_last_release_reads(tmp_path: Path) -> None:
    assert written(tmp_path)["log"] <= json.loads(KNOWN.read_text())["log"], ADVICE


def test_every_table_of_the_last_release_is_as_it_was(tmp_path: Path) -> None:
    now = written(tmp_path)["tables"]
    for file, tables in json.loads(KNOWN.read_text())["tables"].items():
        for name, known in tables.items():
            assert now[file].get(name) == known, f"{file}: {name}: {ADVICE}"


def test_every_event_is_one_that_the_last_release_knows(tmp_path: Path) -> None:
    known = json.loads(KNOWN.read_text())["events"]
    for name, fields in written(tmp_path)["events"].items():
        assert set(fields) <= set(known.get(name, ())), f"{name}: {ADVICE}"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        KNOWN.write_text(json.dumps(written(Path(folder)), indent=1, sort_keys=True) + "\n")

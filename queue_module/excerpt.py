"""A file of figures for other programs to serve: of the log's file only what may be shown."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from queue_core.figures import TABLES
from queue_module.schema import open_for_reading
from queue_module.storage import translated
from queue_module.views import VIEWS

_TOLD = (*(each.name for each in TABLES), "services")


def excerpt(database: Path, first: date, last: date) -> bytes:
    """An SQLite file of these days: the tables of figures, without ratings, and the views, of these
    days, as tables. Raises StorageError."""
    with closing(open_for_reading(database)) as log, closing(sqlite3.connect(":memory:")) as file:
        with translated():
            for name in _TOLD:
                selected = f"select * from {name}"  # noqa: S608 - our own words
                days = " where day between ? and ?" if name != "services" else ""
                within = (str(first), str(last)) if days else ()
                rows = log.execute(selected + days, within)
                columns = ", ".join(each[0] for each in rows.description)
                file.execute(f"create table {name} ({columns})")
                places = ", ".join("?" * len(rows.description))
                file.executemany(f"insert into {name} values ({places})", rows)  # noqa: S608
        for name, selected in VIEWS.items():
            file.execute(f"create table {name} as {selected}")
        for name in ("ratings", "rating_sum"):
            file.execute(f"alter table visits drop column {name}")
        file.commit()
        file.execute("vacuum")  # what was dropped is not left in free pages
        return file.serialize()

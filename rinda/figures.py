"""`rinda figures`: what days that are over came to, from the log's file, as a file."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from config.settings import Settings
from desk import sheets
from queue_core.centre import Centre
from queue_core.commands import AskReport
from queue_core.reports import Column
from queue_module.administration import Administration
from queue_module.excerpt import excerpt
from queue_module.reports import NOTHING, report
from queue_module.storage import StorageError


def run(settings: Settings, first: date, last: date, by: Sequence[Column], format_: str) -> int:
    """Write the file to the standard output; returns the exit status."""
    by = sheets.ACCOUNTING if format_ == "accounting.csv" else tuple(dict.fromkeys(by))
    centre = Administration(settings, Path(settings.module.changes_folder)).ever
    try:
        question = AskReport(first, last, by)
        content = _content(Path(settings.module.database), centre, question, format_)
    except StorageError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(content)
    sys.stdout.flush()
    return 0


def _content(database: Path, centre: Centre, question: AskReport, format_: str) -> bytes:
    if format_ == "sqlite":
        return excerpt(database, question.first_day, question.last_day)
    views = report(database, centre, question, NOTHING)
    _, write = sheets.FORMATS[format_]
    return write([sheets.discreet(each) for each in views], centre)

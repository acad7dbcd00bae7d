"""`rinda figures`: what days that are over came to, from the log's file, as a file."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from config.settings import Settings
from desk import sheets
from queue_core.commands import AskReport
from queue_core.reports import Column
from queue_module.administration import Administration
from queue_module.reports import NOTHING, TooLargeError, report
from queue_module.storage import StorageError


def run(settings: Settings, first: date, last: date, by: Sequence[Column], format_: str) -> int:
    """Write the file to the standard output; returns the exit status."""
    by = sheets.ACCOUNTING if format_ == "accounting.csv" else tuple(dict.fromkeys(by))
    centre = Administration(settings, Path(settings.module.changes_folder)).ever
    try:
        views = report(Path(settings.module.database), centre, AskReport(first, last, by), NOTHING)
    except StorageError as error:
        print(error, file=sys.stderr)
        return 1
    except TooLargeError:
        print("These are too many rows. Choose fewer days or fewer columns.", file=sys.stderr)
        return 1
    told = [sheets.discreet(each) for each in views]
    _, write = sheets.FORMATS[format_]
    sys.stdout.buffer.write(write(told, centre))
    sys.stdout.flush()
    return 0

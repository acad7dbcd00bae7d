"""`rinda config check`: what the settings say, and what leads have changed of them at the desk."""

from collections.abc import Iterator
from pathlib import Path

from config.load import load_bookings
from config.settings import Settings
from config.versions import misfits, read_versions


def said(settings: Settings) -> Iterator[str]:
    """Line by line. Raises ConfigError for mistakes in the bookings file."""
    bookings = len(load_bookings(settings))
    yield (
        f"Good: {settings.site.name['lv']}, {len(settings.institution)} institutions, "
        f"{len(settings.service)} services, {len(settings.counter)} counters, "
        f"{len(settings.staff)} staff, {bookings} bookings."
    )
    try:
        yield from _changes(settings, Path(settings.module.changes_folder))
    except OSError as error:
        yield f"What was changed at the desk cannot be read: {error}."


def _changes(settings: Settings, folder: Path) -> Iterator[str]:
    """Nothing where this unit keeps none."""
    if not folder.exists():
        return
    next(folder.iterdir(), None)  # raises where it cannot be read; glob is silent
    versions = read_versions(folder)
    if versions:
        newest = versions[-1]
        yield (
            f"Over it lies what was changed at the desk: version {newest.number} in {folder}, "
            f"{len(newest.change)} changes, by {newest.by}, {newest.at:%Y-%m-%d %H:%M} UTC."
        )
    yield from map(str, misfits(settings, folder))

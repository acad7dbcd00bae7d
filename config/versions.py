"""What leads changed at the desk, as numbered files in a folder; the highest number counts."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import tomli_w
from pydantic import AwareDatetime, ValidationError

from config import lines
from config.changes import Change, changed, still_good, tables_of, with_tables
from config.files import settle
from config.load import ConfigError, Problem
from config.settings import Settings
from config.values import Section

MOST_VERSIONS = 20
"""So many are told; all are kept."""


class Version(Section):
    """All that differs from the site file since `at`, as `by` decided. `order`: the command."""

    number: int
    at: AwareDatetime
    by: str
    role: str
    order: str
    change: tuple[Change, ...] = ()


def read_versions(folder: Path) -> list[Version]:
    """All versions, in order; a file that is not one is left out."""
    read = (_read(path) for path in folder.glob("*.toml"))
    return sorted((each for each in read if each), key=lambda each: each.number)


def next_number(folder: Path) -> int:
    """Of the next version: no file is overwritten, also none that cannot be read."""
    names = (each.stem for each in folder.glob("*.toml"))
    return max((int(each) for each in names if each.isdecimal()), default=0) + 1


def write_version(folder: Path, version: Version) -> None:
    """Keep it, whole or not at all. Raises OSError."""
    content = tomli_w.dumps(version.model_dump(mode="json", exclude_none=True))
    _write(_path(folder, version.number), content)


def bring_back(folder: Path, files: Mapping[str, str]) -> int:
    """Keep those of these files, by name, that are versions and are not here in a state to be read;
    how many. Raises OSError."""
    count = 0
    for name, content in files.items():
        version, path = _parsed(content), folder / name
        if version and path == _path(folder, version.number) and _read(path) is None:
            _write(path, content)
            count += 1
    return count


def misfits(site: Settings, folder: Path) -> Iterator[Problem]:
    """Files that are no versions, and those of the newest version's changes that do not count:
    what the site file says counts instead."""
    for path in sorted(folder.glob("*.toml")):
        if _read(path) is None:
            yield Problem(str(path), None, "", "is not a version that can be read: it is left out")
    versions = read_versions(folder)
    if versions:
        yield from _of_newest(site, _path(folder, versions[-1].number), versions[-1])


def _of_newest(site: Settings, path: Path, version: Version) -> Iterator[Problem]:
    tables = tables_of(site)
    good = tuple(still_good(tables, version.change))
    known = lines.key_lines(path.read_text())
    for position, each in enumerate(version.change):
        if each not in good:
            line = lines.line_of(known, ("change", position))
            said = "does not count: the site file was edited since"
            yield Problem(str(path), line, each.name, said)
    try:
        with_tables(site, changed(tables, good))
    except ConfigError as error:
        for problem in error.problems:
            said = f"{problem.message}; so none of the changes counts"
            yield Problem(str(path), None, problem.key, said)


def _read(path: Path) -> Version | None:
    try:
        return _parsed(path.read_text())
    except (OSError, ValueError):
        return None


def _parsed(content: str) -> Version | None:
    try:
        return Version.model_validate(tomllib.loads(content))
    except (ValueError, ValidationError):
        return None


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.toml"


def _write(path: Path, content: str) -> None:
    """All or nothing, and on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_suffix(".new")
    try:
        with passing.open("wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
        settle(path.parent)
    except OSError:
        for each in (passing, path):
            with suppress(OSError):
                each.unlink(missing_ok=True)
        raise

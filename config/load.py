"""Reading settings: files merged, checked as a whole, every mistake named at once."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config import lines, syntax
from config.check import booking_contradictions, contradictions
from config.phrase import phrase
from config.settings import BookingEntry, BookingsFile, Settings
from config.words import words

ENVIRONMENT_PREFIX = "RINDA_"
"""``RINDA_BROKER__PORT=1884`` sets `broker.port`."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is and what was expected."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(Exception):
    """The settings cannot be used; `problems` names every mistake."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Source:
    """What one file says, and on which line; or why nothing can be made of it."""

    name: str
    values: dict[str, Any]
    lines: dict[lines.Path, int]
    problems: tuple[Problem, ...] = ()


def load_settings(files: Sequence[Path], environment: Mapping[str, str]) -> Settings:
    """A centre's settings from `files` and the environment. Raises ConfigError."""
    return load(Settings, files, environment, contradictions)


def load(
    model: type[Model],
    files: Sequence[Path],
    environment: Mapping[str, str],
    further: Callable[[Model], Iterator[tuple[lines.Path, str]]],
) -> Model:
    """A model of `files` (later ones win) and the environment; `further` yields key path and
    message of what is wrong with it besides. Raises ConfigError."""
    sources = [*(_read(path) for path in files), _from_environment(environment)]
    return check(model, sources, further)


def check(
    model: type[Model],
    sources: Sequence[Source],
    further: Callable[[Model], Iterator[tuple[lines.Path, str]]],
) -> Model:
    """A model of what `sources` say; later ones win. Raises ConfigError."""
    if broken := [problem for each in sources for problem in each.problems]:
        raise ConfigError(broken)
    merged: dict[str, Any] = {}
    for source in sources:
        _merge(merged, source.values)
    return _validate(model, merged, sources, further)


def parse(name: str, text: str, folder: Path) -> Source:
    """The text of a file that is called `name` in problems and lies in `folder`."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError):
        wrong = tuple(Problem(name, line, "", words) for line, words in syntax.mistakes(text))
        return Source(name, {}, {}, wrong)
    _resolve_bookings_file(values, folder)
    return Source(name, values, lines.key_lines(text))


def check_values(values: Mapping[str, Any]) -> Settings:
    """Settings from what a file would say. Raises ConfigError."""
    return _validate(Settings, dict(values), [Source("", dict(values), {})], contradictions)


def load_bookings(settings: Settings) -> tuple[BookingEntry, ...]:
    """The bookings of the site's bookings file; none without one. Raises ConfigError."""
    if not settings.site.bookings_file:
        return ()
    source = _read(Path(settings.site.bookings_file))
    further = partial(booking_contradictions, settings)
    return check(BookingsFile, [source], further).booking


def _read(path: Path) -> Source:
    name = str(path)
    try:
        return parse(name, path.read_bytes().decode("utf-8-sig"), path.parent)
    except OSError as error:
        return _unread(name, None, phrase("cannot be read: {why}", why=error.strerror))
    except UnicodeDecodeError:
        return _unread(name, None, phrase("expected text in UTF-8"))


def _unread(name: str, line: int | None, message: str) -> Source:
    return Source(name, {}, {}, (Problem(name, line, "", message),))


def _resolve_bookings_file(values: dict[str, Any], folder: Path) -> None:
    """A relative name is meant beside the file that says it."""
    match values:
        case {"site": {"bookings_file": str(name)}} if name.strip():
            values["site"]["bookings_file"] = str(folder.absolute() / name)


def _from_environment(environment: Mapping[str, str]) -> Source:
    values: dict[str, Any] = {}
    for name, text in sorted(environment.items()):  # a key before what claims to be inside it
        tables, _, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().rpartition("__")
        if not name.startswith(ENVIRONMENT_PREFIX) or not tables:
            continue
        nested: Any = _toml_value(text)
        for part in (key, *reversed(tables.split("__"))):
            nested = {part: nested}
        _merge(values, nested)
    return Source("environment", values, {})


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _merge(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            target[key] = dict(target[key])
            _merge(target[key], value)
        else:
            target[key] = value


def _validate(
    model: type[Model],
    values: dict[str, Any],
    sources: Sequence[Source],
    further: Callable[[Model], Iterator[tuple[lines.Path, str]]],
) -> Model:
    try:
        checked = model.model_validate(values)
    except ValidationError as error:
        found = [(each["loc"], words(each, model)) for each in error.errors()]
        raise ConfigError([_locate(sources, *each) for each in found]) from None
    if problems := [_locate(sources, *each) for each in further(checked)]:
        raise ConfigError(problems)
    return checked


def _locate(sources: Sequence[Source], path: lines.Path, message: str) -> Problem:
    owner = next((s for s in reversed(sources) if _has(s.values, path)), None)
    if owner is None:  # a missing key: blame the file that has the table around it
        owner = next((s for s in reversed(sources) if _has(s.values, path[:-1])), sources[0])
    return Problem(owner.name, lines.line_of(owner.lines, path), _dotted(path), message)


def _has(values: Any, path: lines.Path) -> bool:
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _dotted(path: lines.Path) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")

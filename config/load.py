"""Reading settings: files merged, checked as a whole, every mistake named at once."""

import difflib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config import lines
from config.check import contradictions
from config.settings import BookingsFile, Settings

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


def load_settings(files: Sequence[Path], environment: Mapping[str, str]) -> Settings:
    """Settings from `files` (later ones win) and the environment. Raises ConfigError."""
    sources = [_read(path) for path in files]
    if broken := [each.problem for each in sources if each.problem]:
        raise ConfigError(broken)
    sources.append(_from_environment(environment))
    merged: dict[str, Any] = {}
    for source in sources:
        _merge(merged, source.values)
    return _validate(Settings, merged, sources, contradictions)


def load_bookings(path: Path) -> BookingsFile:
    """The bookings of a file. Raises ConfigError."""
    source = _read(path)
    if source.problem:
        raise ConfigError([source.problem])
    return _validate(BookingsFile, source.values, [source], lambda _: iter(()))


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    values: dict[str, Any]
    lines: dict[lines.Path, int]
    problem: Problem | None = None


def _read(path: Path) -> _Source:
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text)
        _resolve_bookings_file(values, path.parent)
        return _Source(name, values, lines.key_lines(text))
    except OSError as error:
        return _Source(name, {}, {}, Problem(name, None, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        return _Source(name, {}, {}, Problem(name, None, "", "expected text in UTF-8"))
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or _line_in(str(error))
        return _Source(name, {}, {}, Problem(name, line, "", f"not valid TOML: {error}"))


def _resolve_bookings_file(values: dict[str, Any], folder: Path) -> None:
    """A relative name is meant beside the file that says it."""
    site = values.get("site")
    if isinstance(site, dict) and isinstance(site.get("bookings_file"), str):
        site["bookings_file"] = str(folder.absolute() / site["bookings_file"])


def _line_in(message: str) -> int | None:
    _, found, rest = message.partition("(at line ")
    number = rest.partition(",")[0]
    return int(number) if found and number.isdigit() else None


def _from_environment(environment: Mapping[str, str]) -> _Source:
    values: dict[str, Any] = {}
    for name, text in environment.items():
        *tables, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        if not name.startswith(ENVIRONMENT_PREFIX) or not tables:
            continue
        table = values
        for each in tables:
            table = table.setdefault(each, {})
        table[key] = _toml_value(text)
    return _Source("environment", values, {})


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
    sources: Sequence[_Source],
    further: Callable[[Model], Iterator[tuple[lines.Path, str]]],
) -> Model:
    try:
        checked = model.model_validate(values)
    except ValidationError as error:
        found = [(each["loc"], _words(each, model)) for each in error.errors()]
        raise ConfigError([_locate(sources, *each) for each in found]) from None
    if problems := [_locate(sources, *each) for each in further(checked)]:
        raise ConfigError(problems)
    return checked


def _locate(sources: Sequence[_Source], path: lines.Path, message: str) -> Problem:
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


def _words(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        names = _keys_at(model, error["loc"][:-1])
        near = difflib.get_close_matches(str(error["loc"][-1]), names, n=1)
        return "is not a setting" + (f"; did you mean {near[0]}?" if near else "")
    message = str(error["msg"]).removeprefix("Value error, ")
    given = error["input"]
    return f"{message}, not {given!r}" if isinstance(given, str | int | float) else message


def _keys_at(model: type[BaseModel], path: lines.Path) -> list[str]:
    current: Any = model
    for part in path:
        if isinstance(part, int):
            continue
        annotation = current.model_fields[part].annotation
        inner = (annotation, *getattr(annotation, "__args__", ()))
        current = next(a for a in inner if isinstance(a, type) and issubclass(a, BaseModel))
    return list(current.model_fields)

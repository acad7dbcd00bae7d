"""A mistake that pydantic found, in words for the technician who made it."""

import difflib
from typing import Any

from pydantic import BaseModel

SECRET_KEYS = frozenset({"booking_secret", "code", "maintenance_pin", "password", "pin"})
"""What is given under these keys is never repeated: problems end in terminals and logs."""

_EXPECTED = {
    **dict.fromkeys(
        ("id", "institution", "service", "serves", "services", "computer_service"),
        "expected up to 40 small letters, digits and hyphens",
    ),
    "series": "expected one capital letter",
    "code": "expected 8 to 16 capital letters and digits, without I, O, 0 and 1",
    **dict.fromkeys(("pin", "maintenance_pin"), "expected what `rinda pin` prints"),
}


def words(error: Any, model: type[BaseModel]) -> str:
    """What is wrong, for one entry of `ValidationError.errors()` of `model`."""
    match error["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown(error["loc"], model)
        case "tuple_type" if isinstance(error["input"], dict):
            return f"write [[{error['loc'][-1]}]]"
        case "model_type":
            return f"write [{error['loc'][0]}]" if len(error["loc"]) == 1 else "expected a table"
    return _expected(error) + _given(error)


def _unknown(path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    near = difflib.get_close_matches(str(path[-1]), _keys_at(model, path[:-1]), n=1)
    return "is not a setting" + (f"; did you mean {near[0]}?" if near else "")


def _expected(error: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] != "string_pattern_mismatch":
        return message
    key = next(part for part in reversed(error["loc"]) if isinstance(part, str))
    return _EXPECTED.get(key, message)


def _given(error: Any) -> str:
    is_secret = not SECRET_KEYS.isdisjoint(error["loc"])
    given = error["input"]
    return f", not {given!r}" if isinstance(given, str | int | float) and not is_secret else ""


def _keys_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    current: Any = model
    for part in path:
        if isinstance(part, int):
            continue
        annotation = current.model_fields[part].annotation
        inner = (annotation, *getattr(annotation, "__args__", ()))
        current = next(a for a in inner if isinstance(a, type) and issubclass(a, BaseModel))
    return list(current.model_fields)

"""A mistake that pydantic found, in words for the technician who made it."""

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from config.phrase import phrase, source

SECRET_KEYS = frozenset(
    {"booking_secret", "code", "maintenance_pin", "password", "pin", "ssh_keys"}
)
"""What is given under these keys is never repeated: problems end in terminals, logs and on screens.
A private key may have been put where a public one belongs."""

_EXPECTED = {
    **dict.fromkeys(
        (
            "id",
            "institution",
            "service",
            "serves",
            "services",
            "computer_service",
            "unit",
        ),
        phrase("expected up to 40 small letters, digits and hyphens"),
    ),
    "series": phrase("expected one capital letter"),
    "code": phrase("expected 8 to 16 capital letters and digits, without I, O, 0 and 1"),
    **dict.fromkeys(("pin", "maintenance_pin"), phrase("expected what `rinda pin` prints")),
}

_WHOLE_NUMBER = source("expected a whole number")
_NUMBER = source("expected a number")
_SWITCH = source("expected true or false, without quotes")
_DATE = source("expected a date such as 2027-01-31")

_BY_TYPE: Mapping[str, str] = {
    "literal_error": source("expected {expected}"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE_NUMBER),
    **dict.fromkeys(("float_type", "float_parsing"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _SWITCH),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        _DATE,
    ),
    "string_type": source("expected text in quotes"),
    "greater_than_equal": source("expected at least {ge}"),
    "less_than_equal": source("expected at most {le}"),
    "string_too_short": source("expected letters, {min_length} at least"),
    "string_too_long": source("expected letters, {max_length} at most"),
    "too_short": source("expected entries, {min_length} at least"),
    "too_long": source("expected entries, {max_length} at most"),
    "dict_type": source('expected texts by language, such as {{ lv = "…", en = "…" }}'),
    "tuple_type": source('expected a list, such as ["…", "…"]'),
}
"""Kind of error → what was expected, with pydantic's own names of facts."""


def words(error: Any, model: type[BaseModel]) -> str:
    """What is wrong, for one entry of `ValidationError.errors()` of `model`."""
    name = error["loc"][-1]
    match error["type"]:
        case "missing":
            return phrase("is missing")
        case "extra_forbidden":
            return _unknown(error["loc"], model)
        case "tuple_type" if isinstance(error["input"], dict):
            return phrase("write {form}", form=f"[[{name}]]")
        case "model_type" if len(error["loc"]) == 1:
            return phrase("write {form}", form=f"[{name}]")
        case "model_type":
            return phrase("expected a table")
    expected, given = _expected(error), error["input"]
    is_secret = not SECRET_KEYS.isdisjoint(error["loc"])
    if is_secret or not isinstance(given, str | int | float):
        return expected
    return phrase("{expected}, not {given}", expected=expected, given=repr(given))


def _unknown(path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    keys = _keys_at(model, path[:-1])
    near = difflib.get_close_matches(str(path[-1]).lower(), keys, n=1)
    if near:
        return phrase("is not a setting; did you mean {key}?", key=near[0])
    return phrase("is not a setting")


def _expected(error: Any) -> str:
    facts = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            said: str = facts["error"].args[0]
            return said
        case "literal_error":
            facts = {"expected": facts["expected"].replace(" or ", ", ")}
    if known := _BY_TYPE.get(error["type"]):
        return phrase(known, **facts)
    message = str(error["msg"])
    if error["type"] != "string_pattern_mismatch":
        return message
    key = next(part for part in reversed(error["loc"]) if isinstance(part, str))
    return _EXPECTED.get(key, message)


def _keys_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    current: Any = model
    for part in path:
        if isinstance(part, int):
            continue
        annotation = current.model_fields[part].annotation
        inner = (annotation, *getattr(annotation, "__args__", ()))
        current = next(a for a in inner if isinstance(a, type) and issubclass(a, BaseModel))
    return list(current.model_fields)

"""The fields of a lead's forms: what they are called, what is given in them, what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import JsonValue

from config.opening_hours import WEEKDAYS
from texts import Language
from texts.mistakes import message as said


@dataclass(frozen=True, slots=True)
class Field:
    """One setting; `label` is a source sentence. `usual`: of a switch that nobody has set. `most`:
    letters of a line. `for_ever`: given once, with the entry. A `list` is given with commas
    between."""

    key: str
    label: str
    kind: Literal[
        "texts",
        "line",
        "letter",
        "number",
        "switch",
        "date",
        "list",
        "place",
        "institution",
        "serves",
        "week",
    ]
    hint: str = ""
    usual: bool = True
    most: int = 120
    for_ever: bool = False


def text(source: str) -> str:
    """Marks a source sentence of the tables below."""
    return source


_AS_USUAL = text("Empty: as in the whole centre.")
_HOURS = text("For example 08:00-12:00, 12:30-17:00. Empty: closed.")

FIELDS: Mapping[str, Sequence[Field]] = {
    "notice": (
        Field("text", text("What the board says"), "texts"),
        Field("first_day", text("From this day"), "date", text("Empty: at once.")),
        Field("last_day", text("To this day"), "date", text("Empty: until it is removed.")),
    ),
    "exception": (
        Field(
            "dates",
            text("Dates"),
            "list",
            text("For example 2027-06-25 or 2027-07-05/2027-07-16; several with commas between."),
        ),
        Field("hours", text("Hours on these days"), "list", _HOURS),
        Field("institution", text("Whose"), "place"),
    ),
    "service": (
        Field("name", text("Name"), "texts"),
        Field("institution", text("Institution"), "institution", for_ever=True),
        Field(
            "series",
            text("Letter of the tickets"),
            "letter",
            text("Services with the same letter share one row of numbers."),
            for_ever=True,
        ),
        Field("offered", text("Kiosks offer it"), "switch"),
        Field("walk_in", text("Without an appointment too"), "switch"),
        Field("expected_minutes", text("Expected minutes"), "number", _AS_USUAL),
        Field(
            "walk_in_target_minutes",
            text("Longest wait without an appointment, minutes"),
            "number",
            _AS_USUAL,
        ),
        Field(
            "slot_target_minutes",
            text("Longest wait with an appointment, minutes"),
            "number",
            _AS_USUAL,
        ),
        Field("e_service", text("It can be done online too"), "switch", usual=False),
        Field(
            "address",
            text("Address of the e-service"),
            "line",
            text("Short enough to be typed, such as latvija.gov.lv."),
            most=60,
        ),
    ),
    "counter": (
        Field(
            "sign",
            text("Sign over the counter"),
            "line",
            text("A number or a letter, such as 3 or K."),
            most=3,
        ),
        Field("name", text("Name"), "texts"),
        Field(
            "spoken",
            text("How a voice says the way"),
            "texts",
            text("For example: to the consultation room. A number needs none."),
        ),
        Field("serves", text("Serves"), "serves"),
        Field("hours", text("When somebody is there"), "week", _HOURS),
    ),
    "site": (
        Field(
            "walk_in_target_minutes", text("Longest wait without an appointment, minutes"), "number"
        ),
        Field("slot_target_minutes", text("Longest wait with an appointment, minutes"), "number"),
        Field("priority_target_minutes", text("Longest wait with priority, minutes"), "number"),
        Field("expected_minutes", text("Expected minutes"), "number"),
    ),
}

_SENTENCES: Sequence[tuple[str, str]] = (
    (r"expected at most (\d+)", text("At most {limit}.")),
    (r"expected at least (\d+)", text("At least {limit}.")),
    (r"expected letters, (\d+) at most", text("At most {limit} letters.")),
    (r"(institution|series): is missing|expected entries", text("Nothing is chosen.")),
    (r"expected letters|is missing|has no text", text("Something must be written here.")),
    (r"whole number", text("A whole number is needed.")),
    (r"expected a date|such as 20", text("A date is needed, such as 2027-06-25.")),
    (r"last day", text("The last day must not be before the first.")),
    (r"closing time must be later", text("The closing time must be later than the opening time.")),
    (r"expected opening and closing", text("Hours are needed, such as 08:00-12:00.")),
)


def in_words(language: Language, key: str, message: str) -> str:
    """The sentence for a mistake that the checks of settings files name."""
    english = f"{key.rpartition('.')[2]}: {message}"
    for pattern, source in _SENTENCES:
        if found := re.search(pattern, english):
            limit = found[1] if "{limit}" in source else ""
            return language.text(source, limit=limit) if limit else language.text(source)
    return said(language, message)


def given(field: Field, form: Mapping[str, list[str]], before: JsonValue) -> JsonValue:
    """What the form has for this setting; None where nothing is."""
    first = form.get(field.key, [""])[0].strip()
    match field.kind:
        case "texts":
            start = f"{field.key}."
            texts = {
                k.removeprefix(start): v[0].strip() for k, v in form.items() if k.startswith(start)
            }
            kept = {name: words for name, words in texts.items() if words}
            return {**kept} or None
        case "number":
            return int(first) if first.isdecimal() and len(first) < 9 else first or None
        case "switch":
            on = field.key in form
            return None if before is None and on == field.usual else on
        case "list":
            return [*_parts(first)] or None
        case "serves":
            return [*form.get(field.key, [])]
        case "week":
            days = {day: _parts(form.get(f"{field.key}.{day}", [""])[0]) for day in WEEKDAYS}
            return {day: [*hours] for day, hours in days.items() if hours} or None
        case _:
            return first or None


def shown(language: Language, names: Mapping[str, str], value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return language.text("Yes") if value else language.text("No")
    if isinstance(value, Mapping):
        if "dates" in value and not value.get("hours"):
            value = {**value, "hours": language.text("closed all day")}
        if "text" in value or "dates" in value or not set(value) <= {*WEEKDAYS}:
            return " · ".join(filter(None, (shown(language, names, v) for v in value.values())))
        return "; ".join(
            f"{language.weekday(WEEKDAYS.index(day))} {', '.join(value[day])}" for day in value
        )
    if isinstance(value, list | tuple):
        separator = "; " if value and isinstance(value[0], Mapping) else ", "
        return separator.join(shown(language, names, each) for each in value)
    return "" if value is None else names.get(str(value), str(value))


def _parts(words: str) -> list[str]:
    return [part.strip() for part in words.split(",") if part.strip()]

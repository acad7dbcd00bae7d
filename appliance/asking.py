"""A card by questions and answers: these become a row as a table of cards has it."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from appliance.card_rows import KEYS, Row, tables_of
from appliance.tables import HUBS, IDS, KIOSKS, CardFile
from config.load import ConfigError, Problem, load_settings
from config.phrase import source
from config.words import words
from texts import Language
from texts.mistakes import message, mistake

Ask = Callable[[str], str]
Say = Callable[[str], None]

ROLES = ("hub", "kiosk", "board", "all-in-one")

Answers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """`column`: of the row; `hint`: of what may be left out; `roles`: whom it is for."""

    column: str
    words: str
    hint: str = ""
    roles: frozenset[str] = frozenset(ROLES)


UNITS = frozenset(ROLES) - HUBS

QUESTIONS = (
    Question("site", source("File with the centre's settings"), roles=HUBS),
    Question("unit", source("Id of the unit")),
    Question("name_lv", source("What staff call it, in Latvian"), source("may be empty")),
    Question("name_en", source("What staff call it, in English"), source("may be empty")),
    Question("wifi", source("Name of the Wi-Fi"), source("empty: it has a cable")),
    Question("wifi_password", source("Password of the Wi-Fi"), source("empty: it has none")),
    Question(
        "address",
        source("Address with its network, such as 192.168.1.20/24"),
        source("empty: the network gives one"),
    ),
    Question("gateway", source("Address of the gateway"), source("may be empty")),
    Question("dns", source("Addresses of name servers"), source("may be empty")),
    Question(
        "hub", source("Name or address of the hub"), source("empty: it is found by itself"), UNITS
    ),
    Question("code", source("Code that the hub gave"), source("empty: asked on the screen"), UNITS),
    Question("pin", source("PIN of technicians at the kiosk"), source("empty: none"), KIOSKS),
    Question("kiosks", source("Ids of the centre's other kiosks"), source("may be empty"), HUBS),
    Question("boards", source("Ids of the centre's boards"), source("may be empty"), HUBS),
)

UNITS_OF = {"kiosks": "kiosk", "boards": "board"}
"""Question → the role of the units that are named."""

SHARED = ("centre", "wifi", "wifi_password")
"""Columns that hold for the units of a hub too."""

EMPTY = "-"
"""Empties what was answered before."""

ONLY_WITH = {"wifi_password": "wifi", "gateway": "address", "dns": "address"}
"""Column → the one without which it is not asked for."""


class Conversation:
    """One; what was answered before is offered the next time."""

    def __init__(self, language: Language, ask: Ask, say: Say) -> None:
        self._language, self._ask, self._say = language, ask, say
        self._answers: Answers = {}

    def rows(self) -> Sequence[Row]:
        """The card, and those of a hub's units. Raises EOFError where nobody answers."""
        role = self._role()
        asked = {"role": role}
        for question in QUESTIONS:
            if role in question.roles and asked.get(ONLY_WITH.get(question.column, "role")):
                asked[question.column] = self._one(question, role)
        self._answers |= asked
        return list(_rows(asked))

    def _role(self) -> str:
        text = self._language.text
        names = {
            "hub": text("hub: the centre's queue and the staff's page"),
            "kiosk": text("kiosk: gives tickets"),
            "board": text("board: shows who is called"),
            "all-in-one": text("hub and kiosk in one"),
        }
        for number, role in enumerate(ROLES, 1):
            self._say(f"  {number}  {names[role]}")
        before = ROLES.index(self._answers.get("role", "kiosk")) + 1
        question = text("What is this unit?")
        while True:
            given = self._ask(f"{question} [{before}]: ").strip() or str(before)
            if given in map(str, range(1, len(ROLES) + 1)):
                return ROLES[int(given) - 1]

    def _one(self, question: Question, role: str) -> str:
        column = question.column
        before = self._answers.get(column) or (IDS[role] if column == "unit" else "")
        shown = self._language.text(question.words)
        if question.hint:
            shown += f" ({self._language.text(question.hint)})"
        if before:
            shown += f" [{before}]"
        while True:
            given = self._ask(f"{shown}: ").strip() or before
            given = "" if given == EMPTY else given
            wrong = [*self._mistakes(column, given)]
            if not wrong:
                return given
            for each in wrong:
                self._say(f"  {each}")

    def _mistakes(self, column: str, given: str) -> Iterator[str]:
        if column == "site":
            yield from (mistake(self._language, each) for each in _of_site(Path(given)))
        elif column in UNITS_OF:
            for each in given.split():
                if wrong := _wrong("unit", each):
                    yield f"{each}: {message(self._language, wrong)}"
        elif given and (wrong := _wrong(column, given)):
            yield message(self._language, wrong)


def _of_site(file: Path) -> list[Problem]:
    """But for the secret, which is made where there is none."""
    try:
        load_settings([file], {})
    except ConfigError as error:
        return [each for each in error.problems if each.key != "site.booking_secret"]
    return []


def _wrong(column: str, given: str) -> str:
    """What is wrong with it, whatever else a card needs; "": nothing."""
    key = KEYS[column].split(".")
    try:
        CardFile.model_validate(tables_of({column: given}))
    except ValidationError as error:
        for each in error.errors():
            if [*each["loc"]][: len(key)] == key:
                return words(each, CardFile)
    return ""


def _rows(answers: Mapping[str, str]) -> Iterator[Row]:
    own = {column: each for column, each in answers.items() if each and column not in UNITS_OF}
    if "site" in own:
        own["centre"] = tomllib.loads(Path(own["site"]).read_text("utf-8-sig"))["site"]["id"]
    yield Row(1, own)
    shared = {column: own[column] for column in SHARED if column in own}
    for column, role in UNITS_OF.items():
        for unit in answers.get(column, "").split():
            yield Row(1, {**shared, "role": role, "unit": unit})

"""`rinda card`: card files, by questions, from a table of many, or looked over."""

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from appliance.asking import EMPTY, Conversation
from appliance.card import find_card, read_card
from appliance.card_list import Made, cards_from, cards_of
from appliance.card_text import card_in, write_card
from config.load import ConfigError
from texts import Language, language
from texts.mistakes import message, mistake

BAD = 78
"""The exit status for files that cannot be used (EX_CONFIG of sysexits.h)."""

FOLDER = Path("cards")


def run(parsed: argparse.Namespace) -> int:
    """Returns the exit status."""
    words = language(parsed.language or _usual())
    try:
        if parsed.what == "check":
            return _checked(words, parsed.file)
        if parsed.table:
            folder = parsed.to or FOLDER
            return _written(words, cards_of(parsed.table, folder), folder)
        return _asked(words if parsed.language else _chosen(), parsed.to)
    except ConfigError as error:
        for each in error.problems:
            print(mistake(words, each))
        return BAD
    except OSError as error:
        print(f"{error.filename}: {error.strerror}")
        return 1
    except EOFError:
        return 1


def _checked(words: Language, given: Path) -> int:
    file = find_card(given) if given.is_dir() else given
    if file is None:
        print(words.text("There is no card file in {folder}.", folder=given))
        return BAD
    unit = read_card(file).unit
    print(words.text("The card is good: {unit}, {role}.", unit=unit.id, role=unit.role))
    return 0


def _asked(words: Language, to: Path | None) -> int:
    print(words.text("Enter keeps what stands in brackets; {sign} empties it.", sign=EMPTY))
    conversation = Conversation(words, input, print)
    card = None if to else card_in()
    while True:
        rows = conversation.rows()
        try:
            made = cards_from(rows, Path.cwd() / "card", to or card or FOLDER)
        except ConfigError as error:
            print(words.text("That cannot be. Once more, please:"))
            for each in error.problems:
                print(f"  {each.key}: {message(words, each.message)}")
            continue
        folder = card if card and len(made) == 1 else to or FOLDER
        return _written(words, made, folder, alone=len(made) == 1)


def _written(words: Language, made: Sequence[Made], folder: Path, *, alone: bool = False) -> int:
    """`alone`: the folder is the card's own."""
    for each in made:
        place = folder if alone else folder / each.folder
        print(write_card(place, each.text))
        for file in each.beside:
            shutil.copy(file, place)
    if not alone:
        print(words.text("Copy what is in each folder onto the card of its unit."))
    return 0


def _chosen() -> Language:
    return language("en" if input("Valoda / Language: lv, en [lv] ").strip() == "en" else "lv")


def _usual() -> str:
    """The language of this computer, if it is one of ours."""
    return "lv" if os.environ.get("LANG", "").startswith("lv") else "en"

"""What lies on a card as its file."""

from collections.abc import Iterable
from pathlib import Path

from appliance.card import read_card
from appliance.card_list import cards_of
from appliance.files import files_of
from config.load import ConfigError
from tests.appliance.cards import ENROL, KIOSK, hub_text
from tests.conftest import ROOT
from tests.hostile.kept import SMALL_SITE
from texts import language
from texts.mistakes import mistake

HUB = f'{SMALL_SITE}\n[card]\nrole = "hub"\n{ENROL}'
TABLE = b"centre;role"
"""With what a table of cards begins."""


class CardText:
    """A card file, as it is and with a table of cards; what is wrong is said in Latvian."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "rinda.toml"
        self._table = folder / "cards.csv"
        (folder / "site.toml").write_text(SMALL_SITE)

    @staticmethod
    def seeds() -> Iterable[bytes]:
        text = (ROOT / "docs" / "card.md").read_text()
        yield from (each.partition("```")[0].encode() for each in text.split("```toml\n")[1:])
        for card in (HUB, KIOSK, hub_text(ENROL)):
            yield from (card.encode(), card.encode("utf-16"), card.replace('"', "”").encode())
        yield b"centre;role;site;pin;dns;kiosk.printer.kind\nx;hub;site.toml;2580;1.1.1.1;usb\n"
        yield b"centre;role\nx;kiosk\n"

    def __call__(self, data: bytes) -> None:
        try:
            if data.startswith(TABLE):
                self._table.write_bytes(data)
                cards_of(self._table, self._folder / "cards")
                return
            self._file.write_bytes(data)
            card = read_card(self._file)
            files_of(card, b"saltsalt", "" if card.unit.is_hub else SMALL_SITE)
        except ConfigError as error:
            for each in error.problems:
                assert each.file
                assert each.message
                mistake(language("lv"), each).encode()

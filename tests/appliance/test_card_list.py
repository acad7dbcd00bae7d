"""Dozens of cards from one table."""

import shutil
import tomllib
from pathlib import Path

import pytest

from appliance.card import read_card
from appliance.card_list import cards_of
from appliance.card_text import write_card
from appliance.files import UNIT, files_of
from config.load import ConfigError, Problem
from config.pins import pin_matches
from tests.conftest import DEMO

TABLE = """\
centre;role;unit;name_lv;name_en;site;wifi;wifi_password;dns;pin;bridge.counters;kiosk.printer.kind
demo;hub;;;;site.toml;;;;;;
demo;kiosk;;Pie ieejas;Entrance;;Paraugs;12345678;1.1.1.1 9.9.9.9;2580;;serial
demo;kiosk;kiosk-2;;;;;;;;["l1"];

demo;board;;;;;;;;;;
cita;kiosk;;;;;;;;;;
"""


def made(folder: Path, table: str = TABLE, encoding: str = "utf-8") -> dict[str, Path]:
    """Place → card file, after they were written."""
    (folder / "site.toml").write_bytes((DEMO / "site.toml").read_bytes())
    file, to = folder / "cards.csv", folder / "cards"
    file.write_text(table, encoding)
    written = {}
    for each in cards_of(file, to):
        written[str(each.folder)] = write_card(to / each.folder, each.text)
        shutil.copy(DEMO / "bookings.toml", to / each.folder)
    return written


def problems(folder: Path, table: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        made(folder, table)
    return list(caught.value.problems)


def test_a_hub_expects_its_units_with_the_codes_of_their_cards(tmp_path: Path) -> None:
    files = made(tmp_path)
    assert set(files) == {
        "demo/hub",
        "demo/kiosk-1",
        "demo/kiosk-2",
        "demo/board-1",
        "cita/kiosk-1",
    }
    cards = {place: read_card(file) for place, file in files.items()}
    expected = {each.unit: each for each in cards["demo/hub"].enrol}
    assert set(expected) == {"kiosk-1", "kiosk-2", "board-1"}
    codes = {each.code for each in expected.values()}
    assert len(codes) == 3
    for unit, each in expected.items():
        assert cards[f"demo/{unit}"].unit.code == each.code
    assert [expected[unit].bridge for unit in ("kiosk-1", "kiosk-2")] == [False, True]
    assert cards["cita/kiosk-1"].unit.code == "", "its hub is in no table: it is asked for"


def test_what_stands_in_cells_stands_on_the_card(tmp_path: Path) -> None:
    file = made(tmp_path, encoding="utf-16")["demo/kiosk-1"]
    card = read_card(file)
    assert card.unit.name == {"lv": "Pie ieejas", "en": "Entrance"}
    assert (card.network.wifi.password, card.network.dns) == ("12345678", ("1.1.1.1", "9.9.9.9"))
    assert card.settings.values["kiosk"] == {"printer": {"kind": "serial"}}
    assert pin_matches(card.unit.pin, "2580")
    assert b"2580" not in file.read_bytes()
    own = tomllib.loads(files_of(card, b"", (DEMO / "site.toml").read_text())[UNIT].text)
    assert own["kiosk"]["maintenance_pin"] == card.unit.pin


def test_the_centres_file_stays_as_it_is_written(tmp_path: Path) -> None:
    hub = made(tmp_path)["demo/hub"]
    assert (DEMO / "site.toml").read_text() in hub.read_text()
    assert b"\r\n" in hub.read_bytes()


def test_cards_made_again_keep_their_codes_and_secrets(tmp_path: Path) -> None:
    first = {place: read_card(file) for place, file in made(tmp_path).items()}
    again = {place: read_card(file) for place, file in made(tmp_path).items()}
    assert [each.unit.code for each in first.values()] == [e.unit.code for e in again.values()]
    assert first["demo/hub"].enrol == again["demo/hub"].enrol


def test_a_centre_without_a_secret_gets_one_of_its_own(tmp_path: Path) -> None:
    secret = 'booking_secret = "demonstration only, not a secret"\n'
    site = (DEMO / "site.toml").read_text()
    (tmp_path / "bare.toml").write_text(site.replace(secret, ""))
    table = TABLE.replace("site.toml", "bare.toml")
    first = read_card(made(tmp_path, table)["demo/hub"]).settings.values["site"]
    again = read_card(made(tmp_path, table)["demo/hub"]).settings.values["site"]
    assert first["booking_secret"] == again["booking_secret"]
    assert len(first["booking_secret"]) == 32
    assert first["bookings_file"] == str(tmp_path / "cards/demo/hub/bookings.toml")


def test_all_mistakes_are_named_by_line_and_column(tmp_path: Path) -> None:
    table = (
        "centre,role,unit,site,wifi_password,gateway,kiosk.printer.baud\n"
        "demo,hub,,none.toml,short,1.2,\n"
        'demo,koisk,"Kiosk 1",,,,2\n'
        "demo,hub,hub-2,site.toml,,,\n"
        "cita,hub,,site.toml,,,\n"
        "demo,kiosk,hub,,,10.0.0.1,x\n"
    )
    found = [(each.line, each.key) for each in problems(tmp_path, table)]
    assert found == [
        (2, "site"),
        (2, "gateway"),
        (2, "wifi_password"),
        (3, "role"),
        (3, "unit"),
        (3, "kiosk.printer.baud"),
        (4, "role"),
        (5, "centre"),
        (6, "unit"),
        (6, "kiosk.printer.baud"),
    ]


def test_mistakes_of_a_centres_file_are_named_there(tmp_path: Path) -> None:
    site = (DEMO / "site.toml").read_text()
    (tmp_path / "wrong.toml").write_text(site.replace('series = "B"', 'series = "bb"', 1))
    (only,) = problems(tmp_path, TABLE.replace("site.toml", "wrong.toml"))
    line = site.split('series = "B"')[0].count("\n") + 1
    assert (only.file, only.line) == (str(tmp_path / "wrong.toml"), line)


@pytest.mark.parametrize(
    ("table", "line", "key", "words"),
    [
        ("centre,rol\n", 1, "rol", "did you mean role?"),
        ("centre,rol\n", 1, "role", "is missing"),
        ("centre,role\n../x,kiosk\n", 2, "centre", "small letters"),
        ("centre,role\n,kiosk\n", 2, "centre", "is missing"),
        ("centre,role\ndemo,kiosk,kiosk-2\n", 2, "", "more cells"),
        ("centre,role\ndemo,hub\n", 2, "site", "is missing"),
        ("", 1, "centre", "is missing"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, table: str, line: int, key: str, words: str) -> None:
    found = problems(tmp_path, table)
    assert [e for e in found if (e.line, e.key) == (line, key) and words in e.message]

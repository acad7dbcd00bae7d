"""What follows from a card, as files; read again by those who read them on a unit."""

import tomllib
from pathlib import Path

from appliance.files import (
    ANNOUNCEMENT,
    BOOKINGS,
    CLOCK,
    HOSTNAME,
    OWNED,
    PROGRAMS,
    SITE,
    SSH_KEYS,
    SUPPLICANT,
    UNIT,
    files_of,
    own_settings,
)
from config.load import load_settings
from config.pins import pin_matches
from config.settings import Settings
from tests.appliance.cards import ENROL, KIOSK, card, hub_text
from tests.conftest import DEMO

SALT = b"saltsalt"


def settings(folder: Path, files: dict[Path, str]) -> Settings:
    """As a program of the unit would have them."""
    for path in (SITE, UNIT):
        (folder / path.name).write_text(files[path])
    return load_settings([folder / "site.toml", folder / "unit.toml"], {})


def texts(folder: Path, text: str, site: str = "", unit: str = "") -> dict[Path, str]:
    files = files_of(card(folder, text), SALT, site, unit)
    assert files.keys() <= OWNED
    return {path: file.text for path, file in files.items()}


def test_a_hub_has_the_bookings_that_lie_beside_its_card(tmp_path: Path) -> None:
    files = texts(tmp_path, hub_text())
    assert files[BOOKINGS] == (DEMO / "bookings.toml").read_text()
    assert tomllib.loads(files[SITE])["site"]["bookings_file"] == BOOKINGS.name


def test_a_hub_tells_its_centre_nothing_that_is_its_own(tmp_path: Path) -> None:
    files = texts(tmp_path, hub_text(ENROL))
    site = tomllib.loads(files[SITE])
    assert not {"staff", "identity", "unit", "broker", "card", "enrol"} & site.keys()
    given = settings(tmp_path, files)
    assert given.staff
    assert {(each.id, each.role) for each in given.identity} >= {
        ("hub", "machine"),
        ("module", "module"),
        ("desk", "desk"),
        ("consultations", "consultations"),
        ("kiosk-2", "kiosk"),
        ("kiosk-2-bridge", "bridge"),
    }
    assert (given.unit.id, given.broker.port, given.desk.host) == ("hub", 8883, "0.0.0.0")
    assert files[HOSTNAME] == "rinda-demo\n"
    assert "Name=rinda-demo\nType=_rinda._tcp\nPort=8884\n" in files[ANNOUNCEMENT]
    assert {"rinda-module.service", "rinda-consultations.service"} <= {*files[PROGRAMS].split()}
    assert "rinda-kiosk.service" not in files[PROGRAMS]
    assert "allow\n" in files[CLOCK]


def test_a_unit_joins_with_the_centres_settings_and_its_own(tmp_path: Path) -> None:
    site = texts(tmp_path, hub_text())[SITE]
    text = KIOSK + 'pin = "2580"\n[kiosk.printer]\nkind = "usb"\n[bridge]\n'
    files = texts(tmp_path, text, site, "[kiosk.scanner]\nkind = 'serial'\n")
    given = settings(tmp_path, files)
    assert (given.unit.id, given.broker.host) == ("kiosk-2", "hub.lan")
    assert (given.kiosk.printer.kind, given.kiosk.scanner.kind) == ("usb", "none")
    assert given.bridge.id == "kiosk-2-bridge"
    assert pin_matches(given.kiosk.maintenance_pin, "2580")
    assert "2580" not in "".join(files.values())
    assert files[HOSTNAME] == "rinda-demo-kiosk-2\n"
    assert files[CLOCK] == "server hub.lan iburst\n"
    assert files[PROGRAMS] == "rinda-machine.service\nrinda-kiosk.service\nrinda-bridge.service\n"


def test_a_card_that_says_nothing_of_its_unit_gets_what_the_hub_kept(tmp_path: Path) -> None:
    site = texts(tmp_path, hub_text())[SITE]
    before = card(tmp_path, KIOSK + 'pin = "2580"\nname = { lv = "A", en = "B" }\n[bridge]\n')
    kept = own_settings(before, SALT)
    after = files_of(card(tmp_path, KIOSK), SALT, site, kept)
    assert own_settings(card(tmp_path, KIOSK), SALT) == ""
    assert after[UNIT].text == files_of(before, SALT, site)[UNIT].text
    assert "rinda-bridge.service" in after[PROGRAMS].text


def test_what_is_secret_is_for_those_who_need_it(tmp_path: Path) -> None:
    wifi = '[network]\nwifi = { name = "Bibliotēka", password = "slepena parole" }\n'
    keys = 'ssh_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIm7 a@b"]\n'
    files = files_of(card(tmp_path, hub_text(keys, wifi)), SALT)
    assert files[SUPPLICANT].mode == 0o600
    assert (files[UNIT].mode, files[UNIT].group) == (0o640, "rinda")
    assert files[SSH_KEYS].text.startswith("ssh-ed25519 ")
    assert "slepena" not in files[SITE].text + files[UNIT].text

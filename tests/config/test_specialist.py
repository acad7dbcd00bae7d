"""A specialist's settings: all mistakes at once, each with file, line and key."""

from pathlib import Path

import pytest

from config.load import ConfigError
from config.specialist import load_specialist
from tests.conftest import DEMO

SITE = (DEMO / "site.toml").read_text()
FILE = """\
[specialist]
name = { lv = "VSAA konsultācijas", en = "VSAA consultations" }

[[staff]]
id = "vsaa-konsultants"
pin = "scrypt:7261756770696c73:ef8b130cf78854823c87354863552be5c8149f3005f9831e8bc32640f687e978"

[[centre]]
site = "one.toml"
room = "kabinets"
services = ["vsaa-konsultacija"]
unit = "vsaa-remote"
broker.host = "10.8.0.1"

[[centre]]
site = "two.toml"
room = "kabinets"
unit = "vsaa-remote"
broker = { host = "10.8.0.2", port = 8883, tls = "/var/lib/rinda/two" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two centres and a specialist for both."""
    (tmp_path / "one.toml").write_text(SITE)
    (tmp_path / "two.toml").write_text(SITE.replace('id = "demo"', 'id = "two"'))
    (tmp_path / "specialist.toml").write_text(FILE)
    return tmp_path


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_specialist(folder / "specialist.toml", {})
    return [str(each).removeprefix(f"{folder}/") for each in caught.value.problems]


def test_each_centre_has_its_own_broker_and_identity(folder: Path) -> None:
    own, (one, two) = load_specialist(folder / "specialist.toml", {"RINDA_SPECIALIST__PORT": "9"})
    assert own.specialist.port == 9
    assert (one.settings.site.id, two.settings.site.id) == ("demo", "two")
    assert one.settings.unit.id == "vsaa-remote"
    assert two.settings.broker.port == 8883
    assert one.services == {"vsaa-konsultacija"}
    assert two.services == set()


def test_all_mistakes_are_named_with_their_lines(folder: Path) -> None:
    (folder / "two.toml").write_text(SITE.replace("walk_in = false", "walk_in = 7"))
    wrong = FILE.replace('room = "kabinets"', 'room = "2"', 1).replace('en = "VSAA', 'ru = "VSAA')
    wrong = wrong.replace('["vsaa-konsultacija"]', '["vid-konsultacija"]')
    (folder / "specialist.toml").write_text(wrong)
    found = mistakes(folder)
    assert found[0] == "specialist.toml:2: specialist.name: has no text in language 'en'"
    assert found[1].startswith("specialist.toml:10: centre[0].room: '2' is no room for remote")
    assert found[2].startswith("specialist.toml:11: centre[0].services: the room does not serve")
    assert found[3].startswith("two.toml:")
    assert ".walk_in: " in found[3]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('site = "two.toml"', 'site = "one.toml"', "16: centre[1].site: 'demo' is used twice"),
        ('room = "kabinets"\nserv', 'room = "x"\nserv', "10: centre[0].room: there is no counter"),
        ("[[staff]]", 'host = "0.0.0.0"\n[[staff]]', "4: specialist.host: lets others reach"),
        ('unit = "vsaa-remote"\nbroker.', "broker.", "8: centre[0].unit: is missing"),
    ],
)
def test_a_mistake_is_named(folder: Path, right: str, wrong: str, said: str) -> None:
    (folder / "specialist.toml").write_text(FILE.replace(right, wrong, 1))
    assert mistakes(folder)[0].startswith(f"specialist.toml:{said}")


def test_a_centre_without_its_file_is_a_mistake(folder: Path) -> None:
    (folder / "two.toml").unlink()
    assert mistakes(folder) == ["two.toml: cannot be read: No such file or directory"]

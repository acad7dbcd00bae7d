"""The card file: what is right is read, what is wrong is explained."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.card import LONGEST, blank_card, find_card, read_card
from appliance.card_list import cards_of
from appliance.card_rows import KEYS
from appliance.notepad import repaired
from appliance.tables import CardSettings
from config.load import ConfigError
from tests.appliance.cards import ENROL, KIOSK, card, hub_text
from tests.conftest import DEMO, ROOT
from texts import language
from texts.mistakes import mistake

WINDOWS = (
    "role = “kiosk”\r\ncode\u00a0= „k7qm–2wdx 4t9p”\r\n"
    "name = { lv = «Pie \"durvīm\"», en = 'A' }\r\n"
)
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIm7 tehnikis@pils"


def mistakes(folder: Path, text: str, tongue: str = "en") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        card(folder, text)
    return [mistake(language(tongue), each) for each in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1257"])
def test_what_notepad_saves_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "RINDA.TOML.txt"
    file.write_bytes(("[card]\r\n" + WINDOWS).encode(encoding))
    found = find_card(tmp_path)
    assert found == file
    own = read_card(file).unit
    assert (own.role, own.id, own.code) == ("kiosk", "kiosk-1", "K7QM-2WDX-4T9P")
    assert own.name == {"lv": 'Pie "durvīm"', "en": "A"}


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        ("a = “x”, # “no”", 'a = "x", # “no”'),
        ('a = "Kafejnīca „Rīts”"', 'a = "Kafejnīca „Rīts”"'),
        ("a = „Kafejnīca „Rīts””", 'a = "Kafejnīca „Rīts”"'),
        ("a = ['x', ‘y’]", "a = ['x', \"y\"]"),
        ('a = "x”', 'a = "x"'),
        ("a = “x", 'a = "x'),
        ("\u00a0a =\u200b\u202f1", " a = 1"),
        ('a = "\u00a0"', 'a = "\u00a0"'),
        (r'a = "\"" # "', r'a = "\"" # "'),
        ('a = """\n“x”\n"""\nb = “y”', 'a = """\n“x”\n"""\nb = "y"'),
    ],
)
def test_quotes_and_spaces_of_word_processors(row: str, meant: str) -> None:
    assert repaired(row) == meant


@given(st.text(alphabet="ab=\"'“”„\\#[]{}, \n\r\u00a0"))
def test_a_repair_moves_no_line_and_is_done_once(text: str) -> None:
    once = repaired(text)
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    assert once.count("\n") == ends.count("\n")
    assert repaired(once) == repaired(repaired(once))


def test_files_that_are_no_card(tmp_path: Path) -> None:
    assert find_card(tmp_path) is None
    (tmp_path / "._rinda.toml").write_text("")
    (tmp_path / "rinda.toml").write_bytes(b"#" * (LONGEST + 1))
    with pytest.raises(ConfigError, match=r"rinda\.toml: is too long"):
        read_card(tmp_path / "rinda.toml")
    (tmp_path / "rinda.toml").write_text(f"[card]\nrole = '{'x' * 5000}'\n")
    with pytest.raises(ConfigError, match=r"rinda\.toml:2: is too long"):
        read_card(tmp_path / "rinda.toml")
    (tmp_path / "rinda.toml.txt").write_text("")
    with pytest.raises(ConfigError, match=r"besides rinda\.toml: delete one"):
        find_card(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_card(tmp_path / "none.toml")
    (tmp_path / "rinda.toml").write_bytes(b"\x81\x83\x88\xff")
    with pytest.raises(ConfigError, match="is not text"):
        read_card(tmp_path / "rinda.toml")


def test_all_mistakes_of_a_card_in_the_technicians_language(tmp_path: Path) -> None:
    text = KIOSK + (
        'pin = "12"\nlanguge = "lv"\nssh_keys = ["-----BEGIN OPENSSH PRIVATE KEY-----"]\n'
        '[network]\naddress = "192.168.1.20"\nntp = ["a b"]\n'
        '[network.wifi]\npassword = "šepot"\nhidden = "maybe"\n'
        '[site]\nid = "demo"\n[broker]\nhost = "hub"\n'
    )
    assert mistakes(tmp_path, text, "lv") == [
        "rinda.toml, 5. rinda, card.pin: jābūt 4 līdz 12 cipariem vai tam, ko izdrukā `rinda pin`",
        "rinda.toml, 6. rinda, card.languge: tāda iestatījuma nav; varbūt language?",
        "rinda.toml, 7. rinda, card.ssh_keys[0]: jābūt publiskajai atslēgai: vienai rindai no "
        "faila, piemēram, id_ed25519.pub",
        "rinda.toml, 9. rinda, network.address: jābūt adresei ar tīkla garumu, piemēram, "
        "192.168.1.20/24, bet ir '192.168.1.20'",
        "rinda.toml, 10. rinda, network.ntp[0]: jābūt nosaukumam vai adresei tīklā, bet ir 'a b'",
        "rinda.toml, 12. rinda, network.wifi.password: jābūt 8 līdz 63 burtiem, cipariem vai "
        "zīmēm, bez ā, č …",
        "rinda.toml, 13. rinda, network.wifi.hidden: jābūt true (jā) vai false (nē), bez pēdiņām, "
        "bet ir 'maybe'",
        "rinda.toml, 14. rinda, site: tam jābūt centrālās iekārtas kartē",
        "rinda.toml, 16. rinda, broker: to jau nosaka [card]: izdzēsiet šo tabulu",
    ]


def test_lines_that_are_no_settings_are_all_named(tmp_path: Path) -> None:
    text = '[card\nrole = kiosk\nunit = "kiosk-2\nhub: "hub"\ncode =\n\n'
    text += '[network]\ndns = ["1.1.1.1"\nntp = []\n'
    assert mistakes(tmp_path, text) == [
        "rinda.toml, line 1: a bracket ] is missing at the end",
        'rinda.toml, line 2: text stands in quotes, such as name = "text"',
        "rinda.toml, line 3: a quote is missing at the end",
        'rinda.toml, line 4: expected a line such as name = "text"',
        "rinda.toml, line 5: nothing stands after =",
        "rinda.toml, line 8: a bracket ] is missing at the end",
    ]


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (hub_text('code = "K7QM-2WDX-4T9P"'), "card.code", "this is the hub"),
        (hub_text(ENROL, ENROL), "enrol[1].unit", "'kiosk-2' is used twice"),
        (hub_text(ENROL, ENROL), "enrol[1].code", "is used twice"),
        (hub_text(ENROL.replace("K7QM-2WDX-4T9P", "")), "enrol[0].code", "is missing"),
        (hub_text(ENROL.replace("kiosk-2", "module")), "enrol[0].unit", "kept for Rinda"),
        (hub_text(ENROL.replace("2WDX", "2WD0")), "enrol[0].code", "none of I, O, 0, 1"),
        (hub_text('pin = "2580"'), "card.pin", "is for a kiosk"),
        ('[card]\nrole = "hub"\n', "site", "is missing"),
        ('[card]\nrole = "koisk"\n', "card.role", "'hub', 'kiosk', 'board', 'all-in-one'"),
        ("", "card", "is missing"),
        (KIOSK + ENROL, "enrol", "belongs on the hub's card"),
        (KIOSK.replace("kiosk-2", "desk"), "card.unit", "kept for Rinda"),
        (KIOSK + '[network]\ngateway = "10.0.0.1"', "network.address", "is missing"),
        (
            KIOSK + '[network]\naddress = "10.0.0.9/24"\ngateway = "10.0.1.1"',
            "network.gateway",
            "is not in the network 10.0.0.0/24",
        ),
        (KIOSK + '[network]\nwifi.password = "12345678"', "network.wifi.name", "is missing"),
        (KIOSK + f'[network]\nwifi.name = "{"ā" * 17}"', "network.wifi.name", "count twice"),
    ],
)
def test_what_a_card_cannot_mean(tmp_path: Path, text: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        card(tmp_path, text)
    assert [each for each in caught.value.problems if each.key == key and words in each.message]


def test_secrets_are_not_repeated(tmp_path: Path) -> None:
    text = KIOSK + 'code = "SECRET-CODE"\npin = "geheim"\nssh_keys = ["BEGIN PRIVATE"]\n'
    said = "".join(mistakes(tmp_path, text + 'pin = tajna\n[network]\nwifi.password = "tajna"'))
    said += "".join(mistakes(tmp_path, text + '[network]\nwifi.password = "tajna"'))
    assert not {"SECRET", "geheim", "tajna", "PRIVATE"} & {*said.replace('"', " ").split()}


def test_a_hubs_card_and_a_key(tmp_path: Path) -> None:
    given = card(tmp_path, hub_text(f'ssh_keys = ["{SSH}"]', ENROL, role="all-in-one"))
    assert (given.unit.id, given.unit.is_hub, given.unit.ssh_keys) == ("kiosk-1", True, (SSH,))
    assert [each.unit for each in given.enrol] == ["kiosk-2"]
    assert not {"card", "network", "enrol"} & given.settings.values.keys()


def test_a_unit_without_a_file() -> None:
    assert blank_card("board", "board-2").unit == CardSettings(role="board", unit="board-2")


def test_the_examples_of_the_documents_are_good(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "card.md").read_text()
    site = (DEMO / "site.toml").read_text()
    hub, kiosk, board = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    own = hub.partition("[site]")[0]
    assert card(tmp_path, f"{site}\n{own}").enrol[0].code == card(tmp_path, kiosk).unit.code
    assert card(tmp_path, board).unit.role == "board"
    (table,) = re.findall(r"```\n(centre.*?)```", text, re.DOTALL)
    (tmp_path / "cards.csv").write_text(table)
    (tmp_path / "paraugpils.toml").write_text(site.replace('id = "demo"', 'id = "paraugpils"', 1))
    assert len(cards_of(tmp_path / "cards.csv", tmp_path)) == 3
    named = re.search(r"Other columns:(.*?)and any key", text, re.DOTALL)
    assert named
    assert re.findall(r"`(\w+)`", named[1]) == list(KEYS)

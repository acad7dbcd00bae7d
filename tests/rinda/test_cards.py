"""`rinda card` as a technician has it: at a real terminal, in Latvian."""

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance.card import read_card
from appliance.card_text import card_in
from rinda.command import BAD_SETTINGS, main
from tests.conftest import DEMO, ROOT


def conversation(folder: Path, arguments: Sequence[str], answers: Sequence[str]) -> str:
    """What stands on the terminal in the end."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rinda", "card", *arguments]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{each}\n" for each in answers).encode())
        said = b""
        while True:
            try:
                said += os.read(ours, 4096)
            except OSError:  # it has gone
                break
        assert process.wait() == 0, said.decode()
    os.close(ours)
    return said.decode()


def test_a_kiosks_card_in_latvian(tmp_path: Path) -> None:
    wrong_pin, pin = "25", "2580"
    answers = ["2", "kiosk-2", "", "", "Paraugs", "šeit", "parole 1", "", "", "", wrong_pin, pin]
    said = conversation(tmp_path, ["--language", "lv", "--to", "karte"], answers)
    assert "Wi-Fi tīkla nosaukums (tukšs: ir kabelis):" in said
    assert "jābūt 8 līdz 63 burtiem, cipariem vai zīmēm, bez ā, č …" in said
    assert "jābūt 4 līdz 12 cipariem" in said
    card = read_card(tmp_path / "karte" / "rinda.toml")
    assert (card.unit.id, card.network.wifi.password) == ("kiosk-2", "parole 1")
    assert card.unit.pin.startswith("scrypt:")


def test_a_hubs_card_and_those_of_its_units(tmp_path: Path) -> None:
    for name in ("site.toml", "bookings.toml"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    once = ["1", "none.toml", "site.toml", "", "", "", "Wifi", "", "10.0.0.2/24", "10.0.9.1"]
    once += ["", "kiosk-1", "board-1"]
    again = ["", "", "", "", "", "", "", "", "10.0.0.1", "", "", ""]
    said = conversation(tmp_path, ["--language", "en"], [*once, *again])
    assert "none.toml: cannot be read" in said
    assert "gateway: is not in the network 10.0.0.0/24" in said
    hub = read_card(tmp_path / "cards/demo/hub/rinda.toml")
    assert (tmp_path / "cards/demo/hub/bookings.toml").exists()
    kiosk = read_card(tmp_path / "cards/demo/kiosk-1/rinda.toml")
    assert hub.enrol[0].code == kiosk.unit.code
    assert kiosk.network.wifi.name == "Wifi"


def test_a_card_is_looked_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = ["card", "check", str(tmp_path), "--language", "lv"]
    assert main(check) == BAD_SETTINGS
    assert "nav kartes faila" in capsys.readouterr().out
    (tmp_path / "Rinda.toml.txt").write_text("[card]\nrole = “kiosk”\n")
    assert main(check) == 0
    assert "Kartes fails ir pareizs: kiosk-1, kiosk." in capsys.readouterr().out
    (tmp_path / "Rinda.toml.txt").write_text('[card]\nrole = “kiosk”\ncode = "x\n')
    assert main(check) == BAD_SETTINGS
    assert capsys.readouterr().out == "Rinda.toml.txt, 3. rinda: beigās trūkst pēdiņas\n"


def test_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "cards.csv"
    table.write_text("centre;role\npils;kiosk\n")
    to = tmp_path / "cards"
    assert main(["card", "--from", str(table), "--to", str(to)]) == 0
    assert read_card(to / "pils/kiosk-1/rinda.toml").unit.role == "kiosk"
    assert main(["card", "--from", str(tmp_path / "none.csv")]) == BAD_SETTINGS
    assert "none.csv: cannot be read" in capsys.readouterr().out


def test_the_card_that_is_in_this_computer(tmp_path: Path) -> None:
    assert card_in([str(tmp_path)]) is None
    card = tmp_path / "technician" / "RINDA"
    card.mkdir(parents=True)
    assert card_in([str(tmp_path)]) == card

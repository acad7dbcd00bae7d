"""The bundle: what it has, and that no secret and nobody's data are in it, wherever they stood."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from appliance.diagnosis import CARD_FILE, RESULT_FILE, SELF_TEST, Diagnosis
from appliance.hiding import hidden
from messaging.machine import LONGEST_BUNDLE, MachineStatus
from rinda.command import main
from selftest import PAGE
from tests.appliance.a_pi import a_pi, write
from tests.conftest import MORNING

STATUS = MachineStatus(unit="kiosk-1", name={"lv": "Kiosks"}, role="kiosk", at=MORNING)

PEM = (
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIHq9mF1k2D3s4A5f6G7h8J9k0LqWeRtYuIoPaSdFgHjKoAoGCCqGSM49\n"
    "-----END EC PRIVATE KEY-----"
)
SECRETS = {
    "booking secret": "a-secret-of-bookings-that-nobody-knows",
    "PIN of a card": "704155",
    "hash of a PIN": f"scrypt:{'ab12' * 8}:{'cd34' * 16}",
    "password of a network": "Zirgs un rati 7",
    "code of enrolment": "K7QM-2WDX-4T9P",
    "code of a booking": "HX7KQ2MN",
    "ticket's id": "6f1e0c1be2b84f6f9a3f30d3b5c5d0aa",
    "session": "kJ8sd7f6G5h4j3K2l1Q0w9E8r7T6y5U4i3O2p1A0s9D",
    "private key": PEM.splitlines()[1],
    "staff's id": "anna-berzina",
    "public key's owner": "janis@rezekne",
    "e-mail": "janis.liepa@rezekne.lv",
    "phone": "+371 29 123 456",
    "phone, short": "29123456",
    "personal code": "010190-12345",
    "password in an address": "Dzintars9",
}
SITE = f"""
[site]
id = "rezekne"
booking_secret = "{SECRETS["booking secret"]}"
[[staff]]
id = "{SECRETS["staff's id"]}"
role = "lead"
pin = "{SECRETS["hash of a PIN"]}"
[kiosk]
maintenance_pin = "{SECRETS["hash of a PIN"]}"
[consultations]
database = "postgresql://rinda:{SECRETS["password in an address"]}@base.lv/rinda"
"""
CARD = f"""
[card]
role = "kiosk"
pin = "{SECRETS["PIN of a card"]}"
code = "{SECRETS["code of enrolment"]}"
ssh_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHq9 {SECRETS["public key's owner"]}"]
[network.wifi]
name = "Biblioteka"
password = "{SECRETS["password of a network"]}"
"""
EVERYWHERE = "\n".join(
    f"2026-11-22T14:00:0{place % 10}+0200 rinda rinda[81]: {words}"
    for place, words in enumerate(
        [
            "connected to the broker at 127.0.0.1:8883",
            *SECRETS.values(),
            *(f"refused: {each!r}, password={each}" for each in SECRETS.values()),
            f"PIN: {SECRETS['PIN of a card']}; the PIN was 8812",
            f"scanned RINDA:1:REZEKNE:{SECRETS['code of a booking']}",
            PEM,
            "rinda-kiosk.service: Main process exited, code=exited, status=1/FAILURE",
            "the user anna-berzina signed in at user@1000.service",
        ]
    )
)


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Diagnosis:
    """A Pi with secrets in all its settings, its page, and whatever its system says."""
    root = a_pi(tmp_path / "root")
    write(root, "etc/site.toml", SITE)
    write(root, "etc/unit.toml", '[unit]\nid = "kiosk-1"\n')
    write(root, str(CARD_FILE), CARD)
    write(root, str(RESULT_FILE), EVERYWHERE)
    write(root, "data/selftest.html", f"<p>{EVERYWHERE}</p>")
    write(root, "log", EVERYWHERE)
    commands = tmp_path / "bin"
    for name in ("journalctl", "systemctl", "chronyc", "ip", "df"):
        write(commands, name, f"#!/bin/sh\ncat {root}/log")
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}:{os.environ['PATH']}")
    files = [root / "etc/site.toml", root / "etc/unit.toml"]
    return Diagnosis(root, root / "data", files, lambda: STATUS)


def unpacked(bundle: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        read = {each.name: archive.extractfile(each) for each in archive}
        return {Path(name).name: file.read().decode() for name, file in read.items() if file}


def test_no_secret_is_in_it_wherever_it_stood(unit: Diagnosis) -> None:
    files = unpacked(unit.bundle())
    told = {
        (name, what)
        for name, text in files.items()
        for what, secret in SECRETS.items()
        if secret in text
    }
    assert told == set()
    assert not any("8812" in text for text in files.values())


@pytest.mark.parametrize("broken", ["a line without sense\n", 'pin = "704155\n'])
def test_no_secret_of_a_file_that_cannot_be_read(unit: Diagnosis, broken: str) -> None:
    write(unit.root, str(CARD_FILE), broken + CARD)
    files = unpacked(unit.bundle())
    assert not any(secret in text for text in files.values() for secret in SECRETS.values())


def test_what_helps_is_in_it(unit: Diagnosis) -> None:
    files = unpacked(unit.bundle())
    assert {"journal.txt", "kernel.txt", "failed.txt", "disk.txt", "addresses.txt"} <= files.keys()
    assert {SELF_TEST, PAGE} <= files.keys()
    assert MachineStatus.model_validate_json(files["status.json"]) == STATUS
    assert 'IMAGE_VERSION="1.4"' in files["versions.txt"]
    assert "updates signed by Rinda development" in files["versions.txt"]
    assert "paho-mqtt" in files["versions.txt"]
    assert 'id = "rezekne"' in files["site.toml"]
    assert 'booking_secret = "[hidden]"' in files["site.toml"]
    assert "ssh_keys, staff" in files["README.txt"]
    journal = files["journal.txt"]
    assert "connected to the broker at 127.0.0.1:8883" in journal
    assert "Main process exited, code=exited, status=1/FAILURE" in journal
    assert "user@1000.service" in journal


def test_a_long_journal_loses_its_oldest_lines(unit: Diagnosis) -> None:
    lines = (f"{number} {os.urandom(9).hex()}" for number in range(150_000))
    write(unit.root, "log", "\n".join(lines))
    bundle = unit.bundle()
    assert len(bundle) <= LONGEST_BUNDLE
    assert "149999 " in unpacked(bundle)["journal.txt"]


def test_a_line_made_to_be_slow_is_not(unit: Diagnosis) -> None:
    for letters in ("a.", "A1", "/a", "pin ", "-----BEGIN A-----", "@", "1", "x@y."):
        hidden(letters * 100_000, ["secret"])


def test_a_unit_without_anything_still_has_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = Diagnosis(tmp_path, tmp_path, [tmp_path / "site.toml"], lambda: None)
    assert unpacked(missing.bundle())["journal.txt"] == ""


def test_at_the_unit_itself(tmp_path: Path) -> None:
    file = tmp_path / "diagnosis.tar.gz"
    assert main(["diagnose", "--to", str(file)]) == 0
    assert "versions.txt" in unpacked(file.read_bytes())
    assert main(["diagnose", "--to", str(tmp_path / "nowhere" / "file")]) == 1

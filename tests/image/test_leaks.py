"""A tar file that stands in for an image, and what somebody left in it."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from image.leaks import findings

CLEAN = {
    "etc/shadow": "root:*:20000:0:99999:7:::\nrinda:!*:20000::::::\n",
    "etc/machine-id": "uninitialized\n",
    "etc/pam.d/common": "password [success=1 default=ignore] pam_unix.so obscure\n",
    "etc/ssh/sshd_config": "PasswordAuthentication no\n# password = admin\n",
    "opt/rinda/venv/lib/keys.py": 'HEAD = "-----BEGIN PRIVATE KEY-----\\n"\n',
}
HASHED = "scrypt:" + "0a" * 16 + ":" + "0b" * 32


def root(folder: Path, **more: str) -> Path:
    made = folder / "root.tar"
    with tarfile.open(made, "w") as archive:
        for place, text in (CLEAN | more).items():
            member = tarfile.TarInfo(f"./{place}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return made


def test_nothing_is_found_in_what_everybody_may_have(tmp_path: Path) -> None:
    assert findings(root(tmp_path)) == []


@pytest.mark.parametrize(
    ("place", "text", "found"),
    [
        ("etc/shadow", "pi:$6$abc$def:1::::::\n", "pi has a password"),
        ("etc/shadow", "pi::1::::::\n", "pi signs in without a password"),
        ("etc/machine-id", "0123456789abcdef0123456789abcdef\n", "it is one unit's"),
        ("etc/ssh/ssh_host_rsa_key.pub", "ssh-rsa AAAA\n", "it is one unit's"),
        ("var/lib/systemd/random-seed", "seed", "it is one unit's"),
        ("root/.netrc", "machine example.org\n", "it is one unit's"),
        ("etc/wpa_supplicant/wlan0.conf", "network={}\n", "it is one unit's"),
        ("etc/rinda.toml", f'maintenance_pin = "{HASHED}"\n', "a password's hash"),
        ("boot/firmware/rinda.toml", 'password = "changeme"\n', "a default password"),
        ("etc/broker.conf", "psk=raspberry\n", "a default password"),
    ],
)
def test_what_was_left_is_found(tmp_path: Path, place: str, text: str, found: str) -> None:
    assert findings(root(tmp_path, **{place: text})) == [f"{place}: {found}"]


@pytest.mark.parametrize("algorithm", ["EC", "RSA"])
def test_a_key_is_found_anywhere(tmp_path: Path, algorithm: str) -> None:
    options = {"EC": ["-pkeyopt", "ec_paramgen_curve:P-256"], "RSA": []}[algorithm]
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", algorithm, *options],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    place = "usr/share/doc/example"
    assert findings(root(tmp_path, **{place: made})) == [f"{place}: a private key"]

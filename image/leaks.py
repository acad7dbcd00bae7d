"""What an image for everybody must not hold: passwords, keys, and what makes one unit."""

import re
import tarfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of a file that may hold a key."""

NO_PASSWORD = re.compile(r"[!*]+|x")
"""Nobody signs in with any, as none has such a hash; an empty field lets everybody in."""

KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[A-Za-z0-9+/=:, \r\n-]{64}")
HASH = re.compile(
    rb"scrypt:[0-9a-f]{16,}:[0-9a-f]{64}|\$(?:1|5|6|7|y|2[aby]|argon2id?)\$[./0-9A-Za-z$=,+]{20,}"
)
"""Of a PIN of ours, of a broker's or a system's password."""
DEFAULT = re.compile(
    rb"^[^#\n]*(?:password|passphrase|psk|secret|pin|token)\w*\"?[ \t]*[=:][ \t]*[\"']?"
    rb"(?:raspberry|admin|changeme|password|rinda|default|secret|test|demo|12345678|123456|1234|0000)\b",
    re.IGNORECASE | re.MULTILINE,
)

OF_ONE_UNIT = (
    *("etc/ssh/ssh_host_*", "etc/ssh/keys/*", "etc/wpa_supplicant/*.conf", "etc/rinda/*"),
    *("var/lib/dbus/machine-id", "var/lib/systemd/credential.secret", "*/random-seed"),
    *("*/.netrc", "*/.git-credentials", "*/.pypirc", "*/.*_history", "*/.ssh/*"),
    *("etc/apt/auth.conf*", "etc/mosquitto/rinda/*", "var/lib/rinda/*", "data/*"),
)
SETTINGS = ("etc/*", "boot/*", "data/*", "opt/rinda/*.toml", "root/*", "home/*", "usr/local/*")
"""Where somebody might have left a password; libraries only speak of them."""


def findings(root: Path) -> list[str]:
    """In the tar file: each as ``path: what it is``, in order of their paths. Wanted: none."""
    found = []
    with tarfile.open(root) as archive:
        for member in archive:
            if content := archive.extractfile(member) if member.isreg() else None:
                place = member.name.removeprefix("./")
                found += [f"{place}: {what}" for what in _in(place, content.read(LARGEST + 1))]
    return sorted(found)


def _in(place: str, content: bytes) -> Iterator[str]:
    if place in {"etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-"}:
        yield from _passwords(content.decode())
    if place == "etc/machine-id" and content.strip() not in {b"", b"uninitialized"}:
        yield "it is one unit's"
    if any(fnmatch(place, each) for each in OF_ONE_UNIT):
        yield "it is one unit's"
    if len(content) > LARGEST:
        return
    if KEY.search(content):
        yield "a private key"
    if any(fnmatch(place, each) for each in SETTINGS) and not place.startswith("etc/shadow"):
        yield from (
            words
            for pattern, words in ((HASH, "a password's hash"), (DEFAULT, "a default password"))
            if pattern.search(content)
        )


def _passwords(lines: str) -> Iterator[str]:
    for line in lines.splitlines():
        name, password, *_ = line.split(":")
        if not NO_PASSWORD.fullmatch(password):
            yield f"{name} has a password" if password else f"{name} signs in without a password"

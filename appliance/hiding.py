"""What must not leave a unit: secrets by their keys in settings, and what looks like one."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from config.words import SECRET_KEYS

HIDDEN = "[hidden]"

KEPT_BACK = SECRET_KEYS | {"staff", "ssh_keys"}
"""Secrets, and what may tell who somebody is."""

_IN_ADDRESS = re.compile(r"://[^/\s@:]*:([^/\s@]+)@")
_LINE = re.compile(rf"^\s*[\"']?(?:{'|'.join(KEPT_BACK)})[\"']?\s*=\s*(.+?)\s*$", re.MULTILINE)

SHORTEST = 4
"""Letters. Less is in every text by chance."""

SHAPES = tuple(
    re.compile(each, re.DOTALL)
    for each in (
        r"-----BEGIN [^-]{1,40}-----[^-]{0,10000}-----END [^-]{1,40}-----",
        r"scrypt:[0-9a-fA-F]+:[0-9a-fA-F]+",
        r"\b[0-9a-fA-F]{24,}\b",
        r"(?<![A-Za-z0-9+/])(?=[a-z0-9+/]*[A-Z])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{32,}=*",
        r"\b[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}\b",
        r"\b[A-HJ-NP-Z2-9]{8,16}\b",
        r"(?i)(?<=\bpin)\W{1,4}(?:\w{1,10}\W{1,4})?\d{4,}",
        r"(?i)(?P<kept>(?<![a-z])(?:pin|password|passwd|passphrase|psk|secret|token)"
        r"[\"']?\s{0,9}[:=]\s{0,9}[\"']?)[^\s\[\"']\S*",
        r"(?<=://)[^/\s@]+:[^/\s@]+(?=@)",
        r"(?<![\w.+-])[\w.+-]{1,64}@(?!\S{0,80}\.(?:service|slice|timer))[\w.-]{1,64}",
        r"\+371[\d ]{8,}|\b[26]\d{7}\b|\b\d{6}-\d{5}\b",
    )
)
"""Keys and certificates; hashes of PINs; ids of tickets, digests of bookings; base64; codes of
enrolment and of bookings; PINs and what is called a secret; passwords in addresses; e-mail
addresses, phone numbers and personal codes."""


def secrets_in(values: Any) -> Iterator[str]:
    """What settings, or a table of them, say that must not leave the unit."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _texts(value) if key in KEPT_BACK else secrets_in(value)
    elif isinstance(values, list):
        for each in values:
            yield from secrets_in(each)
    elif isinstance(values, str):
        yield from _IN_ADDRESS.findall(values)


def secrets_in_lines(text: str) -> Iterator[str]:
    """The same from a settings file that is not valid TOML."""
    for value in _LINE.findall(text):
        yield value.split(" #")[0].strip(" \t\"'“”„«»")


def without_secrets(values: Any) -> Any:
    """The same settings, with a mark where one was."""
    if isinstance(values, dict):
        return {k: HIDDEN if k in KEPT_BACK else without_secrets(v) for k, v in values.items()}
    return [without_secrets(each) for each in values] if isinstance(values, list) else values


def hidden(text: str, secrets: Collection[str]) -> str:
    """The text without these, nor anything of a secret's shape."""
    known = sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True)
    if known:
        words = "|".join(re.escape(each) for each in known)
        text = re.sub(rf"(?<!\w)(?:{words})(?!\w)", HIDDEN, text)
    for shape in SHAPES:
        text = shape.sub(_without, text)
    return text


def _without(found: re.Match[str]) -> str:
    return f"{found.groupdict().get('kept', '')}{HIDDEN}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from () if key == "role" else _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)

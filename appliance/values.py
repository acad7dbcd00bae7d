"""What single values of a card may be. Each gives the value as it is used; what is empty stays so.

Raises ValueError with a phrase.
"""

import base64
import binascii
import re
from ipaddress import ip_address, ip_interface

from config.phrase import Phrase, phrase
from config.values import PIN

_SSH_KEYS = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-")


def joined(code: object) -> object:
    """A code without what groups its letters."""
    return re.sub(r"[\s.–-]", "", code).upper() if isinstance(code, str) else code


def grouped(letters: str) -> str:
    """A code as people read it."""
    expected = phrase("expected 12 letters and digits such as K7QM-2WDX-4T9P, none of I, O, 0, 1")
    _like(r"[A-HJ-NP-Z2-9]{12}", letters, expected)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def public_key(text: str) -> str:
    """A key for SSH, on one line."""
    words = text.split()
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, binascii.Error):
        blob = b""
    kind = words[0].encode() if words else b""
    if not text.startswith(_SSH_KEYS) or not blob.startswith(len(kind).to_bytes(4, "big") + kind):
        raise ValueError(
            phrase("expected a public key, the one line of a file such as id_ed25519.pub")
        )
    return " ".join(words)


def host(name: str) -> str:
    """A name or an address."""
    return _like(
        r"[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}",
        name,
        phrase("expected a name or address in the network"),
    )


def interface(text: str) -> str:
    """An address with its network."""
    expected = phrase("expected an address with its network, such as 192.168.1.20/24")
    _like(r".*/.*", text, expected)
    try:
        return str(ip_interface(text)) if text else ""
    except ValueError:
        raise ValueError(expected) from None


def internet_address(text: str) -> str:
    """An address without a network."""
    try:
        return str(ip_address(text)) if text else ""
    except ValueError:
        raise ValueError(phrase("expected an address such as 192.168.1.1")) from None


def network_name(name: str) -> str:
    """Of a Wi-Fi: 32 bytes, by IEEE 802.11."""
    if len(name.encode()) > 32 or not name.isprintable():
        raise ValueError(
            phrase("expected the Wi-Fi's name, at most 32 letters; ā, č … count twice")
        )
    return name


def passphrase(password: str) -> str:
    """Of a Wi-Fi, by IEEE 802.11."""
    return _like(
        r"[ -~]{8,63}", password, phrase("expected 8 to 63 letters and signs, without ā, č …")
    )


def country(code: str) -> str:
    """By ISO 3166."""
    return _like(r"[A-Z]{2}", code, phrase("expected two capital letters such as LV")) or "LV"


def pin(given: str) -> str:
    """What is typed at the kiosk, or its hash."""
    return _like(
        rf"[0-9]{{4,12}}|{PIN}", given, phrase("expected 4 to 12 digits or what `rinda pin` prints")
    )


def _like(pattern: str, text: str, expected: Phrase) -> str:
    if text and not re.fullmatch(pattern, text):
        raise ValueError(expected)
    return text

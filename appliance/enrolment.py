"""How a new unit and its hub come to know each other, over a network that neither trusts.

One line goes each way, sealed (AES-256-GCM) with a key that only somebody who has seen the code can
make; the answer's seal covers what was asked as well. Whoever stands between reads neither, and can
neither put another key into the request nor another authority into the answer. The code has 60 bits
and goes through scrypt, so that nobody finds it, however many lines were kept.
"""

import hashlib
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter

from texts import enrolment as words
from texts import language

PORT = 8884
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""None that is read for another; five bits each."""

CODE_LENGTH = 12
LONGEST_LINE = 256 * 1024
"""Bytes, of a request or an answer."""

LINE_SECONDS = 10.0
"""So long a line may take."""

_NONCE = 12


class Refusal(StrEnum):
    """Why nothing came of it."""

    NOBODY_THERE = auto()
    """Nobody answers at that address, or it is not known."""
    NOBODY_AWAITED = auto()
    """The hub is there, and has no code that is still good."""
    WRONG_CODE = auto()
    CODE_USED = auto()
    """By another unit."""
    CODE_OVER = auto()
    """Its time is over, or it was taken back."""
    OTHER_UNIT = auto()
    """The code is for a unit of another id or role than this one says it is."""
    HUB_FAILS = auto()
    """It has the right code, and could not do it: its clock, its disk; its log says which."""
    UNKNOWN_UNIT = auto()
    OTHER_ROLE = auto()
    """A code was asked for a unit that has another role."""
    BAD_ID = auto()
    TOO_MANY = auto()
    """So many codes are open already."""
    NOT_ALLOWED = auto()
    """Only root may, on the hub itself."""


class EnrolmentError(Exception):
    """It came to nothing; the words are one sentence for the technician."""


class SlowClockError(EnrolmentError):
    """Certificates of a hub whose clock is slow would have ended when somebody sets it right."""

    def __init__(self, year: int) -> None:
        super().__init__(f"The clock of this hub says {year}: set it right first.")


class RefusedError(EnrolmentError):
    """A unit was not let in, or no code given for it, for this reason."""

    def __init__(self, refusal: Refusal, sentence: str = "") -> None:
        super().__init__(sentence or words.sentence(language("en"), refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Request:
    """What a unit asks with: a signing request in PEM; the id and the role that it knows itself by,
    "" where the code is to say; its own settings as a file, "" where it has none."""

    signing: str
    unit: str = ""
    role: str = ""
    unit_toml: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """What a unit is from now on. `role`: as a card says it. `site_toml`: the centre's settings.
    `unit_toml`: its own, as it sent them, or as the last unit of this id did; "": none."""

    unit: str
    role: str
    site_toml: str
    unit_toml: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit is given: all in PEM, certificates by name."""

    authority: str
    certificates: Mapping[str, str]
    joined: Joined


@dataclass(frozen=True, slots=True)
class No:
    """An answer to somebody with a code that is good no longer, or not for this."""

    refusal: Refusal


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
ANSWER: TypeAdapter[Answer | No] = TypeAdapter(Answer | No)


@dataclass(frozen=True, slots=True)
class Key:
    """What a code comes to, in hexadecimal. `name`: by which the hub finds it; it tells nothing of
    the secret."""

    name: str
    secret: str


def new_code() -> str:
    """For the technician to type, in groups: ``K7QM-2WDX-4T9P``."""
    letters = [secrets.choice(LETTERS) for _ in range(CODE_LENGTH)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, CODE_LENGTH, 4))


def key_of(code: str) -> Key:
    """However the code was typed. Takes a tenth of a second and 32 MiB, which is the point."""
    letters = "".join(each for each in code.upper() if each in LETTERS)
    # A code is random and used once: a salt would add nothing to it.
    made = hashlib.scrypt(
        letters.encode(), salt=b"rinda enrolment 2", n=2**15, r=8, p=1, maxmem=2**26, dklen=48
    )
    return Key(made[:16].hex(), made[16:].hex())


def sealed_request(key: Key, request: Request) -> bytes:
    """The line that a unit sends."""
    return sealed(key, REQUEST.dump_json(request))


def opened_request(key: Key, line: bytes) -> Request:
    """Raises ValueError for a line that was not sealed with this key, or is no request."""
    return REQUEST.validate_json(_opened(key, line))


def sealed_answer(key: Key, asked: bytes, answer: Answer | No) -> bytes:
    """The line that the hub sends back to the line `asked`."""
    return sealed(key, ANSWER.dump_json(answer), asked)


def opened_answer(key: Key, asked: bytes, line: bytes) -> Answer:
    """Raises RefusedError; ValueError for a line that was not sealed for what was asked."""
    answer = ANSWER.validate_json(_opened(key, line, asked))
    if isinstance(answer, No):
        raise RefusedError(answer.refusal)
    return answer


def key_name(line: bytes) -> str:
    """Of the key that a line says it was sealed with."""
    return line.partition(b" ")[0][:64].decode("ascii", "replace")


def sealed(key: Key, body: bytes, asked: bytes = b"") -> bytes:
    """A line of anything: a request, or an answer to the line `asked`."""
    nonce = os.urandom(_NONCE)
    given = _cipher(key).encrypt(nonce, body, _label(asked))
    return key.name.encode() + b" " + b64encode(nonce + given) + b"\n"


def _opened(key: Key, line: bytes, asked: bytes = b"") -> bytes:
    given = b64decode(line.partition(b" ")[2].strip(), validate=True)
    try:
        return _cipher(key).decrypt(given[:_NONCE], given[_NONCE:], _label(asked))
    except InvalidTag:
        raise ValueError("not sealed with our code") from None


def _label(asked: bytes) -> bytes:
    return b"answer" + hashlib.sha256(asked).digest() if asked else b"request"


def _cipher(key: Key) -> AESGCM:
    return AESGCM(bytes.fromhex(key.secret))

"""How a new unit and its hub come to know each other, over a network that neither trusts.

One line of JSON goes each way. Both carry an HMAC under a key that only somebody who has seen the
code can make: the hub's over what it was asked as well. Whoever stands between them can neither
put another key into the request nor another authority into the answer. The code has 60 bits and
goes through scrypt, so that nobody finds it within its half hour, however many lines were read.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

log = logging.getLogger(__name__)

PORT = 8884
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""None that is read for another; five bits each."""

CODE_LENGTH = 12
MINUTES = 30
"""So long a code can be used, once."""

LONGEST_LINE = 256 * 1024
"""Bytes."""

LINE_SECONDS = 10.0

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class EnrolmentError(Exception):
    """It came to nothing; the words are one sentence for the technician."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit is given: all in PEM, certificates by name."""

    authority: str
    certificates: Mapping[str, str]


Issue = Callable[[str], Answer]
"""From a signing request. Raises ValueError for one that is not good."""


def new_code() -> str:
    """For the technician to type, in groups: ``K7QM-2WDX-4T9P``."""
    letters = [secrets.choice(LETTERS) for _ in range(CODE_LENGTH)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, CODE_LENGTH, 4))


async def admit(code: str, issue: Issue, host: str, port: int, seconds: float) -> None:
    """On the hub: serve until one unit with this code was answered. Raises EnrolmentError."""
    key = _key(code)
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), LINE_SECONDS)
            request = _open(key, b"request", line)
            if done.is_set():
                return
            answer = json.dumps(asdict(issue(request.decode()))).encode()
            done.set()
            writer.write(_seal(key, b"answer" + hashlib.sha256(request).digest(), answer))
            await writer.drain()
        except (ValueError, RecursionError, OSError, TimeoutError) as error:
            log.warning("somebody without the code, or with a bad line: %s", error)
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(serve, host, port, limit=LONGEST_LINE)
    except OSError as error:
        raise EnrolmentError(f"Port {port} is not to be had: {error.strerror}.") from None
    async with server:
        try:
            await asyncio.wait_for(done.wait(), seconds)
        except TimeoutError:
            raise EnrolmentError("Nobody came: the code is no longer good.") from None


async def join(code: str, request: str, host: str, port: int) -> Answer:
    """On the unit: hand in the request; returns what only our hub can have answered.

    Raises EnrolmentError.
    """
    key = await asyncio.to_thread(_key, code)
    try:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(host, port, limit=LONGEST_LINE), LINE_SECONDS
        )
    except (OSError, TimeoutError):
        words = f"Nobody answers at {host}:{port}. Is `rinda enrol` still waiting on the hub?"
        raise EnrolmentError(words) from None
    try:
        writer.write(_seal(key, b"request", request.encode()))
        line = await asyncio.wait_for(reader.readline(), LINE_SECONDS)
        body = _open(key, b"answer" + hashlib.sha256(request.encode()).digest(), line)
        return _answer(json.loads(body))
    except (ValueError, OSError, TimeoutError):
        words = "The hub did not accept it. Look at the code; ask the hub for a new one."
        raise EnrolmentError(words) from None
    finally:
        writer.close()


def _answer(given: Mapping[str, object]) -> Answer:
    match given:
        case {"authority": str(authority), "certificates": dict(certificates)}:
            if all(_NAME.fullmatch(name) for name in certificates):
                return Answer(authority, certificates)
    raise ValueError("not an answer")


def _key(code: str) -> bytes:
    letters = "".join(each for each in code.upper() if each in LETTERS)
    # A code is random and used once: a salt would add nothing to it.
    return hashlib.scrypt(
        letters.encode(), salt=b"rinda enrolment 1", n=2**15, r=8, p=1, maxmem=2**26, dklen=32
    )


def _seal(key: bytes, label: bytes, body: bytes) -> bytes:
    proof = hmac.digest(key, label + b"\0" + body, "sha256").hex()
    return json.dumps({"body": body.decode(), "proof": proof}).encode() + b"\n"


def _open(key: bytes, label: bytes, line: bytes) -> bytes:
    """The body. Raises ValueError for a line that was not sealed with this key and label."""
    match json.loads(line):
        case {"body": str(body), "proof": str(proof)} if proof.isascii():
            expected = hmac.digest(key, label + b"\0" + body.encode(), "sha256").hex()
            if hmac.compare_digest(proof, expected):
                return body.encode()
    raise ValueError("not sealed with our code")

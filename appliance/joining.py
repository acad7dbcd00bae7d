"""How a unit joins a centre: by a code, from its hub."""

import asyncio
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from appliance.authority import new_key, request_for, write
from appliance.enrolment import (
    LINE_SECONDS,
    LONGEST_LINE,
    PORT,
    Answer,
    EnrolmentError,
    Joined,
    Key,
    Refusal,
    RefusedError,
    Request,
    key_of,
    opened_answer,
    sealed_request,
)
from config.check import KEPT_NAMES
from config.settings import Settings
from messaging.credentials import AUTHORITY, KEY, certificate_file

HUB_SECONDS = 60.0
"""So long the hub may take to answer: it may be starting its module again."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


async def join(
    hub: str,
    code: str,
    unit: str,
    role: str,
    folder: Path,
    unit_toml: str = "",
    port: int = PORT,
) -> Joined:
    """Join the centre of the hub at this name or address. `unit`, `role`: as the card says them,
    "" where the code is to say; `unit_toml`: the unit's own settings, "" where the hub has them
    from the last time. `folder` has key and certificates afterwards; until the hub has answered,
    what is there stays, and then what was there of another unit or centre goes. Asking again with
    the same code is safe. Raises RefusedError, OSError."""
    key = await asyncio.to_thread(key_of, code)
    own = unit_key(folder)
    line = sealed_request(key, Request(request_for(own), unit, role, unit_toml))
    answer = await _asked(hub, port, key, line)
    _check(answer, own)
    keep(folder, answer.authority, answer.certificates)
    _forget_others(folder, answer.certificates)
    return answer.joined


def join_hub(settings: Settings, code: str, port: int) -> str:
    """The same by hand, on a unit that has its settings: the hub is where the broker is."""
    folder, host = tls_folder(settings), settings.broker.host
    joined = asyncio.run(join(host, code, "", "", folder, port=port))
    return f"Enrolled as {joined.unit}."


def tls_folder(settings: Settings) -> Path:
    """Where key and certificates are. Raises EnrolmentError."""
    if not settings.broker.tls:
        raise EnrolmentError('Set tls = "/var/lib/rinda/tls" in [broker] of this unit\'s settings.')
    return Path(settings.broker.tls)


def unit_key(folder: Path, name: str = KEY) -> EllipticCurvePrivateKey:
    """Made here, where there is none yet; it belongs to whoever owns the folder."""
    if not folder.exists():
        folder.mkdir(mode=0o750)
        above = folder.parent.stat()
        os.chown(folder, above.st_uid, above.st_gid)
    return new_key(folder / name)


def keep(folder: Path, authority: str, certificates: Mapping[str, str]) -> None:
    """Put these in the folder, and the authority last: it is there once all is."""
    for name, certificate in certificates.items():
        write(certificate_file(folder, name), certificate)
    write(folder / AUTHORITY, authority)


def _check(answer: Answer, key: EllipticCurvePrivateKey) -> None:
    """Nothing is kept that could not be used. Raises RefusedError."""
    try:
        authority = x509.load_pem_x509_certificate(answer.authority.encode())
        good = all(
            _NAME.fullmatch(name) and name not in KEPT_NAMES and _is_for(key, authority, pem)
            for name, pem in answer.certificates.items()
        )
    except (ValueError, TypeError, InvalidSignature):
        good = False
    if not good:
        raise RefusedError(Refusal.HUB_FAILS)


def _is_for(key: EllipticCurvePrivateKey, authority: x509.Certificate, pem: str) -> bool:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    certificate.verify_directly_issued_by(authority)
    return certificate.public_key() == key.public_key()


def _forget_others(folder: Path, names: Collection[str]) -> None:
    for file in folder.glob("*.pem"):
        if file.stem not in {*names, *KEPT_NAMES}:
            file.unlink()


async def _asked(hub: str, port: int, key: Key, line: bytes) -> Answer:
    try:
        connecting = asyncio.open_connection(hub, port, limit=LONGEST_LINE)
        reader, writer = await asyncio.wait_for(connecting, LINE_SECONDS)
    except ConnectionRefusedError:
        raise RefusedError(Refusal.NOBODY_AWAITED) from None
    except (OSError, TimeoutError, UnicodeError):
        raise RefusedError(Refusal.NOBODY_THERE) from None
    try:
        writer.write(line)
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), HUB_SECONDS)
        return opened_answer(key, line, answer)
    except (OSError, TimeoutError):
        raise RefusedError(Refusal.NOBODY_THERE) from None
    except ValueError:
        raise RefusedError(Refusal.WRONG_CODE) from None
    finally:
        writer.close()

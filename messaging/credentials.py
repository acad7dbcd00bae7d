"""What a unit proves its identity with, and knows its broker by: TLS 1.3, both ends.

A folder holds `authority.pem`, the centre's own; `key.pem`, made here and never sent; and
`{name}.pem` for each program of this unit. `rinda enrol` puts them there.
"""

import os
import ssl
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from paho.mqtt.client import Client

from config.load import ConfigError, Problem
from config.programs import BrokerSettings
from messaging.codec import BadMessageError

AUTHORITY = "authority.pem"
KEY = "key.pem"

MACHINE = "-machine"

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name."""


def self_test_of(unit: str) -> str:
    """The name under which a unit's self-test connects, beside its program."""
    return f"{unit}-self-test"


def machine_of(unit: str) -> str:
    """The name under which the agent of a unit's Pi connects, beside its program."""
    return f"{unit}{MACHINE}"


def enrolled_as(name: str) -> str:
    """The unit that this name belongs to, as its program or its Pi's agent."""
    return name.removesuffix(MACHINE)


def names_of(unit: str) -> tuple[str, str, str]:
    """All names that one identity goes by."""
    return unit, self_test_of(unit), machine_of(unit)


def certificate_file(folder: Path, name: str) -> Path:
    """Where the certificate of this name is."""
    return folder / f"{name}.pem"


def tls_context(authority: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """For a client. Raises OSError, of which ssl's own are a kind.

    Of all that the centre's authority signs, the broker's certificate alone is for a server:
    OpenSSL sees to that. So the hub's address may change, and no unit can pose as the hub. A unit
    without a clock of its own must still reach it: its dates are not looked at.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
    context.load_verify_locations(authority)
    context.load_cert_chain(certificate, key)
    return context


class Credentials:
    """Those of one program. Raises ConfigError where the unit was not enrolled under this name."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._file, self._key = certificate_file(folder, name), folder / KEY
        try:
            self._context = tls_context(folder / AUTHORITY, self._file, self._key)
        except OSError as error:
            words = f"{name!r} has no certificate that can be used ({error}): see `rinda enrol`"
            raise ConfigError([Problem(str(folder), None, "broker.tls", words)]) from None

    @classmethod
    def of(cls, broker: BrokerSettings, name: str) -> Self | None:
        """None where the link is in the clear."""
        return cls(Path(broker.tls), name) if broker.tls else None

    @property
    def ends(self) -> datetime:
        """When the certificate does. Raises OSError or ValueError for one that cannot be read."""
        from cryptography import x509  # takes a tenth of a second, and only the module asks

        return x509.load_pem_x509_certificate(self._file.read_bytes()).not_valid_after_utc

    def secure(self, client: Client) -> None:
        """Let this client speak TLS only; before it connects."""
        client.tls_set_context(self._context)
        client.tls_insecure_set(True)  # no host names: see `tls_context`

    def renew(self, given: Mapping[str, str]) -> None:
        """Keep what is new of the certificates for names of this unit, for the next connection.

        Raises BadMessageError for one that is not for this unit's key.
        """
        for name in _kept_by(self._name):
            file = certificate_file(self._folder, name)
            if name in given and (not file.exists() or file.read_text() != given[name]):
                self._keep(file, given[name])
        self._context.load_cert_chain(self._file, self._key)

    def _keep(self, file: Path, pem: str) -> None:
        new = file.with_suffix(".new")
        with new.open("w") as written:
            written.write(pem)
            written.flush()
            os.fsync(written.fileno())  # a unit with half a certificate could never come back
        try:
            tls_context(self._folder / AUTHORITY, new, self._key)
        except OSError as error:
            new.unlink()
            raise BadMessageError(f"not a certificate for our key: {error}") from None
        new.replace(file)


def _kept_by(name: str) -> tuple[str, ...]:
    """Whose certificates a program of this name keeps: two never write the same file."""
    return (name,) if name.endswith(MACHINE) else (name, self_test_of(name))

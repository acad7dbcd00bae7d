"""A centre's own certificate authority: files on its hub that only root reads."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from messaging.credentials import AUTHORITY, KEY, certificate_file

REVOKED = "revoked.pem"

LIFE = timedelta(days=3 * 365)
AHEAD = timedelta(days=365)
"""A certificate is renewed with so much left: a unit may be away for as long."""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""From when on certificates hold: a hub without a clock of its own starts in the past."""

END = datetime(2100, 1, 1, tzinfo=UTC)
"""Of the authority itself, and of its list of what is revoked."""


class Authority:
    """Made at its first use, in an empty `folder`. `now`: as the hub believes."""

    def __init__(self, folder: Path, site: str, now: datetime) -> None:
        self._folder, self._now = folder, now
        if not (folder / AUTHORITY).exists():
            _make(folder, site)
        self.certificate = (folder / AUTHORITY).read_text()
        self._itself = x509.load_pem_x509_certificate(self.certificate.encode())
        self._key = private_key(folder / KEY)

    @property
    def names(self) -> list[str]:
        """Whoever has a certificate that is not revoked."""
        return sorted(each.stem for each in self._issued_folder.glob("*.pem"))

    def has(self, name: str, key: ec.EllipticCurvePublicKey) -> bool:
        """Whether this name has a certificate for this key."""
        issued = self._issued(name)
        return bool(issued) and issued[-1].public_key() == key

    def current(self, name: str) -> str:
        """The newest certificate for this name."""
        return _pem(self._issued(name)[-1])

    def issue(self, name: str, key: ec.EllipticCurvePublicKey, *, server: bool = False) -> str:
        """A certificate for this key, which was proved to be the holder's. Others that this name
        has for another key are revoked: a name belongs to one unit."""
        if any(each.public_key() != key for each in self._issued(name)):
            self.revoke(name)
        made = self._sign(name, key, server=server)
        write(self._file(name), "".join(map(_pem, [*self._issued(name), made])))
        return _pem(made)

    def renew(self) -> list[str]:
        """New certificates, for the same keys, in place of those that end soon; whose they are."""
        ending = [each for each in self.names if self._ends(each) < self._now + AHEAD]
        for name in ending:
            before = self._issued(name)[-1]
            purpose = before.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            key = before.public_key()
            assert isinstance(key, ec.EllipticCurvePublicKey)  # as `issue` took it
            self.issue(name, key, server=ExtendedKeyUsageOID.SERVER_AUTH in purpose)
        return ending

    def revoke(self, name: str) -> None:
        """Every certificate of this name is refused from now on."""
        serials = [each.serial_number for each in self._issued(name)]
        write(self._list, self._revoked([*revoked_in(self._list), *serials]))
        self._file(name).unlink(missing_ok=True)

    @property
    def revoked(self) -> str:
        """The list of what is revoked, signed, in PEM."""
        return self._revoked(revoked_in(self._list))

    @property
    def _list(self) -> Path:
        return self._folder / REVOKED

    def _revoked(self, serials: Sequence[int]) -> str:
        builder = x509.CertificateRevocationListBuilder(self._itself.subject, BEGINNING, END)
        for serial in serials:
            entry = x509.RevokedCertificateBuilder(serial, BEGINNING).build()
            builder = builder.add_revoked_certificate(entry)
        signed = builder.sign(self._key, hashes.SHA256())
        return signed.public_bytes(Encoding.PEM).decode()

    def _ends(self, name: str) -> datetime:
        return self._issued(name)[-1].not_valid_after_utc

    def _issued(self, name: str) -> list[x509.Certificate]:
        file = self._file(name)
        return x509.load_pem_x509_certificates(file.read_bytes()) if file.exists() else []

    @property
    def _issued_folder(self) -> Path:
        return self._folder / "issued"

    def _file(self, name: str) -> Path:
        self._issued_folder.mkdir(exist_ok=True, mode=0o700)
        return certificate_file(self._issued_folder, name)

    def _sign(self, name: str, key: ec.EllipticCurvePublicKey, *, server: bool) -> x509.Certificate:
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = _builder(_named(name), self._itself.subject, key, self._now + LIFE)
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .sign(self._key, hashes.SHA256())
        )


def revoked_in(file: Path) -> list[int]:
    """The serial numbers of such a list; none where there is no file yet."""
    if not file.exists():
        return []
    return [each.serial_number for each in x509.load_pem_x509_crl(file.read_bytes())]


def new_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The key in this file, which is made if there is none."""
    if not file.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write(file, pem.decode())
    return private_key(file)


def private_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The key in this file."""
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} holds another kind of key")
    return key


def request_for(key: ec.EllipticCurvePrivateKey) -> str:
    """A signing request in PEM: the public key, and the proof that we hold its other half."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_named("unit"))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def requested_key(pem: str) -> ec.EllipticCurvePublicKey:
    """The key of a signing request. Raises ValueError if its proof does not hold."""
    request = x509.load_pem_x509_csr(pem.encode())
    key = request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not request.is_signature_valid:
        raise ValueError("a request that does not prove its key")
    return key


def page_certificate(addresses: Sequence[str], key: ec.EllipticCurvePrivateKey) -> str:
    """A certificate for the staff's page at these addresses, signed by itself: browsers are to know
    it, and the link is not to take it for the broker's."""
    name = _named(addresses[0])
    names = x509.SubjectAlternativeName([_address(each) for each in addresses])
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    signed = (
        _builder(name, name, key.public_key(), END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .add_extension(purpose, critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pem(signed)


def write(file: Path, text: str) -> None:
    """All of it or nothing, for the owner and the group of its folder."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    folder = file.parent.stat()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        os.fchmod(opened.fileno(), 0o640)  # once it is another's, it is not for us to do
        os.fchown(opened.fileno(), folder.st_uid, folder.st_gid)
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


def _make(folder: Path, site: str) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = new_key(folder / KEY)
    name = _named(f"Rinda {site}")
    may = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    signed = (
        _builder(name, name, key.public_key(), END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(may, critical=True)
        .sign(key, hashes.SHA256())
    )
    write(folder / AUTHORITY, _pem(signed))


def _address(given: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(given))
    except ValueError:
        return x509.DNSName(given)


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, name, key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINNING)
        .not_valid_after(end)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()

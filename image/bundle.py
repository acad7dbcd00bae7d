"""Updates: what a slot is brought in, signed so that units take it.

Who may sign is a folder of three files: `authority.pem`, which every card trusts; `release.pem`,
signed by it; and `release-key.pem`. They never lie in this checkout: RINDA_RELEASE_KEYS names the
folder. Without it a build makes one for itself, and its cards say that they trust that.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from image.tools import needed, run

DEVELOPMENT = "Rinda development"
"""The name of an authority that a build made for itself."""

BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""A unit without a clock starts in the past, and one of ten years' age still takes an update."""

_SPEED = "-comp zstd -Xcompression-level {}"
_PRIVATE = PrivateFormat.PKCS8
_NO_USES = (
    *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("encipher_only", "decipher_only"),
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The three files of one who signs."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def name(self) -> str:
        """Of the authority; of one that a build made for itself, DEVELOPMENT."""
        named = x509.load_pem_x509_certificate(self.authority.read_bytes()).subject
        return str(named.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def keys(build: Path, environment: Mapping[str, str] = os.environ) -> Keys:
    """Those of the folder RINDA_RELEASE_KEYS, or else of this build. Raises FileNotFoundError."""
    if given := environment.get("RINDA_RELEASE_KEYS"):
        folder = Path(given)
    else:
        folder = build / "development-keys"
        if not folder.exists():
            make_keys(folder, DEVELOPMENT)
    found = Keys(*(folder / f"{each}.pem" for each in ("authority", "release", "release-key")))
    for each in (found.authority, found.certificate, found.key):
        each.stat()
    return found


def make_keys(folder: Path, name: str) -> None:
    """A new authority `name` and its first signer. The authority's own key, beside them, is needed
    for the next signer only and is to be kept elsewhere."""
    folder.mkdir(parents=True, mode=0o700)
    subject, key = _named(name), ec.generate_private_key(ec.SECP256R1())
    authority = _sign(subject, key, subject, key, above=True)
    release_key = ec.generate_private_key(ec.SECP256R1())
    release = _sign(_named(f"{name}: release"), release_key, subject, key, above=False)
    for file, certificate in (("authority", authority), ("release", release)):
        (folder / f"{file}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    for file, each in (("authority-key", key), ("release-key", release_key)):
        with os.fdopen(
            os.open(folder / f"{file}.pem", os.O_CREAT | os.O_WRONLY, 0o600), "wb"
        ) as to:
            to.write(each.private_bytes(Encoding.PEM, _PRIVATE, NoEncryption()))


def trust(signer: Keys, to: Path) -> None:
    """Write whom a card trusts into the folder `to`, and what people read of it."""
    to.mkdir(parents=True, exist_ok=True)
    (to / "keyring.pem").write_bytes(signer.authority.read_bytes())
    (to / "trusted").write_text(f"{signer.name}\n")


def make_bundle(
    slot: Path, compatible: str, version: str, signed_by: Keys, to: Path, level: int = 9
) -> None:
    """Write the update `to`: the file system `slot` for machines that are `compatible`. Raises
    BuildError."""
    needed("rauc", "mksquashfs")
    content = to.with_suffix(".content")
    content.mkdir()
    (content / "rootfs.img").hardlink_to(slot)
    (content / "manifest.raucm").write_text(
        f"[update]\ncompatible={compatible}\nversion={version}\n"
        "[bundle]\nformat=verity\n[image.rootfs]\nfilename=rootfs.img\n"
    )
    to.unlink(missing_ok=True)
    run(
        *("rauc", "bundle", f"--cert={signed_by.certificate}", f"--key={signed_by.key}"),
        *(
            f"--keyring={signed_by.authority}",
            f"--mksquashfs-args={_SPEED.format(level)}",
            content,
            to,
        ),
    )
    for each in content.iterdir():
        each.unlink()
    content.rmdir()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _sign(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    by: ec.EllipticCurvePrivateKey,
    *,
    above: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not above,
        key_cert_sign=above,
        crl_sign=above,
        **dict.fromkeys(_NO_USES, False),
    )
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(BEGINNING)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=above, path_length=0 if above else None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
        .sign(by, hashes.SHA256())
    )

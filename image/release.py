"""What is handed out beside a card: packed, with its map, its bill, its sums and a signature."""

import hashlib
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from image.bill import bill_of
from image.build import Made, epoch
from image.bundle import keys, make_bundle
from image.layout import LABEL
from image.system import installed
from image.tools import needed, run

SIGNER = "rinda"
KEY = "RINDA_SIGNING_KEY"
"""In the environment: the file of an SSH key (ed25519) with which the sums are signed."""

ADDRESS = "RINDA_RELEASE_URL"
"""In the environment: where the release will be found; without it its manifest is for this
computer only."""

DEVICES = ("pi4-64bit", "pi3-64bit")
"""Raspberry Pi Imager's words for what the image is made for."""


def release(made: Made, to: Path) -> list[Path]:
    """Everything into the folder `to`; returns the files. Raises BuildError."""
    needed("xz", "bmaptool", "ssh-keygen")
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    name = made.card.name
    packed = to.absolute() / f"{name}.xz"
    with packed.open("wb") as file:
        _pack(made.card, file.fileno())
    run("bmaptool", "create", "-o", to / f"{name}.bmap", made.card)
    make_bundle(
        made.slot, made.target.compatible, made.version, keys(made.folder.parent), made.update
    )
    made.update.rename(to / made.update.name)
    (to / f"{name}.cdx.json").write_text(bill_of(made.target, made.version, made.root, epoch()))
    packages = "".join(f"{each} {it}\n" for each, it in installed(made.root).items())
    (to / f"{name}.packages").write_text(packages)
    described = json.dumps(imager(made, packed), indent=2, ensure_ascii=False) + "\n"
    (to / f"{name}.rpi-imager-manifest").write_text(described)
    sums = to / "SHA256SUMS"
    lines = [f"{digest(each)}  {each.name}\n" for each in sorted(to.iterdir()) if each != sums]
    sums.write_text("".join(lines))
    _sign(sums, made.folder.parent)
    return sorted(to.iterdir())


def imager(made: Made, packed: Path) -> dict[str, object]:
    """For Raspberry Pi Imager: its list of systems, with this one alone. It opens the file itself,
    or the address of one as a custom repository."""
    where = os.environ.get(ADDRESS, "")
    day = datetime.fromtimestamp(epoch(), UTC).date().isoformat()
    return {
        "imager": {"latest_version": "2.0.0", "url": ""},
        "os_list": [
            {
                "name": f"Rinda {made.version}",
                "description": f"Rinda, queue of a centre. Put rinda.toml onto {LABEL} afterwards.",
                "icon": "",
                "url": f"{where.rstrip('/')}/{packed.name}" if where else packed.as_uri(),
                "extract_size": made.card.stat().st_size,
                "extract_sha256": digest(made.card),
                "image_download_size": packed.stat().st_size,
                "image_download_sha256": digest(packed),
                "release_date": day,
                "init_format": "none",
                "devices": list(DEVICES),
            }
        ],
    }


def digest(file: Path) -> str:
    """SHA-256, in hex."""
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _pack(card: Path, to: int) -> None:
    """The same bytes with any number of processors: blocks of one size."""
    subprocess.run(["xz", "-6", "-T0", "--block-size=16MiB", "-c", card], stdout=to, check=True)


def _sign(sums: Path, folder: Path) -> None:
    """With the key of a release, or else with one for development that is kept beside builds."""
    named = os.environ.get(KEY)
    key = Path(named) if named else folder / "development-key"
    if not key.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "development", "-f", key)
    sums.with_suffix(".sig").unlink(missing_ok=True)
    run("ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", key, sums)
    public = key.with_suffix(".pub") if key.suffix else Path(f"{key}.pub")
    (sums.parent / "allowed_signers").write_text(f'{SIGNER} namespaces="file" {public.read_text()}')

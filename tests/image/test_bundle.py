"""Updates as RAUC itself sees them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.rauc import Rauc, UpdateError
from appliance.updates import Bundle, Reason
from image.bundle import DEVELOPMENT, Keys, keys, make_bundle, make_keys, trust

SYSTEM = Path(__file__).parents[2] / "image/root/etc/rauc/system.conf"

needs_rauc = pytest.mark.skipif(
    not (shutil.which("rauc") and shutil.which("mksquashfs")), reason="needs rauc, squashfs-tools"
)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return keys(tmp_path_factory.mktemp("build"), {})


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, signer: Keys) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "slot").write_bytes(os.urandom(2**20))
    made = folder / "rinda-1.2.raucb"
    make_bundle(folder / "slot", "rinda-pi", "1.2", signer, made)
    return made


def unit(folder: Path, trusted: Keys) -> Rauc:
    """One with this card's settings, but for what RAUC 1.8 does not know yet."""
    trust(trusted, folder)
    text = SYSTEM.read_text().replace("path=/etc/rauc", f"path={folder}")
    lines = [
        each for each in text.splitlines() if not each.startswith(("boot-attempts", "bundle-"))
    ]
    (folder / "system.conf").write_text("\n".join(lines))
    return Rauc(folder / "system.conf")


@needs_rauc
def test_a_bundle_says_what_it_is_to_a_unit_that_trusts_it(
    tmp_path: Path, bundle: Path, signer: Keys
) -> None:
    assert unit(tmp_path, signer).look_at(str(bundle)) == Bundle("1.2", "rinda-pi")
    assert (tmp_path / "trusted").read_text() == f"{DEVELOPMENT}\n"


@needs_rauc
def test_a_bundle_of_somebody_else_is_not_trusted(tmp_path: Path, bundle: Path) -> None:
    make_keys(tmp_path / "keys", "somebody")
    other = keys(tmp_path, {"RINDA_RELEASE_KEYS": str(tmp_path / "keys")})
    with pytest.raises(UpdateError) as refused:
        unit(tmp_path, other).look_at(str(bundle))
    assert refused.value.reason == Reason.UNTRUSTED


@needs_rauc
@pytest.mark.parametrize("end", [0, 100, -1, -700])
def test_what_is_left_of_a_bundle_is_not_trusted(
    tmp_path: Path, bundle: Path, signer: Keys, end: int
) -> None:
    piece = tmp_path / "piece.raucb"
    piece.write_bytes(bundle.read_bytes()[:end])
    with pytest.raises(UpdateError) as refused:
        unit(tmp_path, signer).look_at(str(piece))
    assert refused.value.reason == Reason.UNTRUSTED


def test_keys_are_for_their_owner_alone(signer: Keys) -> None:
    assert signer.key.stat().st_mode & 0o777 == 0o600
    assert signer.key.parent.stat().st_mode & 0o777 == 0o700


def test_no_key_is_in_the_checkout() -> None:
    said = subprocess.run(
        ["git", "grep", "-l", "BEGIN [A-Z ]*PRIVATE KEY"],
        cwd=SYSTEM.parents[4],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not [each for each in said.stdout.split() if not each.startswith("tests/")]

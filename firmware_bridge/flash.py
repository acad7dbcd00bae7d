"""The controller's files: as they lie in its flash memory, and as one image for its line."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config import VERSION
from firmware_bridge.firmware import slots

ROOM = Path(__file__).parent
FILES = (
    "cobs.py",
    "wire.py",
    "link.py",
    "firmware/controller.py",
    "firmware/displays.py",
    "firmware/loop.py",
    "firmware/pins.py",
    "firmware/slots.py",
    "firmware/updates.py",
)


@dataclass(frozen=True, slots=True)
class Image:
    """A firmware in one piece. `version` changes with any of its files."""

    version: str
    data: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256."""
        return hashlib.sha256(self.data).digest()


def image(files: Mapping[str, bytes] | None = None) -> Image:
    """Of this package's firmware, or of other files by path: of each a line `path size`, and it."""
    parts = [_part(*each) for each in (files or sources()).items()]
    version = f"{VERSION}+{hashlib.sha256(b''.join(parts)).hexdigest()[:8]}"
    return Image(version, b"".join([*parts, _part("version", version.encode())]))


def sources() -> dict[str, bytes]:
    """This package's firmware."""
    texts = {f"{ROOM.name}/{name}": (ROOM / name).read_bytes() for name in FILES}
    return {
        **dict.fromkeys((f"{ROOM.name}/__init__.py", f"{ROOM.name}/firmware/__init__.py"), b""),
        **texts,
    }


def lay_out(folder: Path) -> None:
    """Write into `folder` what a Pico needs to begin with."""
    slot = folder / slots.SLOTS[0]
    for name, data in {**sources(), "version": image().version.encode()}.items():
        (slot / name).parent.mkdir(parents=True, exist_ok=True)
        (slot / name).write_bytes(data)
    (folder / "slot").write_text(f"{slot.name} ")
    shutil.copyfile(ROOM / "firmware" / "slots.py", folder / "main.py")


def lay_out_display(folder: Path) -> None:
    """Write into `folder` what the Pico of a number display needs; it gets no updates."""
    (folder / ROOM.name).mkdir(parents=True, exist_ok=True)
    (folder / ROOM.name / "__init__.py").touch()
    for name in ("cobs.py", "wire.py"):
        shutil.copyfile(ROOM / name, folder / ROOM.name / name)
    shutil.copyfile(ROOM / "firmware" / "number_display.py", folder / "main.py")


def _part(name: str, data: bytes) -> bytes:
    return f"{name} {len(data)}\n".encode() + data

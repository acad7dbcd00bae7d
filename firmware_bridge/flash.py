"""The controller's files, laid out as they lie in its flash memory."""

import shutil
from pathlib import Path

ROOM = Path(__file__).parent
FILES = (
    "cobs.py",
    "wire.py",
    "link.py",
    "firmware/controller.py",
    "firmware/displays.py",
    "firmware/loop.py",
    "firmware/pins.py",
)


def lay_out(folder: Path, start: str = "main.py") -> None:
    """Copy FILES into `folder`, and the file that starts them to its top."""
    room = folder / ROOM.name
    (room / "firmware").mkdir(parents=True, exist_ok=True)
    for name in ("__init__.py", "firmware/__init__.py"):
        (room / name).touch()
    for name in FILES:
        shutil.copyfile(ROOM / name, room / name)
    shutil.copyfile(ROOM / "firmware" / start, folder / start)

"""Every screen in every language and size, and every paper ticket, as pictures, and one sheet that
shows them all."""

import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

ROOMS = ("kiosk", "queue_display", "desk")
LANGUAGES = ("lv", "en")
SIZES = ("1080x1920", "1920x1080", "800x480")
DESK_SIZES = ("1366x768", "480x900")
THUMBNAIL = (320, 320)


def draw(folder: Path) -> int:
    """Draw all into `folder`; each room draws itself in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        for language in LANGUAGES:
            for size in DESK_SIZES if room == "desk" else SIZES:
                _draw(f"{room}.gallery", str(folder), language, size)
    for language in LANGUAGES:
        _draw("kiosk.tickets", str(folder), language)
    pictures = sorted(path for path in folder.glob("*.png") if path.stem != "sheet")
    _sheet(pictures).save(folder / "sheet.png")
    print(f"{len(pictures)} pictures in {folder}; all of them small in {folder}/sheet.png")
    return 0


def _draw(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, check=True, env=os.environ, timeout=120)


def _sheet(pictures: Sequence[Path]) -> Image.Image:
    columns = max(1, math.ceil(math.sqrt(len(pictures) * 1.6)))
    width, height = (side + 8 for side in THUMBNAIL)
    sheet = Image.new("RGB", (columns * width, math.ceil(len(pictures) / columns) * height), "#888")
    for position, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = ImageOps.contain(picture.convert("RGB"), THUMBNAIL)
        sheet.paste(small, (position % columns * width + 4, position // columns * height + 4))
    return sheet

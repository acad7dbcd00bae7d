"""Every screen in every language, size and mode, and every paper ticket, as pictures; sheets that
show many at once; and what has changed since somebody last accepted them."""

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from kiosk.gallery import MODES
from rinda.references import Change, accept, changes

REFERENCES = Path(__file__).parents[1] / "tests" / "pictures"
LANGUAGES = ("lv", "en")
SIZES = {
    "kiosk": ("1080x1920", "1080x1920-15.6", "1920x1080", "800x480"),
    "queue_display": ("1920x1080", "1080x1920", "800x480"),
    "desk": ("1366x768", "360x640"),
    "desk.specialist": ("1366x768", "360x640"),
    "visitor_page": ("360x640",),
    "appliance.setup": ("1080x1920-15.6", "800x480-7"),
}
THUMBNAIL = (320, 320)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one process draws: one room in one language, size and mode. `kept`: what it draws is
    compared with the reference pictures."""

    name: str
    command: tuple[str, ...]
    kept: bool = True

    def draw(self, folder: Path) -> list[Path]:
        """Draw anew into a folder of its own within `folder`."""
        own = folder / self.name
        shutil.rmtree(own, ignore_errors=True)
        module, *arguments = self.command
        command = [sys.executable, "-m", module, str(own), *arguments]
        subprocess.run(command, check=True, env=os.environ, timeout=600, stdout=subprocess.DEVNULL)
        return sorted(own.glob("*.png"))

    def changes(self, pictures: Sequence[Path]) -> list[Change]:
        """What is not as it was accepted."""
        return list(changes(pictures, (REFERENCES / self.name).glob("*.png")))


def _batches() -> Iterator[Batch]:
    for language in LANGUAGES:
        yield Batch(f"tickets-{language}", ("kiosk.tickets", language))
        for room, sizes in SIZES.items():
            for size in sizes:
                yield from _modes(room, language, size)


def _modes(room: str, language: str, size: str) -> Iterator[Batch]:
    """Kept are all screens in the usual mode on the screens to buy, large letters too, and the
    other modes once; the specialist's page in Latvian."""
    command = (f"{room}.gallery", language, size)
    if room != "kiosk":
        kept = language == "lv" or room != "desk.specialist"
        yield Batch(f"{room}-{language}-{size}", command, kept)
        return
    for mode in MODES:
        kept = mode == "normal" or (language == "lv" and (mode == "large" or size == "1080x1920"))
        kept = kept and size != "800x480"
        yield Batch(f"{room}-{language}-{size}-{mode}", (*command, mode), kept)


BATCHES = tuple(_batches())
KEPT = tuple(each for each in BATCHES if each.kept)


def draw(folder: Path, *, accepts: bool = False) -> int:
    """Draw all into `folder` and say what has changed; or accept it, and draw only what is kept.
    Returns the exit status."""
    batches = KEPT if accepts else BATCHES
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        drawn = dict(
            zip(batches, workers.map(lambda each: each.draw(folder), batches), strict=True)
        )
    for batch, pictures in drawn.items():
        if pictures:  # a mode may change nothing in this size
            _sheet(pictures).save(folder / f"{batch.name}.png")
    print(f"{sum(map(len, drawn.values()))} pictures in {folder}, with a sheet of each folder")
    changed = [(batch, each) for batch in KEPT for each in batch.changes(drawn[batch])]
    for batch, change in changed:
        if accepts:
            accept(change, REFERENCES / batch.name)
        else:
            show(change, folder / "changed")
        print(f"  {'accepted' if accepts else 'changed'}: {change.words}")
    if changed and not accepts:
        print(
            f"Before and after are in {folder}/changed; ./run screens --accept keeps what is new."
        )
    return 0


def show(change: Change, folder: Path) -> Path:
    """Write before, after and their difference beside one another."""
    folder.mkdir(parents=True, exist_ok=True)
    change.beside().save(folder / change.name)
    return folder / change.name


def _sheet(pictures: Sequence[Path]) -> Image.Image:
    columns = max(1, math.ceil(math.sqrt(len(pictures) * 1.6)))
    width, height = (side + 8 for side in THUMBNAIL)
    sheet = Image.new("RGB", (columns * width, math.ceil(len(pictures) / columns) * height), "#888")
    for position, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = ImageOps.contain(picture.convert("RGB"), THUMBNAIL)
        sheet.paste(small, (position % columns * width + 4, position // columns * height + 4))
    return sheet

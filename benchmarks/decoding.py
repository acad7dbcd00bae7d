"""`python -m benchmarks.decoding [FOLDER]`: which codes each decoder reads, and in what time.

With a folder it also leaves one picture of each kind there.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.pictures_of_codes import SCENES, Seen
from drivers.decoding import Decoder, zbar_codes, zbar_once, zxing_codes, zxing_once

PICTURES = 40
"""Of each kind, always the same ones."""
DECODERS: dict[str, Decoder] = {
    "zxing": zxing_codes,
    "zbar": zbar_codes,
    "zxing alone": zxing_once,
    "zbar alone": zbar_once,
}
"""As the kiosk uses them, and without our help."""


@dataclass
class Tally:
    """Pictures whose codes were all read, texts that none of them has, and the seconds of each."""

    right: int = 0
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)

    def look(self, decode: Decoder, seen: Seen) -> None:
        started = time.perf_counter()
        found = decode(seen.picture)
        self.seconds.append(time.perf_counter() - started)
        self.right += tuple(found) == seen.codes
        self.wrong += len(set(found) - set(seen.codes))

    def cells(self) -> str:
        ordered = sorted(self.seconds)
        worst = ordered[int(0.99 * len(ordered))]
        return f" {self.right} | {1000 * statistics.median(ordered):.1f} / {1000 * worst:.1f} |"


def main(folder: Path | None) -> None:
    """Print what was read of each kind of picture, then the sums."""
    print("| picture |" + "".join(f" {name} | ms, p50 / p99 |" for name in DECODERS))
    print("|---|" + "---|---|" * len(DECODERS))
    sums = {name: Tally() for name in DECODERS}
    floor: list[float] = []
    for kind, scene in SCENES.items():
        chance = random.Random(kind)
        pictures = [scene(chance) for _ in range(PICTURES)]
        floor += [_seconds(each.picture.histogram) for each in pictures]
        if folder:
            pictures[0].picture.save(folder / f"{kind.replace(' ', '-')}.png")
        print(f"| {kind} |" + "".join(_look(name, pictures, sums[name]) for name in DECODERS))
    print(f"| of {PICTURES * len(SCENES)} |" + "".join(each.cells() for each in sums.values()))
    print("\nMisread: " + ", ".join(f"{name} {each.wrong}" for name, each in sums.items()) + ".")
    print(f"The floor, to look at each pixel once: {1000 * statistics.median(floor):.2f} ms.")


def _look(name: str, pictures: list[Seen], total: Tally) -> str:
    tally = Tally()
    for each in pictures:
        tally.look(DECODERS[name], each)
    total.right += tally.right
    total.wrong += tally.wrong
    total.seconds += tally.seconds
    return tally.cells()


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)

"""Reference pictures: what a person has looked at and accepted, small and in sixteen greys.

Small enough to live beside the tests, large enough that another word on a button is seen. Colours
are not compared here: contrast has tests of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

SHORT_SIDE = 120
GREY_STEP = 17
BLOCK = 2
TOLERANCE = 20
"""Of 255, on average over a block of 2 × 2 small pixels. Edges that another rasteriser smooths stay
below 9; another word in letters of 40 pixels on a picture 1080 wide is 23 to 66."""


@dataclass(frozen=True, slots=True)
class Change:
    """A picture that nobody has accepted; `before` or `after` is None where there is none."""

    name: str
    before: Image.Image | None
    after: Image.Image | None

    @property
    def words(self) -> str:
        """The name, and what became of it."""
        if self.before is None:
            return f"{self.name} (new)"
        return f"{self.name} (gone)" if self.after is None else self.name

    def beside(self) -> Image.Image:
        """Before, after, and where they differ, beside one another."""
        sides = [each for each in (self.before, self.after) if each]
        if len(sides) == 2:
            sides.append(ImageChops.difference(sides[0], sides[1].resize(sides[0].size)))
        strip = Image.new("L", (sum(each.width + 4 for each in sides), sides[0].height), 128)
        for position, each in enumerate(sides):
            strip.paste(each, (position * (each.width + 4), 0))
        return strip


def changes(pictures: Iterable[Path], accepted: Iterable[Path]) -> Iterator[Change]:
    """What is not as it was accepted: files of the same name are compared."""
    drawn, known = ({each.name: each for each in paths} for paths in (pictures, accepted))
    for name in sorted(drawn.keys() | known.keys()):
        before = _grey(known[name]) if name in known else None
        after = reduced(drawn[name]) if name in drawn else None
        if before is None or after is None or differ(before, after):
            yield Change(name, before, after)


def accept(change: Change, folder: Path) -> None:
    """From now on this is how it is meant to look."""
    path = folder / change.name
    if change.after is None:
        path.unlink()
    else:
        folder.mkdir(parents=True, exist_ok=True)
        _indexed(change.after).save(path, optimize=True)


def reduced(path: Path) -> Image.Image:
    """The picture with a short side of 120 pixels, in sixteen greys."""
    grey = _grey(path)
    scale = SHORT_SIDE / min(grey.size)
    size = (round(grey.width * scale), round(grey.height * scale))
    small = grey.resize(size, Image.Resampling.BOX)
    return small.point([(value + GREY_STEP // 2) // GREY_STEP * GREY_STEP for value in range(256)])


def differ(one: Image.Image, other: Image.Image) -> bool:
    """Whether a person would call them two pictures."""
    if one.size != other.size:
        return True
    blocks = ImageChops.difference(one, other).reduce(BLOCK)
    return ImageStat.Stat(blocks).extrema[0][1] > TOLERANCE


def _indexed(greys: Image.Image) -> Image.Image:
    """The same with numbered greys: half as large as a PNG."""
    numbers = greys.point([value // GREY_STEP for value in range(256)])
    indexed = Image.frombytes("P", greys.size, numbers.tobytes())
    indexed.putpalette([grey for grey in range(0, 256, GREY_STEP) for _ in "RGB"])
    return indexed


def _grey(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("L")

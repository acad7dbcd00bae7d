"""Pictures as a kiosk's camera would take them of a QR code, by what makes them hard to read."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps
from qrcode.constants import ERROR_CORRECT_M

SIZE = (640, 480)
WALL = 150
QUIET = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """A grey picture and what a decoder shall find in it."""

    picture: Image.Image
    codes: tuple[bytes, ...]


Scene = Callable[[random.Random], Seen]


def plain(chance: random.Random) -> Seen:
    """A printed code, held straight."""
    return _one(chance, lambda code: code)


def blurred(chance: random.Random) -> Seen:
    seen = plain(chance)
    radius = chance.uniform(1.0, 3.5)
    return Seen(seen.picture.filter(ImageFilter.GaussianBlur(radius)), seen.codes)


def moved(chance: random.Random) -> Seen:
    """Smeared by 4 to 14 pixels of movement while the picture was taken."""
    seen = plain(chance)
    steps = chance.randint(4, 14)
    smeared = seen.picture
    for step in range(1, steps):
        shifted = ImageChops.offset(seen.picture, step, step // 2)
        smeared = Image.blend(smeared, shifted, 1 / (step + 1))
    return Seen(smeared, seen.codes)


def glare(chance: random.Random) -> Seen:
    """A lamp's reflection that hides a part of the code."""
    seen = plain(chance)
    lamp = Image.new("L", SIZE, 0)
    radius = chance.randint(15, 45)
    x, y = (side // 2 + chance.randint(-60, 60) for side in SIZE)
    ImageDraw.Draw(lamp).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return Seen(ImageChops.add(seen.picture, lamp.filter(ImageFilter.GaussianBlur(12))), seen.codes)


def turned(chance: random.Random) -> Seen:
    angle = chance.uniform(0, 360)
    return _one(chance, lambda code: _rotate(code, angle))


def tilted(chance: random.Random) -> Seen:
    """Held at an angle: its lower side is a tenth to a half shorter."""
    away = chance.uniform(0.1, 0.5)

    def tilt(code: Image.Image) -> Image.Image:
        slope = -away / code.height
        lines = (1, slope * code.width / 2, 0, 0, 1 - away, 0, 0, slope)
        perspective = Image.Transform.PERSPECTIVE
        return code.transform(
            code.size, perspective, lines, Image.Resampling.BICUBIC, fillcolor=WALL
        )

    return _one(chance, lambda code: _rotate(tilt(code), chance.uniform(-20, 20)))


def small(chance: random.Random) -> Seen:
    """Far away: 1.5 to 2.5 pixels to a module."""
    return _one(chance, lambda code: code, module=chance.uniform(1.5, 2.5))


def dim(chance: random.Random) -> Seen:
    """In the dark: a twentieth to a tenth of the light, and the sensor's noise."""
    seen = plain(chance)
    light = chance.uniform(0.05, 0.1)
    dark = seen.picture.point(lambda value: 16 + int(value * light))
    return Seen(_noisy(dark, 3, chance), seen.codes)


def noisy(chance: random.Random) -> Seen:
    seen = plain(chance)
    return Seen(_noisy(seen.picture, chance.randint(25, 60), chance), seen.codes)


def moire(chance: random.Random) -> Seen:
    """The pixels of a telephone's screen against those of the camera, and a slight turn."""
    seen = _one(chance, lambda code: _rotate(code, chance.uniform(-15, 15)))
    picture = seen.picture
    for angle in (0, 90):
        grating = _grating(chance.uniform(2.1, 6.0), angle + chance.uniform(-8, 8))
        picture = ImageChops.multiply(picture, grating)
    return Seen(picture, seen.codes)


def dark_mode(chance: random.Random) -> Seen:
    """A telephone shows the code bright on dark."""
    return _one(chance, ImageOps.invert)


def several(chance: random.Random) -> Seen:
    """Three codes in view; all are to be found."""
    picture, texts = Image.new("L", SIZE, WALL), []
    for position in range(3):
        text, code = _code(chance, 5)
        picture.paste(code, (10 + position * 212, chance.randint(10, 240)))
        texts.append(text)
    return Seen(picture, tuple(sorted(texts)))


def nothing(chance: random.Random) -> Seen:
    """No code, but much that is square: nothing is to be found."""
    picture = Image.new("L", SIZE, WALL)
    draw = ImageDraw.Draw(picture)
    for _ in range(300):
        x, y, side = chance.randint(0, 600), chance.randint(0, 440), chance.randint(3, 40)
        draw.rectangle((x, y, x + side, y + side), fill=chance.choice((0, 255)))
    return Seen(picture, ())


SCENES: Mapping[str, Scene] = {
    scene.__name__.replace("_", " "): scene
    for scene in (
        plain, turned, tilted, several, small, blurred, moved, glare, dim, noisy, moire, dark_mode,
        nothing,
    )
}  # fmt: skip


def _one(
    chance: random.Random, change: Callable[[Image.Image], Image.Image], module: float = 0
) -> Seen:
    """One code of 4 to 6 pixels to a module, near the middle of the picture."""
    text, code = _code(chance, module or chance.uniform(4, 6))
    code = change(code)
    picture = Image.new("L", SIZE, WALL)
    corner = ((SIZE[0] - code.width) // 2, (SIZE[1] - code.height) // 2)
    picture.paste(code, (corner[0] + chance.randint(-40, 40), corner[1] + chance.randint(-20, 20)))
    return Seen(picture, (text,))


def _code(chance: random.Random, module: float) -> tuple[bytes, Image.Image]:
    text = "RINDA:1:DEMO:" + "".join(chance.choices("ACDEFGHJKMNPQRTUVWXY3479", k=10))
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET, box_size=8)
    code.add_data(text)
    picture = code.make_image().get_image().convert("L")
    side = round(picture.width / 8 * module)
    return text.encode(), picture.resize((side, side), Image.Resampling.LANCZOS)


def _rotate(code: Image.Image, angle: float) -> Image.Image:
    return code.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=WALL)


def _noisy(picture: Image.Image, sigma: float, chance: random.Random) -> Image.Image:
    """Pillow's own noise cannot be told its chance: rows of ours, in any order."""
    row = bytes(min(255, max(0, round(chance.gauss(128, sigma)))) for _ in range(4 * SIZE[0]))
    noise = Image.new("L", SIZE)
    for y in range(SIZE[1]):
        start = chance.randrange(3 * SIZE[0])
        noise.paste(Image.frombytes("L", (SIZE[0], 1), row[start : start + SIZE[0]]), (0, y))
    return ImageChops.add(picture, noise, offset=-128)


def _grating(period: float, angle: float) -> Image.Image:
    side = 900
    row = bytes(round(165 + 90 * math.cos(2 * math.pi * x / period)) for x in range(side))
    stripes = Image.frombytes("L", (side, 1), row).resize((side, side))
    left, top = (side - SIZE[0]) // 2, (side - SIZE[1]) // 2
    turned_stripes = stripes.rotate(angle, Image.Resampling.BICUBIC)
    return turned_stripes.crop((left, top, left + SIZE[0], top + SIZE[1]))

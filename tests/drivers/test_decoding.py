"""Codes found in pictures: clear, dark, inverted, several at once; whatever the decoder."""

import random

import pytest
import qrcode
from PIL import Image, ImageOps

from benchmarks.pictures_of_codes import SCENES
from drivers.decoding import DECODERS, Decoder

pytestmark = pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS)


def view(*contents: str | bytes) -> Image.Image:
    """A grey camera picture with these codes side by side."""
    picture = Image.new("L", (420 * max(1, len(contents)), 420), "white")
    for index, content in enumerate(contents):
        code = qrcode.QRCode(box_size=6)
        code.add_data(content)
        picture.paste(code.make_image().get_image(), (420 * index + 20, 20))
    return picture


@pytest.mark.parametrize("kind", ["plain", "turned", "tilted", "several", "dark mode", "nothing"])
def test_reads_what_is_well_in_view_and_nothing_else(decode: Decoder, kind: str) -> None:
    chance = random.Random(7)
    for _ in range(5):
        seen = SCENES[kind](chance)
        assert tuple(decode(seen.picture)) == seen.codes


def test_in_the_dark(decode: Decoder) -> None:
    assert decode(view("RINDA:1").point(lambda value: 20 + value // 16)) == [b"RINDA:1"]


def test_light_on_dark(decode: Decoder) -> None:
    assert decode(ImageOps.invert(view("RINDA:1"))) == [b"RINDA:1"]


def test_each_once(decode: Decoder) -> None:
    assert decode(view("B", "A", "A")) == [b"A", b"B"]


def test_a_hostile_payload_comes_out_as_it_is(decode: Decoder) -> None:
    """Whether it can be a code is for CodeCheck to say."""
    assert decode(view("\x1b[2J;DROP TABLE\x07\n")) == [b"\x1b[2J;DROP TABLE\x07\n"]

"""Text drawn in dots, 203 an inch: in the cells of a printer's font A (12 × 24), or as type."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

CELL_WIDTH = 12
CELL_HEIGHT = 24


def draw_text(text: str, width: int, height: int, *, bold: bool) -> Image.Image:
    """Black on white, one cell a letter, each cell magnified `width` × `height` times (1–8).

    Returns an image of one bit a dot, exactly len(text) × 12 × width by 24 × height.
    """
    cell = CELL_WIDTH * height
    strip = Image.new("L", (cell * len(text), CELL_HEIGHT * height), "white")
    pen = ImageDraw.Draw(strip)
    for index, letter in enumerate(text):
        middle, baseline = cell * index + cell / 2, CELL_HEIGHT * height * 0.79
        pen.text((middle, baseline), letter, "black", _font(height, bold), anchor="ms")
    strip = strip.resize((max(1, CELL_WIDTH * width * len(text)), strip.height))
    return strip.convert("1", dither=Image.Dither.NONE)


@cache
def typeface(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Letters of their natural widths, `size` dots high."""
    return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size)


def draw_type(text: str, face: ImageFont.FreeTypeFont) -> Image.Image:
    """Black on white, one bit a dot, as high as the tallest and deepest letters of the typeface."""
    height = sum(face.getmetrics())
    picture = Image.new("L", (max(1, round(face.getlength(text))), height), "white")
    ImageDraw.Draw(picture).text((0, 0), text, "black", face)
    return picture.convert("1", dither=Image.Dither.NONE)


@cache
def _font(height: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    # 20 dots high, DejaVu Sans Mono advances 12 dots: its letters fill the cell.
    return ImageFont.truetype(name, 20 * height)

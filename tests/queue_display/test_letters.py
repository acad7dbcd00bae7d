"""How far the board is readable: the real widgets' letters, in millimetres of a 43″ screen."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import hypot
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from queue_display import gallery
from queue_display.view import View

DISTANCE = 10_000
DIAGONAL = 43 * 25.4
CAPITAL = 0.711
"""Roboto's height of a capital for a letter size of one."""

CALL, TEXT, REST = 200, 325, 800
"""At most so many times the height of a capital away. 200: stricter than the 250 of (EU) 1300/2014,
appendix N, and than 16 minutes of arc. 325: read by half of normal sight. 800: from 5 m."""

LANDSCAPE, PORTRAIT = (1920, 1080), (1080, 1920)

pytestmark = [pytest.mark.whole, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Letters:
    """A text on the screen: its role, how many times its capitals the distance is, its contrast."""

    state: str
    text: str
    role: str
    ratio: float
    contrast: float
    fits: bool


@dataclass(frozen=True)
class Measured:
    """`share`: the least part of the screen that the newest call has."""

    letters: list[Letters]
    share: float


@pytest.fixture(scope="module", params=[LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def measured(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Measured:
    folder = tmp_path_factory.mktemp("pictures")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, request.param, folder).result(280)


def test_calls_and_clock_are_read_at_ten_metres(measured: Measured) -> None:
    found = [each for each in measured.letters if each.role in {"number", "sign", "hour"}]
    assert {each.role for each in found} == {"number", "sign", "hour"}
    assert [each for each in found if each.ratio > CALL and each.state != "many"] == []
    assert [each for each in found if each.ratio > TEXT] == []


def test_what_else_matters_is_read_there_too(measured: Measured) -> None:
    roles = {"heading", "minutes", "strip", "message"}
    found = [each for each in measured.letters if each.role in roles]
    assert {each.role for each in found} == roles
    assert [each for each in found if each.ratio > TEXT] == []


def test_all_of_it_is_read_at_five_metres_and_nothing_is_cut(measured: Measured) -> None:
    assert [each for each in measured.letters if each.ratio > REST or not each.fits] == []


def test_contrast_is_seven_to_one(measured: Measured) -> None:
    """WCAG 2.2, 1.4.6."""
    assert [each for each in measured.letters if each.contrast < 7] == []


def test_the_newest_call_has_half_of_the_screen(measured: Measured) -> None:
    assert measured.share >= 0.5


def measure(size: tuple[int, int], folder: Path) -> Measured:
    """In a process of its own, as Kivy has one window."""
    millimetres, letters, shares = DIAGONAL / hypot(*size), [], []
    for state, screen in gallery.screens("lv", size):
        shares.append(screen.main[0] * screen.main[1] / (size[0] * size[1]))
        picture = Image.open(screen.get_root_window().screenshot(name=str(folder / "board.png")))
        for label in visible_labels(screen):
            letters.append(
                Letters(
                    state,
                    label.text,
                    role(label.text, screen.view),
                    DISTANCE / (label.font_size * CAPITAL * millimetres),
                    contrast(label, picture.convert("RGB")),
                    fits(label),
                )
            )
    return Measured(letters, min(shares))


def role(text: str, view: View) -> str:
    """What the text is in the view; empty for the second language, names and the date."""
    calls = [call for call in (view.main, *view.others) if call]
    roles = {view.hour: "hour", view.heading.first: "heading", view.strip: "strip"}
    roles |= {view.message.first: "message"}
    roles |= {wait.minutes: "minutes" for wait in view.waits}
    roles |= {call.number: "number" for call in calls} | {call.sign: "sign" for call in calls}
    return roles.get(text, "")


def visible_labels(widget: Any) -> Iterator[Any]:
    from kivy.uix.label import Label

    if widget.opacity == 0:
        return
    if isinstance(widget, Label) and widget.text:
        yield widget
    for child in widget.children:
        yield from visible_labels(child)


def fits(label: Any) -> bool:
    """Whether no letter is cut, by drawing the text again in as much room as it wants."""
    from kivy.core.text import Label as CoreLabel

    width = label.text_size[0]
    probe = CoreLabel(
        text=label.text, font_size=label.font_size, bold=label.bold, text_size=(width, None)
    )
    wide, high = probe.render()
    room = label.height if label.text_size[1] else label.height * 1.25
    return bool(wide <= label.width + 1 and high <= room + 1)


def contrast(label: Any, picture: Image.Image) -> float:
    """Between the letters and the commonest colour around them, by WCAG's formula."""
    x, y = label.to_window(*label.pos)
    box = (x, picture.height - y - label.height, x + label.width, picture.height - y)
    colours = picture.crop(tuple(map(round, box))).getcolors(2**24)
    assert colours
    behind = max(colours)[1]
    assert isinstance(behind, tuple)
    lights = sorted((luminance([each / 255 for each in behind]), luminance(label.color[:3])))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: Sequence[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

"""The real widgets in a hidden window, every screen × language × mode × panel: what is written fits
and can be read, what is pressed can be hit, and keys reach all of it in reading order."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations, pairwise
from math import hypot
from multiprocessing import get_context
from typing import Any

import pytest

from kiosk import gallery
from kiosk.gallery import Shown
from kiosk.look import CONTRAST, USUAL, Look
from kiosk.panel import CAPITAL, MM_IN_INCH, NAMED, SMALLEST, TRIAL, Panel
from kiosk.views import Report

CAPITALS, LARGER, TARGET, REACH = 7.0, 1.3, 20.0, 240.0
"""Millimetres, of docs/accessibility.md; how much larger letters are for who wants it."""

READABLE, SEEN = 7.0, 3.0
"""Contrast of a text, WCAG 2.2 1.4.6; of an edge that matters, 1.4.11."""

Box = tuple[float, float, float, float]


@pytest.mark.whole
@pytest.mark.parametrize("panel", [*NAMED, TRIAL], ids=str)
def test_every_screen_can_be_read_and_pressed(panel: Panel) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        assert process.submit(mistakes, panel).result(110) == []


@pytest.mark.parametrize("look", [USUAL, CONTRAST])
def test_edges_of_what_can_be_pressed_are_seen(look: Look) -> None:
    for paint in (look.choice, look.button, look.closed):
        assert max(contrast(paint.line, look.page), contrast(paint.fill, look.page)) >= SEEN
        assert contrast(paint.ink, paint.down) >= READABLE
    assert contrast(look.around_focus, look.page) >= SEEN
    assert contrast(look.focus, look.choice.fill) >= SEEN


@pytest.mark.whole
def test_touch_points() -> None:
    points = gallery.touch_points(TRIAL, "en")
    assert {"have_appointment", "need_service", "language", "ease"} <= set(points["start"])
    assert "institution:vsaa" in points["institutions"]
    assert "service:vsaa-slimiba" in points["services"]
    assert "done" in points["ticket"]


def mistakes(panel: Panel) -> list[str]:
    """What is wrong on any screen; runs in a process of its own, as Kivy has one window."""
    found = []
    for shown in gallery.screens(("lv", "en"), panel):
        where = f"{shown.name} {shown.language} {shown.mode}:"
        for check in (unreadable, too_small_to_hit, overlapping, out_of_order, out_of_reach):
            found += [f"{where} {each}" for each in check(shown)]
    return found


def unreadable(shown: Shown) -> Iterator[str]:
    """Texts that are small, torn, cut off or pale."""
    least = CAPITALS * (LARGER if shown.mode == "large" else 1)
    for each in words_in(shown.root):
        if not each.text and (each.given.spare or not each.given.words):
            continue
        words, capitals = each.given.words, each.font_size * CAPITAL / millimetre(shown)
        if words and capitals < least and not exempt(shown, words):
            yield f"{words!r} has capitals of {capitals:.1f} mm"
        rounding = 1 + (each.text.count("\n") + 1) * each.font_size * 0.03
        if each.texture_size[0] > each.width + 1 or each.texture_size[1] > each.height + rounding:
            yield f"{words!r} takes {each.texture_size} of {each.size}"
        if drawn(each).split() != words.split():
            yield f"{words!r} lacks lines"
        ratio = contrast(each.color, ground(each))
        if ratio < READABLE:
            yield f"{words!r} has a contrast of {ratio:.1f}"


def exempt(shown: Shown, words: str) -> bool:
    """A technician's screen has smaller letters; the centre's name does not grow."""
    if isinstance(shown.frame.view, Report):
        return True
    return shown.mode == "large" and words == shown.frame.centre


def millimetre(shown: Shown) -> float:
    """Its pixels; a screen too small for our sizes is measured as if it were large enough."""
    panel = shown.frame.panel
    return hypot(panel.width, panel.height) / (max(panel.inches, SMALLEST) * MM_IN_INCH)


def too_small_to_hit(shown: Shown) -> Iterator[str]:
    panel = shown.frame.panel
    for each in shown.root.buttons().values():
        left, bottom, right, top = box_of(each)
        if left < 0 or bottom < 0 or right > panel.width or top > panel.height:
            yield f"{each.choice.action} leaves the screen"
        side = min(right - left, top - bottom) / millimetre(shown)
        if side < TARGET:
            yield f"{each.choice.action} is {side:.1f} mm"


def overlapping(shown: Shown) -> Iterator[str]:
    boxes = [(each.choice.action, box_of(each)) for each in shown.root.buttons().values()]
    for (one, a), (other, b) in combinations(boxes, 2):
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            yield f"{one} lies on {other}"


def out_of_order(shown: Shown) -> Iterator[str]:
    """Keys go through the frame's choices: these must be what is drawn, row by row."""
    buttons = shown.root.buttons()
    actions = [each.action for each in shown.frame.choices()]
    if sorted(actions) != sorted(buttons):
        yield f"keys reach {actions}, drawn are {list(buttons)}"
        return
    for one, other in pairwise(box_of(buttons[each]) for each in actions):
        beneath, right_of = other[3] <= one[1] + 1, other[0] >= one[2] - 1
        if not (beneath or (right_of and other[3] > one[1])):
            yield f"{actions} are not in reading order"


def out_of_reach(shown: Shown) -> Iterator[str]:
    for each in shown.root.buttons().values():
        top = box_of(each)[3] / millimetre(shown)
        if shown.mode == "low" and top > REACH:
            yield f"{each.choice.action} is {top:.0f} mm high"


def words_in(root: Any) -> Iterator[Any]:
    from kiosk.widgets import Words

    return (each for each in root.walk() if isinstance(each, Words))


def drawn(label: Any) -> str:
    """What Kivy really drew: it drops lines that it has no room for."""
    lines = label._label._cached_lines
    return " ".join(word.text for line in lines for word in line.words)


def ground(widget: Any) -> Any:
    """The colour that is behind a widget."""
    while not hasattr(widget, "fill"):
        widget = widget.parent
    return widget.fill


def box_of(widget: Any) -> Box:
    left, bottom = widget.to_window(*widget.pos)
    return left, bottom, left + widget.width, bottom + widget.height


def contrast(one: Any, other: Any) -> float:
    """WCAG's contrast ratio of two colours: ``#RRGGBB``, or parts of one."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Any) -> float:
    parts: list[float] = list(colour)
    if isinstance(colour, str):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

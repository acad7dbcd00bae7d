"""The real widgets in a hidden window: every text fits, every button can be hit."""

from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from typing import Any

import pytest

from kiosk import gallery

SIZES = ((1080, 1920), (1920, 1080), (1280, 800))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_text_fits_and_every_button_can_be_hit(language: str, size: tuple[int, int]) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        assert process.submit(mistakes, language, size).result(60) == []


@pytest.mark.whole
def test_pictures_and_touch_points(tmp_path: Any) -> None:
    paths = gallery.render(tmp_path, "lv", (800, 480))
    assert tmp_path / "kiosk-start-lv-800x480.png" in paths
    assert all(each.stat().st_size > 1000 for each in paths)
    points = gallery.touch_points((800, 480), "en")
    assert {"have_appointment", "need_service", "help", "language"} == set(points["start"])
    assert "institution:vsaa" in points["institutions"]
    assert "service:vsaa-slimiba" in points["services"]
    assert {"back", "help", "language"} <= set(points["services"])
    assert "done" in points["ticket"]


def mistakes(language: str, size: tuple[int, int]) -> list[str]:
    """What is wrong on any screen; runs in a process of its own, as Kivy has one window."""
    least = 83 if size[0] > 1280 or size[1] > size[0] else 50
    found = []
    for screen, root in gallery.screens(language, size):
        buttons = [(each, box_of(each)) for each in root.buttons().values()]
        for button, (left, bottom, right, top) in buttons:
            inside = left >= 0 and bottom >= 0 and right <= size[0] and top <= size[1]
            if not inside or min(right - left, top - bottom) < least:
                found.append(f"{screen}: {button.choice.action} {button.pos} {button.size}")
        for (one, a), (other, b) in combinations(buttons, 2):
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                found.append(f"{screen}: {one.choice.action} on {other.choice.action}")
        found += [f"{screen}: {each}" for each in torn_texts(root, size)]
    return found


def torn_texts(root: Any, size: tuple[int, int]) -> list[str]:
    from kiosk.screens import Words

    smallest = 0.015 * min(size) + 5
    return [
        f"{each.text!r} {each.font_size} {each.texture_size} in {each.size}"
        for each in root.walk()
        if isinstance(each, Words)
        and (
            each.texture_size[0] > each.width + 1
            or each.texture_size[1] > each.height + 1
            or each.font_size < smallest
            or drawn(each).split() != each.words.split()
        )
    ]


def drawn(label: Any) -> str:
    """What Kivy really drew: it drops lines that it has no room for."""
    lines = label._label._cached_lines
    return " ".join(word.text for line in lines for word in line.words)


def box_of(widget: Any) -> tuple[float, float, float, float]:
    left, bottom = widget.to_window(*widget.pos)
    return left, bottom, left + widget.width, bottom + widget.height

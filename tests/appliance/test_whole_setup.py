"""The real window of the setup: what is drawn can be read and hit, and fingers and keys do it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import pytest

from appliance.setup import demo
from appliance.setup.gallery import Shown, panel_of, screens
from appliance.setup.service import LINE
from appliance.setup.told import Told
from config.devices import WindowSettings
from rinda import screen
from tests.conftest import ROOT
from tests.kiosk.test_screens import box_of, contrast, drawn, ground, words_in

SMALL, LARGE = "800x480-7", "1080x1920-15.6"
TARGET, CAPITALS = 14.5, 1.4
"""Millimetres: what a finger hits, what is read at arm's length."""

READABLE = 7.0
SIZE = (800, 480)
CODE = "K7QM2WDX4T9P"


@pytest.mark.whole
@pytest.mark.parametrize("panel", [SMALL, LARGE, "720x1280-7", "1920x1080-21.5"])
def test_every_page_can_be_read_and_hit(panel: str) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        assert process.submit(mistakes, panel).result(110) == []


def mistakes(panel: str) -> list[str]:
    """What is wrong on any page; in a process of its own, as Kivy has one window."""
    found = []
    for shown in screens("lv", panel_of(panel)):
        found += [f"{shown.name}: {each}" for each in (*unreadable(shown), *too_small(shown))]
    return found


def unreadable(shown: Shown) -> Iterator[str]:
    for each in words_in(shown.root):
        words = each.given.words
        if drawn(each).split() != words.split():
            yield f"{words!r} lacks lines"
        if (capitals := each.font_size * 0.711 / shown.panel.mm) < CAPITALS:
            yield f"{words!r} has capitals of {capitals:.1f} mm"
        if (ratio := contrast(each.color, ground(each))) < READABLE:
            yield f"{words!r} has a contrast of {ratio:.1f}"


def too_small(shown: Shown) -> Iterator[str]:
    from kiosk.widgets import Press

    buttons = [each for each in shown.root.walk() if isinstance(each, Press)]
    assert {each.choice.action for each in buttons} == {*shown.page.pressed(), "language"}
    narrow = shown.panel.upright and shown.panel.inches < 10  # a hand's width: the keys are less
    for each in buttons:
        left, bottom, right, top = box_of(each)
        if left < 0 or bottom < 0 or right > shown.panel.width or top > shown.panel.height:
            yield f"{each.choice.action} leaves the screen"
        side = min(right - left, top - bottom) / shown.panel.mm
        if side < (TARGET if not narrow else 12.5):
            yield f"{each.choice.action} is {side:.1f} mm"
    for one, other in combinations(buttons, 2):
        a, b = box_of(one), box_of(other)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            yield f"{one.choice.action} lies on {other.choice.action}"


class Setup:
    """What a screen listens to: tells it one thing, and hears what is done there."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._told.model_dump_json().encode() + b"\n")
        while line := await reader.readline():
            self.heard.put_nowait(line.decode().strip())
        writer.close()


@asynccontextmanager
async def a_window(display: str, folder: Path, told: Told) -> AsyncIterator[Setup]:
    """`rinda setup-screen` on this display, before a setup that says this."""
    line = folder / LINE.relative_to("/")
    line.parent.mkdir(parents=True)
    setup = Setup(told)
    server = await asyncio.start_unix_server(setup.serve, line)
    environment = {**os.environ, **screen.DRAW_BY_SOFTWARE, "DISPLAY": display}
    command = [sys.executable, "-m", "rinda", "setup-screen", "--root", str(folder)]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
        try:
            yield setup
        finally:
            process.terminate()
            assert process.wait(20) == 0
            server.close()


async def until_drawn(display: str) -> None:
    """Keys are as blue as they are."""
    while screen.picture(display, (0, 0, *SIZE)).getpixel((40, 200)) != (10, 77, 140):
        await asyncio.sleep(0.1)


@pytest.mark.whole
async def test_a_code_is_typed_by_touches_and_by_keys(tmp_path: Path) -> None:
    told, _ = demo.screens("lv")["code"]
    window = WindowSettings(fullscreen=False, width=SIZE[0], height=SIZE[1])
    told = told.model_copy(update={"window": window})
    said = '{{"did":"give_code","value":"{}"}}'.format
    points = await asyncio.to_thread(places)
    with screen.virtual_screen(*SIZE) as display:
        async with a_window(display, tmp_path, told) as setup:
            await asyncio.wait_for(until_drawn(display), 30)
            await asyncio.sleep(0.5)  # touches are taken once a page has stood still
            for action in ("key:2", "erase", *(f"key:{each}" for each in CODE), "enter"):
                await asyncio.to_thread(screen.touch, display, points[action])
            assert await asyncio.wait_for(setup.heard.get(), 20) == said(CODE)
            await asyncio.to_thread(screen.press, display, "BackSpace", "a", "Return")
            assert await asyncio.wait_for(setup.heard.get(), 20) == said(CODE[:-1] + "A")


def places() -> dict[str, tuple[int, int]]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(points_of, SMALL, "code").result(60)


def points_of(panel: str, name: str) -> dict[str, tuple[int, int]]:
    """Action → the middle of its button, from the top left."""
    from kiosk.widgets import Press

    for shown in screens("lv", panel_of(panel)):
        if shown.name == name:
            boxes = {
                each.choice.action: box_of(each)
                for each in shown.root.walk()
                if isinstance(each, Press)
            }
            return {
                action: (int(a + c) // 2, shown.panel.height - int(b + d) // 2)
                for action, (a, b, c, d) in boxes.items()
            }
    raise AssertionError(name)

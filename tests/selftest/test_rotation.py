"""A picture that is turned on its panel, and touches on the glass above it."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest

from config.devices import Affine, WindowSettings
from drivers.calibration import corrected, on_panel
from drivers.window import prepare_window
from messaging.messages import Outcome
from selftest.touch import TARGETS, Touch, judge
from tests.drivers.panel import Machine, tap
from texts import language

PLAIN: Affine = (1, 0, 0, 0, 1, 0)
MIRRORED: Affine = (-1, 0, 1, 0, 1, 0)
"""Its own opposite."""
SIZE, INCHES = (480, 320), 7.0


@pytest.mark.whole
@pytest.mark.parametrize(
    ("rotation", "panel", "setting"),
    [
        (180, PLAIN, PLAIN),
        (270, PLAIN, PLAIN),
        (90, MIRRORED, MIRRORED),
    ],
)
def test_a_touch_arrives_where_a_ring_is_drawn(
    rotation: Literal[0, 90, 180, 270], panel: Affine, setting: Affine
) -> None:
    window = WindowSettings(
        fullscreen=False,
        width=SIZE[0],
        height=SIZE[1],
        diagonal_inches=INCHES,
        rotation=rotation,
        touch=setting,
    )
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        drawn, touches = process.submit(touched, window, panel).result(60)
    assert drawn == [True] * len(TARGETS)
    assert judge(touches, window).outcome is Outcome.GOOD


def touched(window: WindowSettings, panel: Affine) -> tuple[list[bool], list[Touch]]:
    """Whether each ring was where the panel's picture, turned back, should have it; and what came
    of a tap on the glass there. `panel`: where it says that it was touched."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    with TemporaryDirectory() as folder:
        prepare_window(window, Path(folder, "kivy"))
        return _touched(window, panel, Machine(Path(folder)))


def _touched(
    window: WindowSettings, panel: Affine, machine: Machine
) -> tuple[list[bool], list[Touch]]:
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    from drivers.touch_window import listen
    from selftest.rings import RingsApp

    listen(machine.panels(window.touch))
    wire = machine.plug("event1")
    drawn: list[bool] = []
    touches: list[Touch] = []

    def picture() -> Image.Image:
        pixels = glReadPixels(0, 0, *SIZE, GL_RGB, GL_UNSIGNED_BYTE)
        upside_down = Image.frombytes("RGB", SIZE, pixels)
        return upside_down.transpose(Image.Transpose.FLIP_TOP_BOTTOM)

    def touch(*_: object) -> None:
        x, y = TARGETS[len(drawn)]
        upright = picture().rotate(window.rotation, expand=True)
        width, height = upright.size
        drawn.append(upright.getpixel((int(x * width), int((1 - y) * height))) == (255, 255, 255))
        os.write(wire, tap(*corrected(on_panel((x, 1 - y), window.rotation), panel)))

    def flipped(*_: object) -> None:
        if len(drawn) == len(touches) < len(TARGETS) and app.root:
            Clock.schedule_once(touch)

    app = RingsApp(language("en"), lambda *pixels: touches.append(Touch(*pixels)))
    Window.bind(on_flip=flipped)
    Clock.schedule_interval(lambda _: Window.canvas.ask_update(), 0.2)
    app.run()
    os.close(wire)
    return drawn, touches

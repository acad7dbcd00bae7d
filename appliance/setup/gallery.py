"""Pictures of every screen of the setup, and where its buttons are.

``python -m appliance.setup.gallery FOLDER LANGUAGE WIDTHxHEIGHT-INCHES`` writes the pictures.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import texts
from appliance.setup import demo
from appliance.setup.pages import Button, Page, page_of
from appliance.setup.panel import HandPanel
from config.devices import WindowSettings
from drivers.window import prepare_window
from kiosk.gallery import SETTLING_FRAMES, save


@dataclass(frozen=True, slots=True)
class Shown:
    """One screen; `root` is its widget, until the next is shown."""

    name: str
    panel: HandPanel
    page: Page
    root: Any


def main(arguments: Sequence[str]) -> int:
    """Do it in this process, without a display. Returns the exit status."""
    folder, language, panel = arguments
    Path(folder).mkdir(parents=True, exist_ok=True)
    for each in screens(language, panel_of(panel)):
        save(Path(folder) / f"setup-{each.name}-{language}-{panel}.png")
    return 0


def panel_of(text: str) -> HandPanel:
    """As in the name of a picture."""
    size, _, inches = text.partition("-")
    width, height = map(int, size.split("x"))
    return HandPanel(width, height, float(inches))


def screens(language: str, panel: HandPanel) -> Iterator[Shown]:
    """Each screen of the demonstration, laid out in a hidden window."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    with TemporaryDirectory() as home:
        window = WindowSettings(fullscreen=False, width=panel.width, height=panel.height)
        prepare_window(window, Path(home), frames_per_second=0, smooth=False)
        yield from _screens(language, panel)


def _screens(language: str, panel: HandPanel) -> Iterator[Shown]:
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.lang import Builder

    from appliance.setup.drawing import SetupDrawing

    words = texts.language(language)
    EventLoop.start()
    for name, (told, typed) in demo.screens(language).items():
        page = page_of(told, words, typed)
        drawing = SetupDrawing(panel, page.ground, lambda _: None)
        other = texts.language("en" if language == "lv" else "lv").text("English")
        root = drawing.page(page, Button("language", other))
        Window.add_widget(root)
        for _ in range(SETTLING_FRAMES):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()
        yield Shown(name, panel, page, root)
        Window.remove_widget(root)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

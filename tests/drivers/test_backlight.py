"""A folder stands in for the kernel's: each light is a folder of small files."""

import logging
from pathlib import Path

import pytest

from config.devices import BacklightSettings
from drivers.backlight import FULL
from drivers.build import build_backlight


def light(folder: Path, name: str, most: int) -> Path:
    place = folder / name
    place.mkdir(parents=True)
    (place / "max_brightness").write_text(f"{most}\n")
    (place / "brightness").write_text("7\n")
    return place / "brightness"


def test_every_light_burns_as_strongly_as_told_and_never_not_at_all(tmp_path: Path) -> None:
    lights = [light(tmp_path, "10-0045", 255), light(tmp_path, "pwm", 3)]
    backlight = build_backlight(BacklightSettings(kind="sysfs", folder=str(tmp_path)))
    backlight.shine(30)
    assert [each.read_text() for each in lights] == ["76\n", "1\n"]
    backlight.shine(FULL)
    assert [each.read_text() for each in lights] == ["255\n", "3\n"]


@pytest.mark.parametrize("broken", ["nothing", "no folder", "strange"])
def test_a_light_that_cannot_be_changed_is_logged_once(
    tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    folder = tmp_path / "class"
    if broken != "no folder":
        folder.mkdir()
    if broken == "strange":
        (light(folder, "pwm", 3).parent / "max_brightness").write_text("bright\n")
    backlight = build_backlight(BacklightSettings(kind="sysfs", folder=str(folder)))
    backlight.shine(30)
    backlight.shine(FULL)
    assert len(caplog.records) == 1


def test_a_screen_without_a_light_of_its_own_needs_nothing() -> None:
    build_backlight(BacklightSettings()).shine(30)

"""A folder stands in for the kernel's: each light is a folder of small files."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.devices import BacklightSettings, BrightnessSettings
from drivers.build import build_daylight

EVENING = datetime(2027, 1, 11, 17, 59, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def light(folder: Path, name: str, most: int) -> Path:
    place = folder / name
    place.mkdir(parents=True)
    (place / "max_brightness").write_text(f"{most}\n")
    (place / "brightness").write_text("7\n")
    return place / "brightness"


def settings(folder: Path, *hours: tuple[str, int]) -> BacklightSettings:
    return BacklightSettings(
        kind="sysfs",
        folder=str(folder),
        hours=tuple(BrightnessSettings(at=at, percent=percent) for at, percent in hours),
    )


def test_every_light_burns_as_strongly_as_told_and_never_not_at_all(tmp_path: Path) -> None:
    lights = [light(tmp_path, "10-0045", 255), light(tmp_path, "pwm", 3)]
    daylight = build_daylight(settings(tmp_path), "UTC")
    daylight.turn(EVENING, resting=True)
    assert [each.read_text() for each in lights] == ["76\n", "1\n"]
    daylight.leave()
    assert [each.read_text() for each in lights] == ["255\n", "3\n"]


def test_the_hours_of_the_centre_say_how_bright(tmp_path: Path) -> None:
    shines = light(tmp_path, "panel", 100)
    daylight = build_daylight(settings(tmp_path, ("20:00", 40), ("08:00", 90)), "Europe/Riga")
    seen = []
    for now in (EVENING, EVENING + MINUTE, EVENING + 10 * 60 * MINUTE):
        daylight.turn(now)
        seen.append(shines.read_text())
    daylight.turn(EVENING + MINUTE, resting=True)
    assert [*seen, shines.read_text()] == ["90\n", "40\n", "40\n", "12\n"]


def test_it_is_told_only_when_that_changes(tmp_path: Path) -> None:
    shines = light(tmp_path, "panel", 100)
    daylight = build_daylight(settings(tmp_path), "UTC")
    daylight.turn(EVENING)
    shines.write_text("5\n")
    daylight.turn(EVENING + MINUTE)
    assert shines.read_text() == "5\n"


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
    daylight = build_daylight(settings(folder), "UTC")
    daylight.turn(EVENING)
    daylight.leave()
    assert len(caplog.records) == 1


def test_a_screen_without_a_light_of_its_own_needs_nothing() -> None:
    build_daylight(BacklightSettings(), "UTC").turn(EVENING)

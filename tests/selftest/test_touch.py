"""What the places of touches say of the panel."""

from collections.abc import Callable

import pytest

from config.devices import WindowSettings
from drivers.calibration import Place
from messaging.messages import Outcome
from selftest.touch import TARGETS, Touch, judge

WIDTH, HEIGHT = 1080, 1920
WINDOW = WindowSettings()

Move = Callable[[float, float], Place]


def touched(move: Move, width: int = WIDTH, height: int = HEIGHT) -> list[Touch]:
    places = [move(*each) for each in TARGETS]
    return [Touch(x * width, y * height, width, height) for x, y in places]


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (lambda x, y: (x, y), "touch_good"),
        (lambda x, y: (x + 0.03, y - 0.01), "touch_good"),
        (lambda x, y: (x + 0.1, y), "touch_elsewhere"),
        (lambda x, y: (0.5 + (x - 0.5) * 0.8, y), "touch_elsewhere"),
        (lambda x, y: (y, 1 - x), "touch_elsewhere"),
        (lambda x, y: (1.01 - x, 1.02 - y), "touch_elsewhere"),
        (lambda x, y: (1 - x, y), "touch_elsewhere"),
        (lambda x, y: (y, x), "touch_elsewhere"),
        (lambda x, y: (x, 0.5 + (y - 0.5) ** 2), "touch_off"),
        (lambda x, y: (0.5, 0.5), "touch_off"),
    ],
)
def test_what_the_touches_say(move: Move, code: str) -> None:
    assert judge(touched(move), WINDOW).code == code


def test_how_far_off_is_said_in_millimetres() -> None:
    """1080 pixels of a 21.5-inch panel are 268 mm."""
    finding = judge(touched(lambda x, y: (x, 0.5 + (y - 0.5) ** 2)), WINDOW)
    assert (finding.outcome, finding.facts) == (Outcome.BAD, {"millimetres": "267"})


@pytest.mark.parametrize(
    ("move", "numbers"),
    [
        (lambda x, y: (y, x), "0, -1, 1, -1, 0, 1"),
        (lambda x, y: (1 - x, y), "-1, 0, 1, 0, 1, 0"),
        (lambda x, y: (x, 0.9 * y), "1, 0, 0, 0, 1.111, -0.111"),
    ],
)
def test_the_setting_is_said_that_mends_it(move: Move, numbers: str) -> None:
    assert judge(touched(move), WINDOW).facts == {"numbers": numbers}


def test_the_setting_is_of_the_panel_and_mends_what_was_set_before() -> None:
    """Mirrored on a panel whose picture is turned by a quarter, over a setting that swapped."""
    window = WindowSettings(rotation=90, touch=(0, 1, 0, 1, 0, 0))
    assert judge(touched(lambda x, y: (1 - x, y)), window).facts == {"numbers": "0, 1, 0, -1, 0, 1"}


def test_fewer_touches_than_rings_are_none() -> None:
    assert (
        judge([], WINDOW).code
        == judge(touched(lambda x, y: (x, y))[:4], WINDOW).code
        == "touch_none"
    )

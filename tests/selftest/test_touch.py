"""What the places of touches say of the panel."""

from collections.abc import Callable

import pytest

from messaging.messages import Outcome
from selftest.touch import TARGETS, Place, Touch, judge

WIDTH, HEIGHT, INCHES = 1080, 1920, 21.5

Move = Callable[[float, float], Place]


def touched(move: Move, width: int = WIDTH, height: int = HEIGHT) -> list[Touch]:
    places = [move(*each) for each in TARGETS]
    return [Touch(x * width, y * height, width, height) for x, y in places]


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (lambda x, y: (x, y), "touch_good"),
        (lambda x, y: (x + 0.03, y - 0.01), "touch_good"),
        (lambda x, y: (x + 0.05, y), "touch_off"),
        (lambda x, y: (0.5 + (x - 0.5) * 0.8, y), "touch_off"),
        (lambda x, y: (y, 1 - x), "touch_turned"),
        (lambda x, y: (1.01 - x, 1.02 - y), "touch_turned"),
        (lambda x, y: (1 - x, y), "touch_turned"),
        (lambda x, y: (y, x), "touch_turned"),
        (lambda x, y: (0.5, 0.5), "touch_off"),
    ],
)
def test_what_the_touches_say(move: Move, code: str) -> None:
    assert judge(touched(move), INCHES).code == code


def test_how_far_off_is_said_in_millimetres() -> None:
    """1080 pixels of a 21.5-inch panel are 268 mm."""
    finding = judge(touched(lambda x, y: (x + 0.1, y)), INCHES)
    assert (finding.outcome, finding.facts) == (Outcome.BAD, {"millimetres": "27"})


def test_fewer_touches_than_rings_are_none() -> None:
    assert judge([], INCHES).code == judge(touched(lambda x, y: (x, y))[:4], 7).code == "touch_none"

"""How many choices a screen has room for."""

from itertools import product

import pytest

from kiosk.panel import MOST_CHOICES, NAMED, TRIAL, Ease, Panel

OTHERS = (TRIAL, Panel(1920, 1080, 21.5), Panel(1280, 800, 10.1), Panel(1080, 1920, 24))


@pytest.mark.parametrize("panel", [*NAMED, *OTHERS], ids=str)
def test_a_page_has_room_for_a_choice_beside_more_and_i_do_not_know(panel: Panel) -> None:
    for large, low in product((False, True), repeat=2):
        assert 3 <= panel.most_choices(Ease(large=large, low=low)) <= MOST_CHOICES


def test_a_small_screen_keeps_the_proportions() -> None:
    small, named = Panel(1920, 1080, 10.1), NAMED[-1]
    assert small.letters(Ease()) == named.letters(Ease())
    assert small.target == named.target

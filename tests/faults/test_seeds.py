"""Seeds: each is a centre's minutes with its own faults; one that was wrong once stays here."""

import pytest

from tests.faults.simulation import run

ONCE_WRONG = {
    49: "a module's clock that went back let who came later be called earlier",
    67: "a clerk's press was done half a minute after it was given up",
    84: "a snapshot that came late told a kiosk that it was earlier, and so did the kiosk",
    95: "as 67",
    130: "as 67",
    212: "as 84",
    3000: "a command that the network held back counted from when it came, not from its number's",
    5379: "a disk that was bad at the start hid what a kiosk had given, for good",
    5485: "as 5379",
}
NEW = 10
"""So many in each of so many parts: enough for each day's changes; more by command."""

PARTS = 12


@pytest.mark.parametrize("seed", ONCE_WRONG)
def test_what_was_wrong_once_is_right(seed: int) -> None:
    good(seed)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_breaks_nothing_is_lost_doubled_or_unfair(part: int) -> None:
    for seed in range(1000 + part * NEW, 1000 + (part + 1) * NEW):
        good(seed)


def test_a_seed_replays_exactly() -> None:
    assert run(7).story == run(7).story


def good(seed: int) -> None:
    outcome = run(seed)
    assert not outcome.wrong, "\n".join(
        [f"python -m tests.faults --from {seed} --seeds 1", *outcome.story, *outcome.wrong]
    )

"""Seeds: each is a centre's minute with its own faults."""

import pytest

from tests.faults.simulation import run

FIRST, TOGETHER, PARTS = 5000, 50, 40
"""Two thousand, in parts that processors share; more by command."""
EVERYDAY = 6


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(FIRST + part * TOGETHER, marks=pytest.mark.whole if part >= EVERYDAY else ())
        for part in range(PARTS)
    ],
)
def test_whatever_breaks_nothing_is_lost_doubled_or_unfair(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        good(seed)


def test_a_seed_replays_exactly() -> None:
    assert run(7).story == run(7).story


def good(seed: int) -> None:
    outcome = run(seed)
    assert not outcome.wrong, "\n".join(
        [f"python -m tests.faults --from {seed} --seeds 1", *outcome.story, *outcome.wrong]
    )

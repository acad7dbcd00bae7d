"""Some of the visitors of `benchmarks.soak`, in a real window on a virtual screen."""

import pytest

from benchmarks.soak import soak


@pytest.mark.whole
@pytest.mark.timeout(400)
def test_random_visitors_leave_nothing_behind() -> None:
    found = soak(visitors=40, seed=7)
    assert found.visitors == 40
    assert found.failures
    assert found.fail_safes
    assert found.tickets
    assert found.is_good, found

"""A whole card in every run of the tests: made, looked through, started, and what it says then."""

from pathlib import Path

import pytest

from image.build import Made
from image.leaks import findings
from tests.image.conftest import CALM, MINUTES, SIZE, Start, background

pytestmark = [pytest.mark.whole, pytest.mark.timeout(1800)]


def test_no_secret_is_on_a_card(made: Made) -> None:
    assert findings(made.root) == []


def test_without_a_file_a_card_shows_what_to_do(start: Start, tmp_path: Path) -> None:
    machine = start(size=SIZE, processors=1)
    machine.wait_until("systemctl is-active rinda-setup", 15 * MINUTES)
    page = tmp_path / "page.png"
    machine.until(lambda: background(machine.picture(page)) == CALM, 10 * MINUTES, "no page")
    assert not machine.run("systemctl --failed --plain --no-legend")
    assert machine.run("systemctl show -P WatchdogUSec rinda-setup").strip() == "2min"

"""Shared parts: the demonstration centre, a fixed moment, a real broker."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import pytest

from config.load import load_settings
from config.settings import Settings
from queue_core.centre import Centre
from rinda.broker import Broker, free_port

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "config" / "sites" / "demo"
MORNING = datetime(2026, 11, 24, 10, 31, tzinfo=ZoneInfo("Europe/Riga"))
"""A Tuesday on which VSAA, VID, LAD and NVA receive visitors and VZD does not."""

# A busy machine fails no test.
hypothesis.settings.register_profile("rinda", deadline=None)
hypothesis.settings.load_profile("rinda")


@pytest.fixture(scope="session", autouse=True)
def _leftovers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What killed programs and browsers leave in the temporary folder goes with the session."""
    tmp_path_factory.getbasetemp()  # what a failed test leaves is looked at, and stays
    with (
        tempfile.TemporaryDirectory(prefix="rinda-tests-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(scope="session")
def demo_settings() -> Settings:
    """The settings of the demonstration site, as a file has them."""
    return load_settings([DEMO / "site.toml"], {})


@pytest.fixture(scope="session")
def centre(demo_settings: Settings) -> Centre:
    """The demonstration centre as the rules know it."""
    return demo_settings.to_centre()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A real Mosquitto on a free port."""
    with Broker(tmp_path / "broker", free_port()) as running:
        yield running

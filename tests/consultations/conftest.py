"""The demonstration site with schedules of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.load import load_settings
from config.settings import Settings
from consultations.schedule import Schedule, schedules_of
from tests.conftest import DEMO

Schedules = Callable[[str], dict[str, Schedule]]


@pytest.fixture
def site(tmp_path: Path) -> Callable[[str], Settings]:
    """The settings of the demonstration site with some text added."""

    def settings(added: str) -> Settings:
        (tmp_path / "site.toml").write_text((DEMO / "site.toml").read_text() + added)
        return load_settings([tmp_path / "site.toml"], {})

    return settings


@pytest.fixture
def schedules(site: Callable[[str], Settings]) -> Schedules:
    """The schedules of that text."""
    return lambda added: schedules_of(site(added))

"""The demonstration site with schedules of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.load import load_settings
from config.settings import Settings
from consultations.schedule import Schedule, schedules_of
from consultations.storage import open_database
from tests.conftest import DEMO
from tests.consultations.postgresql import running

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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of our own."""
    with running() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "consultations.db")
    address: str = request.getfixturevalue("postgresql")
    empty(address)
    return address


def empty(url: str) -> None:
    """Forget all that is in it."""
    database = open_database(url)
    for table in ("taken", "booking", "answer", "history"):
        database.run(f"delete from {table}")
    database.close()

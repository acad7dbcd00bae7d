"""The log's file as other programs open it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from sqlite_utils.cli import cli

from queue_core.centre import Centre
from queue_module.views import VIEWS
from tests.queue_module.days import random_days
from tests.queue_module.test_ledger import Restored


@pytest.fixture
def database(centre: Centre, tmp_path: Path) -> Path:
    """The log of three days, two of which are over."""
    with Restored(centre, tmp_path / "queue.db") as restored:
        restored.store(random_days(centre, 3))
        restored.ledger.keep_if_due()
    return tmp_path / "queue.db"


async def test_datasette_shows_every_view(centre: Centre, database: Path) -> None:
    datasette = Datasette([str(database)])
    await datasette.invoke_startup()
    shown = {}
    for view in VIEWS:
        page = await datasette.client.get(f"/queue/{view}")
        assert page.status_code == 200
        rows = (await datasette.client.get(f"/queue/{view}.json?_shape=array")).json()
        shown[view] = rows
    assert len(shown["figures_by_day"]) == 2
    institutions = {each.institution for each in centre.services.values()}
    assert {row["institution"] for row in shown["figures_by_institution"]} <= institutions
    served = sum(row["served"] for row in shown["figures_by_day"])
    assert served == sum(row["served"] for row in shown["figures_by_service"]) > 0
    assert {row["month"] for row in shown["accounting"]} == {"2026-11"}


def test_sqlite_utils_reads_the_accounting(database: Path) -> None:
    ran = CliRunner().invoke(cli, ["rows", str(database), "accounting"])
    phone = [row for row in json.loads(ran.output) if row["channel"] == "phone"]
    assert [row["institution"] for row in phone] == ["vid"]

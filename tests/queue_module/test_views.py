"""The log's file as other programs open it."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from sqlite_utils.cli import cli

from queue_core.centre import Centre
from queue_core.figures import VISITS
from queue_module.excerpt import excerpt
from queue_module.schema import open_for_writing
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


async def test_datasette_shows_every_view_of_an_excerpt_and_nothing_else(
    centre: Centre, database: Path
) -> None:
    figures = database.with_name("figures.db")
    figures.write_bytes(excerpt(database, date(2026, 11, 24), date(2026, 11, 25)))
    assert b"rating_sum" not in figures.read_bytes()
    datasette = Datasette([str(figures)])
    await datasette.invoke_startup()
    known = (await datasette.client.get("/figures.json")).json()["tables"]
    tables = {"visits", "work", "counters", "services", *VIEWS}
    assert {each["name"] for each in known} == tables, "no token, event, snapshot or page"
    shown = {}
    for view in VIEWS:
        page = await datasette.client.get(f"/figures/{view}")
        assert page.status_code == 200
        rows = (await datasette.client.get(f"/figures/{view}.json?_shape=array")).json()
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


def test_no_view_lets_the_marks_of_few_be_found(tmp_path: Path) -> None:
    log = open_for_writing(tmp_path / "queue.db")
    for day, ratings in (("1", 1), ("2", 6), ("3", 5), ("4", 0)):
        row = dict.fromkeys(VISITS.key, "") | dict.fromkeys(VISITS.sums, 0)
        log.table("visits").insert(
            {**row, "day": day, "called": 1, "ratings": ratings, "rating_sum": 9 * ratings}
        )
    means = {row["day"]: row["mean_rating"] for row in log.query("select * from figures_by_day")}
    shares = {row["in_time_percent"] for row in log.query("select * from figures_by_day")}
    log.close()
    assert means == {"1": None, "2": 9.0, "3": None, "4": None}
    assert shares == {None}, "days that do not know who was called in time say nothing of it"

"""What Prometheus is told, and that the dashboard asks for nothing else."""

import json
import re
from datetime import timedelta

from httpx import ASGITransport, AsyncClient, Response
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from config.settings import Settings
from desk import demo
from desk.demo import Morning
from desk.metrics import routes
from desk.watch import Watch
from messaging.messages import Role, UnitStatus
from tests.conftest import ROOT

Told = dict[str, dict[tuple[str, ...], float]]


async def asked(watch: Watch, settings: Settings, *, enabled: bool) -> Response:
    institutions = {each.id: each.institution for each in settings.service}
    application = Starlette(routes=routes(watch, lambda: institutions, enabled=enabled))
    transport = ASGITransport(application)
    async with AsyncClient(transport=transport, base_url="http://desk") as browser:
        return await browser.get("/metrics")


async def told(watch: Watch, settings: Settings) -> Told:
    """Metric → values of its labels → value."""
    text = (await asked(watch, settings, enabled=True)).text
    return {
        family.name: {tuple(each.labels.values()): each.value for each in family.samples}
        for family in text_string_to_metric_families(text)
    }


def hearing() -> Watch:
    """A desk that hears everything."""
    watch, state = Watch(lambda: 0.0, "desk"), Morning(help=True).state()
    watch.take_connection(True)
    watch.take_queue(state.model_copy(update={"at": state.at - timedelta(seconds=1)}))
    watch.take_queue(state)
    for unit in demo.units(paper=False):
        watch.take_unit(unit)
    module = UnitStatus(
        unit="module", role=Role.MODULE, version="1", online=True, backed_up_at=demo.NOW
    )
    watch.take_unit(module)
    return watch


async def test_the_numbers_are_those_of_the_queue(demo_settings: Settings) -> None:
    watch = hearing()
    queue = watch.queue
    assert queue
    found = await told(watch, demo_settings)
    assert sum(found["rinda_waiting"].values()) == len(queue.waiting)
    assert found["rinda_waiting"]["vzd",] == 0
    assert found["rinda_counters"]["open",] == sum(c.status == "open" for c in queue.counters)
    assert found["rinda_served_today"] == {(): queue.served}
    oldest = min(each.arrived_at for each in queue.waiting)
    assert found["rinda_longest_wait_seconds"] == {(): (queue.at - oldest).total_seconds()}
    assert "paper_out" in {code for code, _ in found["rinda_unit_fault"]}
    assert found["rinda_backup_timestamp_seconds"]["module",] == demo.NOW.timestamp()


async def test_no_ticket_is_told(demo_settings: Settings) -> None:
    watch = hearing()
    assert watch.queue
    labels = {label for each in (await told(watch, demo_settings)).values() for label in each}
    texts = {text for label in labels for text in label}
    assert not texts & {each.id for each in watch.queue.waiting}
    assert not texts & {each.number for each in watch.queue.waiting}


async def test_old_news_of_the_queue_are_not_told(demo_settings: Settings) -> None:
    watch = hearing()
    watch.take_connection(False)
    found = await told(watch, demo_settings)
    assert found["rinda_fresh"] == {(): 0.0}
    assert "rinda_waiting" not in found


async def test_it_is_off_unless_asked_for(demo_settings: Settings) -> None:
    assert not demo_settings.desk.metrics
    assert (await asked(hearing(), demo_settings, enabled=False)).status_code == 404


async def test_the_dashboard_asks_for_metrics_that_exist(demo_settings: Settings) -> None:
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    names = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"rinda_\w+", target["expr"])
    }
    assert names == set(await told(hearing(), demo_settings))

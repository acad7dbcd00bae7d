"""What the desk knows of the centre, for Prometheus: numbers, and nobody's ticket."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from desk.watch import Watch
from messaging.messages import QueueState
from queue_core.model import CounterStatus

Values = dict[tuple[str, ...], float]
"""Values of the labels → value."""

Institutions = Callable[[], Mapping[str, str]]
"""Service → its institution, as it is now."""


def routes(watch: Watch, institutions: Institutions, *, enabled: bool) -> Sequence[Route]:
    """`/metrics`; not found where it is not enabled."""
    registry = CollectorRegistry()
    registry.register(Metrics(watch, institutions))

    async def respond(request: Request) -> Response:
        if not enabled:
            return PlainTextResponse("Not Found", 404)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/metrics", respond)]


class Metrics(Collector):
    """Of the queue only while the news of it are fresh: a missing number is better than an old one.

    All names begin with `rinda_`.
    """

    def __init__(self, watch: Watch, institutions: Institutions) -> None:
        self._watch, self._institutions = watch, institutions

    def collect(self) -> Iterator[Metric]:
        """See prometheus_client."""
        watch = self._watch
        yield _one("fresh", "Whether the desk hears the queue module: 1 or 0.", watch.fresh)
        if watch.age is not None:
            yield _one("news_age_seconds", "Since the module's last sign of life.", watch.age)
        yield from self._units()
        if watch.queue and watch.fresh:
            yield from self._queue(watch.queue)

    def _queue(self, queue: QueueState) -> Iterator[Metric]:
        now = self._watch.now
        waits = [(now - each.arrived_at).total_seconds() for each in queue.waiting]
        overdue = sum(each.due_at < now for each in queue.waiting)
        institutions = self._institutions()
        waiting = Counter(dict.fromkeys(institutions.values(), 0))
        waiting.update(institutions.get(each.service, "") for each in queue.waiting)
        statuses = Counter(dict.fromkeys(map(str, CounterStatus), 0))
        statuses.update(str(each.status) for each in queue.counters)
        yield _many("waiting", "Visitors who wait.", ("institution",), _keyed(waiting))
        yield _many("counters", "Counters by status.", ("status",), _keyed(statuses))
        yield _one("longest_wait_seconds", "Of those who wait.", max(waits, default=0))
        yield _one("overdue", "Visitors who wait longer than promised.", overdue)
        yield _one("held", "Visitors who are set aside.", len(queue.held))
        yield _one("missed", "Visitors who were called and did not come.", len(queue.missed))
        yield _one("served_today", "Visits of the day that are done.", queue.served)
        yield _one("help_wanted", "Units at which somebody asks for help.", len(queue.help))

    def _units(self) -> Iterator[Metric]:
        units = list(self._watch.units.values())
        online: Values = {(each.unit, str(each.role)): float(each.online) for each in units}
        faults: Values = {
            (each.unit, code): 1.0 for each in units if each.online for code in each.faults
        }
        backups: Values = {
            (each.unit,): each.backed_up_at.timestamp() for each in units if each.backed_up_at
        }
        yield _many("unit_online", "Whether the unit is there: 1 or 0.", ("unit", "role"), online)
        yield _many("unit_fault", "1 for each fault of a unit.", ("unit", "code"), faults)
        said = "When the last good backup was made, in seconds since 1970."
        yield _many("backup_timestamp_seconds", said, ("unit",), backups)


def _one(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(f"rinda_{name}", said, value=float(value))


def _many(name: str, said: str, labels: Sequence[str], values: Values) -> Metric:
    family = GaugeMetricFamily(f"rinda_{name}", said, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def _keyed(counted: Mapping[str, int]) -> Values:
    return {(name,): float(count) for name, count in counted.items()}

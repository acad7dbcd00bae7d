"""The agent of a Pi: tells how it is, and does what the staff's page may ask of it."""

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from appliance.diagnosis import Diagnosis
from appliance.faults import Faults, Seen
from appliance.gauges import Gauges
from appliance.orders import Orders
from appliance.services import resting
from appliance.whereabouts import Whereabouts
from config import VERSION
from config.settings import Settings
from drivers.host import SOMEWHERE, own_address, system_clock
from drivers.supervisor import Supervisor
from messaging.codec import encode
from messaging.credentials import machine_of
from messaging.link import Link, Unit
from messaging.loop import Loop
from messaging.machine import MachineStatus
from messaging.messages import Role, UnitStatus
from messaging.roles import roles_of
from messaging.topics import Topics
from messaging.work import Work

log = logging.getLogger(__name__)

READ_SECONDS = 60.0
CLOCK_SECONDS = 600.0
"""Whom that asks is started for it, and says so in the journal."""

TELL_SECONDS = 300.0
"""What only drifts, such as the temperature, is told so often."""

LOST_SECONDS = 5.0
"""So long without the hub: then it is looked for, also where its name does not say."""

SEARCH_SECONDS = 30.0

RUNTIME = Path("/run/rinda-machine")
DRIFTING = frozenset(
    {
        "at",
        "uptime_seconds",
        "celsius",
        "under_voltage",
        "memory_free_megabytes",
        "data_free_megabytes",
        "written_gigabytes",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the system is asked, which takes longer than reading a file."""

    resting: Callable[[], Sequence[str]]
    synchronised: Callable[[], bool | None]
    address: Callable[[], str]


def main(settings: Settings, files: Sequence[Path], supervisor: Supervisor) -> int:
    """Watch until SIGTERM or SIGINT. `files`: of the settings."""
    unit, data = settings.unit, Path(settings.module.database).parent
    work, gauges = Work(), Gauges(Path("/"), data)
    status = UnitStatus(
        unit=machine_of(unit.id), role=Role.MACHINE, version=VERSION, online=True, name=unit.name
    )
    link = Link(settings.broker, Topics(settings.site.id), Unit(status), work.post)
    asked = Asked(
        resting=resting,
        synchronised=lambda: system_clock().synchronised,
        address=lambda: own_address(settings.broker.host) or own_address(SOMEWHERE) or "",
    )
    threads, hub = ThreadPoolExecutor(1, "elsewhere"), _hub(settings)
    agent = Agent(
        unit.id,
        status,
        link,
        work,
        gauges,
        asked,
        settings.to_clock().now,
        search=lambda: hub and threads.submit(hub.look),
    )
    Orders(
        link,
        unit.id,
        roles_of(settings.identity),
        Diagnosis(Path("/"), data, files, lambda: agent.told).bundle,
        threads.submit,
        work.post,
        Path(os.environ.get("RUNTIME_DIRECTORY", RUNTIME)) / "restart",
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    link.start()
    agent.run(supervisor)
    threads.shutdown(cancel_futures=True)
    link.stop()
    return 0


def _hub(settings: Settings) -> Whereabouts | None:
    try:
        return Whereabouts.of(settings)
    except OSError:  # its link says so
        return None


class Agent:
    """Looks, and tells what is news. One thread. `told`: what was told last; `search`: begins to
    look for a hub that is lost."""

    def __init__(
        self,
        unit: str,
        status: UnitStatus,
        link: Link,
        work: Work,
        gauges: Gauges,
        asked: Asked,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        search: Callable[[], object] = lambda: None,
    ) -> None:
        self._status, self._link = status, link
        self._loop = Loop(work, link.tick, self.look, monotonic)
        self._gauges, self._asked = gauges, asked
        self._now, self._monotonic, self._search = now, monotonic, search
        self._next_search = monotonic() + LOST_SECONDS
        self._faults = Faults()
        self._seen = Seen(gauges.read())
        self._next_reading = float("-inf")
        self._next_clock = self._next_telling = float("-inf")
        self._address = ""
        self.told = MachineStatus(
            unit=unit,
            name=status.name,
            role=gauges.role,
            at=now(),
            version=gauges.version or VERSION,
            slot=gauges.slot,
            signer=gauges.signer,
            model=gauges.model,
        )

    def run(self, supervisor: Supervisor) -> None:
        """Work until `stop`."""
        supervisor.ready()
        self._loop.run(supervisor.alive)

    def stop(self) -> None:
        """End `run` at its next turn. May be called from a signal handler."""
        self._loop.stop()

    def look(self) -> None:
        """Read, reckon the faults, and tell what is news. A supply that is too weak is so for
        moments: hence often."""
        self._find_hub()
        now = self._monotonic()
        if now >= self._next_reading:
            self._next_reading = now + READ_SECONDS
            self._seen = Seen(self._gauges.read(), self._synchronised(now), self._asked.resting())
            self._address = self._asked.address()
        readings = replace(
            self._seen.readings,
            celsius=self._gauges.celsius(),
            under_voltage=self._gauges.under_voltage(),
        )
        self._seen = replace(self._seen, readings=readings)
        self._tell(self._faults.told(self._seen, now), now)

    def _synchronised(self, now: float) -> bool | None:
        if now < self._next_clock:
            return self._seen.synchronised
        self._next_clock = now + CLOCK_SECONDS
        return self._asked.synchronised()

    def _find_hub(self) -> None:
        now = self._monotonic()
        if self._link.connected:
            self._next_search = now + LOST_SECONDS
        elif now >= self._next_search:
            self._next_search = now + SEARCH_SECONDS
            self._search()

    def _tell(self, faults: tuple[str, ...], now: float) -> None:
        status = self._reckoned(faults)
        if _lasting(status) == _lasting(self.told) and now < self._next_telling:
            return
        self._next_telling = now + TELL_SECONDS
        if faults != self.told.faults:
            log.warning("faults: %s", ", ".join(faults) or "none")
            self._link.report(self._status.model_copy(update={"faults": faults}))
        self.told = status
        topic = self._link.topics.machine(status.unit)
        self._link.publish(topic, encode(status), retain=True)

    def _reckoned(self, faults: tuple[str, ...]) -> MachineStatus:
        readings = self._seen.readings
        names = MachineStatus.model_fields.keys() & {each.name for each in fields(readings)}
        return self.told.model_copy(
            update={name: getattr(readings, name) for name in names}
            | {
                "at": self._now(),
                "address": self._address,
                "under_voltage_since_start": self.told.under_voltage_since_start
                or bool(readings.under_voltage),
                "synchronised": self._seen.synchronised,
                "resting": tuple(self._seen.resting),
                "faults": faults,
            }
        )


def _lasting(status: MachineStatus) -> dict[str, object]:
    return {name: value for name, value in status if name not in DRIFTING}

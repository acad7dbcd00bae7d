"""The last snapshots of the centre, and whether they can still be trusted."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from config.clock import Clock
from messaging.appointments import RegisterState
from messaging.codec import BadMessageError, decode
from messaging.link import Arrived, Link
from messaging.machine import MachineStatus
from messaging.messages import (
    BookingsState,
    Message,
    QueueState,
    SelfTestReport,
    SettingsState,
    UnitStatus,
)

STALE_SECONDS = 5.0
"""The module sends the queue again every two seconds; after two missed ones it is not there."""

OUR_CLOCK = Clock()

View = TypeVar("View", bound=Message)
OfUnit = TypeVar("OfUnit", UnitStatus, SelfTestReport, MachineStatus)


class Watch:
    """What the module and the units said last. For one thread: the event loop's.

    The queue is fresh while its `at` moves on. A retained snapshot of a module that has died
    stands still, whatever the clocks of the units say. `version` counts the news. `clock`: goes
    before any news.
    """

    def __init__(
        self, monotonic: Callable[[], float], own_unit: str, clock: Clock = OUR_CLOCK
    ) -> None:
        self.connected = False
        self.closed = False
        self.version = 0
        self.queue: QueueState | None = None
        self.bookings: BookingsState | None = None
        self.settings: SettingsState | None = None
        self.register: RegisterState | None = None
        self.units: dict[str, UnitStatus] = {}
        self.self_tests: dict[str, SelfTestReport] = {}
        self.machines: dict[str, MachineStatus] = {}
        self._monotonic, self._own_unit, self._clock = monotonic, own_unit, clock
        self._arrived = self._moved = float("-inf")
        self._change = asyncio.Event()

    def listen(self, link: Link) -> None:
        """Take the news from this link; before its `start`."""
        link.on(link.topics.queue, _taking(QueueState, self.take_queue))
        link.on(link.topics.bookings, _taking(BookingsState, self.take_bookings))
        link.on(link.topics.settings, _taking(SettingsState, self.take_settings))
        link.on(link.topics.register, _taking(RegisterState, self.take_register))
        topics = link.topics
        link.on(
            topics.all_unit_status,
            self._from_units(UnitStatus, topics.unit_status, self.take_unit, self.units),
        )
        link.on(
            topics.all_self_tests,
            self._from_units(
                SelfTestReport, topics.self_test, self.take_self_test, self.self_tests
            ),
        )
        link.on(
            topics.all_machines,
            self._from_units(MachineStatus, topics.machine, self.take_machine, self.machines),
        )
        link.on_connection(self.take_connection)

    @property
    def fresh(self) -> bool:
        """Whether what is shown is what is."""
        age = self.age
        return self.connected and age is not None and age <= STALE_SECONDS

    @property
    def age(self) -> float | None:
        """Seconds since the queue was known to be alive; None if it never was."""
        age = self._monotonic() - self._moved
        return None if age == float("inf") else age

    @property
    def now(self) -> datetime:
        """The module's time: its last word plus what has passed here since; before it, our own."""
        if self.queue is None:
            return self._clock.now()
        return self.queue.at + timedelta(seconds=self._monotonic() - self._arrived)

    def came(self) -> dict[str, str]:
        """Booking → number of who has come today."""
        bookings = self.bookings.bookings if self.bookings else ()
        return {each.booking: each.number for each in bookings if each.number}

    async def changed(self, since: int, seconds: float) -> None:
        """Return as soon as there are news after the version `since`, or after `seconds`."""
        if self.version == since:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._change.wait(), seconds)

    def close(self) -> None:
        """Let everybody who waits for news go home."""
        self.closed = True
        self._tell()

    def take_connection(self, connected: bool) -> None:
        """The broker was reached or lost."""
        self.connected = connected
        self._tell()

    def take_queue(self, state: QueueState) -> None:
        """The queue came; the same `at` as before is no sign of life."""
        if self.queue and state.at != self.queue.at:
            self._moved = self._monotonic()
        if self.queue is None or state.at != self.queue.at:
            self._arrived = self._monotonic()
        self.queue = state
        self._tell()

    def take_bookings(self, state: BookingsState) -> None:
        """The slots of the day came."""
        self.bookings = state
        self._tell()

    def take_settings(self, state: SettingsState) -> None:
        """What a lead may change came."""
        self.settings = state
        self._tell()

    def take_register(self, state: RegisterState) -> None:
        """What is booked, and what visitors are to be told, came."""
        self.register = state
        self._tell()

    def take_unit(self, status: UnitStatus) -> None:
        """A unit said how it is."""
        if status.unit != self._own_unit:
            self.units[status.unit] = status
            self._tell()

    def take_self_test(self, report: SelfTestReport) -> None:
        """A technician's self-test of a unit came."""
        self.self_tests[report.unit] = report
        self._tell()

    def take_machine(self, status: MachineStatus) -> None:
        """A Pi said how it is."""
        self.machines[status.unit] = status
        self._tell()

    def _from_units(
        self,
        kind: type[OfUnit],
        topic: Callable[[str], str],
        take: Callable[[OfUnit], None],
        known: dict[str, OfUnit],
    ) -> Callable[[Arrived], None]:
        """A unit speaks for itself only, on its own topic. Nothing at all: the hub has shut it out,
        and nobody waits for it."""

        def handler(arrived: Arrived) -> None:
            if arrived.payload:
                said = decode(arrived.payload, kind)
                if arrived.topic != topic(said.unit):
                    raise BadMessageError("a unit told how another one is")
                take(said)
            else:
                for each in [unit for unit in known if topic(unit) == arrived.topic]:
                    del known[each]
                self._tell()
            arrived.done()

        return handler

    def _tell(self) -> None:
        self.version += 1
        told, self._change = self._change, asyncio.Event()
        told.set()


def _taking(kind: type[View], take: Callable[[View], None]) -> Callable[[Arrived], None]:
    def handler(arrived: Arrived) -> None:
        take(decode(arrived.payload, kind))
        arrived.done()

    return handler

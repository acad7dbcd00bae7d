"""The rooms of all centres, as a specialist's desk reaches them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from zoneinfo import ZoneInfo

from config.changes import with_tables
from config.load import ConfigError
from config.specialist import Place
from desk.specialist.view import RoomView, room_view
from desk.watch import Watch
from messaging.messages import Reply, SettingsState
from queue_core.centre import Centre
from queue_core.commands import Command

log = logging.getLogger(__name__)

Ask = Callable[[Command, str], Awaitable[Reply | None]]
"""A command, and who orders it."""


class Room:
    """One centre's. `ask` orders of its module, `watch` hears it."""

    def __init__(self, place: Place, watch: Watch, ask: Ask) -> None:
        self.id, self.counter, self.services = place.settings.site.id, place.room, place.services
        self.zone = ZoneInfo(place.settings.site.timezone)
        self.watch, self.ask = watch, ask
        self._own, self._centre = place.settings, place.settings.to_centre()
        self._known: SettingsState | None = None

    @property
    def centre(self) -> Centre:
        """As it is now: the copy of its site file, and what its leads have changed of it."""
        told = self.watch.settings
        if told and told is not self._known:
            self._known = told
            try:
                self._centre = with_tables(self._own, told.tables).to_centre()
            except ConfigError:
                log.exception("the settings of %s do not fit the copy of its site file", self.id)
        return self._centre

    def view(self) -> RoomView:
        """How it is now."""
        return room_view(self.watch, self.id, self.counter, self.services)


def versions(rooms: Sequence[Room]) -> list[int]:
    """Of the news of each."""
    return [each.watch.version for each in rooms]


async def changed(rooms: Sequence[Room], since: Sequence[int], seconds: float) -> None:
    """Return as soon as any has news after its version in `since`, or after `seconds`."""
    waiting = [
        asyncio.ensure_future(room.watch.changed(version, seconds))
        for room, version in zip(rooms, since, strict=True)
    ]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


async def until(condition: Callable[[], bool], watch: Watch, seconds: float) -> bool:
    """Wait for news that make it true, so long; whether they came."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition() and not watch.closed and (left := deadline - loop.time()) > 0:
        await watch.changed(watch.version, left)
    return condition()

"""The desk of a specialist who consults from afar: one page for the rooms of several centres."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from config import VERSION
from config.pins import Throttle
from config.specialist import Place, SpecialistSettings
from desk.sessions import Sessions
from desk.sign_in import Door
from desk.specialist.orders import Orders
from desk.specialist.pages import Pages
from desk.specialist.rooms import Room
from desk.specialist.web import Web
from desk.watch import Watch
from drivers.supervisor import Supervisor
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics
from web.asking import ask
from web.serving import certificate, config, serve


def main(settings: SpecialistSettings, places: Sequence[Place], supervisor: Supervisor) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0, or 1 if the port is not to be had."""
    return asyncio.run(_serve(settings, places, supervisor))


async def _serve(
    settings: SpecialistSettings, places: Sequence[Place], supervisor: Supervisor
) -> int:
    own = settings.specialist
    links = [_link(settings, each) for each in places]
    rooms = [_room(*each) for each in zip(places, links, strict=True)]
    sessions = Sessions(own.sign_out_minutes, time.monotonic)
    web = Web(
        Pages(settings, rooms),
        Door(settings.staff, Throttle(time.monotonic)),
        sessions,
        Orders(rooms, time.monotonic),
        own.languages,
    )
    serving = config(web.application, own.host, own.port, **certificate(own.tls, "specialist"))

    def close() -> None:
        for each in rooms:
            each.watch.close()

    return await serve(serving, links, supervisor, close)


def _link(settings: SpecialistSettings, place: Place) -> Link:
    centre = place.settings
    status = UnitStatus(
        unit=centre.unit.id,
        role=Role.DESK,
        version=VERSION,
        online=True,
        name=settings.specialist.name,
    )
    post = asyncio.get_running_loop().call_soon_threadsafe
    return Link(centre.broker, Topics(centre.site.id), Unit(status), post)


def _room(place: Place, link: Link) -> Room:
    watch = Watch(time.monotonic, place.settings.unit.id)
    watch.listen(link)
    return Room(place, watch, partial(ask, link))

"""The staff's web page: calls the next number and accounts for what was done."""

import asyncio
import time
from functools import partial

from config import VERSION
from config.pins import Throttle
from config.settings import Settings
from desk import metrics
from desk.bookings import Bookings
from desk.pages import Pages
from desk.papers import Papers
from desk.printers import Printers, asking
from desk.register import Register
from desk.sessions import Sessions
from desk.sign_in import Door
from desk.units import Units
from desk.units import asking as asking_machines
from desk.watch import Watch
from desk.web import Web
from drivers.supervisor import Supervisor
from messaging.enrolling import Enrolling
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics
from web.asking import ask
from web.serving import certificate, config, serve


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0, or 1 if the port is not to be had."""
    return asyncio.run(_serve(settings, supervisor))


async def _serve(settings: Settings, supervisor: Supervisor) -> int:
    loop = asyncio.get_running_loop()
    status = UnitStatus(
        unit=settings.unit.id,
        role=Role.DESK,
        version=VERSION,
        online=True,
        name=settings.unit.name,
    )
    link = Link(settings.broker, Topics(settings.site.id), Unit(status), loop.call_soon_threadsafe)
    clock = settings.to_clock()
    watch = Watch(time.monotonic, settings.unit.id, clock)
    watch.listen(link)
    pages = Pages(settings, lambda: watch.settings)
    sessions = Sessions(settings.desk.sign_out_minutes, time.monotonic)
    register = Register(link, settings.unit.id)
    printers = Printers(watch, asking(link, settings.unit.id), clock)
    papers = Papers(settings, pages, sessions, register.ask, printers, clock)
    machines = asking_machines(link, settings.unit.id)
    units = Units(pages, sessions, watch, settings.site.languages, machines, Enrolling())
    web = Web(
        pages=pages,
        door=Door(settings.staff, Throttle(time.monotonic)),
        sessions=sessions,
        watch=watch,
        ask=partial(ask, link),
        languages=settings.site.languages,
        more=[
            *metrics.routes(watch, lambda: pages.institutions, enabled=settings.desk.metrics),
            *units.routes,
        ],
        bookings=Bookings(settings, pages, sessions, register.ask, papers, watch.came, clock),
    )
    serving = config(
        web.application,
        settings.desk.host,
        settings.desk.port,
        **certificate(settings.desk.tls, "desk"),
    )
    return await serve(serving, [link], supervisor, watch.close)

"""The staff's web page: calls the next number and accounts for what was done."""

import asyncio
import signal
import ssl
import time
from functools import partial
from pathlib import Path
from typing import TypedDict

import uvicorn

from config import VERSION
from config.load import ConfigError, Problem
from config.pins import Throttle
from config.settings import Settings
from desk import metrics
from desk.orders import ask
from desk.pages import Pages
from desk.sessions import Sessions
from desk.sign_in import Door
from desk.watch import Watch
from desk.web import Web
from drivers.supervisor import Supervisor
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics


class _Certificate(TypedDict, total=False):
    ssl_certfile: str
    ssl_keyfile: str


TICK_SECONDS = 0.25
TICKS_PER_SIGN_OF_LIFE = 20


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
    watch = Watch(time.monotonic, settings.unit.id)
    watch.listen(link)
    web = Web(
        pages=Pages(settings),
        door=Door(settings.staff, Throttle(time.monotonic)),
        sessions=Sessions(settings.desk.sign_out_minutes, time.monotonic),
        watch=watch,
        ask=partial(ask, link),
        counters=tuple(each.id for each in settings.counter),
        languages=settings.site.languages,
        more=metrics.routes(
            watch,
            {each.id: each.institution for each in settings.service},
            enabled=settings.desk.metrics,
        ),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            web.application,
            host=settings.desk.host,
            port=settings.desk.port,
            log_config=None,
            access_log=False,
            server_header=False,
            **_certificate(settings.desk.tls),
            timeout_graceful_shutdown=1,
        )
    )

    def stop() -> None:
        # Streams never end by themselves, and the server waits for them.
        watch.close()
        server.should_exit = True

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
    link.start()
    ticking = asyncio.create_task(_tick(link, server, supervisor))
    try:
        await server.serve()
    except SystemExit:
        return 1  # uvicorn has logged why it could not listen
    finally:
        ticking.cancel()
        link.stop()
    return 0


def _certificate(folder: str) -> _Certificate:
    """What uvicorn needs for HTTPS. Raises ConfigError if it cannot be used."""
    if not folder:
        return {}
    file, key = Path(folder) / "page.pem", Path(folder) / "page-key.pem"
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file, key)
    except OSError as error:
        words = f"has no certificate that can be used ({error}): see `rinda page`"
        raise ConfigError([Problem(folder, None, "desk.tls", words)]) from None
    return {"ssl_certfile": str(file), "ssl_keyfile": str(key)}


async def _tick(link: Link, server: uvicorn.Server, supervisor: Supervisor) -> None:
    while not server.started:
        await asyncio.sleep(TICK_SECONDS)
    supervisor.ready()
    while True:
        supervisor.alive()
        for _ in range(TICKS_PER_SIGN_OF_LIFE):
            link.tick()
            await asyncio.sleep(TICK_SECONDS)

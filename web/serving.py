"""A web page's process: its server, its links to brokers, its signs of life."""

import asyncio
import signal
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

import uvicorn

from config.load import ConfigError, Problem
from drivers.supervisor import Supervisor
from messaging.link import Link

TICK_SECONDS = 0.25
TICKS_PER_SIGN_OF_LIFE = 20


class Certificate(TypedDict, total=False):
    """Of uvicorn's settings those for HTTPS."""

    ssl_certfile: str
    ssl_keyfile: str


async def serve(
    config: uvicorn.Config, links: Sequence[Link], supervisor: Supervisor, close: Callable[[], None]
) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0, or 1 if the port is not to be had.

    `close` ends the streams: they never end by themselves, and the server waits for them.
    """
    server, loop = uvicorn.Server(config), asyncio.get_running_loop()

    def stop() -> None:
        close()
        server.should_exit = True

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
    for link in links:
        link.start()
    ticking = asyncio.create_task(_tick(links, server, supervisor))
    try:
        await server.serve()
    except SystemExit:
        return 1  # uvicorn has logged why it could not listen
    finally:
        ticking.cancel()
        for link in links:
            link.stop()
    return 0


def config(application: Any, host: str, port: int, **others: Any) -> uvicorn.Config:
    """uvicorn's settings: nothing of who asks for what is logged or told."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        **others,
    )


def certificate(folder: str, table: str) -> Certificate:
    """What uvicorn needs for HTTPS. Raises ConfigError if it cannot be used."""
    if not folder:
        return {}
    file, key = Path(folder) / "page.pem", Path(folder) / "page-key.pem"
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file, key)
    except OSError as error:
        words = f"has no certificate that can be used ({error}): see `rinda page`"
        raise ConfigError([Problem(folder, None, f"{table}.tls", words)]) from None
    return {"ssl_certfile": str(file), "ssl_keyfile": str(key)}


async def _tick(links: Sequence[Link], server: uvicorn.Server, supervisor: Supervisor) -> None:
    while not server.started:
        await asyncio.sleep(TICK_SECONDS)
    supervisor.ready()
    while True:
        supervisor.alive()
        for _ in range(TICKS_PER_SIGN_OF_LIFE):
            for link in links:
                link.tick()
            await asyncio.sleep(TICK_SECONDS)

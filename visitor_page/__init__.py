"""The page that a visitor's phone opens by the ticket's code: the place, the call, the rating."""

import asyncio
import time

from config import VERSION
from config.load import ConfigError, Problem
from config.settings import Settings
from drivers.supervisor import Supervisor
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics
from visitor_page.board import Board
from visitor_page.pages import Pages
from visitor_page.patience import Patient
from visitor_page.tickets import Tickets
from visitor_page.web import Web
from web.asking import ask
from web.serving import certificate, config, serve

MOST_CONNECTIONS = 1500
"""Of all phones. A phone that follows its ticket holds one."""


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0, or 1 if the port is not to be had. Raises
    ConfigError where the centre has no such page."""
    if not settings.visitor_page.address:
        words = "is empty: this centre has no page for phones"
        raise ConfigError([Problem("settings", None, "visitor_page.address", words)])
    return asyncio.run(_serve(settings, supervisor))


async def _serve(settings: Settings, supervisor: Supervisor) -> int:
    loop = asyncio.get_running_loop()
    own, unit = settings.visitor_page, settings.unit
    status = UnitStatus(
        unit=unit.id, role=Role.VISITOR_PAGE, version=VERSION, online=True, name=unit.name
    )
    link = Link(settings.broker, Topics(settings.site.id), Unit(status), loop.call_soon_threadsafe)
    board = Board(time.monotonic)
    board.listen(link)
    tickets = Tickets(lambda command: ask(link, command), board, time.monotonic)
    web = Web(Pages(settings), board, tickets, settings.site.languages, time.monotonic)
    serving = config(
        web.application,
        own.host,
        own.port,
        http=Patient,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=5,
        **certificate(own.tls, "visitor_page"),
    )
    return await serve(serving, [link], supervisor, board.close)

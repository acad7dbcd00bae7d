"""Asking the queue module from a web page."""

import asyncio

from messaging.link import Link
from messaging.messages import Reply
from messaging.outbox import OutboxFullError
from queue_core.commands import Command

ANSWER_SECONDS = 5.0


async def ask(link: Link, command: Command, by: str = "") -> Reply | None:
    """The module's reply to what is ordered, on the page by this member of staff; or None if there
    is none in time."""
    answer: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()

    def on_reply(reply: Reply | None) -> None:
        if not answer.done():
            answer.set_result(reply)

    try:
        link.request(command, ANSWER_SECONDS, on_reply, by=by)
    except OutboxFullError:
        return None
    return await answer

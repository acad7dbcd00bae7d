"""What the waiting room's board shows, and whether it can still be trusted.

The page hears nothing else: of other visitors it knows what hangs on the wall.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from messaging.codec import decode
from messaging.link import Arrived, Link
from messaging.messages import BoardCall, BoardState

STALE_SECONDS = 5.0
"""The module sends the board again every two seconds; after two missed ones it is not there."""


class Board:
    """The last snapshot. For one thread: the event loop's.

    It is fresh while its `at` moves on: a retained snapshot of a module that died stands still.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.closed = False
        self.state: BoardState | None = None
        self.news = 0
        self._connected = False
        self._calls: dict[str, BoardCall] = {}
        self._monotonic = monotonic
        self._moved = float("-inf")
        self._change = asyncio.Event()

    def listen(self, link: Link) -> None:
        """Take the news from this link; before its `start`."""

        def arrived(message: Arrived) -> None:
            self.take(decode(message.payload, BoardState))
            message.done()

        link.on(link.topics.board, arrived)
        link.on_connection(self.take_connection)

    @property
    def fresh(self) -> bool:
        """Whether what is shown is what is."""
        return self._connected and self._monotonic() - self._moved <= STALE_SECONDS

    @property
    def last_news(self) -> datetime | None:
        """The module's time when it was last known to be alive."""
        return self.state.at if self.state else None

    def call_of(self, number: str) -> BoardCall | None:
        """The call that this number's visitor is awaited after."""
        return self._calls.get(number)

    async def changed(self, since: int) -> None:
        """Return once there are more `news` than these; every two seconds where all is well."""
        with suppress(TimeoutError):
            while self.news == since:
                await asyncio.wait_for(self._change.wait(), STALE_SECONDS / 2)

    def close(self) -> None:
        """Let everybody who waits for news go home."""
        self.closed = True
        self._tell()

    def take(self, state: BoardState) -> None:
        """A snapshot came; the same `at` as before is no sign of life."""
        if self.state and state.at - self.state.at > timedelta(0):
            self._moved = self._monotonic()
        self.state = state
        self._calls = {each.number: each for each in state.calls if each.open}
        self._tell()

    def take_connection(self, connected: bool) -> None:
        """The broker was reached or lost."""
        self._connected = connected
        self._tell()

    def _tell(self) -> None:
        self.news += 1
        told, self._change = self._change, asyncio.Event()
        told.set()

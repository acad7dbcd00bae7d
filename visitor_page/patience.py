"""How long a phone may take, and how many connections one has."""

import asyncio
import socket
from collections import Counter
from typing import ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LOOK_SECONDS = 10.0
"""A request must be whole by the second look, whatever has come of it."""

UNREAD_MILLISECONDS = 20_000
"""What a phone has not taken after so long, it never will: it is out of reach, or hostile."""

MOST_OF_ONE = 40
"""Connections of one address; a browser opens six."""


class Patient(H11Protocol):
    """uvicorn's protocol, which by itself waits for ever."""

    of_address: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        transport = cast(asyncio.Transport, transport)  # as uvicorn names it
        super().connection_made(transport)
        self._was_idle = False
        opened: socket.socket | None = transport.get_extra_info("socket")
        if opened is not None:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
        self._address = (self.client or ("", 0))[0]
        self.of_address[self._address] += 1
        if self.of_address[self._address] > MOST_OF_ONE:
            transport.abort()
        self._looking = self.loop.call_later(LOOK_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._looking.cancel()
        self.of_address[self._address] -= 1
        if not self.of_address[self._address]:
            del self.of_address[self._address]
        super().connection_lost(exc)

    def _look(self) -> None:
        # uvicorn says that there always is one, and sets None where there is none yet.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        idle = cycle is None or cycle.response_complete
        if idle and self._was_idle:
            self.transport.abort()
            return
        self._was_idle = idle
        self._looking = self.loop.call_later(LOOK_SECONDS, self._look)

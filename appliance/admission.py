"""The hub's door: whoever comes with a code is answered, at one TCP port."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from appliance.enrolment import LINE_SECONDS, LONGEST_LINE, PORT, EnrolmentError

log = logging.getLogger(__name__)

MOST_GUESTS = 64
MOST_OF_ONE = 4
"""Connections at once; of one address."""


Answering = Callable[[bytes], Awaitable[bytes | None]]


class Door:
    """`answer` says what is sent back to a line; None: nothing. `host` None: every address."""

    def __init__(self, answer: Answering, port: int = PORT, host: str | None = None) -> None:
        self._answer, self._port, self._host = answer, port, host
        self._guests: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self._strangers = 0

    async def open(self) -> None:
        """Raises EnrolmentError."""
        if self._server:
            return
        try:
            self._server = await asyncio.start_server(
                self._serve, self._host, self._port, limit=LONGEST_LINE
            )
        except OSError as error:
            words = f"Port {self._port} is not to be had: {error.strerror}."
            raise EnrolmentError(words) from None

    def close(self) -> None:
        """Nobody is let in any longer; who is inside may finish."""
        if self._server:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = str(writer.get_extra_info("peername", ("",))[0])
        self._guests[guest] += 1
        try:
            if self._guests[guest] <= MOST_OF_ONE and self._guests.total() <= MOST_GUESTS:
                await self._talk(reader, writer)
        except (ValueError, OSError, TimeoutError) as error:
            self._refused(error)
        finally:
            self._guests[guest] -= 1
            self._guests += Counter()  # keeps those above zero
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = await self._answer(await asyncio.wait_for(reader.readline(), LINE_SECONDS))
        if not answer:
            raise ValueError("not a code of ours")
        writer.write(answer)
        await asyncio.wait_for(writer.drain(), LINE_SECONDS)

    def _refused(self, error: Exception) -> None:
        self._strangers += 1
        if self._strangers == 1:
            log.warning("somebody without a code, or with a bad line: %s (logged once)", error)

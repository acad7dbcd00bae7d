"""`rinda enrol --serve`, on a hub: it is there while somebody is awaited, or a desk asks."""

import asyncio
import hashlib
import logging
import socket
import struct
import time
from collections.abc import Callable
from typing import TypeVar

from appliance.admission import Door
from appliance.codes import MOST_OPEN, Awaited, Codes
from appliance.enrolment import (
    PORT,
    Answer,
    EnrolmentError,
    No,
    Refusal,
    RefusedError,
    Request,
    key_name,
    opened_request,
    sealed_answer,
)
from appliance.identities import Hub
from appliance.known_units import card_role
from config.load import ConfigError
from drivers.host import system_clock
from drivers.supervisor import Supervisor
from messaging.enrolling import LONGEST_LINE, ORDER, SAID, Ask, Look, OpenCode, Revoke, Said

log = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
LOOK_SECONDS = 2.0
"""How often it looks whether somebody is still awaited."""

CLOCK_SECONDS = 60.0
"""How often it asks whether the clock is right, while a code waits for that."""

ORDER_SECONDS = 10.0
ROOT = 0

Result = TypeVar("Result")


class EnrolmentService:
    """`hub` makes one with the settings as they are now; `codes`, those of now, which is cheap.
    `knows_time`: whether somebody sets the hub's clock."""

    def __init__(
        self,
        hub: Callable[[], Hub],
        codes: Callable[[], Codes],
        supervisor: Supervisor,
        port: int = PORT,
        host: str | None = None,
        knows_time: Callable[[], bool] = lambda: bool(system_clock().synchronised),
    ) -> None:
        self._hub, self._codes, self._supervisor = hub, codes, supervisor
        self._knows_time, self._next_clock = knows_time, float("-inf")
        self._door = Door(self._answer, port, host)
        self._turn = asyncio.Lock()
        self._said: dict[bytes, bytes] = {}
        self._busy = time.monotonic()

    async def run(self, listening: socket.socket) -> None:
        """Until nobody is awaited and nobody has asked for a while. Raises EnrolmentError."""
        serving = await asyncio.start_unix_server(self._serve, sock=listening, limit=LONGEST_LINE)
        try:
            await self._open_or_close()
            self._supervisor.ready()
            while time.monotonic() < self._busy + IDLE_SECONDS:
                await self._count()
                await asyncio.sleep(LOOK_SECONDS)
                await self._open_or_close()
                self._supervisor.alive()
        finally:
            serving.close()
            self._door.close()

    async def _open_or_close(self) -> None:
        if self._codes().open:
            self._busy = time.monotonic()
            await self._door.open()
        else:
            self._door.close()

    async def _count(self) -> None:
        if time.monotonic() < self._next_clock or not self._codes().uncounted:
            return
        self._next_clock = time.monotonic() + CLOCK_SECONDS
        if await asyncio.to_thread(self._knows_time):
            async with self._turn:
                self._codes().count()

    async def _answer(self, line: bytes) -> bytes | None:
        """None for somebody without a code of ours; raises ValueError for a line that is none.
        Whoever recorded one and says it again costs nothing and hears the same."""
        awaited = self._codes().get(key_name(line))
        if not awaited:
            return None
        asked = hashlib.sha256(line).digest()
        if asked not in self._said:
            request = opened_request(awaited.key, line)
            answer = sealed_answer(awaited.key, line, await self._admit(awaited, request))
            self._said = dict(list(self._said.items())[-MOST_OPEN:]) | {asked: answer}
        return self._said[asked]

    async def _admit(self, awaited: Awaited, request: Request) -> Answer | No:
        try:
            return await self._do(lambda hub: hub.admit(awaited.key.name, request))
        except (EnrolmentError, ConfigError, OSError, ValueError) as error:
            log.error("%s: %s", awaited.unit, error)  # noqa: TRY400 (a sentence; as below)
            return No(Refusal.HUB_FAILS)

    async def _do(self, what: Callable[[Hub], Result]) -> Result:
        async with self._turn:
            return await asyncio.to_thread(lambda: what(self._hub()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._busy = time.monotonic()
        try:
            line = await asyncio.wait_for(reader.readline(), ORDER_SECONDS)
            said = await self._obey(line, by_root=_user_of(writer) == ROOT)
            writer.write(SAID.dump_json(said) + b"\n")
            await writer.drain()
        except (ValueError, RecursionError, OSError, TimeoutError) as error:
            log.warning("an order that is none: %s", type(error).__name__)
        finally:
            writer.close()

    async def _obey(self, line: bytes, *, by_root: bool) -> Said:
        order = ORDER.validate_json(line)
        try:
            return await self._obeyed(order, by_root=by_root)
        except RefusedError as error:
            return Said(refusal=error.refusal)
        except (EnrolmentError, ConfigError, OSError) as error:
            log.error("%s", error)  # noqa: TRY400 (it is a sentence; a traceback adds nothing)
            return Said(refusal=Refusal.HUB_FAILS)

    async def _obeyed(self, order: Ask | Look | Revoke, *, by_root: bool) -> Said:
        match order:
            case Ask(names, role):
                code = await self._do(lambda hub: hub.ask(names, role, for_desk=not by_root))
                await self._open_or_close()
                return Said(code=code)
            case Revoke(names):
                await self._do(lambda hub: hub.revoke(names, for_desk=not by_root))
                return Said()
            case Look():
                return Said(open=_told(self._codes()))


def _told(codes: Codes) -> tuple[OpenCode, ...]:
    return tuple(
        OpenCode(each.unit, card_role(each.roles[each.unit]), each.until, bool(each.taken_by))
        for each in codes.open
    )


def _user_of(writer: asyncio.StreamWriter) -> int:
    """Who is at the other end, as the kernel knows it."""
    connection: socket.socket = writer.get_extra_info("socket")
    size = struct.calcsize("3i")
    given = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return int(struct.unpack("3i", given)[1])

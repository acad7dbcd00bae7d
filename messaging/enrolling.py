"""How a desk asks its hub to let a unit in, or to shut it out: over a socket of the same Pi, not by
MQTT. One line of JSON each way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

SOCKET = Path("/run/rinda/enrolment.sock")
LONGEST_LINE = 64 * 1024
"""Bytes."""

ANSWER_SECONDS = 30.0
"""A hub that nobody asked for long is started first."""


class EnrollingError(Exception):
    """It came to nothing. `refusal`: a code that `texts.enrolment` has a sentence for."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Ask:
    """A code for a unit of these identities. `role`: as a card or the settings say it; "" where the
    hub knows it."""

    names: Sequence[str]
    role: str = ""
    order: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True)
class Look:
    """Whom does the hub await?"""

    order: Literal["look"] = "look"


@dataclass(frozen=True, slots=True)
class Revoke:
    """Shut these units out, and take their codes back."""

    names: Sequence[str]
    order: Literal["revoke"] = "revoke"


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A unit that is awaited `until` then; or that has just `joined`."""

    unit: str
    role: str
    until: datetime
    joined: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the hub answers; of `code`, `open` and `refusal` the one that fits."""

    code: str = ""
    open: tuple[OpenCode, ...] = ()
    refusal: str = ""


ORDER: TypeAdapter[Ask | Look | Revoke] = TypeAdapter(
    Annotated[Ask | Look | Revoke, Field(discriminator="order")]
)
SAID: TypeAdapter[Said] = TypeAdapter(Said)


class Enrolling:
    """The hub's service, for programs of the hub. All raise EnrollingError."""

    def __init__(self, socket: Path = SOCKET) -> None:
        self._socket = socket

    async def ask(self, unit: str, role: str = "") -> str:
        """A code in groups, ``K7QM-2WDX-4T9P``, good for half an hour, once; one for the same unit
        that is open is good no longer. `role`: kiosk or board; "" for a unit that the hub knows."""
        return (await self.order(Ask([unit], role))).code

    async def open(self) -> tuple[OpenCode, ...]:
        """Who is awaited, and who has joined within the last half hour."""
        return (await self.order(Look())).open

    async def revoke(self, unit: str) -> None:
        """Shut a unit out at once; no code is good for it."""
        await self.order(Revoke([unit]))

    async def order(self, order: Ask | Look | Revoke) -> Said:
        """What the hub says to it."""
        try:
            said = await asyncio.wait_for(self._ask(ORDER.dump_json(order)), ANSWER_SECONDS)
        except (OSError, TimeoutError, ValueError):
            raise EnrollingError("hub_fails") from None
        if said.refusal:
            raise EnrollingError(said.refusal)
        return said

    async def _ask(self, line: bytes) -> Said:
        reader, writer = await asyncio.open_unix_connection(self._socket, limit=LONGEST_LINE)
        try:
            writer.write(line + b"\n")
            return SAID.validate_json(await reader.readline())
        finally:
            writer.close()

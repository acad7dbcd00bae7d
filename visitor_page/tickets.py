"""The tickets that phones look at, each asked of the queue module by its own id."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from messaging.messages import Reply, TicketView
from queue_core.commands import Command, FindTicket
from queue_core.refusals import RefusalCode
from visitor_page.board import Board

ASKED_A_SECOND = 20
"""When the queue has moved on, all who look are shown it, at this pace; one alone in a second."""

LONGEST_SECONDS = 30.0
"""Nothing was heard to move, but the waits grow shorter by themselves."""

MOST_ASKED = 20
"""At once: the module has a kiosk and desks to answer too."""

MOST_KNOWN = 2000

Ask = Callable[[Command], Awaitable[Reply | None]]


class NoAnswerError(Exception):
    """The queue module does not answer."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the module said: None of an id that it does not know. `heard`: of the board then."""

    ticket: TicketView | None
    at: float
    heard: tuple[int, object]


class Tickets:
    """Remembers what it was told a moment ago, so that many phones ask little."""

    def __init__(self, ask: Ask, board: Board, monotonic: Callable[[], float]) -> None:
        self._ask, self._board, self._monotonic = ask, board, monotonic
        self._known: dict[str, _Known] = {}
        self._renewals: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(MOST_ASKED)

    def known(self, ticket: str) -> TicketView | None:
        """As it was when last asked for; None for one that is unknown, or was never asked for."""
        found = self._known.get(ticket)
        return found.ticket if found else None

    async def find(self, ticket: str) -> TicketView | None:
        """As it is now; None where there is none. Raises NoAnswerError."""
        renewal = self.renewal(ticket)
        if renewal:
            await asyncio.wait({renewal})
        if ticket not in self._known:
            raise NoAnswerError
        return self._known[ticket].ticket

    def renewal(self, ticket: str, looking: int = 0) -> "asyncio.Task[None] | None":
        """Asking for it, where that is due; shared by all who look at this ticket. `looking`: how
        many phones look at theirs."""
        running = self._renewals.get(ticket)
        if running is None and self._due(ticket, looking / ASKED_A_SECOND):
            running = asyncio.create_task(self._renew(ticket))
            self._renewals[ticket] = running
            running.add_done_callback(lambda _: self._renewals.pop(ticket))
        return running

    async def do(self, command: Command, ticket: str) -> Reply | None:
        """Order something for this ticket, whose new state is known at once."""
        reply = await self._ask(command)
        if reply and reply.ticket:
            self._remember(ticket, reply.ticket, self._heard(reply.ticket))
        return reply

    def _due(self, ticket: str, pace: float) -> bool:
        known = self._known.get(ticket)
        if not self._board.fresh:
            return False
        if known is None or known.ticket is None:
            return True
        age = self._monotonic() - known.at
        (sequence, call), (sequence_then, call_then) = self._heard(known.ticket), known.heard
        moved = sequence != sequence_then and age > max(1.0, pace)
        return call != call_then or moved or age > LONGEST_SECONDS

    async def _renew(self, ticket: str) -> None:
        async with self._places:
            known = self._known.get(ticket)
            before = self._heard(known.ticket if known else None)
            reply = await self._ask(FindTicket(ticket))
        if reply and reply.ticket:
            heard = before if known else self._heard(reply.ticket)
            self._remember(ticket, reply.ticket, heard)
        elif reply and reply.refusal and reply.refusal.code is RefusalCode.UNKNOWN_TICKET:
            self._remember(ticket, None, before)
        elif known:
            self._remember(ticket, known.ticket, before)  # asked again when that is due

    def _heard(self, ticket: TicketView | None) -> tuple[int, object]:
        state = self._board.state
        call = self._board.call_of(ticket.number) if ticket else None
        return state.sequence if state else 0, call

    def _remember(self, ticket: str, view: TicketView | None, heard: tuple[int, object]) -> None:
        self._known.pop(ticket, None)
        self._known[ticket] = _Known(view, self._monotonic(), heard)
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

"""A queue to talk to in commands and results."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from queue_core.centre import Centre
from queue_core.commands import CheckIn, Command, OpenCounter, Request, TakeTicket
from queue_core.decide import handle
from queue_core.events import Recorded
from queue_core.model import Answer, State, Ticket
from tests.conftest import MORNING


@dataclass
class Day:
    """One day at a centre: `do` a command, look at the state, let time pass."""

    centre: Centre
    now: datetime = MORNING
    state: State = field(default_factory=State)
    log: list[Recorded] = field(default_factory=list)
    _count: int = 0

    def do(self, command: Command, command_id: str | None = None, sender: str = "desk") -> Answer:
        self._count += 1
        request = Request(command_id or f"command-{self._count}", sender, command)
        outcome = handle(self.centre, self.state, request, self.now)
        self.state = outcome.state
        self.log.extend(outcome.recorded)
        return outcome.answer

    def code(self, command: Command) -> str | None:
        """The refusal code that the command gets, None if it was done."""
        refusal = self.do(command).refusal
        return refusal.code.value if refusal else None

    def take(self, service: str = "vsaa-slimiba") -> Ticket:
        answer = self.do(TakeTicket(service, "lv"))
        assert answer.ticket, answer.refusal
        return self.state.tickets[answer.ticket]

    def check_in(self, booking: str) -> Ticket:
        answer = self.do(CheckIn(booking, "lv"))
        assert answer.ticket, answer.refusal
        return self.state.tickets[answer.ticket]

    def ticket(self, ticket: Ticket) -> Ticket:
        """The same ticket as it is now."""
        return self.state.tickets[ticket.id]

    def wait(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def day(centre: Centre) -> Day:
    """A Tuesday morning with counters 1 and 2 open."""
    day = Day(centre)
    day.do(OpenCounter("1"))
    day.do(OpenCounter("2"))
    return day

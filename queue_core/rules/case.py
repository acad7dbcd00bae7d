"""What every rule looks at, and what it refuses by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from queue_core import commands as c
from queue_core import events as e
from queue_core.calling import (
    Promise,
)
from queue_core.centre import Centre, Service
from queue_core.last_ticket import can_be_served, opens_another_day
from queue_core.leases import lent
from queue_core.life import Verb, after
from queue_core.model import (
    CounterStatus,
    Kind,
    State,
    Ticket,
    label,
)
from queue_core.refusals import RefusalCode, Refused


@dataclass(frozen=True, slots=True)
class Case:
    """What every rule looks at; its methods refuse what does not exist."""

    centre: Centre
    state: State
    request_id: str
    sender: str
    now: datetime

    def ticket(self, ticket_id: str) -> Ticket:
        ticket = self.state.tickets.get(ticket_id)
        if ticket is None:
            raise Refused(RefusalCode.UNKNOWN_TICKET)
        return ticket

    def ticket_for(self, ticket_id: str, verb: Verb) -> Ticket:
        ticket = self.ticket(ticket_id)
        if after(ticket.status, verb) is None:
            raise Refused(
                RefusalCode.NOT_POSSIBLE_NOW, number=ticket.label, status=ticket.status.value
            )
        return ticket

    def ticket_at(self, counter: str, ticket_id: str, verb: Verb) -> Ticket:
        self.known_counter(counter)
        ticket = self.ticket(ticket_id)
        if self.state.at_counter.get(counter) != ticket_id:
            raise Refused(RefusalCode.NOT_AT_COUNTER, number=ticket.label)
        return self.ticket_for(ticket_id, verb)

    def known_counter(self, counter: str) -> None:
        if counter not in self.centre.counters:
            raise Refused(RefusalCode.UNKNOWN_COUNTER, counter=counter[:40])

    def known_service(self, service: str) -> None:
        if service not in self.centre.services:
            raise Refused(RefusalCode.UNKNOWN_SERVICE, service=service[:40])

    def open_service(self, service: Service) -> None:
        hours, local = self.centre.hours_of(service.id), self.centre.local(self.now)
        if not hours.open_at(local):
            opening = hours.next_opening(local)
            facts = {"opens_at": opening.isoformat()} if opening else {}
            raise Refused(RefusalCode.SERVICE_CLOSED, **facts)

    def servable(self, service: Service) -> None:
        if not can_be_served(self.centre, self.state, service, self.now):
            hours, local = self.centre.hours_of(service.id), self.centre.local(self.now)
            opening = opens_another_day(hours, local)
            facts = {"opens_at": opening.isoformat()} if opening else {}
            raise Refused(RefusalCode.TICKETS_GIVEN_OUT, **facts)

    def free_counter(self, counter: str) -> None:
        self.known_counter(counter)
        if self.state.counters.get(counter) is not CounterStatus.OPEN:
            raise Refused(RefusalCode.COUNTER_NOT_OPEN)
        at_counter = self.state.at_counter.get(counter)
        if at_counter:
            raise Refused(RefusalCode.COUNTER_BUSY, number=self.state.tickets[at_counter].label)

    def language(self, wanted: str) -> str:
        return wanted if wanted in self.centre.languages else self.centre.languages[0]

    def taken(
        self, service: Service, promise: Promise, language: str, booking: str | None = None
    ) -> e.TicketTaken:
        counts_from, due_at = promise
        return e.TicketTaken(
            ticket=self.request_id,
            series=service.series,
            number=self.next_number(service.series),
            service=service.id,
            kind=Kind.SLOT if booking else Kind.WALK_IN,
            language=self.language(language),
            counts_from=counts_from,
            due_at=due_at,
            booking=booking,
        )

    def next_number(self, series: str) -> int:
        last = self.state.last_numbers.get(series, 0)
        kept = lent(self.state, series)
        for number in range(last + 1, self.centre.last_number + 1):
            if number not in kept and label(series, number) not in self.state.numbers:
                return number
        raise Refused(RefusalCode.NUMBERS_EXHAUSTED)


Rules = Mapping[type[c.Command], Callable[[Case, Any], tuple[e.Event, ...]]]

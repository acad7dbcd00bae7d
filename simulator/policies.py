"""Who is next: Rinda's own rule and those of its peers, from their published sources.

A peer is an order: of the waiting whom a counter serves, the least is called. The ideas are
theirs; the words here are ours. Where a peer has no appointments, what it would make of one is
said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from queue_core.calling import may_call
from queue_core.centre import Centre
from queue_core.commands import CallNext, CallTicket, Command
from queue_core.life import Status
from queue_core.model import Kind, State, Ticket

Order = Callable[[State, Ticket, datetime], tuple[float, ...]]
"""Smaller is called first. Times are seconds."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`order` None: the queue's own rule, in a centre changed by `adapt`."""

    name: str
    order: Order | None = None
    adapt: Callable[[Centre], Centre] = lambda centre: centre

    def command(self, centre: Centre, state: State, counter: str, now: datetime) -> Command | None:
        """What the clerk of a free counter presses; None if nobody waits for it."""
        choice = [
            each
            for each in state.living.values()
            if each.status is Status.WAITING and may_call(centre, counter, each)
        ]
        order = self.order
        if not choice:
            return None
        if order is None:
            return CallNext(counter)
        ticket = min(choice, key=lambda each: order(state, each, now))
        return CallTicket(counter, ticket.id, self.name)


def settings(
    walk_in: float | None = None,
    slot: float | None = None,
    early_call: float | None = None,
    look_ahead: float | None = None,
    idle: float | None = None,
    patience: float | None = None,
) -> Callable[[Centre], Centre]:
    """The centre with other targets, early call, look-ahead, longest idle and slot patience.

    All in minutes.
    """

    def minutes(new: float | None, old: timedelta) -> timedelta:
        return old if new is None else timedelta(minutes=new)

    def adapt(centre: Centre) -> Centre:
        services = {
            each.id: replace(
                each,
                walk_in_target=minutes(walk_in, each.walk_in_target),
                slot_target=minutes(slot, each.slot_target),
            )
            for each in centre.services.values()
        }
        return replace(
            centre,
            services=services,
            early_call=minutes(early_call, centre.early_call),
            protect_slots=minutes(look_ahead, centre.protect_slots),
            longest_idle=minutes(idle, centre.longest_idle),
            slot_patience=minutes(patience, centre.slot_patience),
        )

    return adapt


def zms(state: State, ticket: Ticket, now: datetime) -> tuple[float, ...]:
    """Munich's ZMS: every appointment due within two minutes before any walk-in.

    it-at-m/eappointment, zmsentities/src/Zmsentities/Collection/QueueList.php
    (withEstimatedWaitingTime, getNextProcess).
    """
    starts_at = _slot(state, ticket)
    if starts_at is None:
        return 1, ticket.arrived_at.timestamp()
    due = now + timedelta(minutes=2) >= starts_at
    return (0 if due else 2), starts_at.timestamp()


def the_q(state: State, ticket: Ticket, now: datetime) -> tuple[float, ...]:
    """British Columbia's The Q: who checked in with an appointment has priority 1, others 2.

    bcgov/queue-management, api/app/resources/theq/citizen/citizen_generic_invite.py and
    frontend/src/store/modules/appointments-module.ts (putCitizen).
    """
    return (1 if ticket.kind is Kind.SLOT else 2), ticket.arrived_at.timestamp()


def fqm(state: State, ticket: Ticket, now: datetime) -> tuple[float, ...]:
    """FQM: first come, first served; it knows no appointments.

    mrf345/FQM, app/views/core.py (pull).
    """
    return (ticket.arrived_at.timestamp(),)


def qsystem(state: State, ticket: Ticket, now: datetime) -> tuple[float, ...]:
    """QSystem: by the visitor's priority, then by time of standing in.

    A booking is given a high priority here; it is honoured only until the booked time and a late
    holder stands in as anybody. bcgov/sbc-qsystem,
    QSystem/src/ru/apertum/qsystem/common/model/QCustomer.java (compareTo) and
    QSystem/src/ru/apertum/qsystem/server/controller/Executer.java.
    """
    starts_at = _slot(state, ticket)
    honoured = starts_at is not None and ticket.arrived_at <= starts_at
    return (0 if honoured else 1), ticket.arrived_at.timestamp()


def novosga(state: State, ticket: Ticket, now: datetime) -> tuple[float, ...]:
    """NovoSGA 1.5: the greatest of (weight + 1) × time waited, weight 1 for priority.

    It knows no appointments; a slot holder is given its priority. novosga/novosga,
    src/Novosga/Service/FilaService.php and src/AppBundle/DataFixtures/ORM/LoadPrioridadeData.php.
    """
    weight = 1 if ticket.kind is Kind.SLOT else 0
    waited = (now - ticket.arrived_at).total_seconds()
    return -(weight + 1) * waited, -weight, ticket.number


def qmatic(state: State, ticket: Ticket, now: datetime) -> tuple[float, ...]:
    """Qmatic's "call by max waiting time": minutes since arrival, or since the appointment.

    The late stand in an ordinary queue. docs.qmatic.io, Queue management: "Best practices: Fair
    queuing with appointments", "Working with calling rules and conditions".
    """
    return (ticket.counts_from.timestamp(),)


RINDA = Policy("Rinda")


def slots_dearer(target: float, early_call: float, patience: float) -> Policy:
    """Rinda where slots matter more: walk-ins' target, early call and slot patience in minutes."""
    adapt = settings(walk_in=target, early_call=early_call, idle=0, patience=patience)
    return Policy(f"Rinda {target:g}/{early_call:g}/{patience:g}", adapt=adapt)


def with_target(minutes: float) -> Policy:
    """Rinda with another target for walk-ins."""
    return Policy(f"Rinda, target {minutes:g}", adapt=settings(walk_in=minutes))


PEERS = (
    Policy("ZMS", zms),
    Policy("The Q", the_q),
    Policy("QSystem", qsystem),
    Policy("NovoSGA 1.5", novosga),
    Policy("Qmatic", qmatic),
    Policy("FQM", fqm),
)


def _slot(state: State, ticket: Ticket) -> datetime | None:
    return state.bookings[ticket.booking].starts_at if ticket.booking else None

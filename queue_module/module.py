"""The queue module at work: command in → decide → append → reply → publish.

One thread does all of it, so there is one writer and no lock. What it was asked waits in a bounded
list; when that is full, paho's thread waits too and the broker holds the rest.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from config.clock import Clock
from drivers.supervisor import Supervisor
from messaging.appointments import RegisterState
from messaging.codec import (
    BadMessageError,
    UnknownCommandError,
    decode,
    decode_command,
    encode,
    encode_event,
)
from messaging.link import Arrived, Link
from messaging.messages import LeaseState, Message, RefusalView, Reply, Role, Seen, SettingsState
from messaging.roles import may_order
from messaging.topics import BadTopicError
from messaging.work import LOOP_SECONDS, Work
from queue_core.centre import Centre
from queue_core.commands import (
    AddBooking,
    AskReport,
    CancelBooking,
    ChangeSettings,
    ConfirmCall,
    FindTicket,
    OpenDay,
    PromiseWait,
    Request,
)
from queue_core.decide import Outcome, handle
from queue_core.events import Recorded, TicketTaken
from queue_core.model import Kind, State
from queue_core.refusals import RefusalCode
from queue_module import snapshots
from queue_module.administration import Administration
from queue_module.health import Health
from queue_module.ledger import Ledger
from queue_module.reports import Reports
from queue_module.storage import StorageError
from queue_module.waits import Waits

log = logging.getLogger(__name__)

PUBLISHING_SHARE = 0.25
"""Of the module's time, at most, goes into snapshots: they grow with the queue, commands do not."""

MOST_SNAPSHOTS, SNAPSHOTS_SECONDS = 5, 0.5
"""So often at most in so long: what one clerk does is shown at once, what fifty kiosks do together
is shown together."""

MOST_NEWS = 1000
"""Events kept for when the broker is back; whoever misses older ones sees the gap."""

HEARTBEAT_SECONDS = 2.0
"""Boards and desks call their news old after five seconds."""

Snapshot = Callable[[Centre, State, datetime], Message]


class QueueModule:
    """The single authority over one centre's queue of the day. `roles`: of the units that are
    listed; with none listed, nobody is asked for a role."""

    def __init__(
        self,
        centre: Centre,
        ledger: Ledger,
        link: Link,
        work: Work,
        clock: Clock,
        waits: Waits,
        health: Health,
        roles: Mapping[str, Role],
        reports: Reports,
        administration: Administration | None = None,
    ) -> None:
        self._centre, self._ledger, self._link, self._health = centre, ledger, link, health
        self._roles, self._reports = roles, reports
        self._administration = administration
        self._told_settings: SettingsState | None = None
        self._work, self._clock, self._waits = work, clock, waits
        self._stopping = False
        self._unpublished = True
        self._next_publishing = self._next_heartbeat = 0.0
        self._news: deque[Recorded] = deque(maxlen=MOST_NEWS)
        self._seeded: frozenset[str] = frozenset()
        self._not_kept: list[AddBooking | CancelBooking] = []
        self._told: dict[str, LeaseState] = {}
        self._shown: dict[str, Message] = {}
        self._shown_at = deque([-SNAPSHOTS_SECONDS] * MOST_SNAPSHOTS, maxlen=MOST_SNAPSHOTS)
        topics = link.topics
        self._snapshots: Mapping[str, Snapshot] = {
            topics.board: lambda centre, state, now: snapshots.board(
                centre, state, now, waits.newcomers
            ),
            topics.queue: lambda centre, state, now: snapshots.queue(
                centre, state, now, waits.left
            ),
            topics.catalogue: snapshots.catalogue,
            topics.bookings: snapshots.bookings,
        }
        link.on(topics.all_commands, self._command_arrived)
        link.on(topics.all_seen, self._seen_arrived)
        link.on(topics.register, self._register_arrived)
        link.on_connection(self._connection_changed)

    @property
    def state(self) -> State:
        """The queue as of the last event on disk."""
        return self._ledger.state

    def seed(self, bookings: Iterable[AddBooking]) -> None:
        """Remember the bookings of a file, which the register knows nothing of."""
        self.open_day()
        given = tuple(bookings)
        self._seeded = frozenset(each.booking for each in given)
        self._add_bookings(given)

    def _add_bookings(self, bookings: Iterable[AddBooking]) -> None:
        """Those of today and later that are not known yet, or as something else."""
        today = self._centre.local(self._clock.now()).date()
        for each in bookings:
            is_past = self._centre.local(each.starts_at).date() < today
            known = self.state.bookings.get(each.booking)
            as_known = known and AddBooking(known.id, known.service, known.starts_at, known.minutes)
            if not is_past and each != as_known and not (known and known.ticket):
                self._keep(each)

    def _keep(self, command: AddBooking | CancelBooking) -> None:
        command_id = f"booking:{command.booking}:{self.state.sequence}"
        reply = self.do(Request(command_id, "module", command))
        code = reply.refusal.code if reply.refusal else None
        if code is RefusalCode.NOT_STORED:
            self._not_kept.append(command)
        elif code:
            log.warning("a booking is refused: %s", code)

    def open_day(self) -> None:
        """Begin a new day if it has come."""
        today = self._centre.local(self._clock.now()).date()
        if self.state.day is None or self.state.day < today:
            self.do(Request(f"open-day:{today}", "module", OpenDay()))

    def do(self, request: Request) -> Reply:
        """Decide, store, and only then answer. A full or broken disk refuses and loses nothing."""
        now = self._clock.now()
        if isinstance(request.command, ChangeSettings):
            return self._change(request, request.command, now)
        outcome = self._promising(handle(self._centre, self.state, request, now), now)
        try:
            self._ledger.store(outcome.state, outcome.recorded)
        except StorageError:
            return _refused(request.id, RefusalCode.NOT_STORED)
        self._news.extend(outcome.recorded)
        self._unpublished = self._unpublished or bool(outcome.recorded)
        left = self._waits.left if isinstance(request.command, FindTicket) else None
        return snapshots.reply(self._centre, self.state, request.id, outcome.answer, now, left)

    def _change(self, request: Request, command: ChangeSettings, now: datetime) -> Reply:
        """The settings; the queue goes on with the new ones at once."""
        if self._administration is None:
            return _refused(request.id, RefusalCode.NOT_ALLOWED)
        try:
            refusal = self._administration.change(request, command, self.state, now)
        except OSError:
            log.exception("changed settings cannot be kept")
            return _refused(request.id, RefusalCode.NOT_STORED)
        if refusal:
            view = RefusalView(code=refusal.code, facts=dict(refusal.facts))
            return Reply(id=request.id, refusal=view)
        self._centre = self._administration.centre
        self._ledger.go_by(self._centre)
        self._reports.centre = self._administration.ever
        self._unpublished = True
        return Reply(id=request.id)

    def _promising(self, outcome: Outcome, now: datetime) -> Outcome:
        """With what a walk-in is told of the wait, to be stored together with the ticket."""
        for each in outcome.recorded:
            taken = each.event
            now_told = (Kind.WALK_IN, None)  # a kiosk by itself has told nothing
            if isinstance(taken, TicketTaken) and (taken.kind, taken.issued_at) == now_told:
                outcome = self._promise(outcome, taken, now)
        return outcome

    def _promise(self, outcome: Outcome, taken: TicketTaken, now: datetime) -> Outcome:
        wait = self._waits.newcomers.get(taken.service)
        if wait is None:
            return outcome
        promise = Request(f"wait:{taken.ticket}", "module", PromiseWait(taken.ticket, wait))
        told = handle(self._centre, outcome.state, promise, now)
        return replace(outcome, state=told.state, recorded=outcome.recorded + told.recorded)

    def run(self, supervisor: Supervisor) -> None:
        """Work until `stop`."""
        supervisor.ready()
        while not self._stopping:
            try:
                self.turn(supervisor)
            except Exception:
                log.exception("one turn of the module failed; it goes on with the next")
                self._next_publishing = self._clock.monotonic() + HEARTBEAT_SECONDS
        self._work.close()

    def turn(self, supervisor: Supervisor) -> None:
        """Do one thing that waits, and what is due."""
        task = self._work.next(self._patience())
        if task:
            task()
        moment = self._clock.monotonic()
        if moment >= self._next_heartbeat:
            self._next_heartbeat = moment + HEARTBEAT_SECONDS
            supervisor.alive()
            self._look_after()
        self._link.tick()
        if self._work.is_empty and self._waits.is_due(self.state, moment):
            self._waits.reckon(self.state, self._clock.now(), self._clock.monotonic)
            self._unpublished = True
        self._ledger.keep_if_due()
        if self._unpublished and self._clock.monotonic() >= self._next_publishing:
            self.publish()

    def stop(self) -> None:
        """End `run` at its next turn. May be called from a signal handler."""
        self._stopping = True

    def publish(self) -> None:
        """Tell everybody how it stands now."""
        began, now = self._clock.monotonic(), self._clock.now()
        self._publish_events()
        for topic, snapshot in self._snapshots.items():
            self._show(topic, snapshot(self._centre, self.state, now))
        self._publish_leases()
        self._publish_settings()
        self._unpublished = False
        self._shown_at.append(began)
        ended = self._clock.monotonic()
        rested = ended + (ended - began) * (1 / PUBLISHING_SHARE - 1)
        self._next_publishing = max(rested, self._shown_at[0] + SNAPSHOTS_SECONDS)

    def _look_after(self) -> None:
        """The disk, the day, and what could not be stored when the module began."""
        self._news.extend(self._ledger.mend())
        self.open_day()
        self._ledger.forget()
        if self._not_kept and not self._ledger.fault:
            missed, self._not_kept = self._not_kept, []
            for each in missed:
                self._keep(each)
        self._health.report(self._ledger.fault, self._clock.now())
        self._show_all()

    def _show_all(self) -> None:
        """Soon, also what is as it was: whoever hears nothing takes the module for gone."""
        self._shown.clear()
        self._unpublished = True

    def _show(self, topic: str, snapshot: Message) -> None:
        """If it says anything new but its moment."""
        content = snapshot.model_copy(update={"sequence": 0, "at": None})
        if self._shown.get(topic) != content:
            self._shown[topic] = content
            self._link.publish(topic, encode(snapshot), retain=True)

    def _publish_leases(self) -> None:
        """They change seldom; the link itself tells them again to a broker that forgot."""
        for each in snapshots.leases(self.state):
            if self._told.get(each.unit) != each:
                self._told[each.unit] = each
                self._link.publish(self._link.topics.lease(each.unit), encode(each), retain=True)

    def _publish_settings(self) -> None:
        state = self._administration.state if self._administration else None
        if state and state != self._told_settings:
            self._told_settings = state
            self._link.publish(self._link.topics.settings, encode(state), retain=True)

    def _publish_events(self) -> None:
        while self._link.connected and self._news:
            self._link.publish(self._link.topics.event, encode_event(self._news.popleft()))

    def _patience(self) -> float:
        """How long to wait for work: until the next snapshot is due, if there is one to publish."""
        if not self._unpublished:
            return LOOP_SECONDS
        return min(LOOP_SECONDS, max(0.0, self._next_publishing - self._clock.monotonic()))

    def _command_arrived(self, arrived: Arrived) -> None:
        sender = self._sender(arrived)
        if sender is None:
            return
        try:
            request = decode_command(arrived.payload, sender)
        except UnknownCommandError as unknown:
            reply = _refused(unknown.command_id, RefusalCode.UNKNOWN_COMMAND)
        else:
            reply = self._safely(request) if self._may(request) else self._not_allowed(request)
            if isinstance(request.command, AskReport) and not reply.refusal:
                self._report(request.id, request.command, sender)
                arrived.done()
                return
        self._link.answer(sender, reply)
        arrived.done()

    def _report(self, request_id: str, question: AskReport, sender: str) -> None:
        """Answered when it is made, on this thread again."""

        def made(reply: Reply) -> None:
            self._work.post(lambda: self._link.answer(sender, reply))

        self._reports.make(request_id, question, self.state, self._clock.now(), made)

    def _seen_arrived(self, arrived: Arrived) -> None:
        unit = self._sender(arrived)
        if unit is None:
            return
        if self._roles and self._roles.get(unit) is not Role.DISPLAY:
            raise BadMessageError(f"{unit} is no board")
        seen = decode(arrived.payload, Seen)
        calls = (self.state.tickets[each].call for each in reversed(self.state.announced))
        call = next((each for each in calls if each and each.id == seen.call), None)
        if call:
            request_id = f"seen:{unit}:{call.id}:{call.recalls}:{seen.step}"
            self._safely(Request(request_id, unit, ConfirmCall(call.id, seen.step)))
        arrived.done()

    def _register_arrived(self, arrived: Arrived) -> None:
        """What it lists is booked; what it does not list any more is not, unless it was used."""
        register = decode(arrived.payload, RegisterState)
        arrived.done()
        self.open_day()
        self._add_bookings(
            AddBooking(each.booking, each.service, each.starts_at, each.minutes)
            for each in register.bookings
            if each.service in self._centre.services
        )
        listed = self._seeded.union(each.booking for each in register.bookings)
        for known in tuple(self.state.bookings.values()):
            day = self._centre.local(known.starts_at).date()
            covered = register.first_day <= day <= register.last_day
            if covered and known.ticket is None and known.id not in listed:
                self._keep(CancelBooking(known.id))

    def _may(self, request: Request) -> bool:
        role = self._roles.get(request.sender)
        if not self._roles:
            return True
        signed_in = role is Role.DESK or not request.by
        return role is not None and signed_in and may_order(role, request.command)

    def _not_allowed(self, request: Request) -> Reply:
        log.warning("%s asked for what its role may not do", request.sender)
        return _refused(request.id, RefusalCode.NOT_ALLOWED)

    def _safely(self, request: Request) -> Reply:
        try:
            return self.do(request)
        except Exception:
            log.exception("a command failed; nothing changed")
            return _refused(request.id, RefusalCode.MODULE_FAULT)

    def _sender(self, arrived: Arrived) -> str | None:
        """Who sent it; None, and acknowledged, where nobody is to be answered."""
        try:
            sender = self._link.topics.sender_of(arrived.topic)
        except BadTopicError:
            sender = None
        if sender is None or arrived.retained:
            arrived.done()
            return None
        return sender

    def _connection_changed(self, connected: bool) -> None:
        if connected:
            self._show_all()


def _refused(command_id: str, code: RefusalCode) -> Reply:
    return Reply(id=command_id, refusal=RefusalView(code=code))

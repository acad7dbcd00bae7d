"""The programs of a centre as they are, without windows: on simulated disks, clocks and network."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from config.programs import BrokerSettings
from config.settings import Settings
from desk.orders import order
from desk.watch import Watch
from drivers.printer import PrintOutcome, PrintResult
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.flow import begin, step
from kiosk.own_numbers import OwnNumbers
from kiosk.reach import Reach
from kiosk.store import Store
from messaging.booking_code import qr_text
from messaging.codec import decode, encode
from messaging.link import Arrived, Link, Unit
from messaging.messages import (
    BoardCall,
    BoardState,
    DeskTicket,
    QueueState,
    Reply,
    Role,
    Seen,
    UnitStatus,
)
from messaging.topics import Topics
from messaging.work import Work
from queue_core import commands as c
from queue_core.centre import Centre
from queue_core.life import Status
from queue_core.model import Confirmation
from queue_display import board
from queue_module import SESSION_SECONDS
from queue_module.health import Health
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.module import QueueModule
from queue_module.reports import Reports
from queue_module.steady_clock import SteadyClock
from queue_module.waits import Waits
from tests.faults.world import Machine, Program
from web.asking import ANSWER_SECONDS

TOPICS = Topics("demo")
ROLES: Mapping[str, Role] = {}
RECKON_SECONDS = 60.0
"""Ranges cost much processor time and have no part in what is tried here."""

PUBLISH_SECONDS = 0.3
"""As far apart as under load."""

TURN_SECONDS = 0.5
"""Between turns of a program that nothing wakes: as on a machine that has much to do."""


@dataclass
class Witness:
    """What people saw. `shown`: ticket → number on a kiosk's screen, and when it was first there.

    `asked`: command → when a clerk asked. `done`: command → when the module did it first.
    `answered`: command → what somebody was told. `announced`: (board's life, call, moment) → times.
    `watched`: since when, and until when, the board had news without a gap.
    """

    shown: dict[str, str] = field(default_factory=dict)
    shown_at: dict[str, float] = field(default_factory=dict)
    renumbered: set[str] = field(default_factory=set)
    asked: dict[str, float] = field(default_factory=dict)
    done: dict[str, float] = field(default_factory=dict)
    answered: dict[str, Reply] = field(default_factory=dict)
    announced: dict[tuple[int, int, datetime], list[float]] = field(default_factory=dict)
    watched: list[tuple[float, float]] = field(default_factory=list)

    def sees(self, ticket: str, number: str, at: float) -> None:
        """A number is on a screen."""
        if self.shown.setdefault(ticket, number) != number:
            self.renumbered.add(ticket)
        self.shown_at.setdefault(ticket, at)


def link_of(machine: Machine, role: Role, program: Program, session_seconds: int = 0) -> Link:
    """The unit's connection to the simulated broker."""
    return Link(
        BrokerSettings(),
        TOPICS,
        Unit(status_of(machine, role), session_seconds),
        program.post,
        machine.clock.monotonic,
        machine.ids,
        machine.broker.client,
    )


def status_of(machine: Machine, role: Role) -> UnitStatus:
    return UnitStatus(unit=machine.name, role=role, version="faults", online=True)


class _Supervisor:
    def ready(self) -> None: ...

    def alive(self) -> None: ...


class _Work(Work):
    """Of one thread: nobody waits."""

    def next(self, seconds: float) -> Callable[[], None] | None:
        return None if self.is_empty else super().next(0.0)


class _SeldomWaits(Waits):
    _due_at = 0.0

    def is_due(self, state: object, now: float) -> bool:
        if now < self._due_at:
            return False
        self._due_at = now + RECKON_SECONDS
        return True


class _WatchedModule(QueueModule):
    witness: Witness
    machine: Machine

    def do(self, request: c.Request) -> Reply:
        reply = super().do(request)
        if reply.refusal is None and self.machine.alive:
            self.witness.done.setdefault(request.id, self.machine.world.seconds)
        return reply

    def publish(self) -> None:
        super().publish()
        self._next_publishing += PUBLISH_SECONDS


class Module(Program):
    """As `queue_module.main`."""

    def __init__(self, machine: Machine, centre: Centre, witness: Witness) -> None:
        super().__init__(machine.world, TURN_SECONDS)
        self._work, self.machine = _Work(), machine
        database = machine.disk.folder / "queue.db"
        self.journal = Journal(database)
        link = link_of(machine, Role.MODULE, self, SESSION_SECONDS)
        waits = _SeldomWaits(centre, random.Random(1))
        self.ledger = Ledger(self.journal, waits, 90)
        status = status_of(machine, Role.MODULE)
        health = Health(status, link, database, backed_up=False)
        clock = SteadyClock(machine.clock)
        reports = Reports(database, centre, lambda make: make())
        self.module = _WatchedModule(
            centre, self.ledger, link, self._work, clock, waits, health, ROLES, reports
        )
        self.module.witness, self.module.machine = witness, machine
        self.ledger.restore()
        if self.ledger.last_at:
            clock.not_before(self.ledger.last_at)
        self.module.open_day()
        link.start()

    def post(self, action: Callable[[], None]) -> None:
        """Each is one turn of the module."""
        self._work.post(action)
        super().post(self.turn)

    def turn(self) -> None:
        """See Program."""
        self.module.turn(_Supervisor())

    def end(self) -> None:
        """See Program."""
        self.journal.close()


class Kiosk(Program):
    """As `kiosk.app`, and a visitor before it who wants a number, or holds a code to it."""

    def __init__(
        self, machine: Machine, settings: Settings, centre: Centre, witness: Witness
    ) -> None:
        super().__init__(machine.world, TURN_SECONDS)
        self.machine, self._witness = machine, witness
        self.store = Store(machine.disk.folder / "kiosk.db")
        self.own = OwnNumbers(centre, machine.name, self.store, machine.clock)
        clock = machine.clock
        self._model = begin(settings, clock.monotonic(), clock.now())
        seconds = settings.kiosk.reply_seconds
        self.link = link_of(machine, Role.KIOSK, self)
        self._reach = Reach(
            self.link, self.own, clock, self.put, seconds, clock.monotonic, machine.ids
        )
        self._reach.start(machine.name)

    @property
    def model(self) -> m.Model:
        """All that the kiosk knows."""
        return self._model

    def put(self, *inputs: i.Input) -> None:
        """See `kiosk.app`."""
        clock = self.machine.clock
        for each in (i.Tick(clock.monotonic(), clock.now()), *inputs):
            self._model, effects = step(self._model, each)
            self._look()
            for effect in effects:
                self._do(effect)

    def turn(self) -> None:
        """See Program."""
        self._reach.turn()
        self.put()

    def end(self) -> None:
        """See Program."""
        self.store.close()

    def visit(self) -> None:
        """A visitor comes, chooses a service, sees the number, and goes."""
        chance, model = self.world.chance, self._model
        if not isinstance(model.screen, m.Start) or model.catalogue is None:
            return
        open_now = [each for each in model.catalogue.institutions if each.open]
        choices = [(x.id, s.id) for x in open_now for s in x.services if s.walk_in]
        if not choices:
            return
        institution, service = chance.choice(choices)
        self._press(0.0, i.NeedService())
        self._press(0.5, i.ChooseInstitution(institution))
        self._press(1.0, i.ChooseService(service))
        self._press(1.5, i.ChooseChannel(computer=False))
        self._press(chance.uniform(4.0, 8.0), i.Done())

    def scan(self, code: str) -> None:
        """The holder of a booking comes."""
        self.put(i.Scanned(qr_text("demo", code)))
        self._press(self.world.chance.uniform(4.0, 8.0), i.Done())

    def _press(self, seconds: float, touch: i.Input) -> None:
        self.world.after(seconds, lambda: self.put(touch) if self.alive else None)

    def _look(self) -> None:
        match self._model.screen:
            case m.TicketReady(ticket) | m.TicketFound(ticket) if self.alive:
                if ticket.id not in self._witness.shown:
                    self.world.tell(f"{self.machine.name} shows {ticket.number} {ticket.id}")
                self._witness.sees(ticket.id, ticket.number, self.world.seconds)

    def _do(self, effect: e.Effect) -> None:
        match effect:
            case e.SendCommand() | e.AnswerAlone() | e.CancelTicket():
                self._reach.do(effect)
            case e.PrintTicket(ticket):
                outcome = PrintOutcome(PrintResult.PRINTED)
                self._press(1.0, i.PaperCame(ticket.id, outcome))
            case _:
                pass


class Board(Program):
    """As `queue_display.app`, with a voice that takes three seconds."""

    def __init__(self, machine: Machine, witness: Witness) -> None:
        super().__init__(machine.world, TURN_SECONDS)
        self.machine, self._witness = machine, witness
        self.board = board.Board(4.0, machine.clock.monotonic())
        self._watches = False
        self.link = link_of(machine, Role.DISPLAY, self)
        self.link.on(TOPICS.board, self._arrived)
        self.link.start()

    def turn(self) -> None:
        """See Program."""
        self._look()
        self.link.tick()
        self._proceed(board.tick(self.board, self.machine.clock.monotonic()))

    def _arrived(self, arrived: Arrived) -> None:
        self._look()
        snapshot = decode(arrived.payload, BoardState)
        arrived.done()
        self._proceed(board.receive(self.board, snapshot, self.machine.clock.monotonic()))

    def _look(self) -> None:
        """Whether what it shows is what is."""
        stale = board.is_stale(self.board, self.machine.clock.monotonic())
        before, self._watches = self._watches, self.board.snapshot is not None and not stale
        if self._watches:
            since = self._witness.watched.pop()[0] if before else self.world.seconds
            self._witness.watched.append((since, self.world.seconds))

    def _proceed(self, done: board.Step) -> None:
        self.board, call = done
        if call and self.alive:
            self._announce(call)

    def _announce(self, call: BoardCall) -> None:
        key = (id(self), call.call, call.announced_at)
        self._witness.announced.setdefault(key, []).append(self.world.seconds)
        self.world.tell(f"{self.machine.name} announces {call.number}, call {call.call}")
        seen = Seen(call=call.call, step=Confirmation.SHOWN)
        self.link.publish(TOPICS.seen(self.machine.name), encode(seen))
        self.world.after(3.0, lambda: self.post(lambda: self._heard(call)))

    def _heard(self, call: BoardCall) -> None:
        self._proceed(board.heard(self.board, call, self.machine.clock.monotonic()))


Wish = tuple[str, dict[str, object]]
"""The name of an order, and its body."""


class Desk(Program):
    """A clerk at one counter, before the page of `desk`."""

    def __init__(self, machine: Machine, counter: str, witness: Witness) -> None:
        super().__init__(machine.world, TURN_SECONDS)
        self.machine, self._counter, self._witness = machine, counter, witness
        self.watch = Watch(machine.clock.monotonic, machine.name)
        self.link = link_of(machine, Role.DESK, self)
        self.watch.listen(self.link)
        self.link.start()

    def turn(self) -> None:
        """See Program."""
        self.link.tick()

    def press(self) -> None:
        """What a clerk would do now with what the page shows, in the page's words."""
        wish = self._wish() if self.watch.fresh else None
        if wish is None:
            return
        name, body = wish
        command, _ = order(json.dumps({"name": name, "body": body}).encode(), self._counter)

        def answered(reply: Reply | None) -> None:
            if reply and self.alive:
                self._witness.answered[command_id] = reply

        command_id = self.link.request(command, ANSWER_SECONDS, answered)
        self.world.tell(f"{self.machine.name} asks {name} {command_id}")
        self._witness.asked[command_id] = self.world.seconds

    def _wish(self) -> Wish | None:
        queue = self.watch.queue
        own = next((x for x in queue.counters if x.id == self._counter), None) if queue else None
        if queue is None or own is None:
            return None
        if own.status != "open":
            return "open_counter", {}
        if own.ticket is None:
            return self._for_next(queue)
        return self._with(own.ticket)

    def _for_next(self, queue: QueueState) -> Wish:
        chance = self.world.chance
        others = [*queue.held, *queue.missed]
        if others and chance.random() < 0.1:
            return "resume", {"ticket": chance.choice(others).id}
        if queue.waiting and chance.random() < 0.1:
            return "call_ticket", {"ticket": chance.choice(queue.waiting).id, "reason": "asked"}
        return chance.choices((("call_next", {}), ("undo", {}), ("pause_counter", {})), (18, 1, 1))[
            0
        ]

    def _with(self, ticket: DeskTicket) -> Wish:
        chance, which = self.world.chance, dict[str, object](ticket=ticket.id)
        if ticket.status is Status.CALLED:
            verbs = ("start", "start", "start", "recall", "no_show", "hold")
            return chance.choice(verbs), which
        if chance.random() < 0.1:
            return "transfer", {**which, "service": "dzivesvieta"}
        return "finish", {**which, "given": [{"service": ticket.service, "count": 1}]}

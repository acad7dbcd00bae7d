"""A centre's hour with everything going wrong, and what must be true after it."""

import itertools
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from kiosk import demo
from messaging.booking_code import booking_digest
from messaging.simulated_broker import SimulatedBroker, Weather
from queue_core.centre import Centre, OpenInterval, weekly
from queue_core.commands import AddBooking
from queue_core.events import (
    DayOpened,
    NumberCorrected,
    Recorded,
    TicketCalled,
    TicketCancelled,
    TicketExpired,
    TicketTaken,
)
from queue_core.model import Kind, label
from queue_module.journal import read_log
from queue_module.storage import StorageError
from tests.faults.disk import FULL, IO_ERROR, Disks
from tests.faults.programs import Board, Desk, Kiosk, Module, Witness
from tests.faults.world import Machine, Program, World

RIGA = ZoneInfo("Europe/Riga")
KIOSKS, COUNTERS = ("kiosk-1", "kiosk-2"), ("1", "2")
QUIET, STORM, HEALING = 8.0, 60.0, 45.0
"""Seconds: until the first fault, of faults, and until all must be well."""

LATEST = 20.0
"""Seconds after a clerk's press, in which it may still be done: a connection that stood still is
given up by both ends within twice the keepalive."""

MOMENTS = (
    datetime(2026, 11, 24, 10, 31, tzinfo=RIGA),
    datetime(2026, 11, 24, 23, 59, 30, tzinfo=RIGA),
    datetime(2026, 10, 25, 3, 59, 20, tzinfo=RIGA),
    datetime(2027, 3, 28, 2, 59, 20, tzinfo=RIGA),
    datetime(2026, 12, 31, 23, 59, 40, tzinfo=RIGA),
)
"""A morning, midnight, summer time's end and beginning, a year's end."""

CODES = ("K7QM2WDX4T", "R4HN8PVC6A", "T9BE3KXU7M")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed: `wrong` in sentences, with the last events; `faults` by name."""

    seed: int
    wrong: tuple[str, ...]
    story: tuple[str, ...]
    faults: Counter[str]
    tickets: int


def run(seed: int) -> Outcome:
    """Play it, heal everything, and look."""
    logging.disable(logging.CRITICAL)
    disks = Disks()
    with TemporaryDirectory() as folder, disks.in_use():
        simulation = Simulation(seed, Path(folder), disks)
        try:
            wrong = tuple(simulation.play())
        finally:
            simulation.end()
            logging.disable(logging.NOTSET)
        world = simulation.world
        faults = world.faults + Counter(simulation.broker.counts)
        return Outcome(seed, wrong, tuple(world.story), faults, len(simulation.witness.shown))


class Simulation:
    """A module, two kiosks, a board and two counters."""

    def __init__(self, seed: int, folder: Path, disks: Disks) -> None:
        kind = Random(seed)
        self.world = world = World(seed, kind.choice(MOMENTS))
        self.broker = SimulatedBroker(world, Random(seed + 1))
        self.witness = Witness()
        self._centre = _centre()
        self._clocks_fail, self._healed = kind.random() < 0.5, False
        places = (self.world, self.broker, disks, folder)
        self.module = Machine("module", *places, self._module)
        self.kiosks = [Machine(name, *places, self._kiosk) for name in KIOSKS]
        self.board = Machine("board", *places, lambda each: Board(each, self.witness))
        self.desks = [Machine(f"desk-{each}", *places, self._desk) for each in COUNTERS]
        self.machines = [self.module, *self.kiosks, self.board, *self.desks]

    def play(self) -> Iterator[str]:
        """The whole of it; gives what is wrong."""
        for each in self.machines:
            each.start()
        self._people()
        self.world.run_until(QUIET)
        for _ in range(self.world.chance.randint(4, 14)):
            at = self.world.chance.uniform(0.0, STORM)
            self.world.after(at, self._break_something)
        self.world.run_until(QUIET + STORM)
        self._heal()
        self.world.run_until(QUIET + STORM + HEALING)
        yield from Check(self).wrong()

    def end(self) -> None:
        """Let everything go."""
        for each in self.machines:
            if each.program:
                each.program.alive = False
                each.program.end()

    def _module(self, machine: Machine) -> Program:
        program = Module(machine, self._centre, self.witness)
        program.module.add_bookings(_bookings(self.world.began_at))
        return program

    def _kiosk(self, machine: Machine) -> Program:
        return Kiosk(machine, demo.settings(), self._centre, self.witness)

    def _desk(self, machine: Machine) -> Program:
        return Desk(machine, machine.name.removeprefix("desk-"), self.witness)

    def _people(self) -> None:
        """Visitors and clerks, until healing has begun for a while."""
        world, chance = self.world, self.world.chance
        for machine in self.kiosks:
            for at in _moments(chance, 6.0):
                code = chance.choice(CODES) if chance.random() < 0.1 else ""
                world.after(at, partial(self._come, machine, code))
        for machine in self.desks:
            for at in _moments(chance, 3.0):
                world.after(at, partial(self._press, machine))

    def _come(self, machine: Machine, code: str) -> None:
        if machine.alive and isinstance(machine.program, Kiosk):
            machine.program.scan(code) if code else machine.program.visit()

    def _press(self, machine: Machine) -> None:
        if machine.alive and isinstance(machine.program, Desk):
            machine.program.press()

    def _break_something(self) -> None:
        chance = self.world.chance
        machine = chance.choice([*self.machines, self.module, self.module, *self.kiosks])
        faults = [self._cut_power, self._cut_power, self._cut_network, self._cut_network]
        faults += [self._restart_broker, self._bad_weather, self._break_disk]
        faults += [self._jump] if self._clocks_fail else []
        chance.choice(faults)(machine)

    def _cut_power(self, machine: Machine) -> None:
        chance = self.world.chance
        if chance.random() < 0.6:
            machine.crash_at_write(chance.randint(1, 12))
        else:
            machine.crash()
        self._later(0.5, 15.0, lambda: None if self._healed else machine.crash())
        self._later(16.0, 10.0, machine.start)

    def _cut_network(self, machine: Machine) -> None:
        self.world.fault("network cut", machine.name)
        self.broker.cut_off(machine.name)
        self._later(1.0, 40.0, lambda: self.broker.reach(machine.name))

    def _restart_broker(self, machine: Machine) -> None:
        self.world.fault("broker ended")
        self.broker.stop()
        self._later(0.1, 20.0, self.broker.start)

    def _bad_weather(self, machine: Machine) -> None:
        self.world.fault("bad weather")
        self.broker.weather = Weather(delay=0.3, slow=0.1, twice=0.1, lost=0.1)

    def _break_disk(self, machine: Machine) -> None:
        chance = self.world.chance
        error = chance.choice([FULL, IO_ERROR])
        machine.break_disk(chance.randint(1, 10), error, chance.randint(1, 60))

    def _jump(self, machine: Machine) -> None:
        """A machine without a battery in its clock: it starts with a wrong one."""
        ahead = self.world.chance.choice(
            [
                timedelta(days=-400),
                timedelta(hours=-3),
                timedelta(seconds=-40),
                timedelta(seconds=9),
            ]
        )
        machine.clock.wrong.ahead = ahead
        self.world.fault("clock", f"of {machine.name} {ahead}")
        self._later(1.0, 30.0, lambda: self._set_clock(machine))

    def _set_clock(self, machine: Machine) -> None:
        machine.clock.wrong.ahead = timedelta()
        self.world.tell(f"the clock of {machine.name} is right")

    def _later(self, least: float, most: float, action: object) -> None:
        assert callable(action)
        self.world.after(self.world.chance.uniform(least, most + least), action)

    def _heal(self) -> None:
        self.world.tell("everything is mended")
        self._healed = True
        self.broker.weather = Weather()
        self.broker.start()
        for each in self.machines:
            each.mend_disk()
            each.clock.wrong.ahead = timedelta()
            self.broker.reach(each.name)
            each.start()


class Check:
    """Looks at everything once it is healed."""

    def __init__(self, simulation: Simulation) -> None:
        self._all = simulation
        self._witness = simulation.witness

    def wrong(self) -> Iterator[str]:
        """Each in a sentence."""
        module = self._all.module.program
        assert isinstance(module, Module)
        if module.journal.fault:
            yield f"the log is not well: {module.journal.fault}"
        try:
            log = read_log(self._all.module.disk.folder / "queue.db")
        except StorageError as error:
            yield f"the log cannot be read: {error}"
            return
        yield from self._numbers(log)
        yield from self._known(log)
        yield from self._answers(log)
        yield from self._order(log)
        yield from self._board(log)
        yield from self._replicas(module)

    def _numbers(self, log: list[Recorded]) -> Iterator[str]:
        """No two living tickets have one number, at no moment."""
        living: dict[str, str] = {}
        for each in log:
            event = each.event
            if isinstance(event, TicketTaken | NumberCorrected):
                number = label(event.series, event.number)
                if number in set(living.values()) - {living.get(event.ticket)}:
                    yield f"{number} was given twice (event {each.sequence})"
                living[event.ticket] = number
            elif isinstance(event, TicketExpired):
                living.pop(event.ticket, None)
            elif isinstance(event, DayOpened):
                living.clear()

    def _known(self, log: list[Recorded]) -> Iterator[str]:
        """Whoever saw a number has it in the queue, or had it on a day that is over."""
        numbers = {
            each.event.ticket: label(each.event.series, each.event.number)
            for each in log
            if isinstance(each.event, TicketTaken | NumberCorrected)
        }
        expired = {x.event.ticket for x in log if isinstance(x.event, TicketExpired)}
        for ticket, number in self._witness.shown.items():
            is_over = ticket in numbers and ticket in expired
            if numbers.get(ticket) != number and not is_over:
                yield f"{number} ({ticket}) was shown, and is {numbers.get(ticket)} in the queue"
        for ticket in self._witness.renumbered:
            yield f"{ticket} was shown with two numbers"
        cancelled = {x.event.ticket for x in log if isinstance(x.event, TicketCancelled)}
        corrected = {x.event.ticket for x in log if isinstance(x.event, NumberCorrected)}
        for ticket in (cancelled & self._witness.shown.keys()) - corrected:
            yield f"{self._witness.shown[ticket]} ({ticket}) was shown and cancelled"
        waiting = [x for k in self._all.kiosks for x in _kiosk(k).own.waiting]
        for each in waiting:
            yield f"{label(each.series, each.number)} ({each.ticket}) waits at its kiosk yet"

    def _answers(self, log: list[Recorded]) -> Iterator[str]:
        """What was acknowledged is there, once, and soon after it was asked for."""
        done = {each.command_id for each in log}
        for command, reply in self._witness.answered.items():
            if reply.refusal is None and reply.ticket and command not in done:
                yield f"{command} was acknowledged, and is lost"
        runs = [name for name, _ in itertools.groupby(each.command_id for each in log)]
        for command, times in Counter(runs).items():
            if times > 1:
                yield f"{command} was done {times} times"
        for command, asked in self._witness.asked.items():
            late = self._witness.done.get(command, asked) - asked
            if late > LATEST:
                yield f"{command} was done {late:.0f} s after it was asked for"

    def _order(self, log: list[Recorded]) -> Iterator[str]:
        """One kiosk's visitors of one service are in the order in which they came."""
        visitors: dict[tuple[str, str, date], dict[str, tuple[float, datetime]]] = {}
        places: dict[str, dict[str, tuple[float, datetime]]] = {}
        day = date.min
        for each in log:
            event = each.event
            if isinstance(event, DayOpened):
                day = event.day
            if isinstance(event, TicketTaken) and event.kind is Kind.WALK_IN:
                key = (each.sender, event.service, day)
                places[event.ticket] = visitors.setdefault(key, {})
                seen = self._witness.shown_at.get(event.ticket, 0.0)
                places[event.ticket][event.ticket] = seen, event.counts_from
            if isinstance(event, NumberCorrected) and event.issued_at and event.ticket in places:
                seen, counts_from = places[event.ticket][event.ticket]
                places[event.ticket][event.ticket] = seen, min(counts_from, event.issued_at)
        for some in visitors.values():
            ordered = sorted((*moments, name) for name, moments in some.items() if moments[0])
            for (_, before, first), (_, after, second) in itertools.pairwise(ordered):
                if after < before:
                    yield f"{second} came after {first} and is before it"

    def _board(self, log: list[Recorded]) -> Iterator[str]:
        """Each call once, and none that is not in the log."""
        for (_, call, moment), times in self._witness.announced.items():
            if len(times) > 1:
                yield f"call {call} of {moment} was announced {len(times)} times, at {times}"
        called = {each.sequence for each in log if isinstance(each.event, TicketCalled)}
        for call in {call for _, call, _ in self._witness.announced} - called:
            yield f"call {call} was announced and is not in the log"

    def _replicas(self, module: Module) -> Iterator[str]:
        """Board, desks and kiosks show what is."""
        sequence = module.module.state.sequence
        board = self._all.board.program
        assert isinstance(board, Board)
        shown = {"board": board.board.snapshot}
        for each in self._all.desks:
            assert isinstance(each.program, Desk)
            shown[each.name] = each.program.watch.queue  # type: ignore[assignment]
            if not each.program.watch.fresh:
                yield f"{each.name} is not fresh"
        for each in self._all.kiosks:
            shown[each.name] = _kiosk(each).model.catalogue  # type: ignore[assignment]
            if not _kiosk(each).model.connected:
                yield f"{each.name} is not connected"
        for name, snapshot in shown.items():
            if snapshot is None or snapshot.sequence != sequence:
                yield f"{name} shows event {snapshot and snapshot.sequence}, not {sequence}"


def _kiosk(machine: Machine) -> Kiosk:
    assert isinstance(machine.program, Kiosk)
    return machine.program


def _moments(chance: Random, mean: float) -> Iterator[float]:
    at = chance.expovariate(1 / mean)
    while at < QUIET + STORM + HEALING / 3:
        yield at
        at += chance.expovariate(1 / mean)


@cache
def _centre() -> Centre:
    """The demonstration's, open at any time."""
    centre = demo.settings().to_centre()
    always = weekly(*(OpenInterval(day, time(), time.max) for day in range(7)))
    institutions = {x.id: replace(x, hours=always) for x in centre.institutions.values()}
    return replace(centre, institutions=institutions)


def _bookings(began_at: datetime) -> list[AddBooking]:
    secret = demo.settings().site.booking_secret
    return [
        AddBooking(booking_digest(secret, code), "vsaa-konsultacija", began_at + ahead, 20)
        for code, ahead in zip(CODES, (timedelta(minutes=n) for n in (-30, 1, 5)), strict=True)
    ]

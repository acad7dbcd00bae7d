"""A centre's minutes with everything going wrong."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from config.load import load_settings
from config.settings import Settings
from messaging.booking_code import booking_digest
from messaging.simulated_broker import SimulatedBroker, Weather
from queue_core.centre import Centre, OpenInterval, weekly
from queue_core.commands import AddBooking
from queue_module.module import HEARTBEAT_SECONDS
from tests.faults.checks import Check
from tests.faults.disk import FULL, IO_ERROR, Disks
from tests.faults.programs import Board, Desk, Kiosk, Module, Witness
from tests.faults.world import Machine, Program, World

RIGA = ZoneInfo("Europe/Riga")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SITE = Path(__file__).parent / "site.toml"
KIOSKS, COUNTERS = ("kiosk-1", "kiosk-2"), ("1", "2")


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds: until the first fault, of faults, and until all must be well; how many `faults`."""

    quiet: float
    storm: float
    healing: float
    faults: tuple[int, int]


SHORT, LONG = Length(2.0, 16.0, 16.0, (2, 6)), Length(8.0, 60.0, 45.0, (4, 14))
LONG_EVERY = 20
"""One seed in so many is long."""

TOLD_SECONDS, MOST_REPETITIONS = HEARTBEAT_SECONDS + 1, 20

FEW, MANY = 40, 999
"""Numbers of a series: where there are few, kiosks and the module run out of them."""

WRONG = (timedelta(days=-400), timedelta(hours=-3), timedelta(seconds=-40), timedelta(seconds=9))
FAR_AHEAD = (timedelta(hours=3), timedelta(days=400))
"""Of a clock; the queue's own goes on from the latest moment that it ever told."""

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
    with TemporaryDirectory(dir=MEMORY) as folder, disks.in_use():
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
        self.length = SHORT if seed % LONG_EVERY else LONG
        self.world = world = World(seed, kind.choice(MOMENTS))
        self.broker = SimulatedBroker(world, Random(seed + 1))
        self.witness = Witness()
        self.settings = _settings(kind.choice((FEW, MANY)))
        self.centre = _centre(self.settings.site.last_number)
        self.clocks_fail, self._healed = kind.random() < 0.5, False
        self._between_presses = kind.choice((2.0, 3.0, 9.0))
        places = (self.world, self.broker, disks, folder)
        self.module = Machine("module", *places, self._module)
        self.kiosks = [Machine(name, *places, self._kiosk) for name in KIOSKS]
        self.board = Machine("board", *places, lambda each: Board(each, self.witness))
        self.desks = [Machine(f"desk-{each}", *places, self._desk) for each in COUNTERS]
        self.machines = [self.module, *self.kiosks, self.board, *self.desks]

    def play(self) -> Iterator[str]:
        """The whole of it; gives what is wrong."""
        length = self.length
        for each in self.machines:
            each.start()
        self._people()
        self.world.run_until(length.quiet)
        for _ in range(self.world.chance.randint(*length.faults)):
            at = self.world.chance.uniform(0.0, length.storm)
            self.world.after(at, self._break_something)
        self.world.run_until(length.quiet + length.storm)
        self._heal()
        self._heal_until_told()
        yield from Check(self).wrong()

    def _heal_until_told(self) -> None:
        """What changes nothing that a unit shows is told it with the next repetition only."""
        length = self.length
        self.world.run_until(length.quiet + length.storm + length.healing - TOLD_SECONDS)
        for _ in range(MOST_REPETITIONS):
            before = self._sequence()
            self.world.run_until(self.world.seconds + TOLD_SECONDS)
            if self._sequence() == before:
                return

    def _sequence(self) -> int:
        program = self.module.program
        return program.module.state.sequence if isinstance(program, Module) else 0

    def end(self) -> None:
        """Let everything go."""
        for each in self.machines:
            if each.program:
                each.program.alive = False
                each.program.end()

    def _module(self, machine: Machine) -> Program:
        program = Module(machine, self.centre, self.witness)
        program.module.seed(_bookings(self.world.began_at))
        return program

    def _kiosk(self, machine: Machine) -> Program:
        return Kiosk(machine, self.settings, self.centre, self.witness)

    def _desk(self, machine: Machine) -> Program:
        return Desk(machine, machine.name.removeprefix("desk-"), self.witness)

    def _people(self) -> None:
        """Visitors and clerks, until healing has begun for a while."""
        world, chance = self.world, self.world.chance
        for machine in self.kiosks:
            for at in self._moments(6.0):
                code = chance.choice(CODES) if chance.random() < 0.1 else ""
                world.after(at, partial(self._come, machine, code))
        for machine in self.desks:
            for at in self._moments(self._between_presses):
                world.after(at, partial(self._press, machine))

    def _moments(self, mean: float) -> Iterator[float]:
        length, between = self.length, partial(self.world.chance.expovariate, 1 / mean)
        at = between()
        while at < length.quiet + length.storm + length.healing / 3:
            yield at
            at += between()

    def _come(self, machine: Machine, code: str) -> None:
        if machine.alive and isinstance(machine.program, Kiosk):
            machine.program.scan(code) if code else machine.program.visit()

    def _press(self, machine: Machine) -> None:
        if machine.alive and isinstance(machine.program, Desk):
            machine.program.press()

    def _break_something(self) -> None:
        chance = self.world.chance
        machine = chance.choice([*self.machines, self.module, self.module, *self.kiosks])
        faults = [self._cut_power, self._cut_power, self._kill, self._cut_network]
        faults += [self._cut_network, self._restart_broker, self._bad_weather, self._break_disk]
        faults += [self._jump] if self.clocks_fail else []
        chance.choice(faults)(machine)

    def _cut_power(self, machine: Machine) -> None:
        chance = self.world.chance
        if chance.random() < 0.6:
            machine.crash_at_write(chance.randint(1, 12))
        else:
            machine.crash()
        self._later(0.5, 8.0, lambda: None if self._healed else machine.crash())
        self._later(8.5, 20.0, machine.start)

    def _kill(self, machine: Machine) -> None:
        """systemd starts it again; now and then the power goes soon after."""
        chance = self.world.chance
        machine.kill_at_write(chance.randint(0, 6))
        self._later(1.0, 2.0, lambda: None if self._healed else machine.kill())
        self._later(2.1, 2.5, machine.start)
        if chance.random() < 0.3:
            self._later(2.6, 5.0, lambda: None if self._healed else machine.crash())
            self._later(6.0, 12.0, machine.start)

    def _cut_network(self, machine: Machine) -> None:
        self.world.fault("network cut", machine.name)
        self.broker.cut_off(machine.name)
        self._later(1.0, 41.0, lambda: self.broker.reach(machine.name))

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
        ahead = self.world.chance.choice(WRONG if machine is self.module else (*WRONG, *FAR_AHEAD))
        machine.clock.wrong.ahead = ahead
        self.world.fault("clock", f"of {machine.name} {ahead}")
        self._later(1.0, 31.0, lambda: self._set_clock(machine))

    def _set_clock(self, machine: Machine) -> None:
        machine.clock.wrong.ahead = timedelta()
        self.world.tell(f"the clock of {machine.name} is right")

    def _later(self, least: float, most: float, action: Callable[[], None]) -> None:
        self.world.after(self.world.chance.uniform(least, most), action)

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


@cache
def _settings(last_number: int) -> Settings:
    return load_settings([SITE], {"RINDA_SITE__LAST_NUMBER": str(last_number)})


@cache
def _centre(last_number: int) -> Centre:
    """Open at any time."""
    centre = _settings(last_number).to_centre()
    always = weekly(*(OpenInterval(day, time(), time.max) for day in range(7)))
    institutions = {x.id: replace(x, hours=always) for x in centre.institutions.values()}
    return replace(centre, institutions=institutions)


def _bookings(began_at: datetime) -> list[AddBooking]:
    secret = _settings(MANY).site.booking_secret
    return [
        AddBooking(booking_digest(secret, code), "konsultacija", began_at + ahead, 20)
        for code, ahead in zip(CODES, (timedelta(minutes=n) for n in (-30, 1, 5)), strict=True)
    ]

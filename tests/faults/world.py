"""Simulated time, clocks and machines: everything happens in an order that one seed decides."""

import heapq
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from config.clock import Clock
from messaging.simulated_broker import SimulatedBroker
from tests.faults.disk import OK, Disk, Disks

REMEMBERED = 40
"""Last events that a failure tells."""


class World:
    """See `Time` of the simulated broker. `began_at` is the true moment at zero seconds."""

    def __init__(self, seed: int, began_at: datetime) -> None:
        self.chance, self.began_at = Random(seed), began_at.astimezone(UTC)
        self.seconds = 0.0
        self.story: deque[str] = deque(maxlen=REMEMBERED)
        self.faults: Counter[str] = Counter()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    @property
    def now(self) -> datetime:
        """The true time of day."""
        return self.began_at + timedelta(seconds=self.seconds)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do this then."""
        heapq.heappush(self._due, (self.seconds + seconds, next(self._order), action))

    def run_until(self, seconds: float) -> None:
        """Let everything happen that is due until then."""
        while self._due[0][0] <= seconds:
            self.seconds, _, action = heapq.heappop(self._due)
            action()
        self.seconds = seconds

    def tell(self, sentence: str) -> None:
        """Remember it for whoever looks into a failure."""
        self.story.append(f"{self.seconds:8.3f} {sentence}")

    def fault(self, name: str, about: str = "") -> None:
        """Something was broken."""
        self.faults[name] += 1
        self.tell(f"* {name} {about}")


@dataclass(slots=True)
class Wrong:
    """How far a machine's clock is ahead of the true time."""

    ahead: timedelta = timedelta()


@dataclass(frozen=True)
class MachineClock(Clock):
    """A machine's own."""

    world: World = field(kw_only=True)
    wrong: Wrong = field(default_factory=Wrong)

    def now(self) -> datetime:
        """See Clock."""
        return self.world.now + self.wrong.ahead

    def monotonic(self) -> float:
        """See Clock."""
        return 1000.0 + self.world.seconds


class Program:
    """A life of a machine's program: what was posted is done in order, and `turn` now and then."""

    def __init__(self, world: World, turn_seconds: float) -> None:
        self.alive, self.world = True, world
        self._turn_seconds = turn_seconds
        self._posted: deque[Callable[[], None]] = deque()
        world.after(0.0, self._turn_again)

    def post(self, action: Callable[[], None]) -> None:
        """From another thread."""
        self._posted.append(action)
        self.world.after(self.world.chance.uniform(0.0, 0.003), self._next)

    def turn(self) -> None:
        """Let time pass."""

    def end(self) -> None:
        """Let files go; nothing that is said now is heard."""

    def _next(self) -> None:
        action = self._posted.popleft()
        if self.alive:
            action()

    def _turn_again(self) -> None:
        if self.alive:
            self.turn()
            self.world.after(self._turn_seconds, self._turn_again)


@dataclass(slots=True)
class Machine:
    """A unit: its disk and clock outlive its programs. `begin` starts a program on it."""

    name: str
    world: World
    broker: SimulatedBroker
    disks: Disks
    folder: Path
    begin: "Callable[[Machine], Program]"
    clock: MachineClock = field(init=False)
    disk: Disk = field(init=False)
    program: Program | None = None
    ids: Callable[[], str] = field(init=False)
    _lives: int = 0

    def __post_init__(self) -> None:
        numbers = count(1)
        self.clock = MachineClock(world=self.world)
        self.disk = self.disks.add(self._place())
        self.ids = lambda: f"{self.name}-{next(numbers):08d}"

    @property
    def alive(self) -> bool:
        """Whether its program runs."""
        return self.program is not None and self.program.alive

    def start(self) -> None:
        """Start its program, if it does not run."""
        if not self.alive:
            self.world.tell(f"{self.name} starts")
            self.program = self.begin(self)

    def crash(self) -> None:
        """The power goes now; what the dead program still does has no effect."""
        if self._end("power cut"):
            self.disk.lose_power(self.world.chance)

    def kill(self) -> None:
        """The program ends now, in the middle of whatever it does; what it wrote is there, but need
        not be synced."""
        self._end("kill")

    def crash_at_write(self, number: int) -> None:
        """The power goes at the so manieth write from now."""
        self._at_write(number, self.crash, lambda: 0)

    def kill_at_write(self, number: int) -> None:
        """The program ends at the so manieth write from now; 0: now."""
        if number:
            self._at_write(number, self.kill, lambda: 0)
        else:
            self.kill()

    def break_disk(self, number: int, error: int, writes: int) -> None:
        """From that write on so many fail."""
        last = self.disk.writes + number + writes
        disk = self.disk
        name = "disk error"
        self._at_write(
            number,
            lambda: self.world.fault(name, f"{error} on {self.name}"),
            lambda: error if disk.writes < last else OK,
        )

    def mend_disk(self) -> None:
        """It is well again."""
        self.disk.on_write = lambda: OK

    def _end(self, fault: str) -> bool:
        if self.program is None or not self.program.alive:
            return False
        self.world.fault(fault, self.name)
        self.program.alive = False
        self.broker.kill(self.name)
        self._lives += 1
        before, self.disk = self.disk, self.disks.add(self._place())
        before.copy_to(self.disk)
        before.on_write = lambda: OK
        self.world.after(0.0, self.program.end)
        return True

    def _at_write(
        self, number: int, happens: Callable[[], None], answer: Callable[[], int]
    ) -> None:
        disk, at = self.disk, self.disk.writes + number

        def on_write() -> int:
            if disk.writes == at:
                happens()
            return answer() if disk.writes >= at else OK

        disk.on_write = on_write

    def _place(self) -> Path:
        return self.folder / f"{self.name}-{self._lives}"

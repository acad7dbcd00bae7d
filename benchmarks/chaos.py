"""`python -m benchmarks.chaos --seconds 300 --seed 1`: real processes, broken at random.

Mosquitto, module, bridge, three kiosks without windows and one with, each a process; printers and
the controller are twins that speak the real bytes; clerks and a board are links of this process.
As root, each kiosk without a window has a network of its own, and the module's log a small disk.
Exits with 1, and the seed, where a promise is broken.
"""

import argparse
import heapq
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.apart import Cable, SmallDisk, go_apart
from benchmarks.chaos_centre import BRIDGED, KIOSKS, WINDOW, Centre
from benchmarks.programs import WatchedProcess
from benchmarks.promises import broken
from benchmarks.timing import Sample
from benchmarks.windowless import rest
from firmware_bridge.frames import Button
from queue_core.refusals import RefusalCode
from queue_module.reading import read_log
from rinda.centre_at_hand import SITE

RESTART_SECONDS = 0.1
"""As systemd's RestartSec."""

BETWEEN_FAULTS = 2.5
"""Mean seconds. While a broker that returned heals the others, nothing else is broken."""

BETWEEN_PRESSES = 1.0
TURN_SECONDS = 0.02
KILLED_WHILE_STARTING = 0.3
"""The share of kills after which the next comes at once."""

BROKER_AWAY, DISK_FULL, CUT = 8.0, 20.0, 60.0
"""Seconds at the longest, mostly a quarter of it; a cut also no longer than that of the storm."""

READY_WITHIN, HEALED_WITHIN, CALM_WITHIN = 120.0, 120.0, 120.0
"""What takes longer is not slow but broken."""

KINDS = {WINDOW: "kiosk with its window", **dict.fromkeys(KIOSKS, "kiosk without window")}

Action = Callable[[], object]


@dataclass
class Outcome:
    """What was seen. `wrong` in sentences; `starts`: by program, from its kill to its readiness."""

    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    healed: Sample = field(
        default_factory=lambda: Sample("the broker's return → all are answered, with fresh news")
    )
    mended: Sample = field(
        default_factory=lambda: Sample("a network's return → its kiosk is answered")
    )
    starts: dict[str, Sample] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class NotHealedError(Exception):
    """What must come about did not."""


class Storm:
    """Breaks a centre for so long, heals it, and looks."""

    def __init__(self, centre: Centre, seconds: float, chance: Random) -> None:
        self.outcome = Outcome()
        self._centre, self._seconds, self._chance = centre, seconds, chance
        self._due: list[tuple[float, int, Action]] = []
        self._count = itertools.count()
        self._killed: dict[str, float] = {}
        self._mended: dict[str, float] = {}
        self._returned = 0.0
        self._calm = 0, 0.0
        self._faults = list(self._all_faults())
        self._deck: list[tuple[str, Callable[[], bool]]] = []
        self._lasting: dict[str, Action] = {}

    def blow(self) -> None:
        """The whole of it. Raises NotHealedError."""
        self._until(self._all_ready, READY_WITHIN, "every program is ready")
        self._until(self._all_heard, READY_WITHIN, "every unit is answered")
        end, next_fault = time.monotonic() + self._seconds, 0.0
        while (now := time.monotonic()) < end:
            self._turn()
            if self._chance.random() < TURN_SECONDS / BETWEEN_PRESSES:
                self._centre.controller.press(2, Button.NEXT)
            if now >= next_fault:
                self._break_something()
                next_fault = time.monotonic() + self._chance.expovariate(1 / BETWEEN_FAULTS)
        self._heal()
        self._look()

    def _turn(self) -> None:
        centre, now = self._centre, time.monotonic()
        centre.turn(TURN_SECONDS)
        for name, program in centre.programs.items():
            if program.became_ready() and name in self._killed:
                kind = KINDS.get(name, name)
                sample = self.outcome.starts.setdefault(kind, Sample(f"{kind} killed → ready"))
                sample.seconds.append(now - self._killed.pop(name))
        for name, moment in list(self._mended.items()):
            if centre.listener.heard.get(name, 0.0) > moment:
                del self._mended[name]
                if moment > self._returned and "broker" not in self._lasting:
                    self.outcome.mended.seconds.append(now - moment)
        while self._due and self._due[0][0] <= time.monotonic():
            heapq.heappop(self._due)[2]()

    def _break_something(self) -> None:
        """One after another, in rounds of a new order."""
        if not self._deck:
            self._deck = self._chance.sample(self._faults, len(self._faults))
        name, fault = self._deck.pop()
        self.outcome.faults[name] += fault()

    def _all_faults(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        """Those that this machine can have; each says whether it could be."""
        programs, any_kiosk = self._centre.programs, partial(self._chance.choice, KIOSKS)
        yield from 2 * [("the module killed", lambda: self._kill(programs["module"]))]
        yield from 2 * [("a kiosk killed", lambda: self._kill(programs[any_kiosk()]))]
        yield "the kiosk with its window killed", lambda: self._kill(programs[WINDOW])
        yield "the bridge killed", lambda: self._kill(programs["bridge"])
        yield "the broker killed", self._kill_broker
        yield "the broker killed, and empty", partial(self._kill_broker, empty=True)
        yield "broker and module killed", self._kill_both
        if self._centre.cables:
            yield "a cable pulled", lambda: self._cut(Cable.pull)
            yield "a network silent", lambda: self._cut(Cable.swallow)
            yield "a network silent one way", lambda: self._cut(self._one_way)
        if self._centre.disk:
            yield "the disk filled", partial(self._fill, self._centre.disk)

    def _kill(self, program: WatchedProcess) -> bool:
        self._killed.setdefault(program.name, time.monotonic())
        program.end(signal.SIGKILL)
        self._later(RESTART_SECONDS, partial(_start, program))
        if self._chance.random() < KILLED_WHILE_STARTING:
            again = partial(self._kill, program)
            self._later(RESTART_SECONDS + self._chance.uniform(0, 1), again)
        return True

    def _kill_both(self) -> bool:
        self._kill(self._centre.programs["module"])
        return self._kill_broker(empty=self._chance.random() < 0.5)

    def _kill_broker(self, *, empty: bool = False) -> bool:
        if "broker" in self._lasting:
            return False
        self._centre.broker.kill()
        self._mended.clear()
        if empty:
            self._centre.forget_broker()
        self._lasts("broker", BROKER_AWAY, self._return_broker)
        return True

    def _return_broker(self) -> None:
        """Who does not know yet that the broker went, as its own network was cut, is slower."""
        self._centre.broker.start()
        self._returned = time.monotonic()
        clerks = (each.name for each in self._centre.clerks if each.name != f"desk-{BRIDGED}")
        awaited = {*self._centre.kiosks, *clerks} - self._mended.keys() - self._lasting.keys()
        self._until(lambda: self._healed(awaited), HEALED_WITHIN, "all are healed")
        self.outcome.healed.seconds.append(time.monotonic() - self._returned)

    def _healed(self, awaited: set[str]) -> bool:
        """Whether they have been answered, but for the killed, and the board has fresh news."""
        awaited = awaited - self._lasting.keys() - self._killed.keys()
        heard, since = self._centre.listener.heard, self._returned
        fresh = self._centre.board.received > since
        return fresh and all(heard.get(each, 0.0) > since for each in awaited)

    def _cut(self, cut: Callable[[Cable], None]) -> bool:
        whole = sorted(self._centre.cables.keys() - self._lasting.keys())
        if not whole:
            return False
        kiosk = self._chance.choice(whole)
        cut(self._centre.cables[kiosk])
        self._lasts(kiosk, min(CUT, self._seconds / 4), partial(self._mend_cable, kiosk))
        return True

    def _one_way(self, cable: Cable) -> None:
        ours = self._chance.random() < 0.5
        cable.swallow(ours=ours, theirs=not ours)

    def _mend_cable(self, kiosk: str) -> None:
        self._centre.cables[kiosk].mend()
        self._mended[kiosk] = time.monotonic()

    def _fill(self, disk: SmallDisk) -> bool:
        if "disk" in self._lasting:
            return False
        disk.fill()
        self._lasts("disk", DISK_FULL, disk.empty)
        return True

    def _lasts(self, name: str, longest: float, mend: Action) -> None:
        self._lasting[name] = mend
        seconds = min(longest, self._chance.expovariate(4 / longest))
        self._later(seconds, partial(self._mend, name))

    def _mend(self, name: str) -> None:
        if mend := self._lasting.pop(name, None):
            mend()

    def _later(self, seconds: float, action: Action) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._count), action))

    def _heal(self) -> None:
        self._due.clear()
        for name in sorted(self._lasting):
            self._mend(name)
        for program in self._centre.programs.values():
            _start(program)
        self._until(self._all_ready, READY_WITHIN, "after the storm every program is ready")
        self._centre.go_home()
        self._until(self._is_calm, CALM_WITHIN, "after the storm all know the same")

    def _is_calm(self) -> bool:
        """Whether everybody has known the same for two seconds."""
        centre, now = self._centre, time.monotonic()
        rests = [rest(centre.programs[name].log) for name in KIOSKS]
        queue, board = centre.clerks[0].watch.queue, centre.board.board.snapshot
        window = centre.clerks[0].watch.units.get(WINDOW)
        known = {each.sequence if each else 0 for each in (queue, board, *rests)}
        merged = all(each and each.connected and not each.unmerged for each in rests)
        merged &= bool(window and window.online and not window.unmerged and not window.faults)
        if not merged or len(known) > 1:
            self._calm = 0, now
        elif self._calm[0] not in known:
            self._calm = known.pop(), now
        return now - self._calm[1] > 2.0 and self._calm[0] > 0

    def _look(self) -> None:
        """At the log, and at what everybody was told."""
        centre, witness, wrong = self._centre, self._centre.witness, self.outcome.wrong
        module = centre.programs["module"]
        module.end()
        audit = [sys.executable, "-m", "rinda", "audit", "--site", str(SITE)]
        audited = subprocess.run(audit, env={**os.environ, **module.environment}, check=False)
        if audited.returncode:
            wrong.append("the log is not as it was written")
        log = read_log(centre.database)
        wrong += broken(log, witness)
        if log[-1].sequence != self._calm[0]:
            wrong.append(f"all know event {self._calm[0]}, the log has {log[-1].sequence}")
        codes = Counter(x.refusal.code for x in witness.answered.values() if x.refusal)
        seen = [each for some in witness.seen.values() for each in some]
        self.outcome.counts = {
            "events in the log": len(log),
            "answers heard": len(witness.answered),
            "of them: not stored": codes[RefusalCode.NOT_STORED],
            "numbers on screens": len(seen),
            "of them given by the kiosk itself": sum(each.alone for each in seen),
            "numbers on paper": len(witness.papers),
            "of them from the kiosk with its window": len(centre.printers[WINDOW].tickets),
            "touches": sum(each.touches for each in seen),
            "of them while the module was away": sum(each.cut_off for each in seen),
        }

    def _all_ready(self) -> bool:
        return all(each.ready for each in self._centre.programs.values())

    def _all_heard(self) -> bool:
        return self._centre.listener.heard.keys() >= set(self._centre.kiosks)

    def _until(self, condition: Callable[[], bool], seconds: float, words: str) -> None:
        """Let it go on until it is so; what does not come about is a promise broken."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._turn()
            if time.monotonic() > deadline:
                raise NotHealedError(f"within {seconds:.0f} s it is not true: {words}")


def _start(program: WatchedProcess) -> None:
    if program.process.poll() is not None:
        program.start()


def run(folder: Path, seconds: float, seed: int) -> tuple[Outcome, list[str]]:
    """Break a fresh centre in `folder`; what came of it, and what this machine does not have."""
    with Centre(folder) as centre:
        storm = Storm(centre, seconds, Random(seed))
        try:
            storm.blow()
        except NotHealedError as error:
            storm.outcome.wrong.append(str(error))
        return storm.outcome, centre.missing


def main() -> int:
    """Break it, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where its files stay")
    given = parser.parse_args()
    go_apart("benchmarks.chaos", sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so end what was started
    with tempfile.TemporaryDirectory() as folder:
        seen, missing = run(given.folder or Path(folder), given.seconds, given.seed)
    print("\n".join(_lines(seen, missing)))
    if seen.wrong:
        print(f"Broken, with --seed {given.seed}:", *seen.wrong, sep="\n- ")
    return int(bool(seen.wrong))


def _lines(seen: Outcome, missing: list[str]) -> Iterator[str]:
    yield from missing
    yield f"{seen.faults.total()} faults:"
    yield from (f"| {name} | {times} |" for name, times in seen.faults.most_common())
    yield from (f"| {name} | {count} |" for name, count in seen.counts.items())
    yield "| from … to … | times | median | worst |"
    for sample in (seen.healed, seen.mended, *seen.starts.values()):
        if sample.seconds:
            times, worst = len(sample.seconds), max(sample.seconds)
            yield f"| {sample.name} | {times} | {sample.median:.1f} s | {worst:.1f} s |"


if __name__ == "__main__":
    raise SystemExit(main())

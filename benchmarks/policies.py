"""Rinda beside its peers on the same 200 days: `python -m benchmarks.policies [FOLDER]`.

Prints the tables and what they mean, and the time of one decision; draws both into FOLDER.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise, product
from math import log10
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.timing import Sample
from config.load import load_settings
from queue_core.calling import next_for
from queue_core.centre import Centre
from queue_core.model import CounterStatus, Kind, State, Ticket
from queue_core.tickets import whole
from simulator.command import make_days
from simulator.day import Day, Habits, open_to_all
from simulator.picture import draw
from simulator.policies import PEERS, RINDA, slots_dearer
from simulator.report import Measures, measure, table
from simulator.run import play

SITE = Path(__file__).parents[1] / "config" / "sites" / "demo" / "site.toml"
FIRST_DAY = date(2026, 1, 5)
SEED = 2026
DAYS = 200
LOADS = (0.7, 0.8, 0.9, 0.97)
SETTINGS = (
    slots_dearer(38, 5, 60),
    slots_dearer(40, 10, 60),
    slots_dearer(45, 15, 300),
    slots_dearer(600, 10, 0),
)
POLICIES = {each.name: each for each in (RINDA, *SETTINGS, *PEERS)}
GOOD_SLOTS = 0.97
LENGTHS = (10, 30, 100, 300, 1000, 3000, 10000)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the days are played. Five counters: four institutions and the municipality."""

    load: float = 0.8
    counters: int = 5
    slot_share: float = Habits().slot_share
    seed: int = SEED


OTHER_CENTRES = (
    Setting(counters=2),
    Setting(counters=3),
    Setting(slot_share=0.2),
    *(Setting(seed=each) for each in (11, 12, 13)),
)


def main(folder: Path) -> None:
    """Everything, in a few minutes on two cores."""
    settings = [Setting(load) for load in LOADS]
    jobs = [*product(settings, POLICIES), *product(OTHER_CENTRES, ("Rinda", "ZMS", "The Q"))]
    with ProcessPoolExecutor(2, initializer=os.nice, initargs=(10,)) as pool:
        found = dict(zip(jobs, pool.map(_measure, jobs), strict=True))
    for setting in (*settings, *OTHER_CENTRES):
        rows = {name: each for (where, name), each in found.items() if where == setting}
        print(f"\n{DAYS} days, {setting}. Times in minutes.\n\n{table(rows)}\n\n{_verdict(rows)}")
        if setting in settings:
            draw(rows, f"{DAYS} days, load {setting.load}", folder / f"policies-{setting.load}.png")
    times = {length: decision(length) for length in LENGTHS}
    print("\n| waiting | one decision, median | p99 |\n|---|---|---|")
    for length, each in times.items():
        print(f"| {length} | {each.median * 1000:.3f} ms | {each.worst * 1000:.3f} ms |")
    _draw_times({n: each.median * 1000 for n, each in times.items()}, folder / "decision.png")


def decision(length: int) -> Sample:
    """The time of one decision with so many waiting, every fourth with a slot."""
    centre, now = _centre(2), _now()
    tickets = {each.id: each for each in (_ticket(centre, n) for n in range(length))}
    counters = dict.fromkeys(centre.counters, CounterStatus.OPEN)
    state = whole(State(tickets=tickets, counters=counters))
    sample = Sample(f"{length} waiting")
    for _ in range(max(30, 3000 // length)):
        with sample.timed():
            next_for(centre, state, "1", now)
    return sample


def _measure(job: tuple[Setting, str]) -> Measures:
    setting, name = job
    centre, policy = _centre(setting.counters), POLICIES[name]
    return measure(play(centre, each, policy) for each in _days(setting))


@cache
def _days(setting: Setting) -> Sequence[Day]:
    habits = Habits(slot_share=setting.slot_share)
    centre = _centre(setting.counters)
    return make_days(centre, FIRST_DAY, DAYS, setting.load, setting.seed, habits)


@cache
def _centre(counters: int) -> Centre:
    return open_to_all(load_settings([SITE], {}).to_centre(), counters)


def _verdict(rows: Mapping[str, Measures]) -> str:
    own = rows["Rinda"]
    lines = [f"Slots kept: {own.slots_kept:.1%} (wanted: {GOOD_SLOTS:.0%})."]
    for name, peer in rows.items():
        if name.startswith("Rinda"):
            continue
        ratio = own.waiting_over(45) / max(peer.waiting_over(45), 1e-9)
        words = f"{name}: Rinda has {ratio:.2f} of its share of walk-ins over 45 min"
        if peer.slots_kept > own.slots_kept and ratio > 1:
            words += "; better than Rinda on both measures"
        lines.append(f"{words}{_equal(rows, peer)}.")
    return "\n".join(f"- {each}" for each in lines)


def _equal(rows: Mapping[str, Measures], peer: Measures) -> str:
    """What one of Rinda's settings makes of a peer's good slot figure."""
    others = {n: each for n, each in rows.items() if n.startswith("Rinda")}
    if peer.slots_kept < GOOD_SLOTS or len(others) == 1:
        return ""
    equals = [n for n, each in others.items() if each.slots_kept >= peer.slots_kept]
    if not equals:
        best = max(others.values(), key=lambda each: each.slots_kept)
        return f"; its slots are {peer.slots_kept - best.slots_kept:.2%} ahead of any setting"
    name = min(equals, key=lambda n: others[n].waiting_over(45))
    ratio = others[name].waiting_over(45) / max(peer.waiting_over(45), 1e-9)
    return f"; '{name}' keeps as many slots with {ratio:.2f} of its share over 45 min"


def _ticket(centre: Centre, number: int) -> Ticket:
    has_slot = number % 4 == 0
    service = "vsaa-konsultacija" if has_slot else "novads-cits"
    arrived_at = _now() - timedelta(seconds=1800 - number / 10)
    counts_from = _now() + timedelta(minutes=number % 60) if has_slot else arrived_at
    offered = centre.services[service]
    return Ticket(
        id=f"{number}",
        series=offered.series,
        number=number,
        service=service,
        kind=Kind.SLOT if has_slot else Kind.WALK_IN,
        language="lv",
        arrived_at=arrived_at,
        counts_from=counts_from,
        due_at=counts_from + (offered.slot_target if has_slot else offered.walk_in_target),
    )


def _now() -> datetime:
    return datetime(2026, 1, 6, 10, tzinfo=_centre(2).timezone)


def _draw_times(milliseconds: Mapping[int, float], file: Path) -> None:
    """Time against length, both logarithmic; red: one millisecond."""
    image = Image.new("RGB", (620, 400), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(14)

    def at(length: float, time: float) -> tuple[float, float]:
        return 80 + (log10(length) - 1) * 160, 60 + (2 - log10(time)) * 65

    pen.text((20, 14), "one decision, milliseconds, by number waiting", "black", font)
    for power in range(-2, 3):
        pen.line((*at(10, 10**power), *at(10000, 10**power)), "red" if power == 0 else "#dddddd")
        pen.text((20, at(10, 10**power)[1] - 8), f"{10.0**power:g}", "black", font)
    for length in (10, 100, 1000, 10000):
        pen.text((at(length, 0.01)[0], 330), f"{length}", "black", font, anchor="ma")
    for here, there in pairwise(milliseconds.items()):
        pen.line((*at(*here), *at(*there)), "#1f5fa8", 3)
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench"))

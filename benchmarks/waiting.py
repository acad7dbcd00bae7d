"""`python -m benchmarks.waiting`: what visitors are told about their wait, and what came of it.

Days are drawn by `simulator`, the service times are learned on other days than those measured.
Beside ours, on the same tickets, stand the estimate of Munich's ZMS and what can be known at most:
the same with the day's true service times, of which only chance is left.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from config.load import load_settings
from queue_core.accuracy import Promise, accuracy
from queue_core.centre import Centre
from queue_core.commands import AddBooking, Command, OpenCounter, Request, TakeTicket
from queue_core.decide import handle
from queue_core.events import TicketServed, TicketTaken
from queue_core.evolve import evolve
from queue_core.life import Status
from queue_core.model import CounterStatus, Kind, State, Ticket, WaitRange
from queue_core.outlook import Break, Foreseen
from queue_core.service_times import ServiceTime, ServiceTimes, learn_from, learn_from_log
from queue_core.waiting import AS_USUAL, RUNS, ranges
from simulator.day import ASSUMED, Day, generate, open_to_all
from simulator.policies import Policy, zms
from simulator.run import Played, play

SITE = Path(__file__).parents[1] / "config" / "sites" / "demo" / "site.toml"
TUESDAY = date(2026, 11, 24)
LOADS = (0.8, 0.9)
LEARNED, UNSEEN = range(1000, 1010), range(5000, 5030)
"""Seeds of the days on which service times are learned, and of those that are measured."""

WAITING = 100
ROUNDS = 20


@dataclass
class Told:
    """What visitors were told when they took their tickets, and what came of it.

    `walk_ins` and `slots` found no counter free; `at_once`: walk-ins who were told not to wait.
    `most`: the same walk-ins by who knows the day's service times; `theirs` by the estimate of ZMS,
    `theirs_at_once` likewise.
    """

    breaks_known: bool
    walk_ins: list[Promise] = field(default_factory=list)
    slots: list[Promise] = field(default_factory=list)
    most: list[Promise] = field(default_factory=list)
    theirs: list[Promise] = field(default_factory=list)
    at_once: list[Promise] = field(default_factory=list)
    theirs_at_once: list[Promise] = field(default_factory=list)
    tickets: dict[str, Ticket] = field(default_factory=dict)

    def add(self, day: str, played: Played, centre: Centre, times: ServiceTimes) -> None:
        """The tickets of one day."""
        chance = random.Random(day)
        average = mean_time(times)
        foreseen = Foreseen(breaks_of(played.day)) if self.breaks_known else AS_USUAL
        known = {s: ServiceTime.known(m, ASSUMED.variation) for s, m in played.day.means.items()}

        def told(state: State, ticket: Ticket, times: ServiceTimes) -> Promise | None:
            found = ranges(centre, state, times, ticket.arrived_at, chance, foreseen)
            range_ = found.tickets[ticket.id]
            return Promise(f"{day} {ticket.id}", ticket.arrived_at, range_) if range_ else None

        for state, ticket, learned in taken(played, times):
            promise = told(state, ticket, learned)
            if promise is None:
                continue
            waits = promise.range.high > timedelta(0)
            if ticket.kind is Kind.SLOT:
                self.slots += [promise] if waits else []
                continue
            minutes = zms_estimate(state, ticket, average)
            theirs = replace(promise, range=WaitRange(minutes, minutes, minutes))
            (self.walk_ins if waits else self.at_once).append(promise)
            (self.theirs if waits else self.theirs_at_once).append(theirs)
            if waits and (best := told(state, ticket, ServiceTimes(known))):
                self.most.append(best)
        self.tickets |= {f"{day} {t.id}": t for t in played.state.tickets.values()}


def breaks_of(day: Day) -> tuple[Break, ...]:
    """Of each counter: until it opens, and between two shifts."""
    morning = min(each.opens for each in day.shifts)
    breaks, closed = list[Break](), dict[str, datetime]()
    for shift in sorted(day.shifts, key=lambda each: each.opens):
        breaks.append(Break(shift.counter, closed.get(shift.counter, morning), shift.opens))
        closed[shift.counter] = shift.closes
    return tuple(breaks)


def taken(played: Played, times: ServiceTimes) -> Iterator[tuple[State, Ticket, ServiceTimes]]:
    """Every ticket, the state in which it was taken, and the service times learned by then."""
    state = State()
    for each in played.log:
        state = evolve(state, each)
        if isinstance(each.event, TicketServed):
            times = learn_from(times, state.tickets[each.event.ticket])
        elif isinstance(each.event, TicketTaken):
            yield state, state.tickets[each.event.ticket], times


def zms_estimate(state: State, ticket: Ticket, average: timedelta) -> timedelta:
    """The estimate of Munich's ZMS: turns ahead × average processing time ÷ open workstations.

    An appointment goes ahead once its time has come; one's own turn counts; whole minutes.
    it-at-m/eappointment, zmsentities/src/Zmsentities/Collection/QueueList.php
    (withEstimatedWaitingTime).
    """
    counters = sum(each is CounterStatus.OPEN for each in state.counters.values())
    turn, now = average / max(counters, 1), ticket.arrived_at
    waiting = [t for t in state.living.values() if t.status is Status.WAITING and t != ticket]
    slots = sorted(t.counts_from for t in waiting if t.kind is Kind.SLOT)
    walk_ins, turns = len(waiting) - len(slots), 0
    while walk_ins + len(slots):
        if slots and now + turns * turn + timedelta(minutes=2) >= slots[0]:
            slots.pop(0)
        elif walk_ins:
            walk_ins -= 1
        else:
            break
        turns += 1
    return (turns + 1) * turn // timedelta(minutes=1) * timedelta(minutes=1)


def mean_time(times: ServiceTimes) -> timedelta:
    """The mean over all services by how often they were asked for: what ZMS is set to."""
    known = times.services.values()
    total = sum(each.weight for each in known)
    means = (times.expected(name) * each.weight for name, each in times.services.items())
    return sum(means, timedelta()) / total


def measure(
    centre: Centre, load: float, policy: Policy, seeds: Sequence[int], breaks_known: bool = True
) -> Told:
    """Unseen days under the policy, told with what was learned on others."""
    times = ServiceTimes.prior({s.id: s.expected for s in centre.services.values()})
    for seed in LEARNED:
        times = learn_from_log(times, a_day(centre, load, policy, seed).log)
    told = Told(breaks_known)
    for seed in seeds:
        told.add(str(seed), a_day(centre, load, policy, seed), centre, times)
    return told


def a_day(centre: Centre, load: float, policy: Policy, seed: int) -> Played:
    """The day with this seed."""
    return play(centre, generate(centre, TUESDAY, load, random.Random(seed)), policy)


def row(name: str, promises: list[Promise], tickets: dict[str, Ticket]) -> str:
    """One line of the table."""
    found = accuracy(promises, tickets)
    if found is None:
        return f"| {name} | 0 | | | |"
    spread = f"{found.coverage:.1%} | {minutes(found.width)}" if found.width else "one figure | "
    return f"| {name} | {found.promises} | {spread} | {minutes(found.error)} |"


def minutes(length: timedelta) -> str:
    """For the table."""
    return f"{length / timedelta(minutes=1):.1f} min"


def full_set(centre: Centre) -> float:
    """Seconds of one set of ranges with a hundred waiting, the median of some."""
    state, now = crowded(centre), datetime(2026, 11, 24, 10, 31, tzinfo=centre.timezone)
    times = ServiceTimes.prior({s.id: s.expected for s in centre.services.values()})
    chance, took = random.Random(1), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ranges(centre, state, times, now, chance)
        took.append(time.perf_counter() - start)
    return median(took)


def crowded(centre: Centre) -> State:
    """All counters open, a hundred walk-ins waiting, a booking every ten minutes."""
    now = datetime(2026, 11, 24, 10, 31, tzinfo=centre.timezone)
    services = [s.id for s in centre.services.values() if s.walk_in]
    services = [s for s in services if centre.hours_of(s).open_at(now)]
    booked = next(s.id for s in centre.services.values() if not s.walk_in)
    commands: list[Command] = [OpenCounter(each) for each in centre.counters]
    commands += [TakeTicket(services[n % len(services)], "lv") for n in range(WAITING)]
    commands += [
        AddBooking(f"b{n}", booked, now + timedelta(minutes=10 * n), 20) for n in range(24)
    ]
    state = State()
    for number, command in enumerate(commands):
        state = handle(centre, state, Request(str(number), "bench", command), now).state
    return state


def main() -> None:
    """Print the figures."""
    site = load_settings([SITE], {}).to_centre()
    print(f"{len(UNSEEN)} unseen days each; ours, and on the same tickets the estimate of ZMS.\n")
    print("| days | promises | in the range | width | error of the middle |\n|---|---|---|---|---|")
    for name, centre in (("demo", site), ("four alike", open_to_all(site, 4))):
        for load in LOADS:
            told = measure(centre, load, Policy("Rinda"), UNSEEN)
            days = f"{name}, load {load}"
            print(row(f"{days}: walk-ins", told.walk_ins, told.tickets))
            print(row(f"{days}: the same by ZMS", told.theirs, told.tickets))
            print(row(f"{days}: the same, at most known", told.most, told.tickets))
            print(row(f"{days}: slot holders", told.slots, told.tickets))
            every, theirs = told.walk_ins + told.at_once, told.theirs + told.theirs_at_once
            print(row(f"{days}: also who found a counter free", every, told.tickets))
            print(row(f"{days}: the same by ZMS", theirs, told.tickets))
            own = measure(centre, load, Policy("ZMS", zms), UNSEEN)
            days += ": by ZMS, where it calls"
            print(row(days, own.theirs, own.tickets), flush=True)
    told = measure(site, LOADS[0], Policy("Rinda"), UNSEEN, breaks_known=False)
    print(row(f"demo, load {LOADS[0]}: walk-ins, no breaks known", told.walk_ins, told.tickets))
    print(f"\nRanges for {WAITING} waiting: {full_set(site) * 1000:.0f} ms, {RUNS} runs.")


if __name__ == "__main__":
    main()

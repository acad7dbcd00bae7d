"""`rinda simulate`: what a day, or two hundred, would have been like."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

from queue_core.centre import Centre
from simulator.day import Day, generate, shifts_of, with_counter_from
from simulator.policies import PEERS, RINDA, Policy, settings
from simulator.replay import days_in, read
from simulator.report import Measures, draw, measure, table
from simulator.run import play

POLICIES = {each.name.lower().replace(" ", "-"): each for each in (RINDA, *PEERS)}

Change = Callable[[Centre, Day], tuple[Centre, Day]]


@dataclass(frozen=True, slots=True)
class Question:
    """A policy in the centre as it is, or as it might be."""

    name: str
    policy: Policy
    change: Change = lambda centre, day: (centre, day)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, besides those that name the settings files."""
    parser.add_argument("--days", type=int, default=20, help="working days to play (20)")
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2026, 9, 7))
    parser.add_argument("--seed", type=int, default=1, help="another seed, other visitors (1)")
    parser.add_argument("--load", type=float, default=0.8, help="work to counter time (0.8)")
    parser.add_argument("--policies", nargs="+", choices=POLICIES, default=list(POLICIES))
    parser.add_argument(
        "--counter-from", type=time.fromisoformat, metavar="11:00", help="one more counter"
    )
    parser.add_argument("--walk-in-target", type=float, metavar="MINUTES", help="another target")
    parser.add_argument("--replay", type=Path, metavar="DB", help="recorded days, not made ones")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the table too (PNG)")


def simulate(centre: Centre, parsed: argparse.Namespace) -> str:
    """The table to print; draws the picture if one was asked for.

    Raises sqlite3.Error if the database to replay cannot be read.
    """
    if parsed.replay:
        days = days_in(centre, read(parsed.replay))
    else:
        days = make_days(centre, parsed.first_day, parsed.days, parsed.load, parsed.seed)
    if not days:
        return "There is no day to play."
    measures = {each.name: answer(each, centre, days) for each in _questions(parsed)}
    title = f"{len(days)} days at {centre.name.get('en', centre.id)}, {_visits(days)} visits a day"
    if parsed.picture:
        draw(measures, title, parsed.picture)
    return f"{title}. Times in minutes.\n\n{table(measures)}"


def make_days(centre: Centre, first: date, number: int, load: float, seed: int) -> list[Day]:
    """The next `number` days on which the centre is open; each from its own seed."""
    days: list[Day] = []
    for ahead in range(number * 7):
        day = first + timedelta(days=ahead)
        if len(days) == number:
            break
        if shifts_of(centre, day):
            days.append(generate(centre, day, load, Random(f"{seed} {day}")))  # noqa: S311
    return days


def answer(question: Question, centre: Centre, days: Sequence[Day]) -> Measures:
    """The days under the question's policy."""
    return measure(play(*question.change(centre, each), question.policy) for each in days)


def _questions(parsed: argparse.Namespace) -> list[Question]:
    questions = [Question(POLICIES[each].name, POLICIES[each]) for each in parsed.policies]
    opens, target = parsed.counter_from, parsed.walk_in_target
    if opens is not None:
        change: Change = lambda centre, day: with_counter_from(centre, day, opens)  # noqa: E731
        questions.append(Question(f"Rinda, counter from {opens:%H:%M}", RINDA, change))
    if target is not None:
        name = f"Rinda, target {target:g}"
        questions.append(Question(name, Policy(name, adapt=settings(walk_in=target))))
    return questions


def _visits(days: Sequence[Day]) -> int:
    return round(sum(len(each.visits) for each in days) / len(days))

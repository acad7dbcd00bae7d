"""`rinda simulate`: what a day, or two hundred, would have been like."""

import argparse
import itertools
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from queue_core.centre import Centre
from simulator.day import ASSUMED, Day, Habits, generate, shifts_of, with_counter_from
from simulator.options import POLICIES
from simulator.picture import draw
from simulator.policies import RINDA, Policy, with_target
from simulator.replay import days_in, read
from simulator.report import Measures, measure, table
from simulator.run import play

Change = Callable[[Centre, Day], tuple[Centre, Day]]


@dataclass(frozen=True, slots=True)
class Question:
    """A policy in the centre as it is, or as it might be."""

    name: str
    policy: Policy
    change: Change = lambda centre, day: (centre, day)


def simulate(centre: Centre, parsed: argparse.Namespace) -> str:
    """The table to print; draws the picture if one was asked for.

    Raises SystemExit, with words, if the database to replay cannot be read.
    """
    if parsed.replay:
        days = _recorded(centre, parsed.replay)
    else:
        days = make_days(centre, parsed.first_day, parsed.days, parsed.load, parsed.seed)
    if not days:
        return "There is no day to play."
    measures = {each.name: answer(each, centre, days) for each in _questions(parsed)}
    title = f"{len(days)} days at {centre.name.get('en', centre.id)}, {_visits(days)} visits a day"
    if parsed.picture:
        draw(measures, title, parsed.picture)
    return f"{title}. Times in minutes.\n\n{table(measures)}"


def make_days(
    centre: Centre,
    first: date,
    number: int,
    load: float,
    seed: int,
    habits: Habits = ASSUMED,
) -> list[Day]:
    """The next `number` days on which the centre is open, from `first`; each with its own seed."""
    ahead = (first + timedelta(days=each) for each in range(number * 7))
    open_days = itertools.islice((each for each in ahead if shifts_of(centre, each)), number)
    return [
        generate(centre, each, load, Random(f"{seed} {each}"), habits)  # noqa: S311 - no secret
        for each in open_days
    ]


def answer(question: Question, centre: Centre, days: Sequence[Day]) -> Measures:
    """The days under the question's policy."""
    return measure(play(*question.change(centre, each), question.policy) for each in days)


def _recorded(centre: Centre, database: Path) -> list[Day]:
    try:
        return days_in(centre, read(database))
    except sqlite3.Error as error:
        raise SystemExit(f"{database} cannot be read: {error}") from None


def _questions(parsed: argparse.Namespace) -> list[Question]:
    questions = [Question(POLICIES[each].name, POLICIES[each]) for each in parsed.policies]
    opens, target = parsed.counter_from, parsed.walk_in_target
    if opens is not None:
        change: Change = lambda centre, day: with_counter_from(centre, day, opens)  # noqa: E731
        questions.append(Question(f"Rinda, counter from {opens:%H:%M}", RINDA, change))
    if target is not None:
        policy = with_target(target)
        questions.append(Question(policy.name, policy))
    return questions


def _visits(days: Sequence[Day]) -> int:
    return round(sum(len(each.visits) for each in days) / len(days))

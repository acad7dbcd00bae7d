"""Service times: what is learned, what is forgotten, what cannot mislead."""

import random
from datetime import timedelta
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_core.commands import CallNext, Finish, NoShow, Start
from queue_core.model import GivenService
from queue_core.service_times import (
    FURTHEST,
    MEMORY,
    PRIOR_SPREAD,
    ServiceTimes,
    learn,
    learn_from_log,
)
from tests.queue_core.conftest import Day

PRIOR = ServiceTimes.prior({"a": timedelta(minutes=12)})

minutes = st.floats(0.5, 120)


def taught(times: ServiceTimes, mean: float, spread: float, count: int) -> ServiceTimes:
    chance = random.Random(1)
    for _ in range(count):
        times = learn(times, "a", chance.lognormvariate(log(mean), spread))
    return times


def test_a_prior_is_the_mean_it_was_given() -> None:
    assert PRIOR.expected("a") == pytest.approx(timedelta(minutes=12), abs=timedelta(seconds=1))


@given(median=minutes, spread=st.floats(0.2, 1.0))
def test_learning_comes_to_the_truth(median: float, spread: float) -> None:
    times = taught(PRIOR, median * 60, spread, 5 * MEMORY)
    assert times.quantile("a", 0.5) / timedelta(minutes=median) == pytest.approx(1, rel=0.25)
    assert times.of("a").deviation == pytest.approx(spread, rel=0.25)


@given(before=minutes, after=minutes)
def test_what_was_true_long_ago_is_forgotten(before: float, after: float) -> None:
    times = taught(taught(PRIOR, before * 60, 0.5, MEMORY), after * 60, 0.5, 6 * MEMORY)
    assert times.quantile("a", 0.5) / timedelta(minutes=after) == pytest.approx(1, rel=0.25)


@given(seconds=st.floats(0, 1e6))
def test_one_outlier_moves_the_mean_by_a_bounded_step(seconds: float) -> None:
    times = taught(PRIOR, 600, 0.5, 50)
    step = FURTHEST * times.of("a").deviation / times.of("a").weight
    moved = learn(times, "a", seconds).of("a").mean - times.of("a").mean
    assert abs(moved) <= step


@given(shares=st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)))
def test_quantiles_are_ordered(shares: tuple[float, float]) -> None:
    low, high = sorted(shares)
    assert PRIOR.quantile("a", low) <= PRIOR.quantile("a", high)


@given(seed=st.integers(0, 2**32), spent=st.floats(0, 1e6))
def test_the_rest_is_never_negative(seed: int, spent: float) -> None:
    assert 0 <= PRIOR.of("a").draw_rest(random.Random(seed), spent) < float("inf")


def test_the_rest_is_what_remains_of_those_who_lasted_as_long() -> None:
    chance, time, spent = random.Random(2), PRIOR.of("a"), 900.0
    lasted = [x - spent for x in (time.draw(chance) for _ in range(60_000)) if x > spent]
    rests = [time.draw_rest(chance, spent) for _ in range(10_000)]
    assert sum(rests) / len(rests) == pytest.approx(sum(lasted) / len(lasted), rel=0.1)


def test_an_unknown_service_has_a_time() -> None:
    assert timedelta(0) < PRIOR.expected("new") < timedelta(hours=1)
    assert learn(PRIOR, "new", 60.0).of("new").mean < PRIOR.of("new").mean


def test_alike_times_do_not_stop_the_learning() -> None:
    times = PRIOR
    for seconds in [300.0] * 20 * MEMORY + [600.0] * 3 * MEMORY:
        times = learn(times, "a", seconds)
    assert times.quantile("a", 0.5) > timedelta(seconds=550)


def test_only_the_served_teach_and_their_way_to_the_counter_counts(day: Day) -> None:
    service = "vsaa-slimiba"
    served, absent = day.take(service), day.take(service)
    day.do(CallNext("1"))
    day.wait(2)
    day.do(Start("1", served.id))
    day.wait(3)
    day.do(Finish("1", served.id, (GivenService(service),)))
    day.do(CallNext("1"))
    day.wait(1)
    day.do(NoShow("1", absent.id))
    prior = ServiceTimes.prior({service: timedelta(minutes=12)})
    learned = learn_from_log(prior, day.log)
    assert learned == learn(prior, service, 300.0)
    assert exp(learned.of(service).mean) < 720 * exp(-(PRIOR_SPREAD**2) / 2)

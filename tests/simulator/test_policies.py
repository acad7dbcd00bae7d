"""Each peer's order as published; days played are whole; the comparison, small."""

import argparse
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from queue_core.centre import Centre
from queue_core.life import Status
from queue_core.model import CallRule
from simulator.command import make_days, simulate
from simulator.day import Day, Shift, Visit, open_to_all
from simulator.options import add_arguments
from simulator.policies import PEERS, RINDA, Policy, slots_dearer, with_target
from simulator.report import measure
from simulator.run import Played, play
from tests.conftest import MORNING

MONDAY = date(2026, 9, 7)
BY_NAME = {each.name: each for each in PEERS}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def visit(arrives: float, slot: float | None = None) -> Visit:
    starts_at = None if slot is None else MORNING + minutes(slot)
    service = "novads-cits" if slot is None else "vsaa-konsultacija"
    return Visit(service, MORNING + minutes(arrives), minutes(10), minutes(0.5), starts_at)


@pytest.mark.parametrize(
    ("peer", "order"),
    [
        ("ZMS", "late slot walk_in early"),
        ("The Q", "slot early late walk_in"),
        ("QSystem", "slot early walk_in late"),
        ("NovoSGA 1.5", "slot early walk_in late"),
        ("Qmatic", "walk_in slot late early"),
        ("FQM", "walk_in slot early late"),
    ],
)
def test_the_order_of_each_peer(centre: Centre, peer: str, order: str) -> None:
    """At 11:00: a walk-in of 10:32, a slot of 10:50, one of 12:00, one 15 minutes late."""
    visits = {
        "walk_in": visit(1),
        "slot": visit(10, slot=19),
        "early": visit(15, slot=89),
        "late": visit(28, slot=13),
    }
    opens = MORNING + minutes(29)
    shift = Shift("1", opens, opens + minutes(200))
    early = Shift("2", MORNING, MORNING + minutes(0.5))  # the doors open before the counter does
    day = Day(tuple(visits.values()), (early, shift), shift.closes)
    played = play(centre, day, BY_NAME[peer])
    calls = {each.call.at: each.id for each in played.state.tickets.values() if each.call}
    called = [calls[at] for at in sorted(calls)]
    names = list(visits)
    assert " ".join(names[int(each.removeprefix("visit-"))] for each in called) == order


@pytest.fixture(scope="module")
def days(centre: Centre) -> Sequence[Day]:
    return make_days(open_to_all(centre, 5), MONDAY, 20, 0.8, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10_000),
    st.sampled_from([RINDA, slots_dearer(600, 5, 0), with_target(20), *PEERS]),
)
def test_everybody_is_served_once_and_a_counter_serves_one(
    centre: Centre, seed: int, policy: Policy
) -> None:
    (day,) = make_days(centre, MONDAY, 1, 0.7, seed)
    played = play(centre, day, policy)
    came = [each for each in day.visits if each.arrives_at]
    assert len(played.state.tickets) == len(came)
    ends = {Status.SERVED, Status.NO_SHOW}
    assert {each.status for each in played.state.tickets.values()} <= ends
    for counter in centre.counters:
        assert not overlaps(played, counter)


def overlaps(played: Played, counter: str) -> bool:
    spans = sorted(
        (each.call.at, each.ended_at)
        for each in played.state.tickets.values()
        if each.call and each.ended_at and each.call.counter == counter
    )
    return any(ended > called for (_, ended), (called, _) in pairwise(spans))


def test_a_day_played_twice_is_the_same(centre: Centre, days: Sequence[Day]) -> None:
    five = open_to_all(centre, 5)
    for policy in (RINDA, BY_NAME["ZMS"]):
        assert play(five, days[0], policy) == play(five, days[0], policy)


def test_every_call_carries_its_reason(centre: Centre, days: Sequence[Day]) -> None:
    five = open_to_all(centre, 5)
    for each in play(five, days[0], BY_NAME["ZMS"]).state.tickets.values():
        assert each.call
        assert (each.call.reason.rule, each.call.reason.note) == (CallRule.CHOSEN, "ZMS")


def test_rinda_keeps_slots_and_spares_walk_ins(centre: Centre, days: Sequence[Day]) -> None:
    five = open_to_all(centre, 5)
    own = measure(play(five, each, RINDA) for each in days)
    assert own.slots_kept >= 0.97
    for peer in PEERS:
        its = measure(play(five, each, peer) for each in days)
        better_slots = its.slots_kept > own.slots_kept
        assert not (better_slots and its.waiting_over(45) < own.waiting_over(45)), peer.name
        if peer.name in ("ZMS", "The Q"):
            assert own.waiting_over(45) <= its.waiting_over(45) / 3


def test_settings_that_keep_as_many_slots_as_the_peers(centre: Centre, days: Sequence[Day]) -> None:
    five = open_to_all(centre, 5)
    for own, peer in ((slots_dearer(38, 5, 60), "ZMS"), (slots_dearer(45, 15, 300), "The Q")):
        ours = measure(play(five, each, own) for each in days)
        its = measure(play(five, each, BY_NAME[peer]) for each in days)
        assert ours.slots_kept >= its.slots_kept - 0.002
        assert ours.waiting_over(45) <= its.waiting_over(45)


def test_the_command_answers_what_if(centre: Centre, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    picture = tmp_path / "days.png"
    options = "--days 2 --policies rinda zms --counter-from 11:00 --walk-in-target 20 --picture"
    parsed = parser.parse_args([*options.split(), str(picture)])
    said = simulate(centre, parsed)
    for name in ("Rinda ", "ZMS", "Rinda, counter from 11:00", "Rinda, target 20"):
        assert f"| {name}" in said
    assert Image.open(picture).size[0] > 1000


def test_nothing_to_play(centre: Centre, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit, match="cannot be read"):
        simulate(centre, parser.parse_args(["--replay", str(tmp_path / "missing.db")]))
    assert simulate(centre, parser.parse_args(["--days", "0"])) == "There is no day to play."

"""Slots are protected: boundedly, with the reason said, and never against a broken promise."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_core.calling import Withheld, is_early, is_patient, may_call, next_for
from queue_core.centre import Centre
from queue_core.commands import AddBooking, CallNext, PauseCounter, Start
from queue_core.life import Status
from queue_core.model import (
    Call,
    CallReason,
    CallRule,
    CounterStatus,
    Kind,
    State,
    Ticket,
)
from queue_core.tickets import put, whole
from tests.conftest import MORNING
from tests.queue_core.conftest import Day

LONG, SHORT, SLOT = "vid-deklaracija", "vid-gramatina", "vsaa-konsultacija"
"""Sixteen, six and eighteen minutes in the demonstration."""


@pytest.fixture
def soon(day: Day) -> Day:
    """Only counter 1 is open; a slot holder of 10:40 (due 10:45) is there since 10:31.

    Slots count from their time; a counter is kept free for three minutes.
    """
    day.centre = replace(day.centre, early_call=timedelta(), longest_idle=timedelta(minutes=3))
    day.do(PauseCounter("2"))
    day.do(AddBooking("digest", SLOT, MORNING + timedelta(minutes=9), 20))
    day.check_in("digest")
    return day


def reason(day: Day, ticket: Ticket) -> CallReason:
    call = day.ticket(ticket).call
    assert call, "was not called"
    return call.reason


def test_a_counter_is_kept_free_for_a_slot_about_to_begin(soon: Day) -> None:
    walk_in = soon.take(LONG)
    soon.wait(6)  # 10:37: it would last until 10:53
    refusal = soon.do(CallNext("1")).refusal
    assert refusal
    assert refusal.code == "slot_soon"
    assert refusal.facts["number"] == "K 001"
    assert refusal.facts["starts_at"].startswith("2026-11-24T10:40")
    soon.wait(3)
    soon.do(CallNext("1"))
    assert soon.ticket(walk_in).status is Status.WAITING


def test_the_clerk_may_insist(soon: Day) -> None:
    walk_in = soon.take(LONG)
    soon.wait(6)
    assert soon.code(CallNext("1", insist=True)) is None
    assert reason(soon, walk_in).rule is CallRule.SLOT_LATER


def test_nobody_is_kept_waiting_longer_than_the_longest_idle(soon: Day) -> None:
    walk_in = soon.take(LONG)
    soon.wait(5)  # 10:36: four minutes before the slot
    assert soon.code(CallNext("1")) is None
    why = reason(soon, walk_in)
    assert (why.rule, why.slot_number) == (CallRule.SLOT_LATER, "K 001")


def test_nobody_waits_for_a_free_counter_beside_a_slot_holder_who_can_be_called(soon: Day) -> None:
    soon.do(AddBooking("another", SLOT, MORNING + timedelta(minutes=6), 20))
    present = soon.check_in("another")
    walk_in = soon.take(LONG)
    walk_in = replace(walk_in, due_at=MORNING + timedelta(minutes=10))
    soon.state = put(soon.state, walk_in)
    soon.wait(6)
    assert soon.code(CallNext("1")) is None
    assert soon.ticket(present).status is Status.WAITING


def test_a_walk_in_who_fits_is_called_instead(soon: Day) -> None:
    long, short = soon.take(LONG), soon.take(SHORT)
    soon.wait(6)  # 10:37: the short one lasts until 10:43
    assert soon.code(CallNext("1")) is None
    why = reason(soon, short)
    assert (why.rule, why.next_number, why.slot_number) == (
        CallRule.SHORTER_FITS,
        long.label,
        "K 001",
    )


def test_another_counter_free_in_time_is_enough(soon: Day) -> None:
    serving, walk_in = soon.take("vsaa-slimiba"), soon.take(LONG)
    soon.state = replace(soon.state, counters={"1": CounterStatus.OPEN, "2": CounterStatus.OPEN})
    soon.do(CallNext("2"))  # 10:31, eight minutes
    soon.do(Start("2", serving.id))
    soon.wait(6)
    assert soon.code(CallNext("1")) is None
    assert soon.ticket(walk_in).status is Status.CALLED


def test_a_walk_in_who_is_overdue_is_not_passed_over(soon: Day) -> None:
    walk_in = soon.take(LONG)
    soon.state = put(soon.state, replace(walk_in, due_at=MORNING))
    soon.wait(7)
    assert soon.code(CallNext("1")) is None
    assert soon.ticket(walk_in).status is Status.CALLED


def test_a_slot_may_be_called_in_its_turn_a_little_early(day: Day) -> None:
    day.centre = replace(day.centre, early_call=timedelta(minutes=3))
    day.do(AddBooking("digest", SLOT, MORNING + timedelta(minutes=9), 20))
    slot = day.check_in("digest")
    assert slot.due_at == MORNING + timedelta(minutes=14)
    first, second = day.take(LONG), day.take("novads-cits")
    day.wait(5)  # 10:36: four minutes before
    day.do(CallNext("1"))
    assert reason(day, first).slot_at == MORNING + timedelta(minutes=9)
    day.wait(1)
    day.do(CallNext("2"))
    assert reason(day, slot).next_number == second.label


def test_the_time_of_a_slot_is_the_bookings_own(soon: Day) -> None:
    soon.centre = replace(soon.centre, early_call=timedelta(minutes=4))  # since the check-in
    walk_in = soon.take(LONG)
    soon.do(CallNext("1", insist=True))
    assert reason(soon, walk_in).slot_at == MORNING + timedelta(minutes=9)


def test_protection_can_be_switched_off(soon: Day) -> None:
    soon.centre = replace(soon.centre, protect_slots=timedelta())
    soon.take(LONG)
    soon.wait(7)
    assert soon.code(CallNext("1")) is None


@pytest.fixture
def crowded(day: Day) -> tuple[Ticket, Ticket]:
    """A slot holder of 10:40 and a walk-in who is due at 11:01, both overdue at 11:02."""
    day.do(AddBooking("digest", SLOT, MORNING + timedelta(minutes=9), 20))
    slot = day.check_in("digest")
    walk_in = day.take(LONG)
    day.wait(31)
    return slot, walk_in


def test_once_both_are_overdue_the_slot_holder_can_wait_a_little(
    day: Day, crowded: tuple[Ticket, Ticket]
) -> None:
    slot, walk_in = crowded
    day.do(CallNext("1"))
    why = reason(day, walk_in)
    assert (why.rule, why.slot_number) == (CallRule.SLOT_CAN_WAIT, slot.label)
    assert why.slot_at == MORNING + timedelta(minutes=9)
    day.do(CallNext("2"))
    assert reason(day, slot).rule is CallRule.ONLY_ONE


def test_a_slot_holder_does_not_wait_longer_than_the_slot_patience(
    day: Day, crowded: tuple[Ticket, Ticket]
) -> None:
    slot, walk_in = crowded
    day.centre = replace(day.centre, slot_patience=timedelta(minutes=15))  # until 11:00
    day.do(CallNext("1"))
    assert reason(day, slot).next_number == walk_in.label


def test_a_late_slot_holder_needs_no_more_patience_than_a_walk_in(day: Day) -> None:
    day.do(AddBooking("digest", SLOT, MORNING - timedelta(minutes=20), 20))
    late = day.check_in("digest")
    day.wait(1)
    day.take(LONG)
    day.wait(31)
    day.do(CallNext("1"))
    assert reason(day, late).rule is CallRule.EARLIEST_DUE


Waiting = tuple[bool, str, int, int]
"""Whether a slot holder, the service, minutes until it counts, minutes waited."""

waiting = st.tuples(
    st.booleans(),
    st.sampled_from([LONG, SHORT, "novads-cits"]),
    st.integers(-40, 20),
    st.integers(0, 45),
)
busy = st.one_of(st.none(), st.integers(0, 30))


def made(centre: Centre, waiting: list[Waiting], busy_since: int | None) -> State:
    """A state with these waiting; counter 2 open, free or busy since so many minutes."""
    tickets = [ticket(centre, number, each) for number, each in enumerate(waiting)]
    counters = {"1": CounterStatus.OPEN, "2": CounterStatus.OPEN}
    at_counter = {}
    if busy_since is not None:
        called_at = MORNING - timedelta(minutes=busy_since)
        why = CallReason(CallRule.ONLY_ONE, called_at)
        call = Call(1, "2", called_at, why, called_at)
        served = replace(ticket(centre, 99, (False, LONG, 0, 40)), status=Status.SERVING, call=call)
        tickets.append(served)
        at_counter["2"] = served.id
    known = {each.id: each for each in tickets}
    return whole(State(tickets=known, counters=counters, at_counter=at_counter))


def ticket(centre: Centre, number: int, each: Waiting) -> Ticket:
    has_slot, service, begins, waited = each
    service = SLOT if has_slot else service
    arrived_at = MORNING - timedelta(minutes=waited)
    counts_from = MORNING + timedelta(minutes=begins) if has_slot else arrived_at
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


@given(st.lists(waiting, max_size=12), busy)
def test_nobody_is_passed_over_unless_the_reason_says_so(
    centre: Centre, waiting: list[Waiting], busy_since: int | None
) -> None:
    state = made(centre, waiting, busy_since)
    able = [t for t in state.tickets.values() if t.status is Status.WAITING]
    able = [each for each in able if may_call(centre, "1", each)]
    present = [each for each in able if not is_early(each, MORNING)]
    found = next_for(centre, state, "1", MORNING)
    if found is None:
        assert not able
    elif isinstance(found, Withheld):
        assert is_early(found.slot, MORNING)
        assert found.slot.counts_from <= MORNING + centre.longest_idle
        assert not any(each.due_at < MORNING for each in present)
    else:
        called, why = found
        earliest = min((each.due_at for each in present), default=None)
        if why.rule is CallRule.SHORTER_FITS:
            ends = MORNING + centre.services[called.service].expected
            slot = next(each for each in able if each.label == why.slot_number)
            assert ends <= slot.due_at
            assert earliest
            assert earliest == why.next_due_at
            assert earliest >= MORNING
        elif why.rule is CallRule.EARLY_NOBODY_ELSE:
            assert not present
        elif why.rule is CallRule.SLOT_CAN_WAIT:
            passed = [each for each in present if each.due_at < called.due_at]
            assert passed
            assert called.due_at < MORNING
            for each in passed:
                assert is_patient(each)
                assert each.due_at + centre.slot_patience >= called.due_at
        else:
            assert called.due_at == earliest
        if why.rule is CallRule.EARLIEST_DUE:
            assert why.next_due_at
            assert called.due_at <= why.next_due_at
            assert called.due_at == min(each.due_at for each in able)
        if why.rule is CallRule.SLOT_LATER:
            assert why.slot_at
            assert why.slot_at > MORNING


@given(st.lists(waiting, min_size=1, max_size=12), busy)
def test_insisting_gives_the_earliest_due(
    centre: Centre, waiting: list[Waiting], busy_since: int | None
) -> None:
    state = made(centre, waiting, busy_since)
    found = next_for(centre, state, "1", MORNING, insist=True)
    assert not isinstance(found, Withheld)
    if found:
        assert found[1].rule is not CallRule.SHORTER_FITS

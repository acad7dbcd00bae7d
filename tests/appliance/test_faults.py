"""Readings that are a fault, and those in between, which change nothing."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.faults import RULES, Faults, Seen
from appliance.gauges import Readings
from texts import language
from texts.sentences import fault

WELL = Seen(Readings(celsius=50, under_voltage=False, data_free_megabytes=9000), synchronised=True)


def but(**readings: Any) -> Seen:
    return replace(WELL, readings=replace(WELL.readings, **readings))


@pytest.mark.parametrize(
    ("code", "bad", "between"),
    [
        ("hot", but(celsius=80), but(celsius=76)),
        ("data_nearly_full", but(data_free_megabytes=299), but(data_free_megabytes=399)),
        ("under_voltage", but(under_voltage=True), None),
        ("card_errors", but(card_errors=2), None),
        ("card_worn", but(card_used_percent=90), None),
        ("card_file_wrong", but(card_file_wrong=True), None),
        ("program_failing", replace(WELL, resting=["rinda-kiosk.service"]), None),
    ],
)
def test_a_fault_begins_and_is_over_by_its_own_measure(
    code: str, bad: Seen, between: Seen | None
) -> None:
    faults = Faults()
    assert faults.told(WELL, 0) == ()
    if between:
        assert faults.told(between, 1) == ()
    assert faults.told(bad, 2) == (code,)
    if between:
        assert faults.told(between, 10_000) == (code,)
    faults.told(WELL, 20_000)
    assert faults.told(WELL, 21_000) == ()


def test_a_weak_supply_is_told_until_ten_minutes_went_well() -> None:
    faults, weak = Faults(), but(under_voltage=True)
    assert faults.told(weak, 0) == ("under_voltage",)
    assert faults.told(WELL, 2) == ("under_voltage",)
    assert faults.told(weak, 590) == ("under_voltage",)
    assert faults.told(WELL, 592) == ("under_voltage",)
    assert faults.told(WELL, 1191) == ("under_voltage",)
    assert faults.told(WELL, 1192) == ()


def test_a_clock_has_a_quarter_of_an_hour_to_be_set() -> None:
    faults, unset = Faults(), replace(WELL, synchronised=False)
    assert faults.told(unset, 0) == ()
    assert faults.told(replace(WELL, synchronised=None), 800) == ()
    assert faults.told(unset, 801) == ()
    assert faults.told(unset, 1701) == ("clock_unset",)
    assert faults.told(WELL, 1702) == ()


@given(st.lists(st.floats(60, 100), min_size=2))
def test_heat_that_wavers_is_told_once_and_over_once(degrees: list[float]) -> None:
    """Between two changes there are at least five degrees."""
    faults, told, last = Faults(), False, 0.0
    for moment, celsius in enumerate(degrees):
        now = bool(faults.told(but(celsius=celsius), moment * 1000))
        if now != told:
            assert (celsius >= 80) if now else (last < 75 or celsius < 75)
        told, last = now, celsius


def test_nothing_that_is_not_known_is_a_fault() -> None:
    assert Faults().told(Seen(Readings()), 0) == ()


@pytest.mark.parametrize("tongue", ["lv", "en"])
@pytest.mark.parametrize("code", [each.code for each in RULES])
def test_every_fault_has_a_sentence(code: str, tongue: str) -> None:
    words = language(tongue)
    assert fault(words, code) != words.text("Fault: {code}", code=code)

from typing import Literal

import pytest
from pydantic import ValidationError

from config.pins import (
    FREE_ATTEMPTS,
    Throttle,
    TooManyAttemptsError,
    WrongPinError,
    hash_pin,
    pin_matches,
)
from config.settings import Settings, StaffSettings
from desk.sign_in import Door

SALT = b"sea salt"


class Watch:
    """A monotonic clock that moves by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def door(watch: Watch) -> Door:
    staff = [StaffSettings(id=each, pin=hash_pin("2580", SALT)) for each in ("anna", "juris")]
    return Door(staff, Throttle(watch))


async def wrong(door: Door, times: int, person: str = "anna", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises(WrongPinError):
            await door.check(person, "0000", address)


def test_the_demonstrations_pin_is_2580(demo_settings: Settings) -> None:
    assert pin_matches(demo_settings.staff[0].pin, "2580")
    assert not pin_matches(demo_settings.staff[0].pin, "2581")


def test_a_hashed_pin_is_what_the_settings_accept() -> None:
    stored = hash_pin("12345", bytes.fromhex("00ff" * 8))
    assert stored.startswith(f"scrypt:{'00ff' * 8}:")
    assert StaffSettings(id="anna", pin=stored).pin == stored
    assert pin_matches(stored, "12345")


@pytest.mark.parametrize(
    "stored", ["2580", "scrypt:abc:ab", f"scrypt:{'0' * 17}:{'0' * 64}", f"scrypt:00:{'0' * 64}"]
)
def test_what_no_pin_could_match_is_no_setting(stored: str) -> None:
    with pytest.raises(ValidationError):
        StaffSettings(id="anna", pin=stored)


@pytest.mark.parametrize("pin", ["", "123", "12a4", "١٢٣٤", "12 34"])
def test_a_pin_has_four_digits_or_more(pin: str) -> None:
    with pytest.raises(ValueError, match="four digits"):
        hash_pin(pin, SALT)


async def test_the_right_pin_opens(door: Door) -> None:
    await door.check("anna", "2580", "10.0.0.1")


@pytest.mark.parametrize("pin", ["", "258", "25800", "ā", "\x00"])
async def test_any_other_pin_does_not(door: Door, pin: str) -> None:
    with pytest.raises(WrongPinError):
        await door.check("anna", pin, "10.0.0.1")


async def test_nobody_has_no_pin(door: Door) -> None:
    with pytest.raises(WrongPinError):
        await door.check("nobody", "2580", "10.0.0.1")


async def test_after_five_wrong_ones_even_the_right_one_waits(door: Door, watch: Watch) -> None:
    await wrong(door, FREE_ATTEMPTS)
    with pytest.raises(TooManyAttemptsError) as refused:
        await door.check("anna", "2580", "10.0.0.1")
    assert refused.value.seconds == 5
    watch.seconds = 5
    await door.check("anna", "2580", "10.0.0.1")


async def test_a_stranger_elsewhere_locks_nobody_out(door: Door) -> None:
    await wrong(door, FREE_ATTEMPTS, address="10.0.0.9")
    await door.check("anna", "2580", "10.0.0.1")
    with pytest.raises(TooManyAttemptsError):
        await door.check("anna", "2580", "10.0.0.9")


async def test_the_own_pin_takes_back_no_guess_at_anothers(door: Door) -> None:
    await wrong(door, FREE_ATTEMPTS - 1, person="anna")
    await door.check("juris", "2580", "10.0.0.1")
    await wrong(door, 1, person="anna")
    with pytest.raises(TooManyAttemptsError):
        await door.check("juris", "2580", "10.0.0.1")


async def test_right_ones_never_wait(door: Door) -> None:
    for _ in range(FREE_ATTEMPTS * 2):
        await door.check("anna", "2580", "10.0.0.1")


async def test_the_wait_doubles_up_to_five_minutes(door: Door, watch: Watch) -> None:
    await wrong(door, FREE_ATTEMPTS)
    waits = []
    for _ in range(8):
        with pytest.raises(TooManyAttemptsError) as refused:
            await door.check("anna", "0000", "10.0.0.1")
        waits.append(refused.value.seconds)
        watch.seconds += refused.value.seconds
        await wrong(door, 1)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


async def test_an_address_that_tries_everybody_waits_too(door: Door) -> None:
    await wrong(door, 3, person="anna")
    await wrong(door, 2, person="nobody")
    with pytest.raises(TooManyAttemptsError):
        await door.check("juris", "2580", "10.0.0.1")
    await door.check("juris", "2580", "10.0.0.2")


async def test_success_forgets_the_mistypings(door: Door) -> None:
    await wrong(door, FREE_ATTEMPTS - 1)
    await door.check("anna", "2580", "10.0.0.1")
    await wrong(door, FREE_ATTEMPTS)


async def test_an_hour_forgets_them_too(door: Door, watch: Watch) -> None:
    await wrong(door, FREE_ATTEMPTS - 1)
    watch.seconds = 3600
    await wrong(door, FREE_ATTEMPTS)


@pytest.mark.parametrize(
    ("role", "others", "decides", "calls"),
    [
        ("clerk", "clerk", True, True),
        ("clerk", "lead", False, True),
        ("lead", "clerk", True, True),
        ("technician", "clerk", False, False),
    ],
)
def test_what_a_role_may_order(
    watch: Watch,
    role: Literal["clerk", "lead", "technician"],
    others: Literal["clerk", "lead"],
    decides: bool,
    calls: bool,
) -> None:
    pin = hash_pin("2580", SALT)
    staff = [StaffSettings(id="anna", pin=pin, role=role)]
    staff += [StaffSettings(id="juris", pin=pin, role=others)]
    door = Door(staff, Throttle(watch))
    assert ("keep_overnight" in door.orders("anna")) is decides
    assert ("call_next" in door.orders("anna")) is calls
    assert not door.orders("nobody")

"""A screen that nobody uses rests and invites; whoever comes finds the first one."""

import pytest

from kiosk import demo
from kiosk import inputs as i
from kiosk import model as m
from kiosk.inputs import Input
from kiosk.panel import Ease
from kiosk.patience import rests
from kiosk.views import Invitation
from messaging.booking_code import qr_text
from queue_core.commands import CheckIn
from tests.kiosk.visitor import Visitor, asks_for_service

MINUTES = demo.settings().kiosk.rest_minutes


def nobody_comes() -> Visitor:
    """Before a screen that has just begun to rest."""
    visitor = Visitor()
    visitor.wait(MINUTES * 60 - 2)
    assert not rests(visitor.model)
    visitor.wait(2)
    assert rests(visitor.model)
    return visitor


def test_it_invites_in_all_languages_and_has_nothing_to_press() -> None:
    visitor = nobody_comes()
    assert isinstance(visitor.frame.view, Invitation)
    assert "Pieskarieties ekrānam" in visitor.words
    assert "Touch the screen" in visitor.words
    assert not visitor.buttons()


@pytest.mark.parametrize(
    "given", [i.StillHere(), i.NeedService(), i.CallHelp(), i.ChooseLanguage("en"), i.TouchName()]
)
def test_the_first_touch_or_key_only_wakes_it(given: Input) -> None:
    visitor = nobody_comes()
    visitor.give(given)
    visitor.give(i.NeedService())  # the second half of a double tap
    assert visitor.sees(m.Start)
    assert not visitor.effects
    assert "need_service" in visitor.buttons()
    visitor.wait(1)
    visitor.touch("need_service")
    assert visitor.sees(m.Institutions)


def test_presence_wakes_it_and_keeps_it_awake() -> None:
    visitor = nobody_comes()
    visitor.give(i.SomebodyThere(there=True))
    assert "need_service" in visitor.buttons()
    assert not visitor.frame.ease.voice  # nothing is said to who only walks by
    visitor.wait(MINUTES * 120)
    assert not rests(visitor.model)
    visitor.give(i.SomebodyThere(there=False))
    visitor.wait(MINUTES * 60 - 1)
    assert not rests(visitor.model)
    visitor.wait(1)
    assert rests(visitor.model)


def test_a_code_held_to_the_scanner_acts_at_once() -> None:
    visitor = nobody_comes()
    visitor.scan(qr_text("demo", demo.CODE))
    assert isinstance(visitor.asked, CheckIn)
    assert visitor.sees(m.Working)


def test_headphones_that_are_plugged_in_wake_it_and_are_heard() -> None:
    visitor = nobody_comes()
    visitor.give(i.VoiceThere(there=True))
    visitor.give(i.SetEase(Ease(voice=True)))
    assert visitor.frame.ease.voice
    assert "need_service" in visitor.buttons()


def test_somebody_else_on_the_way_does_not_prolong_a_screen_that_was_left() -> None:
    visitor = Visitor()
    visitor.touch("need_service")
    visitor.wait(75)
    visitor.give(i.SomebodyThere(there=True))
    assert visitor.frame.question


def test_a_screen_that_says_something_does_not_rest() -> None:
    visitor = asks_for_service()
    visitor.wait(MINUTES * 60)
    assert visitor.sees(m.Working)
    assert not rests(visitor.model)
    cut_off = nobody_comes()
    cut_off.give(i.Connection(connected=False))
    assert "Please go to the staff" in cut_off.words

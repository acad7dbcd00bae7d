"""Who goes away is asked first; who answers stays."""

import pytest

from kiosk import demo
from kiosk import inputs as i
from kiosk import model as m
from kiosk.panel import Panel
from kiosk.patience import FAIL_SAFE_SECONDS, WARN_SECONDS
from tests.kiosk.visitor import Visitor, asks_for_service


def test_who_goes_away_is_asked_and_then_forgotten() -> None:
    visitor = Visitor()
    visitor.touch("language", "need_service")
    visitor.wait(68)
    assert "Do you need more time?" not in visitor.words
    visitor.wait(2)
    assert "Do you need more time?" in visitor.words
    visitor.wait(WARN_SECONDS)
    assert visitor.sees(m.Start)
    assert visitor.model.language == "lv"


def test_who_answers_stays() -> None:
    visitor = Visitor()
    visitor.touch("need_service")
    visitor.wait(75)
    visitor.touch("still_here")
    assert not visitor.frame.question
    visitor.wait(60)
    assert visitor.sees(m.Institutions)


def test_a_double_tap_on_the_answer_presses_nothing_beneath_it() -> None:
    visitor = Visitor()
    visitor.touch("need_service")
    visitor.wait(75)
    visitor.give(i.StillHere())
    visitor.give(i.Back())
    assert visitor.sees(m.Institutions)


def test_a_choice_made_while_the_question_is_shown_counts() -> None:
    visitor = Visitor()
    visitor.touch("need_service")
    visitor.wait(75)
    visitor.touch("institution:vsaa")
    assert visitor.sees(m.Services)


def test_a_ticket_stays_for_its_own_time() -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    visitor.wait(41)
    assert visitor.frame.question
    visitor.wait(WARN_SECONDS)
    assert visitor.sees(m.Start)


def test_a_number_stays_in_sight_while_larger_letters_are_chosen() -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    visitor.wait(1)
    visitor.touch("ease", "ease:large")
    assert "A 042" in visitor.frame.view.heading
    visitor.touch("ease_done")
    assert visitor.sees(m.TicketReady)


@pytest.mark.parametrize("size", [(1080, 1920, 21.5), (1920, 1080, 15.6), (800, 480, 7.0)])
def test_whoever_is_asked_can_still_call_help_or_be_done(size: tuple[int, int, float]) -> None:
    visitor = asks_for_service()
    visitor.give(i.PanelThere(Panel(*size)))
    visitor.answer(demo.ticket())
    visitor.wait(41)
    assert visitor.frame.question
    assert {"still_here", "done", "help"} <= set(visitor.buttons())
    visitor.touch("done")
    assert visitor.sees(m.Start)


def test_nobody_is_sent_away_while_an_answer_is_awaited() -> None:
    visitor = asks_for_service()
    visitor.wait(1000)
    assert visitor.sees(m.Working)


def test_the_fail_safe_screen_speaks_all_languages_and_goes_by_itself() -> None:
    visitor = Visitor()
    visitor.give(i.Failed())
    assert "Lūdzu, vērsieties pie darbinieka" in visitor.words
    assert "Please go to the staff" in visitor.words
    visitor.wait(FAIL_SAFE_SECONDS)
    assert visitor.sees(m.Start)


def test_the_fail_safe_screen_with_a_number_stays_as_long_as_a_ticket() -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    visitor.give(i.Failed())
    visitor.wait(visitor.model.settings.kiosk.ticket_seconds - 1)
    assert visitor.frame.question
    visitor.touch("still_here")
    assert visitor.model.screen == m.FailSafe("A 042")
    visitor.touch("done")
    assert visitor.sees(m.Start)

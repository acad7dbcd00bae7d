"""Journeys of visitors who take a number, as lists of steps."""

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.flow import SETTLE_SECONDS
from kiosk.views import Choices, Notice, Ticket
from messaging.booking_code import qr_text
from queue_core.commands import TakeTicket
from tests.kiosk.visitor import Visitor, asks_for_service

CODE = "K7QM2WDX4T"
PRINTED = PrintOutcome(PrintResult.PRINTED)


@pytest.mark.parametrize(
    ("language", "wait", "take"),
    [
        ("lv", "Jums jāgaida apmēram 10 līdz 20 minūtes.", "Lūdzu, paņemiet izdrukāto numuriņu."),
        ("en", "You will wait about 10 to 20 minutes.", "Please take your paper ticket."),
    ],
)
def test_a_visitor_takes_a_ticket(language: str, wait: str, take: str) -> None:
    visitor = asks_for_service(language)
    assert visitor.effects == [e.SendCommand(TakeTicket("vsaa-pensija", language))]
    assert visitor.sees(m.Working)
    ticket = demo.ticket(language)
    visitor.answer(ticket)
    assert visitor.effects[1:] == [e.PrintTicket(ticket)]
    view = visitor.frame.view
    assert isinstance(view, Ticket)
    assert view.number == "A 042"
    assert view.lines[0] == wait
    assert not view.warning
    visitor.give(i.PaperCame(ticket.id, PRINTED))
    assert take in visitor.words
    visitor.wait(1)
    visitor.touch("done")
    assert visitor.sees(m.Start)
    assert visitor.model.language == "lv"


def test_the_first_screen_has_two_choices_and_the_other_language() -> None:
    visitor = Visitor()
    assert list(visitor.buttons()) == [
        "have_appointment",
        "need_service",
        "language",
        "ease",
        "help",
    ]
    assert visitor.buttons()["language"].title == "English"
    visitor.touch("language")
    assert visitor.buttons()["need_service"].title == "I need a service"
    assert visitor.buttons()["language"].title == "Latviski"


def test_services_by_appointment_are_not_offered() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa")
    assert "service:vsaa-konsultacija" not in visitor.buttons()
    assert "service:vsaa-cits" in visitor.buttons()


def test_a_double_tap_asks_once() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa")
    pressed = visitor.buttons()["service:vsaa-pensija"].pressed
    visitor.give(pressed)
    visitor.give(pressed)
    visitor.wait(2)
    visitor.give(pressed)
    assert len(visitor.effects) == 1


def test_the_second_half_of_a_double_tap_presses_nothing_on_the_next_screen() -> None:
    visitor = Visitor()
    visitor.give(i.NeedService())
    visitor.wait(SETTLE_SECONDS / 2)
    visitor.give(i.ChooseInstitution("vsaa"))
    assert visitor.sees(m.Institutions)


def test_a_closed_institution_stays_visible_and_says_when_it_opens() -> None:
    visitor = Visitor()
    visitor.touch("need_service")
    closed = visitor.buttons()["institution:vzd"]
    assert not closed.available
    assert closed.detail == "Atver: ceturtdiena, 26. novembris, plkst. 09:00."
    visitor.touch("institution:vzd")
    assert isinstance(visitor.frame.view, Notice)
    assert "26. novembris" in visitor.frame.view.sentence
    visitor.touch("back")
    assert visitor.sees(m.Institutions)
    assert not visitor.effects


def test_a_closed_centre_still_takes_appointments() -> None:
    visitor = Visitor(demo.NOW.replace(hour=19))
    assert "Pašlaik ir slēgts" in visitor.words
    assert list(visitor.buttons()) == ["have_appointment", "language", "ease", "help"]
    visitor.scan(qr_text("demo", CODE))
    assert visitor.sees(m.Working)


def test_back() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vid", "back")
    assert visitor.sees(m.Institutions)
    visitor.touch("back", "have_appointment", "back")
    assert visitor.sees(m.Start)


def test_without_catalogue_or_broker_the_visitor_is_told() -> None:
    visitor = Visitor(ready=False)
    assert "Iekārta sāk darbu." in visitor.words
    visitor.scan(qr_text("demo", CODE))
    assert not visitor.effects
    visitor = Visitor()
    visitor.touch("need_service")
    visitor.give(i.Connection(connected=False))
    assert "Numuriņus pašlaik nevar izsniegt" in visitor.words
    assert list(visitor.buttons()) == ["language", "ease", "help"]
    visitor.give(i.Connection(connected=True))
    assert visitor.sees(m.Institutions)


def test_a_number_stays_on_the_screen_when_the_broker_is_lost() -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    visitor.give(i.Connection(connected=False))
    assert isinstance(visitor.frame.view, Ticket)


def test_many_institutions_come_in_pages_of_seven() -> None:
    visitor = Visitor()
    offered = demo.catalogue(demo.settings().to_centre())
    many = tuple(
        offered.institutions[0].model_copy(update={"id": f"institution-{number}"})
        for number in range(13)
    )
    visitor.give(i.CatalogueCame(offered.model_copy(update={"institutions": many})))
    visitor.touch("need_service")
    seen: set[str] = set()
    for _ in range(3):
        assert isinstance(visitor.frame.view, Choices)
        assert len(visitor.frame.view.choices) <= 7
        seen |= {each.action for each in visitor.frame.view.choices}
        visitor.touch("more")
    assert seen == {f"institution:institution-{number}" for number in range(13)} | {
        "situations",
        "more",
    }
    assert visitor.model.screen == m.Institutions(0)


def test_when_the_catalogue_loses_what_is_shown_the_visitor_chooses_anew() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa")
    offered = demo.catalogue(demo.settings().to_centre())
    fewer = offered.model_copy(update={"institutions": offered.institutions[1:]})
    visitor.give(i.CatalogueCame(fewer))
    assert visitor.sees(m.Institutions)


def test_inputs_that_do_not_fit_change_nothing() -> None:
    visitor = Visitor()
    for given in (
        i.Back(),
        i.Done(),
        i.ChooseService("vsaa-pensija"),
        i.ChooseInstitution("vsaa"),
        i.More(1),
        i.ChooseLanguage("xx"),
        i.PaperCame("none", PRINTED),
    ):
        visitor.give(given)
        visitor.wait(1)
        assert visitor.sees(m.Start)
    assert not visitor.effects


def test_a_code_is_not_in_what_could_be_logged() -> None:
    visitor = Visitor()
    assert CODE not in repr(i.Scanned(CODE))
    assert demo.settings().site.booking_secret not in repr(visitor.model)

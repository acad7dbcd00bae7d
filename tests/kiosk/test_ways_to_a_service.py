"""Journeys to a service: by what has happened, and at the computer instead of the counter."""

from datetime import timedelta

import pytest

from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.views import Choices, Notice
from queue_core.commands import TakeTicket
from tests.kiosk.visitor import Visitor

DECLARATION = ("need_service", "institution:vid", "service:vid-deklaracija")


def test_who_does_not_know_the_institution_says_what_has_happened() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "situations")
    assert "Kas ir noticis?" in visitor.words
    visitor.touch("situation:darbs")
    services = visitor.buttons()
    assert services["service:nva-statuss"].detail == "NVA"
    assert services["service:novads-sociala"].detail == "Novada pašvaldība"
    visitor.touch("service:nva-statuss")
    assert visitor.effects == [e.SendCommand(TakeTicket("nva-statuss", "lv"))]


def test_a_service_that_is_closed_today_says_when_it_opens() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "situations", "situation:ipasums")
    closed = visitor.buttons()["service:vzd-kadastrs"]
    assert not closed.available
    assert closed.detail == "Atver: ceturtdiena, 26. novembris, plkst. 09:00."
    visitor.touch("service:vzd-kadastrs")
    assert "26. novembris" in visitor.words
    visitor.touch("back")
    assert visitor.model.screen == m.Situation("ipasums")
    assert not visitor.effects


def test_back_leads_the_same_way_back() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "situations", "situation:berns", "service:vsaa-gimene")
    assert visitor.sees(m.Channel)
    for screen in (m.Situation, m.Situations, m.Institutions, m.Start):
        visitor.touch("back")
        assert visitor.sees(screen)


def test_the_first_screens_never_offer_more_than_seven() -> None:
    visitor = Visitor()
    visitor.touch("need_service")
    assert len(on_screen(visitor)) == 7
    visitor.touch("situations")
    assert len(on_screen(visitor)) <= 7


def test_an_e_service_can_be_had_at_the_counter_or_the_computer_and_the_counter_comes_first() -> (
    None
):
    visitor = Visitor()
    visitor.touch(*DECLARATION)
    assert on_screen(visitor) == ["channel:counter", "channel:computer"]
    assert not visitor.effects
    assert "Gada ienākumu deklarācija" in visitor.words


@pytest.mark.parametrize(
    ("chosen", "command"),
    [
        ("channel:counter", TakeTicket("vid-deklaracija", "lv", offered=True)),
        (
            "channel:computer",
            TakeTicket("dators", "lv", offered=True, instead_of="vid-deklaracija"),
        ),
    ],
)
def test_the_choice_is_told_so_that_it_can_be_counted(chosen: str, command: TakeTicket) -> None:
    visitor = Visitor()
    visitor.touch(*DECLARATION, chosen)
    assert visitor.effects == [e.SendCommand(command)]
    ticket = demo.ticket().model_copy(update={"service": command.service})
    visitor.answer(ticket)
    assert visitor.effects[1:] == [e.PrintTicket(ticket)]


def test_without_a_helper_at_the_computer_it_is_not_offered() -> None:
    visitor = Visitor()
    offered = demo.catalogue(demo.settings().to_centre())
    visitor.give(i.CatalogueCame(offered.model_copy(update={"computer_service": ""})))
    visitor.touch("need_service")
    assert "institution:dators" not in visitor.buttons()
    visitor.touch("institution:vid", "service:vid-deklaracija")
    assert visitor.effects == [e.SendCommand(TakeTicket("vid-deklaracija", "lv"))]


def test_when_the_helper_leaves_meanwhile_the_visitor_goes_to_the_counter() -> None:
    visitor = Visitor()
    visitor.touch(*DECLARATION)
    offered = demo.catalogue(demo.settings().to_centre())
    visitor.give(i.CatalogueCame(offered.model_copy(update={"computer_service": ""})))
    visitor.touch("channel:computer")
    command = TakeTicket("vid-deklaracija", "lv", offered=True)
    assert visitor.effects == [e.SendCommand(command)]


def test_what_the_catalogue_loses_is_not_come_back_to() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "situations", "situation:ipasums", "service:vzd-kadastrs")
    offered = demo.catalogue(demo.settings().to_centre())
    visitor.give(i.CatalogueCame(offered.model_copy(update={"situations": ()})))
    visitor.touch("back")
    assert visitor.sees(m.Institutions)
    assert "situations" not in visitor.buttons()


def test_at_night_all_languages_say_when_it_opens() -> None:
    visitor = Visitor(demo.NOW.replace(hour=19))
    view = visitor.frame.view
    assert isinstance(view, Notice)
    assert "Pašlaik ir slēgts" in view.heading
    assert "We are closed now" in view.heading
    visitor.touch("language")
    assert isinstance(visitor.frame.view, Notice)
    assert visitor.frame.view.heading == "We are closed now"


def on_screen(visitor: Visitor) -> list[str]:
    view = visitor.frame.view
    assert isinstance(view, Choices)
    return [each.action for each in view.choices]


def test_an_institution_without_numbers_left_says_so_and_takes_appointments() -> None:
    visitor = Visitor()
    offered = demo.catalogue(demo.settings().to_centre())
    ended = {"open": False, "given_out": True, "opens_at": demo.NOW + timedelta(days=1)}
    places = [each.model_copy(update=ended) for each in offered.institutions]
    one = offered.model_copy(update={"institutions": (places[0], *offered.institutions[1:])})
    visitor.give(i.CatalogueCame(one))
    visitor.touch("need_service")
    vsaa = visitor.buttons()["institution:vsaa"]
    assert vsaa.detail == "Šodienas numuriņi ir izdalīti."
    visitor.touch("institution:vsaa")
    assert isinstance(visitor.frame.view, Notice)
    assert visitor.frame.view.sentence.startswith("Šodienas numuriņi ir izdalīti.\nAtver: ")
    visitor = Visitor()
    visitor.give(i.CatalogueCame(offered.model_copy(update={"institutions": tuple(places)})))
    assert "Šodienas numuriņi ir izdalīti." in visitor.words
    buttons = visitor.buttons()
    assert "have_appointment" in buttons
    assert "need_service" not in buttons

"""The bell at the desk."""

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.patience import BUSY_SECONDS, HELP_SECONDS
from kiosk.steps.helping import NEWS_SECONDS, RING_AGAIN_SECONDS
from kiosk.views import Ticket
from messaging.booking_code import qr_text
from messaging.messages import RefusalView
from queue_core.commands import AskHelp, TakeTicket
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor

RING = e.SendCommand(AskHelp())
WAYS: list[tuple[str, ...]] = [
    (),
    ("need_service",),
    ("need_service", "institution:vsaa"),
    ("need_service", "institution:vzd"),
    ("need_service", "situations"),
    ("need_service", "situations", "situation:darbs"),
    ("need_service", "institution:vid", "service:vid-deklaracija"),
    ("have_appointment",),
    ("have_appointment", "type_code"),
]


@pytest.mark.parametrize("way", WAYS)
def test_help_is_called_from_every_screen_and_back_is_where_one_was(way: tuple[str, ...]) -> None:
    visitor = Visitor()
    visitor.touch(*way)
    screen = visitor.model.screen
    visitor.touch("help")
    assert visitor.effects == [RING]
    assert "Saucam darbinieku" in visitor.words
    visitor.answer(None)
    assert "Darbinieks ir pasaukts" in visitor.words
    visitor.touch("back")
    assert visitor.model.screen == screen
    assert "ir pasaukts" not in visitor.words


def test_a_nervous_finger_rings_once() -> None:
    visitor = Visitor()
    for _ in range(3):
        visitor.touch("help", "back")
    assert visitor.effects == [RING]
    visitor.answer(None)
    visitor.touch("help")
    assert "Darbinieks ir pasaukts" in visitor.words
    assert visitor.effects == [RING]
    visitor.touch("back")
    visitor.wait(RING_AGAIN_SECONDS)
    visitor.touch("help")
    assert visitor.effects == [RING, RING]


def staff_know(visitor: Visitor, *, asked: bool) -> None:
    """What the module says after the bell was heard, and after somebody went."""
    offered = demo.catalogue(demo.settings().to_centre(), visitor.model.now)
    if asked:
        offered = demo.asked_for_help(offered, visitor.model.now)
    visitor.give(i.CatalogueCame(offered))


def test_whoever_waits_is_told_that_somebody_comes() -> None:
    visitor = Visitor()
    visitor.touch("help")
    visitor.answer(None)
    staff_know(visitor, asked=True)
    assert "Pie jums nāk" not in visitor.words
    staff_know(visitor, asked=False)
    assert "Pie jums nāk darbinieks" in visitor.words
    visitor.wait(1)
    visitor.touch("back")
    assert not visitor.frame.news
    visitor.touch("help")
    assert "Pie jums nāk darbinieks" in visitor.words
    assert visitor.effects == [RING]


@pytest.mark.parametrize("way", WAYS)
def test_whoever_went_on_is_told_so_over_any_screen(way: tuple[str, ...]) -> None:
    visitor = Visitor()
    visitor.touch("help", "back", *way)
    staff_know(visitor, asked=True)
    before = visitor.frame
    staff_know(visitor, asked=False)
    assert visitor.frame.news == "Pie jums nāk darbinieks."
    assert visitor.frame.view == before.view
    visitor.wait(NEWS_SECONDS)
    assert visitor.frame == before


def test_help_of_another_unit_is_no_news() -> None:
    visitor = Visitor()
    staff_know(visitor, asked=False)
    assert not visitor.frame.news


def test_when_nobody_answers_the_visitor_hears_that_the_staff_are_busy() -> None:
    visitor = Visitor()
    visitor.touch("help")
    visitor.answer(None)
    staff_know(visitor, asked=True)
    visitor.wait(BUSY_SECONDS - 1)
    assert "aizņemti" not in visitor.words
    visitor.wait(1)
    assert "Darbinieki ir aizņemti" in visitor.words


@pytest.mark.parametrize("unheard", ["no reply", "refused", "cut off"])
def test_a_bell_that_nobody_hears_says_so(unheard: str) -> None:
    visitor = Visitor()
    if unheard == "cut off":
        visitor.give(i.Connection(connected=False))
        visitor.wait(1)
    visitor.touch("help")
    if unheard == "no reply":
        visitor.give(i.NoReply("made-command", AskHelp()))
    if unheard == "refused":
        visitor.refuse(RefusalView(code=RefusalCode.MODULE_FAULT))
    assert "Darbinieku neizdevās pasaukt" in visitor.words
    assert "vērsieties pie darbinieka" in visitor.words
    visitor.give(i.Connection(connected=True))
    visitor.wait(1)
    visitor.touch("back", "help")
    assert visitor.effects[-1] == RING


def test_a_ticket_goes_on_beneath() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija", "help")
    ticket = demo.ticket()
    visitor.answer_to(TakeTicket("vsaa-pensija", "lv"), ticket)
    assert e.PrintTicket(ticket) in visitor.effects
    assert visitor.model.help_shown
    assert "Saucam darbinieku" in visitor.words
    assert ticket.number in visitor.words
    visitor.wait(1)
    visitor.touch("back")
    assert visitor.sees(m.TicketReady)


def test_a_number_without_paper_stays_on_the_screen_beside_it() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    visitor.answer(demo.ticket())
    visitor.give(i.PaperCame(demo.ticket().id, PrintOutcome(PrintResult.UNKNOWN)))
    visitor.wait(1)
    visitor.touch("help")
    view = visitor.frame.view
    assert isinstance(view, Ticket)
    assert view.number == demo.ticket().number
    assert "Saucam darbinieku" in view.lines[0]
    assert view.qr


def test_a_scan_closes_it() -> None:
    visitor = Visitor()
    visitor.touch("help")
    visitor.scan(qr_text("demo", demo.CODE))
    assert visitor.sees(m.Working)
    assert not visitor.model.help_shown


def test_it_is_closed_for_the_next_visitor_and_asks_first() -> None:
    visitor = Visitor()
    visitor.touch("help")
    visitor.wait(HELP_SECONDS - 10)
    assert visitor.frame.question
    visitor.wait(10)
    assert not visitor.model.help_shown
    assert visitor.sees(m.Start)

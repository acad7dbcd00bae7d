"""Journeys with a paper ticket: how it stands, and how the visit was."""

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.views import Notice, Rating, Ticket
from messaging.booking_code import qr_text, ticket_in_qr, ticket_qr
from messaging.messages import RefusalView, TicketView
from queue_core.commands import FindTicket, Rate, TakeTicket
from queue_core.life import Status
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor

TICKET = demo.ticket()
SCANNED = ticket_qr("demo", TICKET.id)


def shows(ticket: TicketView) -> Visitor:
    visitor = Visitor()
    visitor.scan(SCANNED)
    visitor.answer(ticket)
    visitor.wait(1)
    return visitor


def served(**changes: object) -> TicketView:
    return TICKET.model_copy(update={"status": Status.SERVED, **changes})


def test_a_ticket_held_to_the_scanner_says_how_long_is_left() -> None:
    visitor = shows(TICKET)
    assert visitor.effects == [e.SendCommand(FindTicket(TICKET.id))]
    assert isinstance(visitor.frame.view, Ticket)
    assert visitor.frame.view.lines[0] == "Jums jāgaida apmēram 10 līdz 20 minūtes."
    visitor.touch("done")
    assert visitor.sees(m.Start)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.CALLED, "Jūsu numurs ir izsaukts!"),
        (Status.SERVING, "Jūs pašlaik apkalpo."),
        (Status.HELD, "Jūsu vieta rindā ir saglabāta."),
        (Status.NO_SHOW, "Jūsu numurs tika izsaukts, bet jūs neatnācāt."),
        (Status.CANCELLED, "Šis numurs vairs nav derīgs."),
        (Status.EXPIRED, "Šis numurs vairs nav derīgs."),
    ],
)
def test_every_ticket_is_told_how_it_stands(status: Status, words: str) -> None:
    visitor = shows(demo.standing(TICKET, status))
    assert isinstance(visitor.frame.view, Ticket)
    assert visitor.frame.view.lines[0] == words
    assert visitor.frame.view.number == "A 042"
    assert e.PrintTicket not in {type(each) for each in visitor.effects}


def test_an_appointment_shown_again_says_how_its_ticket_stands() -> None:
    visitor = Visitor()
    visitor.scan(qr_text("demo", demo.CODE))
    facts = {"number": "K 001", "ticket": TICKET.id}
    visitor.refuse(RefusalView(code=RefusalCode.BOOKING_USED, facts=facts))
    assert visitor.effects[-1] == e.SendCommand(FindTicket(TICKET.id))
    visitor.answer(TICKET)
    assert visitor.sees(m.TicketFound)


def test_a_ticket_that_is_over_leads_to_a_new_one() -> None:
    visitor = shows(demo.standing(TICKET, Status.EXPIRED))
    visitor.touch("need_service")
    assert visitor.sees(m.Institutions)


def test_a_ticket_of_another_day_is_not_found_and_leads_to_a_new_one() -> None:
    visitor = Visitor()
    visitor.scan(SCANNED)
    visitor.refuse(RefusalView(code=RefusalCode.UNKNOWN_TICKET))
    visitor.wait(1)
    assert "Šādu numuru neatrodam" in visitor.words
    visitor.touch("need_service")
    assert visitor.sees(m.Institutions)


def test_a_visit_is_rated_in_one_touch_and_then_another_service_is_wanted() -> None:
    visitor = shows(served())
    view = visitor.frame.view
    assert isinstance(view, Rating)
    assert [each.title for each in view.scores] == [str(score) for score in range(1, 11)]
    visitor.touch("score:8")
    assert visitor.effects[-1] == e.SendCommand(Rate(TICKET.id, 8))
    visitor.answer(served(rated=True))
    assert "Paldies!" in visitor.words
    visitor.wait(1)
    visitor.touch("need_service")
    assert visitor.sees(m.Institutions)


def test_a_visit_is_rated_once() -> None:
    visitor = shows(served(rated=True))
    assert "jau ir novērtēts" in visitor.words
    visitor.touch("done")
    assert visitor.sees(m.Start)


def test_a_rating_that_was_given_meanwhile_counts() -> None:
    visitor = shows(served())
    visitor.touch("score:1")
    visitor.refuse(RefusalView(code=RefusalCode.ALREADY_RATED))
    assert "jau ir novērtēts" in visitor.words


def test_a_rating_that_cannot_be_saved_is_said_and_can_be_given_again() -> None:
    visitor = shows(served())
    visitor.touch("score:10")
    visitor.give(i.NoReply("made-command", Rate(TICKET.id, 10)))
    assert "Tas neizdevās." in visitor.words
    assert not [each for each in visitor.effects if isinstance(each, e.CancelTicket)]


def test_nobody_has_to_rate() -> None:
    visitor = shows(served())
    assert visitor.buttons()["done"].title == "Ne tagad"
    visitor.touch("done")
    assert visitor.sees(m.Start)


def test_the_kiosk_speaks_the_language_of_the_ticket() -> None:
    visitor = shows(served(language="en"))
    assert "How was your visit?" in visitor.words
    visitor.touch("done")
    assert visitor.model.language == "lv"


def test_the_next_visitor_holds_a_code_to_the_scanner_meanwhile() -> None:
    visitor = shows(served())
    visitor.scan(qr_text("demo", demo.CODE))
    assert visitor.sees(m.Working)


def test_a_ticket_is_not_found_for_who_has_gone_and_none_is_cancelled() -> None:
    visitor = Visitor()
    visitor.scan(SCANNED)
    visitor.give(i.Failed())
    visitor.answer(TICKET)
    assert visitor.sees(m.FailSafe)
    assert len(visitor.effects) == 1


def test_without_sure_paper_the_number_can_be_photographed_and_printed_again() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    visitor.answer(TICKET)
    visitor.give(i.PaperCame(TICKET.id, PrintOutcome(PrintResult.FAILED, "paper_out")))
    visitor.wait(1)
    view = visitor.frame.view
    assert isinstance(view, Ticket)
    assert ticket_in_qr(view.qr, "demo") == TICKET.id
    visitor.touch("print_again")
    assert visitor.effects[-1] == e.PrintTicket(TICKET, again=True)
    assert "print_again" not in visitor.buttons()
    visitor.give(i.PaperCame(TICKET.id, PrintOutcome(PrintResult.PRINTED)))
    assert "paņemiet" in visitor.words
    taken = [each for each in visitor.effects if isinstance(each, e.SendCommand)]
    assert taken == [e.SendCommand(TakeTicket("vsaa-pensija", "lv"))]


def test_a_kiosk_without_a_printer_offers_no_printing() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    visitor.answer(TICKET)
    visitor.give(i.PaperCame(TICKET.id, PrintOutcome(PrintResult.FAILED)))
    view = visitor.frame.view
    assert isinstance(view, Ticket)
    assert view.qr
    assert not view.choices


def test_a_mistake_in_the_program_does_not_take_the_number_away() -> None:
    visitor = Visitor()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    visitor.answer(TICKET)
    visitor.give(i.Failed())
    view = visitor.frame.view
    assert isinstance(view, Notice)
    assert "A 042" in view.sentence

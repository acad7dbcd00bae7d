"""The queue refuses or is silent; the paper does not come."""

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.views import Notice, Ticket
from messaging.booking_code import qr_text
from messaging.messages import RefusalView
from queue_core.commands import CheckIn, TakeTicket
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor, asks_for_service

CODE = "K7QM2WDX4T"
PRINTED = PrintOutcome(PrintResult.PRINTED)


@pytest.mark.parametrize("code", list(RefusalCode))
@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_refusal_has_a_sentence_and_a_way_on(code: RefusalCode, language: str) -> None:
    visitor = asks_for_service(language)
    facts = {"number": "A 001", "starts_at": demo.NOW.isoformat()}
    visitor.refuse(RefusalView(code=code, facts=facts))
    visitor.wait(1)
    visitor.touch("back")
    assert visitor.sees(m.Services)


def test_where_nothing_can_be_stored_the_visitor_is_sent_to_a_person() -> None:
    visitor = asks_for_service("en")
    visitor.refuse(RefusalView(code=RefusalCode.NOT_STORED))
    assert isinstance(visitor.frame.view, Notice)
    assert visitor.frame.view.heading == "Just now this is not possible"
    assert "go to a counter" in visitor.frame.view.sentence


def test_an_empty_answer_is_a_refusal() -> None:
    visitor = asks_for_service()
    visitor.answer(None)
    assert visitor.sees(m.Message)


def test_without_a_reply_no_ghost_waits() -> None:
    visitor = asks_for_service()
    visitor.give(i.NoReply("made-command", TakeTicket("vsaa-pensija", "lv")))
    assert visitor.effects[1:] == [e.CancelTicket("made-command")]
    assert "vērsieties pie darbinieka" in visitor.words


def test_without_a_reply_whoever_is_checked_in_stays_so() -> None:
    visitor = Visitor()
    visitor.scan(qr_text("demo", CODE))
    visitor.give(i.NoReply("made-command", CheckIn("digest", "lv")))
    assert len(visitor.effects) == 1


def test_a_ticket_that_comes_when_nobody_looks_is_cancelled() -> None:
    visitor = asks_for_service()
    visitor.give(i.Failed())
    visitor.answer(demo.ticket())
    assert visitor.effects[1:] == [e.CancelTicket(demo.ticket().id)]
    assert visitor.sees(m.FailSafe)


def test_a_ticket_taken_back_while_the_number_is_shown_can_be_had_again() -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    visitor.give(i.PaperCame(demo.ticket().id, PRINTED))
    visitor.wait(30)
    visitor.give(i.PaperCame(demo.ticket().id, PrintOutcome(PrintResult.TAKEN_BACK)))
    visitor.wait(59)  # as long as after a new one
    visitor.touch("print_again")
    assert visitor.effects[-1] == e.PrintTicket(demo.ticket(), again=True)
    visitor.touch("done")
    visitor.give(i.PaperCame(demo.ticket().id, PrintOutcome(PrintResult.TAKEN_BACK)))
    assert visitor.sees(m.Start)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (PrintOutcome(PrintResult.FAILED, "paper_out"), "Numuriņu neizdevās izdrukāt."),
        (PrintOutcome(PrintResult.UNKNOWN), "Vai numuriņš neizdrukājās?"),
        (PrintOutcome(PrintResult.TAKEN_BACK), "Printeris numuriņu ievilka atpakaļ."),
        (PrintOutcome(PrintResult.FAILED), "Lūdzu, iegaumējiet vai nofotografējiet šo numuru."),
    ],
)
def test_without_paper_the_number_is_to_be_remembered(outcome: PrintOutcome, words: str) -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    visitor.give(i.PaperCame("another ticket", PRINTED))
    visitor.give(i.PaperCame(demo.ticket().id, outcome))
    assert isinstance(visitor.frame.view, Ticket)
    assert visitor.frame.view.warning
    assert words in visitor.frame.view.paper
    assert "iegaumējiet" in visitor.frame.view.paper

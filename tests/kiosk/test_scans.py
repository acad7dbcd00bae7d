"""Codes held to the scanner, or typed: of an appointment, or wrong ones."""

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.views import Ticket
from messaging.booking_code import booking_digest, qr_text, ticket_qr
from messaging.messages import RefusalView, WaitView
from queue_core.commands import CheckIn
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor, asks_for_service

CODE = "K7QM2WDX4T"
PRINTED = PrintOutcome(PrintResult.PRINTED)
NO_PAPER = PrintOutcome(PrintResult.FAILED, "paper_out")


@pytest.mark.parametrize(
    "way",
    [
        (),
        ("need_service",),
        ("need_service", "institution:vsaa"),
        ("have_appointment",),
        ("need_service", "institution:vzd"),
    ],
)
def test_a_booking_is_scanned_on_any_calm_screen(way: tuple[str, ...]) -> None:
    visitor = Visitor()
    visitor.touch(*way)
    visitor.scan(qr_text("demo", CODE))
    secret = demo.settings().site.booking_secret
    assert visitor.effects == [e.SendCommand(CheckIn(booking_digest(secret, CODE), "lv"))]


def test_the_next_visitor_scans_while_the_last_ticket_is_still_shown() -> None:
    visitor = asks_for_service("en")
    visitor.answer(demo.ticket("en"))
    visitor.give(i.PaperCame(demo.ticket().id, PRINTED))
    visitor.scan("https://example.org")
    visitor.scan(qr_text("jelgava", CODE))
    assert visitor.sees(m.TicketReady)
    visitor.scan(qr_text("demo", CODE))
    assert visitor.sees(m.Working)
    assert isinstance(visitor.effects[-1], e.SendCommand)


@pytest.mark.parametrize("outcome", [None, NO_PAPER, PrintOutcome(PrintResult.UNKNOWN)])
def test_a_number_that_is_not_on_paper_is_taken_away_by_no_scan(
    outcome: PrintOutcome | None,
) -> None:
    visitor = asks_for_service()
    visitor.answer(demo.ticket())
    if outcome:
        visitor.give(i.PaperCame(demo.ticket().id, outcome))
    before = visitor.model
    for text in ("https://example.org", qr_text("demo", CODE), ticket_qr("demo", "0" * 16)):
        visitor.scan(text)
    assert visitor.model == before


def test_the_next_visitor_never_sees_what_another_typed() -> None:
    visitor = Visitor()
    visitor.touch("have_appointment", "type_code")
    visitor.key_in("K7QM2")
    visitor.scan("https://example.org")
    visitor.wait(1)
    visitor.touch("back")
    assert visitor.model.screen == m.TypeCode()
    visitor.key_in("K7QM2WDX4T")
    visitor.touch("enter")
    visitor.refuse(RefusalView(code=RefusalCode.UNKNOWN_BOOKING))
    visitor.scan(qr_text("demo", CODE))
    visitor.refuse(RefusalView(code=RefusalCode.UNKNOWN_BOOKING))
    visitor.wait(1)
    assert "type_again" not in visitor.buttons()
    visitor.touch("back")
    assert visitor.model.screen == m.TypeCode()


@pytest.mark.parametrize(
    ("minute", "late", "words"),
    [
        (40, False, ("Jūs izsauks ap plkst. 10:40.", "Jūs atnācāt laikus.")),
        (30, False, ("Jums jāgaida apmēram 5 līdz 15 minūtes.", "Jūsu pieraksts ir plkst. 10:30.")),
        (10, True, ("Jums jāgaida apmēram 5 līdz 15 minūtes.", "Numuriņš der:")),
    ],
)
def test_a_slot_holder_has_a_number_however_late(
    minute: int, late: bool, words: tuple[str, str]
) -> None:
    visitor = Visitor()
    visitor.scan(qr_text("demo", CODE))
    starts_at = demo.NOW.replace(minute=minute)
    visitor.answer(demo.slot_ticket("lv", starts_at, WaitView(low=5, high=15), late=late))
    assert isinstance(visitor.frame.view, Ticket)
    assert visitor.frame.view.lines[0] == words[0]
    assert words[1] in visitor.words
    assert "plkst. 10:10" not in visitor.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://example.org", "Šo kodu nepazīstam"),
        ("", "Šo kodu nepazīstam"),
        (qr_text("jelgava", CODE), "Šis kods ir no cita centra"),
        (ticket_qr("jelgava", "0123456789abcdef"), "Šis kods ir no cita centra"),
    ],
)
def test_a_wrong_code_is_told_and_nothing_is_sent(text: str, words: str) -> None:
    visitor = Visitor()
    visitor.touch("have_appointment")
    visitor.scan(text)
    assert words in visitor.words
    assert not visitor.effects
    visitor.scan(qr_text("demo", CODE))
    assert visitor.sees(m.Working)


def test_a_used_booking_shows_its_number() -> None:
    visitor = Visitor()
    visitor.scan(qr_text("demo", CODE))
    visitor.refuse(RefusalView(code=RefusalCode.BOOKING_USED, facts={"number": "K 001"}))
    assert isinstance(visitor.frame.view, Ticket)
    assert visitor.frame.view.number == "K 001"
    assert e.PrintTicket not in {type(each) for each in visitor.effects}

"""Journeys of visitors, as lists of steps."""

import pytest

from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.flow import FAIL_SAFE_SECONDS, SETTLE_SECONDS, WARN_SECONDS
from kiosk.panel import Panel
from kiosk.views import Choices, Notice, Ticket
from messaging.booking_code import booking_digest, qr_text, ticket_qr
from messaging.messages import RefusalView, WaitView
from queue_core.commands import CheckIn, TakeTicket
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor

CODE = "K7QM2WDX4T"
PRINTED = PrintOutcome(PrintResult.PRINTED)
NO_PAPER = PrintOutcome(PrintResult.FAILED, "paper_out")


def asks_for_service(language: str = "lv") -> Visitor:
    visitor = Visitor()
    if language == "en":
        visitor.touch("language")
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    return visitor


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


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (PrintOutcome(PrintResult.FAILED, "paper_out"), "Numuriņu neizdevās izdrukāt."),
        (PrintOutcome(PrintResult.UNKNOWN), "Vai numuriņš neizdrukājās?"),
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

"""Journeys with an appointment: the code held to the scanner, or typed."""

import pytest

from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.flow import SETTLE_SECONDS
from kiosk.views import Keypad, Ticket
from messaging.booking_code import LETTERS, LONGEST, booking_digest, qr_text
from messaging.messages import RefusalView
from queue_core.commands import CheckIn
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor

CODE = demo.CODE
TOMORROW = {"starts_at": "2026-11-25T09:30:00+02:00"}


def check_in() -> e.SendCommand:
    secret = demo.settings().site.booking_secret
    return e.SendCommand(CheckIn(booking_digest(secret, CODE), "lv"))


def types_code(code: str = CODE) -> Visitor:
    visitor = Visitor()
    visitor.touch("have_appointment", "type_code")
    visitor.key_in(code)
    return visitor


def typed(visitor: Visitor) -> str:
    assert isinstance(visitor.frame.view, Keypad)
    return visitor.frame.view.typed


def test_a_typed_code_is_worth_the_scanned_one() -> None:
    visitor = types_code()
    assert typed(visitor) == "K7QM 2WDX 4T"
    visitor.touch("enter")
    assert visitor.effects == [check_in()]
    visitor.answer(demo.slot_ticket("lv", demo.NOW.replace(minute=40)))
    assert isinstance(visitor.frame.view, Ticket)
    assert visitor.frame.view.number == "K 001"


def test_the_keypad_has_no_letters_that_are_easily_confused() -> None:
    visitor = types_code("")
    keys = {each.removeprefix("key:") for each in visitor.buttons() if each.startswith("key:")}
    assert keys == set(LETTERS)
    assert not keys & set("IO01")


def test_letters_are_erased_one_by_one_or_all() -> None:
    visitor = types_code("K7Q")
    visitor.touch("erase")
    assert typed(visitor) == "K7"
    visitor.touch("erase_all")
    assert typed(visitor) == ""
    visitor.touch("erase")
    assert typed(visitor) == ""


def test_a_trembling_finger_types_a_letter_once() -> None:
    visitor = types_code("")
    for _ in range(3):
        visitor.give(i.Key("K"))
        visitor.wait(SETTLE_SECONDS / 4)
    assert typed(visitor) == "K"
    visitor.wait(SETTLE_SECONDS)
    visitor.give(i.Key("K"))
    assert typed(visitor) == "KK"


def test_no_more_is_typed_than_a_code_can_have() -> None:
    visitor = types_code("AB" * LONGEST)
    assert len(typed(visitor).replace(" ", "")) == LONGEST


def test_a_code_that_is_not_whole_is_not_sent() -> None:
    visitor = types_code("K7QM")
    assert not visitor.buttons()["enter"].available
    visitor.touch("enter")
    assert "Kodā ir vismaz 8 zīmes." in visitor.words
    assert not visitor.effects
    visitor.key_in("2WDX")
    assert visitor.buttons()["enter"].available
    assert "vismaz" not in visitor.words


def test_an_unknown_code_can_be_corrected() -> None:
    visitor = types_code("K7QM2WDX4S")
    visitor.touch("enter")
    visitor.refuse(RefusalView(code=RefusalCode.UNKNOWN_BOOKING))
    visitor.wait(1)
    visitor.touch("type_again", "erase")
    assert typed(visitor) == "K7QM 2WDX 4"
    visitor.key_in("T")
    visitor.touch("enter")
    assert visitor.effects[-1] == check_in()


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (RefusalView(code=RefusalCode.UNKNOWN_BOOKING), "neatrodam"),
        (RefusalView(code=RefusalCode.BOOKING_OTHER_DAY, facts=TOMORROW), "25. novembris"),
    ],
)
def test_a_refused_appointment_leads_on_to_a_number(refusal: RefusalView, words: str) -> None:
    visitor = Visitor()
    visitor.scan(qr_text("demo", CODE))
    visitor.refuse(refusal)
    visitor.wait(1)
    assert words in visitor.words
    assert "help" in visitor.buttons()
    visitor.touch("need_service")
    assert visitor.sees(m.Institutions)


def test_whoever_has_no_code_takes_a_number() -> None:
    visitor = Visitor()
    visitor.touch("have_appointment", "need_service")
    assert visitor.sees(m.Institutions)


def test_a_foreign_code_leads_to_typing() -> None:
    visitor = Visitor()
    visitor.touch("have_appointment")
    visitor.scan("https://example.org")
    visitor.wait(1)
    visitor.touch("type_code")
    assert typed(visitor) == ""


def test_without_a_scanner_the_code_is_typed_at_once() -> None:
    visitor = Visitor()
    visitor.give(i.ScannerThere(there=False))
    assert "skenerim" not in visitor.words
    visitor.touch("have_appointment")
    assert isinstance(visitor.frame.view, Keypad)
    visitor.touch("back")
    assert visitor.sees(m.Start)


def test_a_code_can_still_be_scanned_while_another_is_typed() -> None:
    visitor = types_code("K7Q")
    visitor.scan(qr_text("demo", CODE))
    assert visitor.effects == [check_in()]


def test_what_was_typed_is_gone_with_the_visitor() -> None:
    visitor = types_code("K7QM")
    visitor.wait(visitor.model.settings.kiosk.idle_seconds)
    assert visitor.sees(m.Start)
    visitor.wait(1)
    visitor.touch("have_appointment", "type_code")
    assert typed(visitor) == ""


def test_what_is_typed_is_never_in_what_could_be_logged() -> None:
    visitor = types_code()
    assert "K7QM" not in repr(visitor.model)
    assert "K7QM" not in repr(visitor.frame)
    visitor.touch("enter")
    assert CODE not in repr(visitor.model)
    assert "'K'" not in repr(i.Key("K"))

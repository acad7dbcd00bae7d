"""A technician at the kiosk, without a display: the sign, the PIN, the self-test."""

from dataclasses import replace

import pytest

from config.pins import hash_pin
from drivers.printer import PrintOutcome, PrintResult
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.patience import MAINTENANCE_SECONDS
from kiosk.report import report
from kiosk.steps.technician import NAME_SECONDS
from kiosk.views import Keypad, Report
from messaging.booking_code import qr_text
from tests.kiosk.visitor import Visitor
from texts import language

STORED = hash_pin("2580", b"sea salt")


def technician(*, pin: str = STORED, ready: bool = True) -> Visitor:
    visitor = Visitor(ready=ready)
    kiosk = visitor.model.settings.kiosk.model_copy(update={"maintenance_pin": pin})
    settings = visitor.model.settings.model_copy(update={"kiosk": kiosk})
    visitor.model = replace(visitor.model, settings=settings)
    return visitor


def makes_the_sign(visitor: Visitor, times: int = 5, pause: float = 0.5) -> None:
    for _ in range(times):
        visitor.give(i.TouchName())
        visitor.wait(pause)


def opened() -> Visitor:
    visitor = technician()
    makes_the_sign(visitor)
    visitor.key_in("2580")
    visitor.touch("enter")
    visitor.give(i.PinChecked(right=True))
    visitor.give(i.SelfTested(demo.self_test()))
    visitor.wait(1)
    return visitor


def test_five_touches_on_the_name_and_the_pin_open_the_maintenance() -> None:
    visitor = technician()
    makes_the_sign(visitor)
    visitor.key_in("2580")
    view = visitor.frame.view
    assert isinstance(view, Keypad)
    assert view.typed == "••••"
    visitor.touch("enter")
    assert visitor.effects == [e.CheckPin("2580")]
    visitor.give(i.PinChecked(right=True))
    assert visitor.effects[-1] == e.TestSelf()
    visitor.give(i.SelfTested(demo.self_test()))
    assert "beidzies papīrs" in visitor.words


@pytest.mark.parametrize(("times", "pause"), [(4, 0.5), (5, NAME_SECONDS / 3)])
def test_fewer_or_slower_touches_are_no_sign(times: int, pause: float) -> None:
    visitor = technician()
    makes_the_sign(visitor, times, pause)
    assert visitor.sees(m.Start)


@pytest.mark.parametrize("outcome", [None, PrintResult.PRINTED, PrintResult.UNKNOWN])
def test_the_sign_takes_no_number_away(outcome: PrintResult | None) -> None:
    visitor = technician()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    makes_the_sign(visitor)
    assert visitor.sees(m.Working)
    visitor.answer(demo.ticket())
    if outcome:
        visitor.give(i.PaperCame(demo.ticket().id, PrintOutcome(outcome)))
    visitor.wait(1)
    makes_the_sign(visitor)
    assert visitor.sees(m.TicketReady)
    visitor.give(i.Failed())
    makes_the_sign(visitor)
    assert demo.ticket().number in visitor.words


def test_without_a_pin_in_the_settings_there_is_no_way_in() -> None:
    visitor = technician(pin="")
    makes_the_sign(visitor)
    assert visitor.sees(m.Start)


def test_the_way_in_is_there_when_nothing_else_is() -> None:
    visitor = technician(ready=False)
    makes_the_sign(visitor)
    assert visitor.sees(m.EnterPin)


def test_a_wrong_pin_is_said_and_too_many_wait() -> None:
    visitor = technician()
    makes_the_sign(visitor)
    visitor.key_in("1111")
    visitor.touch("enter")
    visitor.give(i.PinChecked(right=False))
    assert "PIN nav pareizs" in visitor.words
    visitor.wait(1)
    visitor.key_in("2222")
    visitor.touch("enter")
    visitor.give(i.PinChecked(right=False, wait=21))
    assert "21 sekundi" in visitor.words
    assert visitor.sees(m.EnterPin)


def test_a_short_pin_is_not_looked_at() -> None:
    visitor = technician()
    makes_the_sign(visitor)
    visitor.key_in("258")
    visitor.touch("enter")
    assert not visitor.effects


def test_a_pin_that_is_checked_after_the_technician_left_opens_nothing() -> None:
    visitor = technician()
    makes_the_sign(visitor)
    visitor.key_in("2580")
    visitor.touch("enter", "back")
    visitor.give(i.PinChecked(right=True))
    assert visitor.sees(m.Start)


def test_a_pin_is_never_in_what_could_be_logged() -> None:
    visitor = technician()
    makes_the_sign(visitor)
    visitor.key_in("2580")
    assert "2580" not in repr(visitor.model)
    assert "2580" not in repr(e.CheckPin("2580"))


def test_the_program_tests_again_tries_the_printer_and_restarts() -> None:
    visitor = opened()
    visitor.touch("look", "try_printer", "restart")
    assert visitor.effects[-3:] == [e.TestSelf(), e.PrintTrial(), e.RestartProgram()]


def test_out_of_service_is_said_until_a_technician_ends_it() -> None:
    visitor = opened()
    visitor.touch("serve")
    assert "Šī iekārta nedarbojas" in visitor.words
    assert "This kiosk is out of service" in visitor.words
    visitor.scan(qr_text("demo", demo.CODE))
    assert not any(isinstance(each, e.SendCommand) for each in visitor.effects)
    visitor.wait(1000)
    makes_the_sign(visitor)
    visitor.key_in("2580")
    visitor.touch("enter")
    visitor.give(i.PinChecked(right=True))
    visitor.give(i.SelfTested(demo.self_test()))
    visitor.wait(1)
    visitor.touch("serve")
    assert visitor.sees(m.Start)
    assert "need_service" in visitor.buttons()


def test_who_forgets_to_leave_is_led_back_to_the_start() -> None:
    visitor = opened()
    visitor.wait(MAINTENANCE_SECONDS - 10)
    assert visitor.frame.question
    visitor.wait(10)
    assert visitor.sees(m.Start)


def test_what_is_wrong_is_marked() -> None:
    bad = replace(
        demo.self_test(), broker=False, module_seconds=None, clock_seconds=-90.0, disk_free=3
    )
    view = report(bad, out_of_service=False, language=language("en"))
    assert isinstance(view, Report)
    assert {line.name for line in view.lines if not line.good} == {
        "Printer",
        "Network",
        "Queue module",
        "Clock",
        "Disk",
    }
    assert "differs by 90 s" in str(view)


def test_parts_that_are_not_there_are_no_fault() -> None:
    none = replace(demo.self_test(), printer=None, scanner=None, clock_seconds=None)
    view = report(none, out_of_service=True, language=language("en"))
    assert isinstance(view, Report)
    assert [line.words for line in view.lines[:2]] == ["none", "none"]
    assert [each.title for each in view.choices] == ["Test again", "Put into service", "Restart"]

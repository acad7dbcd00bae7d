"""A clerk's morning in a real browser, over a real broker, with the real queue module."""

import re
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from messaging.messages import Role, UnitStatus
from queue_core.commands import AddBooking, AskHelp, CheckIn, ConfirmCall, TakeTicket
from queue_core.events import (
    ActionUndone,
    CallConfirmed,
    CounterChanged,
    HelpAnswered,
    NoShowRecorded,
    OvernightDecided,
    TicketCalled,
    TicketPrioritised,
    TicketsEnded,
    TicketServed,
    TicketTransferred,
)
from queue_core.life import Verb
from queue_core.model import CallRule, Channel, Confirmation, GivenService
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.desk.conftest import DeskProcess, Module, start_desk
from tests.pages import answer
from tests.parts import UnitThread, wait_until

pytestmark = pytest.mark.whole

ENTRANCE = {"lv": "Kiosks pie ieejas", "en": "Kiosk at the entrance"}

COUNT_NOTES = """() => {
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.notes += 1; start.call(this, at); };
}"""
"""A page cannot be listened to; the notes that it really starts are counted on their way."""


WATCH_LOST = """() => new MutationObserver(() => {
  window.wasLost ||= !document.getElementById("lost").hidden;
}).observe(document.getElementById("lost"), { attributes: true })"""


@pytest.fixture
def take(broker: Broker, module: Module) -> Callable[..., None]:
    """Take tickets for these services, as a kiosk would."""

    def _take(*services: str) -> None:
        with UnitThread(broker.port) as kiosk:
            for service in services:
                assert kiosk.ask(TakeTicket(service, "lv"))

    return _take


@pytest.fixture
def clerk(desk: DeskProcess, module: Module, page: Page) -> Page:
    """Signed in at the open counter 1, by keys alone."""
    page.goto(desk.address)
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type("2580")
    page.keyboard.press("Enter")
    expect(page.locator("#open[aria-disabled=false]")).to_be_visible(timeout=20_000)
    page.keyboard.press("o")
    expect(page.locator("#call-next[aria-disabled=false]")).to_be_visible()
    return page


def call_first(clerk: Page, take: Callable[..., None]) -> None:
    """A visitor takes A 001 and is called."""
    take("vsaa-slimiba")
    expect(clerk.locator("#now")).to_contain_text("A 001")
    clerk.keyboard.press(" ")
    expect(clerk.locator("#now .number")).to_have_text("A 001")


def test_space_calls_and_two_keys_account(
    clerk: Page, module: Module, take: Callable[..., None], broker: Broker
) -> None:
    take("vsaa-slimiba")
    expect(clerk.locator("#now")).to_contain_text("Nākamais: A 001")
    clerk.keyboard.press(" ")
    expect(clerk.locator("#now .number")).to_have_text("A 001")
    expect(clerk.locator("#problems [data-tone=call]")).to_be_visible()  # there is no board
    expect(clerk).to_have_title(re.compile("^! Tablo nav parādījis A 001"))
    called = next(e for e in module.events() if isinstance(e, TicketCalled))
    assert called.counter == "1"

    with UnitThread(broker.port, "board") as board:
        recorded = module.thread.module.state.tickets[called.ticket].call
        assert recorded
        board.ask(ConfirmCall(recorded.id, Confirmation.SHOWN))
    expect(clerk.locator("#now .shown")).to_contain_text("Redzams tablo")
    assert any(isinstance(e, CallConfirmed) for e in module.events())

    clerk.keyboard.press("f")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#call-next")).to_be_visible()
    expect(clerk.locator("#message")).to_have_text("A 001 ir apkalpots.")
    served = next(e for e in module.events() if isinstance(e, TicketServed))
    assert served.given == (GivenService("vsaa-slimiba", 1),)


def test_other_services_are_found_by_typing(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    call_first(clerk, take)
    clerk.keyboard.press("f")
    clerk.locator("#find").focus()
    clerk.keyboard.type("gimenes")  # Ģimenes, typed without diacritics
    clerk.keyboard.press("Enter")
    clerk.locator(".given .chosen").nth(1).locator("[type=number]").fill("3")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#call-next")).to_be_visible()
    served = next(e for e in module.events() if isinstance(e, TicketServed))
    assert served.given == (GivenService("vsaa-slimiba", 1), GivenService("vsaa-gimene", 3))


def test_finishing_and_calling_the_next_are_two_keys(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    call_first(clerk, take)
    take("vsaa-pensija")
    clerk.keyboard.press("f")
    clerk.locator(".given .chosen [name=e_service]").check()
    clerk.keyboard.press("Shift+Enter")
    expect(clerk.locator("#now .number")).to_have_text("A 002")
    served = next(e for e in module.events() if isinstance(e, TicketServed))
    assert served.given == (GivenService("vsaa-slimiba", 1, e_service=True),)


def test_a_call_by_phone_is_accounted_for_and_put_right_by_keys_alone(
    clerk: Page, module: Module
) -> None:
    clerk.keyboard.press("a")
    clerk.keyboard.type("eds")
    clerk.keyboard.press("Enter")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#done")).to_contain_text("Pa tālruni")
    clerk.locator("#done .buttons button").focus()
    clerk.keyboard.press("Enter")
    clerk.get_by_label("Pa e-pastu").check()
    clerk.locator(".given .chosen [type=number]").fill("2")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#done")).to_contain_text("Palīdzība EDS lietošanā × 2")
    (account,) = module.thread.module.state.accounts.values()
    assert account.given == (GivenService("vid-eds", 2, Channel.EMAIL),)
    clerk.locator("#done .buttons button").press("Enter")
    clerk.locator("[data-withdraw]").press("Enter")
    expect(clerk.locator("#done .tickets li")).to_have_count(0)


def test_a_dialog_opened_again_at_once_takes_the_keys(clerk: Page) -> None:
    clerk.keyboard.press("a")
    focused = clerk.evaluate(
        """async () => {
          document.querySelector("#given [data-cancel]").click();
          const key = new KeyboardEvent("keydown", { key: "a", bubbles: true });
          document.body.dispatchEvent(key);
          await new Promise((done) => setTimeout(done, 200));
          return document.activeElement.id;
        }"""
    )
    assert focused == "find"


def test_a_number_out_of_turn_needs_a_reason(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    take("vsaa-slimiba", "vsaa-pensija")
    clerk.get_by_role("button", name="Izsaukt A 002 ārpus kārtas").click()
    clerk.keyboard.type("Ir ar mazu bērnu")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#now .number")).to_have_text("A 002")
    called = next(e for e in module.events() if isinstance(e, TicketCalled))
    assert (called.reason.rule, called.reason.note) == (CallRule.CHOSEN, "Ir ar mazu bērnu")


def test_who_did_not_come_is_listed_and_comes_back(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    call_first(clerk, take)
    clerk.keyboard.press("r")
    expect(clerk.locator("#message")).to_have_text("Tikko izsaukts. Uzgaidiet dažas sekundes.")
    clerk.keyboard.press("n")
    expect(clerk.locator("#aside")).to_contain_text("A 001")
    assert any(isinstance(e, NoShowRecorded) for e in module.events())
    clerk.locator("#aside [data-command=resume]").click()
    expect(clerk.locator("#waiting")).to_contain_text("A 001")


def test_the_last_action_is_taken_back(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    take("vsaa-slimiba")
    expect(clerk.locator("#now")).to_contain_text("A 001")
    clerk.keyboard.press(" ")
    expect(clerk.locator("#undo")).to_contain_text("Atsaukt: izsaukts")
    clerk.keyboard.press("n")
    expect(clerk.locator("#undo")).to_contain_text("Atsaukt: neieradās")
    clerk.keyboard.press("u")
    expect(clerk.locator("#message")).to_have_text("Pēdējā darbība ar A 001 ir atsaukta.")
    expect(clerk.locator("#now .number")).to_have_text("A 001")
    expect(clerk.locator("#undo")).to_have_count(0)
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#undo")).to_contain_text("Atsaukt: apmeklētājs ieradās")
    clerk.keyboard.press("Control+z")
    expect(clerk.locator("#start-button")).to_be_visible()
    undone = [e.verb for e in module.events() if isinstance(e, ActionUndone)]
    assert undone == [Verb.NO_SHOW, Verb.START]


def test_a_counter_kept_free_for_a_slot_can_be_insisted_upon(
    clerk: Page, module: Module, take: Callable[..., None], broker: Broker
) -> None:
    starts_at = MORNING + timedelta(minutes=2, seconds=50)
    with UnitThread(broker.port, "schedule") as schedule:
        schedule.ask(AddBooking("digest", "vsaa-konsultacija", starts_at, 20))
        schedule.ask(CheckIn("digest", "lv"))
    take("vsaa-pensija")
    expect(clerk.locator("#now")).to_contain_text("Nākamais: A 001")
    clerk.keyboard.press(" ")
    clerk.keyboard.press(" ")  # in haste: asks again, decides nothing
    expect(clerk.locator("#message")).to_contain_text("K 001 ir pieraksts plkst. 10:33")
    expect(clerk.locator("#insist")).to_be_focused()
    assert not any(isinstance(e, TicketCalled) for e in module.events())
    clerk.keyboard.press(" ")
    expect(clerk.locator("#now .number")).to_have_text("A 001")
    expect(clerk.locator("#insist")).to_be_hidden()


def test_a_walk_in_is_given_priority(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    take("vsaa-slimiba", "vsaa-pensija")
    clerk.get_by_role("button", name="Dot priekšroku numuram A 002").click()
    expect(clerk.locator("#message")).to_have_text("A 002 ir dota priekšroka.")
    expect(clerk.locator("#waiting tbody tr").first).to_contain_text("Ar priekšroku")
    expect(clerk.locator("#now")).to_contain_text("Nākamais: A 002")
    assert any(isinstance(e, TicketPrioritised) for e in module.events())


def test_help_is_shown_rung_and_answered_with_one_key(
    clerk: Page, module: Module, broker: Broker
) -> None:
    clerk.evaluate(COUNT_NOTES)
    with UnitThread(broker.port) as kiosk:
        kiosk.call(lambda: kiosk.link.report(status(name=ENTRANCE)))
        assert kiosk.ask(AskHelp())
        expect(clerk.get_by_role("alert").filter(visible=True)).to_contain_text(
            "Lūdz palīdzību: Kiosks pie ieejas"
        )
        expect(clerk).to_have_title(re.compile("^. Lūdz palīdzību: Kiosks pie ieejas – 1. lodz"))
        wait_until(lambda: clerk.evaluate("window.notes === 2"))
        clerk.keyboard.press("g")
        expect(clerk.locator("#help p")).to_have_count(0)
        expect(clerk).to_have_title(re.compile("^1. lodziņš"))
    answered = [e.unit for e in module.events() if isinstance(e, HelpAnswered)]
    assert answered == ["kiosk"]


def test_paper_that_has_ended_is_said_once_by_a_tone_unless_silenced(
    clerk: Page, broker: Broker
) -> None:
    clerk.evaluate(COUNT_NOTES)
    problems, said = clerk.locator("#problems"), clerk.locator("#said")
    with UnitThread(broker.port) as kiosk:
        kiosk.call(lambda: kiosk.link.report(status("paper_low", name=ENTRANCE)))
        expect(problems).to_contain_text("Kiosks pie ieejas: Numuriņu printerī drīz beigsies")
        expect(problems.locator(".urgent")).to_have_count(0)
        kiosk.call(lambda: kiosk.link.report(status("paper_out", "disk_full")))
        expect(problems.locator(".urgent").first).to_contain_text("kiosk: Numuriņu printerī beidz")
        expect(said).to_contain_text("kiosk: Numuriņu printerī beidzies")
        expect(clerk).to_have_title(re.compile("^! kiosk: Numuriņu printerī beidzies"))
        kiosk.call(lambda: kiosk.link.report(status()))
        expect(problems.locator("p")).to_have_count(0)
        expect(clerk).to_have_title(re.compile("^1. lodziņš"))
        assert clerk.evaluate("window.notes") == 1
        clerk.locator("#sounds").uncheck()
    expect(said).to_contain_text("kiosk: Numuriņu kiosks neatbild.")
    assert clerk.evaluate("window.notes") == 1


def status(*faults: str, name: dict[str, str] | None = None) -> UnitStatus:
    """How the kiosk is."""
    return UnitStatus(
        unit="kiosk", role=Role.KIOSK, version="test", online=True, faults=faults, name=name or {}
    )


def test_the_queue_is_kept_overnight_once_confirmed(clerk: Page, module: Module) -> None:
    switch = clerk.get_by_role("switch")
    switch.click()
    clerk.keyboard.press("Escape")
    assert not any(isinstance(e, OvernightDecided) for e in module.events())
    for keep in (True, False):
        switch.click()
        clerk.locator("#keep_overnight .primary").click()
        expect(switch).to_have_attribute("aria-checked", str(keep).lower())
    decided = [e.keep for e in module.events() if isinstance(e, OvernightDecided)]
    assert decided == [True, False]


def test_giving_tickets_ends_once_confirmed_and_can_be_taken_back(
    clerk: Page, module: Module
) -> None:
    clerk.locator("#end-tickets").press("Enter")
    clerk.locator("#end_tickets .primary").press("Enter")
    expect(clerk.locator("#day")).to_contain_text("numuriņus vairs neizsniedz")
    clerk.locator("#give-tickets").press("Enter")
    expect(clerk.locator("#end-tickets")).to_be_visible()
    ended = [e.at is None for e in module.events() if isinstance(e, TicketsEnded)]
    assert ended == [False, True]


def test_a_visitor_is_sent_to_another_counter(
    clerk: Page, module: Module, take: Callable[..., None]
) -> None:
    call_first(clerk, take)
    clerk.keyboard.press("t")
    clerk.locator("#target").select_option("to_counter:2")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#waiting .group")).to_be_visible()
    sent = next(e for e in module.events() if isinstance(e, TicketTransferred))
    assert sent.for_counter == "2"


def test_a_late_answer_closes_no_dialog(clerk: Page, take: Callable[..., None]) -> None:
    """The number may stand on the page before the answer to the press that called it."""
    late: list[tuple[Route, APIResponse]] = []
    clerk.route("**/command", lambda route: late.append((route, route.fetch())))
    call_first(clerk, take)
    clerk.keyboard.press("t")
    while not late:
        clerk.wait_for_timeout(20)
    route, response = late.pop()
    route.fulfill(response=response)
    expect(clerk.locator("#message")).to_have_text("A 001 ir izsaukts.")
    expect(clerk.locator("#target")).to_be_visible()


def test_a_silent_module_is_said_and_a_press_does_nothing(clerk: Page, module: Module) -> None:
    module.end()
    expect(clerk.locator("#lost")).to_be_visible(timeout=20_000)
    before = module.events()
    clerk.keyboard.press(" ")
    expect(clerk.locator("#message")).to_contain_text("Nekas netika izdarīts")
    expect(clerk.locator("#call-next")).to_have_attribute("aria-disabled", "true")
    assert module.events() == before


def test_a_lost_broker_is_said_and_comes_back(clerk: Page, broker: Broker) -> None:
    broker.kill()
    expect(clerk.locator("#lost")).to_be_visible()
    broker.start()
    expect(clerk.locator("#lost")).to_be_hidden(timeout=20_000)


def test_a_lost_desk_is_said(clerk: Page, desk: DeskProcess) -> None:
    desk.process.kill()
    expect(clerk.locator("#lost")).to_be_visible(timeout=20_000)
    clerk.keyboard.press(" ")
    expect(clerk.locator("#message")).to_contain_text("Nekas netika izdarīts")


def test_a_computer_that_slept_and_a_desk_that_hangs_are_said(
    desk: DeskProcess, module: Module, page: Page
) -> None:
    page.clock.install()
    page.goto(desk.address)
    page.locator("#pin").fill("2580")
    page.locator("#pin").press("Enter")
    expect(page.locator("main [aria-disabled]").first).to_be_attached()  # the stream began
    expect(page.locator("#lost")).to_be_hidden(timeout=20_000)
    page.evaluate(WATCH_LOST)
    page.clock.fast_forward("10:00")
    wait_until(lambda: page.evaluate("window.wasLost"))
    expect(page.locator("#lost")).to_be_hidden(timeout=20_000)
    desk.process.send_signal(signal.SIGSTOP)
    expect(page.locator("#lost")).to_be_visible(timeout=20_000)
    expect(page).to_have_title(re.compile("^✕ Nav savienojuma"))
    desk.process.send_signal(signal.SIGCONT)
    expect(page.locator("#lost")).to_be_hidden(timeout=20_000)


def test_a_wrong_pin_waits(desk: DeskProcess, page: Page) -> None:
    page.goto(desk.address)
    for _ in range(6):
        expect(page.locator("#pin")).to_be_focused()
        page.keyboard.type("0000")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Pārāk daudz mēģinājumu.")


def test_english_by_a_switch(clerk: Page) -> None:
    clerk.get_by_role("link", name="English").click()
    expect(clerk.locator("html")).to_have_attribute("lang", "en")
    expect(clerk.locator("#call-next")).to_contain_text("Call next")


def test_single_keys_can_be_switched_off(clerk: Page, module: Module) -> None:
    clerk.locator("#shortcuts").uncheck()
    clerk.keyboard.press("p")
    clerk.locator("#pause").press("Enter")
    expect(clerk.locator("#open")).to_be_visible()
    expect(clerk.locator("#counter")).to_be_focused()  # its button is gone
    changes = [e for e in module.events() if isinstance(e, CounterChanged)]
    assert len(changes) == 2


def test_it_ends_cleanly_under_open_streams(clerk: Page, desk: DeskProcess) -> None:
    desk.process.terminate()
    assert desk.process.wait(10) == 0


def test_a_taken_port_ends_it_with_a_failure(desk: DeskProcess, broker: Broker) -> None:
    with start_desk(desk.port, broker.port) as second:
        assert second.wait(30) == 1


def test_health_is_there_without_signing_in(desk: DeskProcess, module: Module) -> None:
    assert answer(f"127.0.0.1:{desk.port}", "GET", "/health", b"", {}).status in {200, 503}

"""A visitor with a phone: the page's own process, the real module and broker, a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from messaging.messages import Reply
from queue_core.centre import Centre
from queue_core.commands import (
    AskReport,
    CallNext,
    Finish,
    LeaseNumbers,
    MergeTicket,
    NoShow,
    OpenCounter,
    Recall,
    Resume,
    Start,
    TakeTicket,
)
from queue_core.model import GivenService
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.parts import ModuleThread, UnitThread, clock_at, wait_until
from visitor_page.web import ID

pytestmark = pytest.mark.whole

SOUNDS = """
window.sounded = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.sounded += 1;
  start.apply(this, given);
};
"""


def id_of(reply: Reply | None) -> str:
    assert reply is not None
    assert reply.ticket is not None, reply
    return reply.ticket.id


def test_from_the_ticket_to_the_rating(
    broker: Broker, module: ModuleThread, address: str, phone: Page
) -> None:
    phone.add_init_script(SOUNDS)
    with UnitThread(broker.port) as centre:
        first = id_of(centre.ask(TakeTicket("vsaa-slimiba", "lv")))
        own = id_of(centre.ask(TakeTicket("vsaa-slimiba", "lv")))
        assert ID.fullmatch(own)
        phone.goto(f"{address}/{own}")
        expect(phone.locator(".number")).to_have_text("A 002")
        expect(phone.locator("main")).to_contain_text("Pirms jums gaida 1 cilvēks.")
        phone.get_by_role("button", name="Ieslēgt skaņu").tap()
        expect(phone.locator("#sound-is-on")).to_be_visible()
        centre.ask(OpenCounter("2"))
        centre.ask(CallNext("2"))
        expect(phone.locator("main")).to_contain_text("Pirms jums neviens negaida.")
        centre.ask(Finish("2", first, (GivenService("vsaa-slimiba"),)))
        before = phone.evaluate("sounded")
        centre.ask(CallNext("2"))
        expect(phone.locator("h1")).to_have_text("Lūdzu, nāciet pie 2. lodziņa")
        assert phone.evaluate("sounded") > before
        expect(phone).to_have_title("A 002: Lūdzu, nāciet pie 2. lodziņa")
        centre.ask(Recall("2", own))
        expect(phone.locator("main")).to_contain_text("Jūs izsauc vēlreiz.")
        centre.ask(NoShow("2", own))
        expect(phone.locator("h1")).to_have_text("Jūsu numurs tika izsaukts, bet jūs neatnācāt.")
        centre.ask(Resume(own))
        centre.ask(CallNext("2"))
        centre.ask(Start("2", own))
        expect(phone.locator("h1")).to_have_text("Jūs pašlaik apkalpo.")
        centre.ask(Finish("2", own, (GivenService("vsaa-slimiba"),)))
        phone.get_by_role("button", name="9").tap()
        expect(phone.locator("h1")).to_have_text("Paldies!")
    assert module.module.state.tickets[own].rated == 9


def test_a_visit_is_rated_without_any_script(
    broker: Broker, module: ModuleThread, address: str, phone: Page
) -> None:
    with UnitThread(broker.port) as centre:
        own = id_of(centre.ask(TakeTicket("vsaa-slimiba", "en")))
        centre.ask(OpenCounter("1"))
        centre.ask(CallNext("1"))
        browser = phone.context.browser
        assert browser
        page = browser.new_page(java_script_enabled=False, viewport={"width": 320, "height": 640})
        page.goto(f"{address}/{own}")
        expect(page.locator("h1")).to_have_text("Please come to counter 1")
        centre.ask(Finish("1", own, (GivenService("vsaa-slimiba"),)))
        rating = page.get_by_role("button", name="10")
        wait_until(lambda: page.reload() and rating.is_visible())
        rating.click()
        expect(page.locator("h1")).to_have_text("Thank you!")
        page.close()
        said = centre.ask(AskReport(MORNING.date(), MORNING.date()))
    assert said
    assert said.report
    visits = said.report.tables[0]
    (row,) = (dict(zip(visits.columns, each, strict=True)) for each in visits.rows)
    assert (row["served"], row["ratings"], row["rating_sum"]) == (1, 1, 10)


def test_a_number_that_a_kiosk_gave_by_itself_is_shown_once_the_module_has_it(
    broker: Broker, module: ModuleThread, address: str, phone: Page
) -> None:
    own = "ab" * 16
    with UnitThread(broker.port) as kiosk:
        kiosk.ask(LeaseNumbers("journal-1"))
        kiosk.ask(OpenCounter("1"))
        wait_until(lambda: (said := phone.goto(f"{address}/{own}")) and said.status == 404)
        expect(phone.locator("h1")).to_have_text("Jūsu numurs šeit vēl nav redzams")
        expect(phone.locator("main")).to_contain_text("tas ir jūsu un paliek spēkā")
        kiosk.ask(MergeTicket(own, "A", 950, "vsaa-slimiba", "lv", MORNING))
        phone.reload()  # as it would by itself, 20 seconds later
        expect(phone.locator(".number")).to_have_text("A 950")


def test_a_place_is_given_up_after_asking_once_more(
    broker: Broker, module: ModuleThread, address: str, phone: Page
) -> None:
    with UnitThread(broker.port) as centre:
        own = id_of(centre.ask(TakeTicket("vsaa-slimiba", "lv")))
    phone.goto(f"{address}/{own}")
    expect(phone.get_by_role("button", name="Atteikties")).to_be_hidden()
    phone.get_by_text("Es vairs negaidīšu").tap()
    phone.get_by_role("button", name="Atteikties no vietas rindā").tap()
    expect(phone.locator("h1")).to_have_text("Šis numurs vairs nav derīgs.")


def test_without_the_module_the_phone_says_so_and_comes_back(
    broker: Broker, centre: Centre, tmp_path: Path, address: str, phone: Page
) -> None:
    parts = (centre, tmp_path / "queue.db", broker.port, clock_at(MORNING))
    with ModuleThread(*parts), UnitThread(broker.port) as unit:
        own = id_of(unit.ask(TakeTicket("vsaa-slimiba", "lv")))
        phone.goto(f"{address}/{own}")
        expect(phone.locator("#place[data-html]")).to_be_attached(timeout=30_000)
        expect(phone.locator("#lost")).to_be_hidden()
    expect(phone.locator("#lost")).to_contain_text("Nav savienojuma ar rindu.", timeout=15_000)
    expect(phone.locator(".number")).to_have_text("A 001")
    with ModuleThread(*parts):
        expect(phone.locator("#lost")).to_be_hidden(timeout=15_000)

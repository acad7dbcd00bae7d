"""A lead changes the settings in a real browser: board and kiosk have them at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.settings import Settings
from messaging.codec import decode
from messaging.messages import BoardState, CatalogueState
from queue_core.commands import TakeTicket
from queue_module.administration import Administration
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.desk.conftest import DeskProcess
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, wait_until

pytestmark = pytest.mark.whole

NEW = "lad-kuts-apskate"


class Heard:
    """What boards and kiosks are told."""

    def __init__(self, unit: UnitThread) -> None:
        self._unit = unit
        self.board: BoardState | None = None
        self.catalogue: CatalogueState | None = None

    def _take(self) -> None:
        while not self._unit.arrived.empty():
            arrived = self._unit.arrived.get()
            if arrived.topic == TOPICS.board:
                self.board = decode(arrived.payload, BoardState)
            else:
                self.catalogue = decode(arrived.payload, CatalogueState)

    def notices(self) -> list[str]:
        self._take()
        return [each["lv"] for each in self.board.notices] if self.board else []

    def called(self) -> list[tuple[str, str]]:
        self._take()
        calls = self.board.calls if self.board else ()
        return [(each.number, each.counter.name["lv"]) for each in calls]

    def services(self) -> dict[str, str]:
        self._take()
        places = self.catalogue.institutions if self.catalogue else ()
        return {each.id: each.name["lv"] for place in places for each in place.services}


@pytest.fixture
def heard(demo_settings: Settings, tmp_path: Path, broker: Broker) -> Iterator[Heard]:
    """With the real queue module, whose settings can be changed."""
    administration = Administration(demo_settings, tmp_path / "changes")
    module = ModuleThread(
        administration.centre,
        tmp_path / "queue.db",
        broker.port,
        clock_at(MORNING),
        administration=administration,
    )
    unit = UnitThread(broker.port, "board")
    unit.listen(TOPICS.board)
    unit.listen(TOPICS.catalogue)
    with module, unit:
        yield Heard(unit)


@pytest.fixture
def lead(desk: DeskProcess, heard: Heard, page: Page) -> Page:
    page.goto(desk.address)
    page.locator("#pin").fill("2580")
    page.locator("#pin").press("Enter")
    expect(page.locator("#open[aria-disabled=false]")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Centra iestatījumi").press("Enter")
    return page


def confirm(lead: Page) -> None:
    lead.get_by_role("button", name="Skatīt, kas mainīsies").press("Enter")
    lead.get_by_role("button", name="Mainīt", exact=True).press("Enter")
    expect(lead.get_by_role("heading", name="Kas ir mainīts")).to_be_visible()


def test_a_notice_is_changed_refused_and_taken_back(lead: Page, heard: Heard) -> None:
    before = heard.notices()
    lead.get_by_role("link", name="Pievienot paziņojumu").press("Enter")
    lead.get_by_label("Latviski").fill("Piektdien līdz 12.00.")
    lead.get_by_role("button", name="Skatīt, kas mainīsies").press("Enter")
    expect(lead.locator(".wrong")).to_have_text("Šeit kaut kas jāieraksta.")
    lead.get_by_label("English").fill("Until noon on Friday.")
    confirm(lead)
    wait_until(lambda: heard.notices() == [*before, "Piektdien līdz 12.00."])
    expect(lead.locator("article")).to_contain_text("klientu-1")
    lead.get_by_role("link", name="Atgriezties pie tehniķa iestatījumiem").press("Enter")
    lead.get_by_role("button", name="Mainīt", exact=True).press("Enter")
    wait_until(lambda: heard.notices() == before)


def type_into(lead: Page, place: str, words: str) -> None:
    lead.locator(place).focus()
    lead.keyboard.type(words)


def test_a_new_service_is_called_at_a_new_counter_by_keys_alone(
    lead: Page, heard: Heard, broker: Broker
) -> None:
    lead.get_by_role("link", name="Pievienot pakalpojumu").press("Enter")
    type_into(lead, "[id='name.lv']", "Kūts apskate")
    type_into(lead, "[id='name.en']", "Barn visit")
    type_into(lead, "#institution", "LAD")
    type_into(lead, "#series", "L")
    type_into(lead, "#expected_minutes", "900")
    lead.keyboard.press("Enter")
    expect(lead.locator(".wrong")).to_have_text("Ne vairāk kā 600.")
    lead.locator("#expected_minutes").fill("25")
    confirm(lead)
    wait_until(lambda: heard.services().get(NEW) == "Kūts apskate")
    lead.get_by_role("link", name="Pievienot lodziņu").press("Enter")
    type_into(lead, "#sign", "9")
    type_into(lead, "[id='name.lv']", "9. lodziņš")
    type_into(lead, "[id='name.en']", "Counter 9")
    lead.locator(f"[value={NEW}]").press(" ")
    confirm(lead)

    lead.get_by_role("link", name="Uz rindu").press("Enter")
    lead.get_by_role("button", name="Iziet").press("Enter")
    type_into(lead, "#counter", "9")
    type_into(lead, "#pin", "2580")
    lead.keyboard.press("Enter")
    expect(lead.locator("#open[aria-disabled=false]")).to_be_visible(timeout=20_000)
    lead.keyboard.press("o")
    expect(lead.locator("#call-next[aria-disabled=false]")).to_be_visible()
    with UnitThread(broker.port) as kiosk:
        assert kiosk.ask(TakeTicket(NEW, "lv"))
    expect(lead.locator("#now")).to_contain_text("L 001")
    lead.keyboard.press(" ")
    expect(lead.locator("#now .number")).to_have_text("L 001")
    wait_until(lambda: heard.called() == [("L 001", "9. lodziņš")])

    lead.get_by_role("link", name="Centra iestatījumi").press("Enter")
    lead.get_by_role("link", name="Kūts apskate").press("Enter")
    lead.get_by_role("button", name="Noņemt").press("Enter")
    expect(lead.get_by_role("alert")).to_have_text("9. lodziņš neko citu neapkalpo.")
    lead.get_by_role("link", name="Atcelt").press("Enter")
    lead.get_by_role("link", name="9. lodziņš").press("Enter")
    lead.get_by_role("button", name="Noņemt").press("Enter")
    lead.get_by_role("button", name="Mainīt", exact=True).press("Enter")
    expect(lead.get_by_role("alert")).to_have_text("Lodziņš ir atvērts. Vispirms aizveriet to.")

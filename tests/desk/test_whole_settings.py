"""A lead changes the settings in a real browser: board and kiosk have them at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.settings import Settings
from messaging.codec import decode
from messaging.messages import BoardState, CatalogueState
from queue_module.administration import Administration
from rinda.broker import Broker
from tests.conftest import MORNING
from tests.desk.conftest import DeskProcess
from tests.parts import TOPICS, ModuleThread, UnitThread, clock_at, wait_until

pytestmark = pytest.mark.whole


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


def test_a_service_is_renamed_and_withdrawn(lead: Page, heard: Heard) -> None:
    lead.goto(f"{lead.url}/service/vid-eds")
    lead.get_by_label("Latviski").fill("EDS palīdzība")
    lead.locator("#expected_minutes").fill("900")
    lead.get_by_role("button", name="Skatīt, kas mainīsies").press("Enter")
    expect(lead.locator(".wrong")).to_have_text("Ne vairāk kā 600.")
    assert heard.services()["vid-eds"] != "EDS palīdzība"
    lead.locator("#expected_minutes").fill("25")
    confirm(lead)
    wait_until(lambda: heard.services()["vid-eds"] == "EDS palīdzība")
    lead.get_by_role("link", name="EDS palīdzība").press("Enter")
    lead.locator("#offered").uncheck()
    confirm(lead)
    wait_until(lambda: "vid-eds" not in heard.services())

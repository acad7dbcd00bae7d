"""The staff's pages in Firefox: a visitor served by keys alone, charts, and a lost desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_core.commands import TakeTicket
from queue_core.events import TicketServed, TicketTransferred
from queue_core.model import GivenService
from rinda.broker import Broker
from tests.desk.conftest import DeskProcess, Module
from tests.desk.firefox import DOWN, ENTER, Firefox, firefox
from tests.parts import UnitThread

pytestmark = pytest.mark.whole


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Firefox]:
    profile = tmp_path / "firefox"
    profile.mkdir()
    with firefox(profile) as running:
        yield running


def test_a_visitor_is_served_by_keys_and_a_lost_desk_is_said(
    browser: Firefox, desk: DeskProcess, module: Module, broker: Broker
) -> None:
    browser.open(desk.address)
    browser.press(*"2580", ENTER)
    browser.until("document.querySelector('#open[aria-disabled=false]')")
    browser.press("o")
    browser.until("document.querySelector('#call-next[aria-disabled=false]')")
    with UnitThread(broker.port) as kiosk:
        assert kiosk.ask(TakeTicket("vsaa-slimiba", "lv"))
        assert kiosk.ask(TakeTicket("vsaa-pensija", "lv"))
    browser.until("document.querySelector('.next').textContent.includes('A 001')")
    browser.press(" ")
    browser.until("document.querySelector('#now .number')?.textContent === 'A 001'")
    browser.press(ENTER)
    browser.until("document.querySelector('#finish-button.primary')")
    browser.press("f", ENTER)
    browser.until("document.querySelector('#call-next')")
    served = [e.given for e in module.events() if isinstance(e, TicketServed)]
    assert served == [(GivenService("vsaa-slimiba", 1),)]
    browser.press(" ")
    browser.until("document.querySelector('#now .number')?.textContent === 'A 002'")
    browser.press("t", DOWN, ENTER)
    browser.until("document.querySelector('#call-next')")
    assert [e.for_counter for e in module.events() if isinstance(e, TicketTransferred)] == ["2"]
    browser.open(f"{desk.address}figures?period=today")
    browser.until(
        "document.images.length && [...document.images].every((each) => each.naturalWidth)"
    )
    browser.open(desk.address)
    browser.until("document.querySelector('#call-next[aria-disabled=false]')")
    desk.process.kill()
    browser.until("!document.querySelector('#lost').hidden && document.title.startsWith('✕')")

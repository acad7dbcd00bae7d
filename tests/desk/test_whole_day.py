"""A clerk's working day by keys alone; the log agrees with what was pressed."""

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from queue_core import events as e
from queue_core.commands import TakeTicket
from rinda.broker import Broker
from tests.desk.conftest import DeskProcess, Module
from tests.parts import UnitThread

pytestmark = pytest.mark.whole

SERVICES = ("vsaa-slimiba", "vsaa-pensija", "vsaa-gimene", "vid-deklaracija", "novads-cits")
VISITORS = 25
OF_THE_CLERK = (
    e.TicketCalled,
    e.ServingStarted,
    e.TicketServed,
    e.NoShowRecorded,
    e.TicketHeld,
    e.TicketResumed,
    e.TicketTransferred,
    e.ActionUndone,
    e.WorkAccounted,
)

Done = tuple[type[object], str]


class Clerk:
    """Presses keys at random, and keeps account of what each should have done."""

    def __init__(self, page: Page, seed: int) -> None:
        self.page, self.random = page, random.Random(seed)
        self.done: list[Done] = []
        self._undone: set[str] = set()
        self._next = page.locator(".next")
        self._free, self._dialog = page.locator("#call-next"), page.locator("dialog[open]")

    def work(self) -> None:
        """Until nobody waits any more."""
        while "Nākamais" in (self._next.text_content() or ""):
            self._call()
            ways = [self._finish, self._come, self._come, self._finish_and_call]
            ways += [self._miss, self._hold, self._transfer, self._undo]
            self.random.choice(ways)()
            if self.random.random() < 0.15:
                self._phone()

    def resume_all(self) -> None:
        """Bring back whoever was set aside or missed, with Tab and Enter."""
        resume = self.page.locator("#aside [data-command=resume]")
        for left in range(resume.count() - 1, -1, -1):
            while not (number := self.page.evaluate(FOCUSED)):
                self._press("Tab")
            self._press("Enter")
            self._did(e.TicketResumed, number)
            expect(resume).to_have_count(left)

    def _call(self) -> None:
        self._press(" ")
        self._did(e.TicketCalled, self._number())

    def _finish(self) -> None:
        self._did(e.TicketServed, self._number())
        self._press("f", "Enter")
        self._until_free()

    def _come(self) -> None:
        self._did(e.ServingStarted, self._number())
        self._press("Enter")
        expect(self.page.locator("#finish-button.primary")).to_be_visible()
        self._finish()

    def _finish_and_call(self) -> None:
        number = self._number()
        if "Nākamais" not in (self._next.text_content() or ""):
            return self._finish()
        self._press("f", "Shift+Enter")
        expect(self.page.locator("#now .number")).not_to_have_text(number)
        expect(self._dialog).to_have_count(0)
        self._did(e.TicketServed, number)
        self._did(e.TicketCalled, self._number())
        return self._come()

    def _miss(self) -> None:
        self._leave("n", e.NoShowRecorded)

    def _hold(self) -> None:
        self._leave("h", e.TicketHeld)

    def _transfer(self) -> None:
        self._did(e.TicketTransferred, self._number())
        self._press("t", "ArrowDown", "Enter")  # to the other counter
        self._until_free()

    def _undo(self) -> None:
        if (number := self._number()) in self._undone:
            return self._finish()
        self._undone.add(number)
        expect(self.page.locator("#undo")).to_be_visible()
        return self._leave("u", e.ActionUndone)

    def _phone(self) -> None:
        self._press("a", *"eds", "Enter", "Enter")
        self._did(e.WorkAccounted, "")
        self._until_free()

    def _until_free(self) -> None:
        expect(self._free).to_be_visible(timeout=20_000)
        expect(self._dialog).to_have_count(
            0, timeout=20_000
        )  # it closes with the answer, which may be later

    def _leave(self, key: str, event: type[object]) -> None:
        self._did(event, self._number())
        self._press(key)
        self._until_free()

    def _number(self) -> str:
        return self.page.locator("#now .number").text_content() or ""

    def _did(self, event: type[object], number: str) -> None:
        self.done.append((event, number))

    def _press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


FOCUSED = """document.activeElement.matches("#aside [data-command=resume]")
  && document.activeElement.closest("li").querySelector("strong").textContent"""


def recorded(module: Module) -> Iterator[Done]:
    """What the log says that the clerk did."""
    tickets = module.thread.module.state.tickets
    for each in module.events():
        if isinstance(each, OF_THE_CLERK):
            number = "" if isinstance(each, e.WorkAccounted) else tickets[each.ticket].label
            yield type(each), number


@pytest.mark.parametrize("seed", [7])
def test_a_day_by_keys_alone_is_the_day_in_the_log(
    desk: DeskProcess, module: Module, page: Page, broker: Broker, seed: int
) -> None:
    with UnitThread(broker.port) as kiosk:
        services = random.Random(seed).choices(SERVICES, k=VISITORS)
        numbers = [kiosk.ask(TakeTicket(each, "lv")) for each in services]
        assert all(numbers)
    page.goto(desk.address)
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type("2580")
    page.keyboard.press("Enter")
    expect(page.locator("#open[aria-disabled=false]")).to_be_visible(timeout=20_000)
    page.keyboard.press("o")
    expect(page.locator(".next")).to_contain_text(re.compile("Nākamais"))
    clerk = Clerk(page, seed)
    clerk.work()
    clerk.resume_all()
    clerk.work()
    assert list(recorded(module)) == clerk.done
    assert {each for each, _ in clerk.done} == set(OF_THE_CLERK)

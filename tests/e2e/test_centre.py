"""The whole centre: real broker, file, windows, browser, and devices that speak the real bytes."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from queue_core.events import CommandRefused, TicketCalled, TicketServed, TicketTaken
from queue_core.model import CallRule, Kind
from queue_core.refusals import RefusalCode
from rinda import screen
from rinda.centre_at_hand import CentreAtHand, Screens
from rinda.observer import Observer
from rinda.visit import Visit

FIRST_CODE = "RINDA:1:DEMO:K7QM2WDX4T"

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240)]


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with (
        screen.virtual_screen(3000, 1920) as display,
        CentreAtHand(
            tmp_path / "demo", Screens(), {**screen.DRAW_BY_SOFTWARE, "DISPLAY": display}
        ) as centre,
        Observer("demo", centre.broker.port) as observer,
    ):
        yield Visit(centre, display, observer, print)


def test_from_the_touch_to_the_called_number(visit: Visit) -> None:
    visit.run()
    observer = visit.observer
    taken = [event for _, _, event in observer.events(TicketTaken)]
    assert [(t.series, t.number, t.kind) for t in taken] == [
        ("A", 1, Kind.WALK_IN),
        ("K", 1, Kind.SLOT),
    ]
    first_call = observer.events(TicketCalled)[0][2]
    assert first_call.ticket == taken[1].ticket
    assert first_call.reason.rule is CallRule.EARLIEST_DUE
    assert first_call.reason.next_number == "A 001"
    served = [event for _, _, event in observer.events(TicketServed)]
    assert [g.service for t in served for g in t.given] == ["vsaa-konsultacija", "vsaa-pensija"]
    texts = [ticket.text for ticket in visit.centre.printer.tickets]
    assert "A 001" in texts[0]
    assert "Vecuma pensija" in texts[0]
    assert "K 001" in texts[1]
    assert "10:40" in texts[1]
    assert visit.centre.printer.unknown_commands == 0
    assert visit.centre.fallen() == []
    with sqlite3.connect(visit.centre.folder / "queue.db") as reader:
        names = [row[0] for row in reader.execute("select name from event order by sequence")]
    assert names.count("ticket_taken") == names.count("ticket_served") == 2
    assert names.count("call_confirmed") == 4
    assert names.count("visit_rated") == 1
    sounds = (visit.centre.folder / "sounds.log").read_text().splitlines()
    assert len(sounds) >= 4, "a chime and a voice for each of two calls"


def test_used_and_foreign_codes_get_a_sentence_and_no_ticket(visit: Visit) -> None:
    visit.wait_for_programs()
    visit.check_in()

    def refused_more_than(count: int) -> bool:
        return len(visit.observer.events(CommandRefused)) > count

    for code, reaches_module in ((FIRST_CODE, True), ("https://example.org", False)):
        refused = len(visit.observer.events(CommandRefused))
        before = screen.picture(visit.display, visit.kiosk_box)
        time.sleep(2.1)  # the scanner takes the same code within two seconds for one scan
        visit.centre.scanner.scan(code)
        visit.until_changed(visit.kiosk_box, before)
        if reaches_module:
            visit.observer.wait(partial(refused_more_than, refused), "the used code is refused")
    (refusal,) = (event.refusal for _, _, event in visit.observer.events(CommandRefused))
    assert refusal.code is RefusalCode.BOOKING_USED
    assert refusal.facts["number"] == "K 001"
    assert len(visit.observer.events(TicketTaken)) == 1


def test_a_module_killed_and_started_again_goes_on_where_it_was(visit: Visit) -> None:
    visit.wait_for_programs()
    visit.take_ticket()
    visit.centre.stop("module", signal.SIGKILL)
    visit.observer.wait(lambda: not visit.is_online("module"), "the module is missed")
    visit.centre.start("module")
    visit.observer.wait(lambda: visit.is_online("module"), "the module is back")
    visit.check_in()
    with visit.clerk() as page:
        visit.serve(page, "K 001")
        visit.serve(page, "A 001")

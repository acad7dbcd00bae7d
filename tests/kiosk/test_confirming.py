"""Papers of appointments: asked over the real broker, printed as real bytes, between visitors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import demo
from kiosk.confirming import REMEMBERED
from kiosk.printing import Job
from kiosk.tickets import tickets
from messaging.appointments import Made, PaperAnswer, PaperOutcome, PrintPaper
from messaging.booking_code import code_in_qr, made_code
from messaging.codec import decode, encode
from messaging.messages import Role
from rinda.broker import Broker
from tests.kiosk.papers import CATALOGUE, PrintingKiosk, printing_kiosk
from tests.parts import TOPICS, UnitThread, clock_at, wait_until

SITE = demo.settings().site
ASKED = demo.asked_paper("lv")
CODE = made_code(SITE.booking_secret, ASKED.made.by, ASKED.made.question)
ROLES = {"kiosk": Role.KIOSK, "desk": Role.DESK, "display": Role.DISPLAY}


@dataclass
class Desk:
    """A unit that asks the kiosk."""

    unit: UnitThread
    name: str

    def say(self, asked: PrintPaper) -> None:
        topic, reply = TOPICS.to_print(self.name, "kiosk"), TOPICS.printed(self.name, "kiosk")
        wait_until(lambda: self.unit.link.connected)
        self.unit.call(lambda: self.unit.link.send(topic, reply, asked.id, encode(asked)))

    def heard(self, asking: str) -> PaperOutcome:
        while True:
            answer = decode(self.unit.arrived.get(timeout=20).payload, PaperAnswer)
            if answer.id == asking:
                return answer.outcome

    def ask(self, **more: object) -> PaperOutcome:
        asked = ASKED.model_copy(update=more)
        self.say(asked)
        return self.heard(asked.id)


@pytest.fixture
def kiosk(broker: Broker, tmp_path: Path) -> Iterator[PrintingKiosk]:
    with printing_kiosk(broker.port, tmp_path, ROLES, clock_at(demo.NOW)) as here:
        yield here


@pytest.fixture
def desk(kiosk: PrintingKiosk, broker: Broker) -> Iterator[Desk]:
    unit = UnitThread(broker.port, "desk")
    unit.listen(TOPICS.printed("desk"))
    with unit:
        yield Desk(unit, "desk")


def test_the_paper_has_the_code_that_no_topic_had(kiosk: PrintingKiosk, desk: Desk) -> None:
    assert desk.ask() is PaperOutcome.PRINTED
    (paper,) = kiosk.printer.tickets
    assert code_in_qr(paper.code, "demo") == CODE
    for words in ("13:20", "ceturtdiena, 26. novembris", f"Kods: {CODE[:5]} {CODE[5:]}"):
        assert words in " ".join(paper.text.split())


def test_what_is_asked_again_is_answered_again_and_printed_once(
    kiosk: PrintingKiosk, desk: Desk
) -> None:
    for _ in range(3):
        desk.say(ASKED)
    assert {desk.heard(ASKED.id), desk.ask()} == {PaperOutcome.PRINTED}
    kiosk.until_free()
    assert desk.ask(id="asking-2") is PaperOutcome.PRINTED
    assert len(kiosk.printer.tickets) == 2


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"asked_at": demo.NOW - timedelta(seconds=60)}, PaperOutcome.LATE),
        ({"asked_at": demo.NOW + timedelta(seconds=60)}, PaperOutcome.LATE),
        ({"booking": "0" * 32}, PaperOutcome.FOREIGN),
        ({"made": Made(by="anna", question="question-1")}, PaperOutcome.FOREIGN),
    ],
)
def test_what_is_late_or_forged_is_not_printed(
    kiosk: PrintingKiosk, desk: Desk, more: dict[str, object], outcome: PaperOutcome
) -> None:
    assert desk.ask(**more) is outcome
    assert desk.ask() is outcome, "the same asking has one answer"
    assert kiosk.printer.tickets == []


def test_visitors_go_first(kiosk: PrintingKiosk, desk: Desk) -> None:
    kiosk.catalogue = None
    assert desk.ask() is PaperOutcome.BUSY
    kiosk.catalogue = CATALOGUE
    kiosk.unit.call(lambda: kiosk.printing.submit(Job(tickets("lv")["walk-in"], lambda _: None)))
    assert desk.ask(id="asking-2") is PaperOutcome.BUSY
    kiosk.until_free()
    assert desk.ask(id="asking-3") is PaperOutcome.PRINTED
    assert [CODE[:5] in each.text for each in kiosk.printer.tickets] == [False, True]


def test_without_paper_it_is_said_and_later_nothing_comes_out(
    kiosk: PrintingKiosk, desk: Desk
) -> None:
    kiosk.printer.remove_paper()
    assert desk.ask() is PaperOutcome.PAPER_OUT
    kiosk.printer.refill()
    assert desk.ask() is PaperOutcome.PAPER_OUT
    assert kiosk.printer.tickets == []


def test_nobody_but_desks_is_heard(kiosk: PrintingKiosk, desk: Desk, broker: Broker) -> None:
    with UnitThread(broker.port, "display") as unit:
        Desk(unit, "display").say(ASKED)
        wait_until(lambda: kiosk.unit.link.refused_messages == 1)
    desk.unit.call(
        lambda: desk.unit.link.publish(TOPICS.to_print("desk", "kiosk"), b'{"id":"asking-9"}')
    )
    wait_until(lambda: kiosk.unit.link.refused_messages == 2)
    assert kiosk.printer.tickets == []


def test_only_so_many_askings_are_remembered(kiosk: PrintingKiosk, desk: Desk) -> None:
    late = {"asked_at": demo.NOW - timedelta(minutes=1)}
    for number in range(REMEMBERED + 1):
        assert desk.ask(id=f"asking-{number}", **late) is PaperOutcome.LATE
    assert desk.ask(id="asking-0") is PaperOutcome.PRINTED

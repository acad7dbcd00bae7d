"""The desk asks kiosks over the real broker, each on its own topic, until it is answered."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from config.programs import BrokerSettings
from desk.printers import asking
from desk.questions import Questions
from kiosk.demo import asked_paper
from messaging.appointments import PaperAnswer, PaperOutcome, PrintPaper
from messaging.codec import decode, encode
from messaging.link import Arrived, Link, Unit
from messaging.messages import Role, UnitStatus
from rinda.broker import Broker
from tests.parts import TOPICS, UnitThread, wait_until

ASKED = asked_paper("lv")
OUTCOMES = {"hall": PaperOutcome.PRINTED, "door": PaperOutcome.BUSY}


@pytest.fixture
def kiosks(broker: Broker) -> Iterator[dict[str, UnitThread]]:
    """Each answers with its outcome when it is asked for the second time."""
    units = {name: UnitThread(broker.port, name) for name in OUTCOMES}
    with ExitStack() as running:
        for name, unit in units.items():
            unit.link.on(TOPICS.to_print(kiosk=name), Answering(unit, name))
            running.enter_context(unit)
        wait_until(lambda: all(each.link.connected for each in units.values()))
        yield units


@pytest.fixture
async def link(broker: Broker) -> AsyncIterator[Link]:
    status = UnitStatus(unit="desk", role=Role.DESK, version="1", online=True)
    post = asyncio.get_running_loop().call_soon_threadsafe
    link = Link(BrokerSettings(port=broker.port), TOPICS, Unit(status), post)
    yield link
    link.stop()


async def test_each_kiosk_is_asked_until_it_answers(
    kiosks: dict[str, UnitThread], link: Link
) -> None:
    ask = asking(link, "desk")
    link.start()
    papers = {name: ASKED.model_copy(update={"id": f"asking-{name}"}) for name in OUTCOMES}
    answers = await asyncio.gather(*(ask(name, each) for name, each in papers.items()))
    assert [each and each.outcome for each in answers] == list(OUTCOMES.values())


async def test_nothing_is_known_of_who_never_answers(broker: Broker, link: Link) -> None:
    answers = TOPICS.printed(desk="desk")
    questions = Questions(link, answers, PaperAnswer, seconds=0.3)
    link.start()
    topic, reply = TOPICS.to_print("desk", "hall"), TOPICS.printed("desk", "hall")
    assert await questions.ask(topic, reply, ASKED) is None


class Answering:
    """A kiosk that misses what it is asked first."""

    def __init__(self, unit: UnitThread, name: str) -> None:
        self._unit, self._name, self._heard = unit, name, 0

    def __call__(self, arrived: Arrived) -> None:
        asked = decode(arrived.payload, PrintPaper)
        self._heard += 1
        if self._heard > 1:
            answer = PaperAnswer(id=asked.id, outcome=OUTCOMES[self._name])
            self._unit.link.publish(TOPICS.printed("desk", self._name), encode(answer))
        arrived.done()

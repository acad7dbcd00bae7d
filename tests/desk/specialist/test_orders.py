"""One order at a time, one visitor at a time, whatever becomes of the centres meanwhile."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from desk.specialist import demo
from desk.specialist.demo import Morning, Slot
from desk.specialist.orders import DOUBT_SECONDS, ORDERS, Orders, Outcome
from desk.watch import Watch
from messaging.codec import BadMessageError
from messaging.messages import RefusalView, Reply
from queue_core import commands as c
from queue_core.life import Status, Verb
from queue_core.model import Channel, CounterStatus, GivenService
from queue_core.refusals import RefusalCode
from texts import language

ENGLISH = language("en")
HERE = (Slot(-5, "K 001"),)
LATER = (Slot(10, "K 001"),)


class Centres:
    """Three of them, of which the first two have somebody waiting; they do as they are told."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked: list[tuple[str, c.Command, str]] = []
        self.replies: dict[str, Reply | None] = {}
        self.silent: set[str] = set()
        self.mornings = {
            "paraugpils": Morning(HERE),
            "ezermala": Morning(LATER),
            "priedaine": Morning(status=CounterStatus.CLOSED),
        }
        self.watches = {name: Watch(lambda: self.now, "desk") for name in self.mornings}
        rooms = demo.rooms({name: self._asking(name) for name in self.mornings}, self.watches)
        self.orders = Orders(rooms, lambda: self.now)
        for name, watch in self.watches.items():
            watch.take_connection(True)
            self.tell(name)

    def tell(self, centre: str, **changes: Any) -> None:
        """The centre's module says how it is."""
        self.mornings[centre] = replace(self.mornings[centre], **changes)
        self.mornings[centre].tell(self.watches[centre], self.now)

    def called(self, centre: str, status: Status = Status.CALLED) -> None:
        slots = tuple(replace(each, status=status) for each in self.mornings[centre].slots)
        self.tell(centre, slots=slots)

    async def give(self, name: str, **body: object) -> Outcome:
        payload = json.dumps({"name": name, "body": body}).encode()
        return await self.orders.give(ENGLISH, payload, "anna", ORDERS)

    @property
    def calls(self) -> list[str]:
        """Where somebody was called."""
        return [where for where, each, _ in self.asked if isinstance(each, c.CallNext)]

    def _asking(self, centre: str) -> Any:
        async def ask(command: c.Command, by: str) -> Reply | None:
            self.asked.append((centre, command, by))
            await asyncio.sleep(3600 if centre in self.silent else 0)
            if centre in self.replies:
                return self.replies[centre]
            if isinstance(command, c.CallNext | c.CallTicket):
                self.called(centre)
                inside = self.watches[centre].queue
                assert inside
                return Reply(id="a-command", ticket=inside.counters[0].ticket)
            return Reply(id="a-command")

        return ask


@pytest.fixture
def centres() -> Centres:
    return Centres()


async def test_next_calls_who_is_due_first_into_that_centres_room(centres: Centres) -> None:
    outcome = await centres.give("call_next")
    assert outcome == Outcome("Paraugpils service centre: K 001 is called.", done=True)
    services = ("vsaa-konsultacija",)
    assert centres.asked == [("paraugpils", c.CallNext("kabinets", services=services), "anna")]


async def test_two_presses_do_not_call_two_visitors(centres: Centres) -> None:
    one, other = await asyncio.gather(centres.give("call_next"), centres.give("call_next"))
    assert (one.done, other.done) == (True, False)
    assert (await centres.give("call_next")).message == "First finish with K 001."
    chosen = {"centre": "ezermala", "ticket": "ticket-k-001", "reason": "has a bus to catch"}
    assert not (await centres.give("call_ticket", **chosen)).done
    assert centres.calls == ["paraugpils"]


async def test_a_call_that_is_not_answered_stops_the_next_until_it_is_known(
    centres: Centres,
) -> None:
    centres.replies["paraugpils"] = None
    assert not (await centres.give("call_next")).done
    again = await centres.give("call_next")
    assert again.refusal == "in_doubt"
    assert again.message.startswith("Paraugpils service centre: somebody may be in the room")
    centres.now += DOUBT_SECONDS + 1
    for each in centres.watches:
        centres.tell(each)
    await centres.give("call_next")
    assert centres.calls == ["paraugpils", "paraugpils"]


async def test_staff_may_pass_over_who_may_be_in_a_room(centres: Centres) -> None:
    centres.called("paraugpils")
    centres.watches["paraugpils"].take_connection(False)
    assert (await centres.give("call_next")).refusal == "in_doubt"
    assert (await centres.give("call_next", insist=True)).done
    assert centres.calls == ["ezermala"]
    centres.watches["paraugpils"].take_connection(True)
    busy = centres.orders.view().busy
    assert busy
    assert busy.centre == "ezermala"


async def test_nothing_is_ordered_of_a_centre_out_of_reach(centres: Centres) -> None:
    centres.watches["paraugpils"].take_connection(False)
    outcome = await centres.give("open_counter", centre="paraugpils")
    assert outcome.message == "Paraugpils service centre cannot be reached. Nothing was done."
    assert centres.asked == []
    await centres.give("call_next")
    assert centres.calls == ["ezermala"]


async def test_what_was_done_is_accounted_for_as_by_video(centres: Centres) -> None:
    centres.called("paraugpils", Status.SERVING)
    given = [{"service": "vsaa-konsultacija", "count": 2}]
    await centres.give("finish", centre="paraugpils", ticket="ticket-k-001", given=given)
    _, finish, _ = centres.asked[0]
    assert isinstance(finish, c.Finish)
    assert finish.given == (GivenService("vsaa-konsultacija", 2, Channel.REMOTE),)


async def test_all_rooms_open_with_one_order(centres: Centres) -> None:
    assert (await centres.give("open_counter")).done
    assert centres.asked == [("priedaine", c.OpenCounter("kabinets"), "anna")]
    centres.asked.clear()
    await centres.give("pause_counter")
    assert [where for where, _, _ in centres.asked] == ["paraugpils", "ezermala"]


async def test_a_refusal_says_where(centres: Centres) -> None:
    refusal = RefusalView(code=RefusalCode.NOBODY_WAITING)
    centres.replies["paraugpils"] = Reply(id="a-command", refusal=refusal)
    outcome = await centres.give("call_next")
    assert outcome.refusal == "nobody_waiting"
    assert outcome.message.startswith("Paraugpils service centre: ")


async def test_nobody_is_brought_back_while_somebody_is_elsewhere(centres: Centres) -> None:
    centres.tell("paraugpils", undoable=Verb.FINISH, slots=())
    centres.called("ezermala")
    assert (await centres.give("undo", centre="paraugpils")).message == "First finish with K 001."
    assert centres.asked == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("keep_overnight", {"keep": True}),
        ("recall", {"ticket": "t"}),
        ("recall", {"ticket": "t", "centre": "elsewhere"}),
        ("finish", {"ticket": "t", "centre": "ezermala", "given": "all"}),
        ("recall", {"centre": "ezermala", "ticket": 7}),
    ],
)
async def test_what_the_page_cannot_order_is_refused(
    centres: Centres, name: str, body: dict[str, object]
) -> None:
    with pytest.raises(BadMessageError):
        await centres.give(name, **body)
    assert centres.asked == []


async def test_an_order_does_not_wait_long_behind_another(centres: Centres) -> None:
    centres.silent.add("paraugpils")
    call = asyncio.create_task(centres.give("call_next"))
    await asyncio.sleep(0)
    outcome = await centres.give("open_counter", centre="priedaine")
    assert outcome.message == "One moment: what was pressed before is still on its way."
    assert [where for where, _, _ in centres.asked] == ["paraugpils"]
    call.cancel()

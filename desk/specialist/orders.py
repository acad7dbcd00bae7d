"""What a specialist orders: one thing at a time, and one visitor at a time over all centres."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from desk.orders import answer_text, order
from desk.specialist.rooms import Room, until
from desk.specialist.view import View
from desk.watch import STALE_SECONDS
from messaging.codec import BadMessageError
from messaging.link import COMMAND_EXPIRY_SECONDS
from messaging.messages import TicketView
from queue_core.life import AT_COUNTER
from queue_core.model import Channel
from texts import Language

NEWS_SECONDS = 5.0
"""What was answered is in the module's next news, within two seconds."""

DOUBT_SECONDS = COMMAND_EXPIRY_SECONDS + STALE_SECONDS
"""After so long nobody carries out a call that was not answered, and its centre's news say what
came of it."""

PATIENCE_SECONDS = 0.5
"""So long one order waits for the one before it: no longer, or it would surprise."""

OF_ROOMS = ("open_counter", "pause_counter", "close_counter")
CALLS = ("call_next", "call_ticket")
ORDERS = frozenset({*CALLS, *OF_ROOMS, "start", "recall", "no_show", "finish", "undo"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an order, in a sentence. `refusal`: why it was not done, by name."""

    message: str
    done: bool = False
    refusal: str = ""


class Orders:
    """Gives orders to `rooms`. For one thread: the event loop's."""

    def __init__(self, rooms: Sequence[Room], monotonic: Callable[[], float]) -> None:
        self.rooms = rooms
        self._by_id = {each.id: each for each in rooms}
        self._monotonic = monotonic
        self._order_under_way = asyncio.Lock()
        self._unanswered: dict[str, float] = {}
        self._passed_over: frozenset[tuple[str, str]] = frozenset()
        self._last = ""

    def view(self) -> View:
        """How all rooms are now."""
        rooms = tuple(each.view() for each in self.rooms)
        doubts = self._doubts() - self._passed_over
        return View(rooms, frozenset(centre for centre, _ in doubts), self._last)

    async def give(
        self, words: Language, payload: bytes, by: str, allowed: Collection[str]
    ) -> Outcome:
        """Carry out ``{"name": …, "body": {"centre": …, …}}``; of all rooms where it names none.

        Raises BadMessageError for what is not an order of this desk. While another order waits for
        its answer, nothing else is done.
        """
        name, centre, body = _parsed(payload)
        if centre and centre not in self._by_id:
            raise BadMessageError("no such centre")
        if name not in allowed:
            return Outcome(words.text("Somebody else decides that. Nothing was done."))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._order_under_way.acquire()
        except TimeoutError:
            return Outcome(words.text("One moment: what was pressed before is still on its way."))
        try:
            return await self._carry_out(words, name, centre, body, by)
        finally:
            self._order_under_way.release()

    async def _carry_out(
        self, words: Language, name: str, centre: str, body: dict[str, Any], by: str
    ) -> Outcome:
        if name == "call_next":
            return await self._call_next(words, bool(body.get("insist")), by)
        if name in OF_ROOMS and not centre:
            return await self._order_all(words, name, by)
        if not centre:
            raise BadMessageError("an order for no centre")
        room = self._by_id[centre]
        if name == "call_ticket" and (hindrance := self._hindrance(words)):
            return hindrance
        if name == "undo" and (hindrance := self._elsewhere(words, centre)):
            return hindrance
        if name == "finish":
            body["given"] = _by_video(body.get("given"))
        return await self._order(words, room, name, body, by)

    async def _call_next(self, words: Language, insist: bool, by: str) -> Outcome:
        if insist:
            self._passed_over |= self._doubts()
        if hindrance := self._hindrance(words):
            return hindrance
        found = self.view().next
        if found is None:
            return Outcome(words.text("Nobody who is here can be called now."))
        room = self._by_id[found[0].centre]
        body = {"insist": insist, "services": sorted(room.services)}
        return await self._order(words, room, "call_next", body, by)

    async def _order_all(self, words: Language, name: str, by: str) -> Outcome:
        wanted = {"open_counter": "open", "pause_counter": "paused", "close_counter": "closed"}[
            name
        ]
        rooms = [each for each in self.view().rooms if each.fresh and each.status != wanted]
        if name == "pause_counter":
            rooms = [each for each in rooms if each.status == "open"]
        given = (self._order(words, self._by_id[each.centre], name, {}, by) for each in rooms)
        failed = [each for each in await asyncio.gather(*given) if not each.done]
        return failed[0] if failed else Outcome(words.text("It is recorded."), done=True)

    async def _order(
        self, words: Language, room: Room, name: str, body: Mapping[str, Any], by: str
    ) -> Outcome:
        """Over when the centre's news agree with its answer."""
        where = words.pick(room.centre.name)
        if not room.watch.fresh:
            return Outcome(
                words.text("{centre} cannot be reached. Nothing was done.", centre=where)
            )
        payload = json.dumps({"name": name, "body": body}).encode()
        command, _ = order(payload, room.counter)
        reply = await room.ask(command, by)
        agreed = reply is not None
        if reply and (ticket := reply.ticket):
            self._last = room.id
            agreed = await until(lambda: _agrees(room, ticket), room.watch, NEWS_SECONDS)
        if name in CALLS and not agreed:
            self._unanswered[room.id] = self._monotonic()
        message = f"{where}: {answer_text(words, room.zone, name, reply)}"
        refusal = reply.refusal.code if reply and reply.refusal else ""
        return Outcome(message, reply is not None and not refusal, refusal)

    def _elsewhere(self, words: Language, centre: str) -> Outcome | None:
        """Why nobody may be brought back here: somebody is in the room of another centre."""
        busy = self.view().busy
        return self._hindrance(words) if busy and busy.centre != centre else None

    def _hindrance(self, words: Language) -> Outcome | None:
        """Why nobody may be called: somebody is in a room, or may be."""
        view = self.view()
        if view.busy and view.busy.visitor:
            number = view.busy.visitor.number
            return Outcome(words.text("First finish with {number}.", number=number))
        if view.doubtful:
            names = (words.pick(self._by_id[each].centre.name) for each in sorted(view.doubtful))
            sentence = words.text(
                "{centres}: somebody may be in the room, which cannot be known now. Call somebody "
                "all the same?",
                centres=", ".join(names),
            )
            return Outcome(sentence, refusal="in_doubt")
        return None

    def _doubts(self) -> frozenset[tuple[str, str]]:
        """Centre and ticket of who may be in a room; no ticket where a call was not answered."""
        now = self._monotonic()
        for centre, since in tuple(self._unanswered.items()):
            if self._by_id[centre].watch.fresh and now > since + DOUBT_SECONDS:
                del self._unanswered[centre]
        rooms = (each.view() for each in self.rooms)
        lost = {(each.centre, each.visitor.id) for each in rooms if each.visitor and not each.fresh}
        doubts = frozenset(lost | {(centre, "") for centre in self._unanswered})
        self._passed_over &= doubts  # the next doubt is another
        return doubts


def _parsed(payload: bytes) -> tuple[str, str, dict[str, Any]]:
    """Name, centre (empty where none is named), and the rest of the body."""
    try:
        given = from_json(payload)
        name, body = str(given["name"]), dict(given["body"])
    except (ValueError, TypeError, KeyError):
        raise BadMessageError("not an order") from None
    if name not in ORDERS:
        raise BadMessageError("not an order of this desk")
    return name, str(body.pop("centre", "")), body


def _by_video(given: object) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise BadMessageError("not what was done")
    return [{**each, "channel": Channel.REMOTE} for each in given]


def _agrees(room: Room, ticket: TicketView) -> bool:
    """Whether the room's news have the visitor in it, or out of it, as the answer said."""
    inside = room.view().visitor
    status = inside.status if inside and inside.id == ticket.id else None
    return status == (ticket.status if ticket.status in AT_COUNTER else None)

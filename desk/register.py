"""The desk's questions to the register of consultations."""

import asyncio
import time
from collections.abc import Callable
from uuid import uuid4

from messaging.appointments import Answer, Ask, Question
from messaging.codec import decode, encode
from messaging.link import Arrived, Link
from messaging.outbox import Outbox, OutboxFullError

ANSWER_SECONDS = 5.0
TICK_SECONDS = 0.25


class Register:
    """Asks over this link, again until answered. For one thread: the event loop's."""

    def __init__(
        self,
        link: Link,
        unit: str,
        monotonic: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._link, self._monotonic, self._new_id = link, monotonic, new_id
        self._to, self._from = link.topics.book(unit), link.topics.booked(unit)
        self._outbox = Outbox()
        self._waiting: dict[str, asyncio.Future[Answer | None]] = {}
        link.on(self._from, self._arrived)

    async def ask(self, ask: Ask, by: str, question_id: str = "") -> Answer | None:
        """The answer to what this member of staff asks, or None if there is none in time."""
        question = Question(id=question_id or self._new_id(), by=by, ask=ask)
        if question.id not in self._waiting:
            try:
                self._outbox.add(question.id, encode(question), self._monotonic(), ANSWER_SECONDS)
            except OutboxFullError:
                return None
            self._waiting[question.id] = asyncio.get_running_loop().create_future()
        answer = self._waiting[question.id]
        while not answer.done():
            self._tick()
            await asyncio.wait([answer], timeout=TICK_SECONDS)
        return answer.result()

    def _tick(self) -> None:
        """Send what is due and give up what is too old."""
        now = self._monotonic()
        for each in self._outbox.expired(now):
            self._waiting.pop(each).set_result(None)
        if self._link.connected:
            for each, payload in self._outbox.due(now):
                self._link.send(self._to, self._from, each, payload)

    def _arrived(self, arrived: Arrived) -> None:
        answer = decode(arrived.payload, Answer)
        arrived.done()
        if self._outbox.take(answer.id):
            self._waiting.pop(answer.id).set_result(answer)

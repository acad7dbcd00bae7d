"""What the desk asks other programs than the queue module, again until it is answered."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from messaging.appointments import Answer, PaperAnswer, PrintPaper, Question
from messaging.codec import decode, encode
from messaging.link import Arrived, Link
from messaging.machine import MachineAnswer, MachineOrder
from messaging.outbox import Outbox, OutboxFullError

TICK_SECONDS = 0.25

Answered = TypeVar("Answered", Answer, MachineAnswer, PaperAnswer)


class Questions(Generic[Answered]):
    """Hears answers of this `kind` on the topic filter `answers`, for at most `seconds` each. For
    one thread: the event loop's."""

    def __init__(
        self,
        link: Link,
        answers: str,
        kind: type[Answered],
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link, self._seconds, self._monotonic = link, seconds, monotonic
        self._kind: type[Answered] = kind
        self._outbox = Outbox()
        self._topics: dict[str, tuple[str, str]] = {}
        self._waiting: dict[str, asyncio.Future[Answered | None]] = {}
        link.on(answers, self._arrived)

    async def ask(
        self,
        topic: str,
        reply: str,
        question: Question | PrintPaper | MachineOrder,
        seconds: float | None = None,
    ) -> Answered | None:
        """What is answered on `reply`, or None if nothing is in time: `seconds`, where this one has
        a time of its own."""
        if question.id not in self._waiting:
            try:
                patience = self._seconds if seconds is None else seconds
                self._outbox.add(question.id, encode(question), self._monotonic(), patience)
            except OutboxFullError:
                return None
            self._topics[question.id] = topic, reply
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
            self._end(each, None)
        if self._link.connected:
            for each, payload in self._outbox.due(now):
                self._link.send(*self._topics[each], each, payload)

    def _arrived(self, arrived: Arrived) -> None:
        answer = decode(arrived.payload, self._kind)
        arrived.done()
        if self._outbox.take(answer.id):
            self._end(answer.id, answer)

    def _end(self, question: str, answer: Answered | None) -> None:
        del self._topics[question]
        self._waiting.pop(question).set_result(answer)

"""The desk's questions to the register of consultations."""

from collections.abc import Callable
from uuid import uuid4

from desk.questions import Questions
from messaging.appointments import Answer, Ask, Question
from messaging.link import Link

ANSWER_SECONDS = 5.0


class Register:
    """Asks over this link, again until answered. For one thread: the event loop's."""

    def __init__(
        self, link: Link, unit: str, new_id: Callable[[], str] = lambda: uuid4().hex
    ) -> None:
        self._to, self._from = link.topics.book(unit), link.topics.booked(unit)
        self._questions = Questions(link, self._from, Answer, ANSWER_SECONDS)
        self._new_id = new_id

    async def ask(self, ask: Ask, by: str, question_id: str = "") -> Answer | None:
        """The answer to what this member of staff asks, or None if there is none in time."""
        question = Question(id=question_id or self._new_id(), by=by, ask=ask)
        return await self._questions.ask(self._to, self._from, question)

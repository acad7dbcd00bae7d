"""The ticket printers of the centre's kiosks, on which an appointment's paper can be had."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from config.clock import Clock
from desk.questions import Questions
from desk.watch import Watch
from messaging.appointments import PaperAnswer, PaperOutcome, PrintPaper
from messaging.link import Link
from messaging.messages import Role, UnitStatus

ANSWER_SECONDS = 30.0
"""A paper that is drawn takes ten seconds on a slow wire, and a printer that hangs as many more."""

MOST_OFFERED = 3

CANNOT = frozenset({*PaperOutcome, "out_of_service"})
"""A kiosk with one of these faults is not asked."""

AskKiosk = Callable[[str, PrintPaper], Awaitable[PaperAnswer | None]]


def asking(link: Link, desk: str) -> AskKiosk:
    """How kiosks are asked over this link; before its `start`."""
    topics = link.topics
    questions = Questions(link, topics.printed(desk=desk), PaperAnswer, ANSWER_SECONDS)

    async def ask(kiosk: str, asked: PrintPaper) -> PaperAnswer | None:
        return await questions.ask(topics.to_print(desk, kiosk), topics.printed(desk, kiosk), asked)

    return ask


class Printers:
    """For one thread: the event loop's. `ask` asks a kiosk."""

    def __init__(self, watch: Watch, ask: AskKiosk, clock: Clock) -> None:
        self._watch, self._ask, self._clock = watch, ask, clock

    @property
    def now(self) -> datetime:
        """The module's time, as kiosks know it too; without a module, our own."""
        return self._watch.now if self._watch.queue else self._clock.now()

    def ready(self) -> Sequence[UnitStatus]:
        """A few kiosks that can print now."""
        units = sorted(self._watch.units.values(), key=lambda each: each.unit)
        able = [each for each in units if each.role is Role.KIOSK and each.prints and each.online]
        well = [each for each in able if not CANNOT & set(each.faults)]
        return well[:MOST_OFFERED] if self._watch.connected else ()

    async def print(self, kiosk: str, asked: PrintPaper) -> PaperOutcome:
        """What became of it; late if nothing is known."""
        unit = self._watch.units.get(kiosk)
        if unit is None or not unit.online:
            return PaperOutcome.PRINTER_OFFLINE
        answer = await self._ask(kiosk, asked)
        return answer.outcome if answer else PaperOutcome.LATE

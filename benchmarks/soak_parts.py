"""What surrounds the soaked kiosk: a module, printer and scanner that do anything they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from config.programs import BrokerSettings
from drivers.printer import MUTE, PrinterStatus, PrintOutcome, PrintResult, TicketPaper
from kiosk import demo
from messaging.codec import encode
from messaging.link import Arrived, Link, OnReply, Unit
from messaging.messages import RefusalView, Reply, TicketView, UnitStatus
from messaging.topics import Topics
from queue_core.commands import Cancel, CheckIn, Command, FindTicket, TakeTicket
from queue_core.life import Status
from queue_core.model import Kind
from queue_core.refusals import RefusalCode

ANSWERED, REFUSED = 0.75, 0.9
"""Of all commands so many get a ticket; up to here a refusal; the others no answer."""

SPEAKS_SECONDS = 2.0
FACTS = {"number": "K 001"} | dict.fromkeys(
    ("opens_at", "starts_at", "on", "since"), demo.NOW.isoformat()
)


class MeantError(Exception):
    """What is meant to go wrong."""


@dataclass
class Time:
    """Monotonic seconds that pass when they are told to."""

    seconds: float = 100.0

    def now(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class _Answer:
    due: float
    reply: Reply | None
    give: OnReply


class RandomLink(Link):
    """A module that answers, refuses or is silent, and a broker that comes and goes.

    `given`: id → number of each new ticket of a walk-in that the kiosk was told of (the holder of a
    booking is told the number again at the next scan); `cancelled`: ids.
    """

    def __init__(self, status: UnitStatus, chance: Random, time: Time) -> None:
        super().__init__(BrokerSettings(), Topics(demo.settings().site.id), Unit(status), print)
        self.given: dict[str, str] = {}
        self.cancelled: set[str] = set()
        self._chance, self._time = chance, time
        self._answers: list[_Answer] = []
        self._asked = 0
        self._spoke_at = 0.0
        self._offered = demo.catalogue(demo.settings().to_centre())

    def start(self) -> None:
        """See Link."""
        self.reach(there=True)

    def stop(self) -> None:
        """See Link."""

    def report(self, status: UnitStatus) -> None:
        """See Link."""

    def reach(self, *, there: bool) -> None:
        """The broker is there, or lost."""
        self.connected = there
        self._on_connection(there)

    def request(
        self,
        command: Command,
        seconds: float,
        on_reply: OnReply,
        command_id: str = "",
        by: str = "",
    ) -> str:
        """See Link."""
        self._asked += 1
        command_id = command_id or f"{self._asked:032x}"
        if isinstance(command, Cancel):
            self.cancelled.add(command.ticket)
        reply = self._reply(command_id, command) if self.connected else None
        wait = self._chance.uniform(0, 2) if reply else seconds
        self._answers.append(_Answer(self._time.now() + wait, reply, on_reply))
        return command_id

    def tick(self) -> None:
        """See Link."""
        now = self._time.now()
        due = [each for each in self._answers if each.due <= now]
        self._answers = [each for each in self._answers if each.due > now]
        if self.connected and now - self._spoke_at >= SPEAKS_SECONDS:
            self._spoke_at = now
            self._speak()
        for each in due:
            ticket = each.reply.ticket if each.reply else None
            if each.reply and ticket and ticket.id == each.reply.id and ticket.kind is Kind.WALK_IN:
                self.given[ticket.id] = ticket.number
            each.give(each.reply)

    def _speak(self) -> None:
        arrived = Arrived(self.topics.catalogue, encode(self._offered), lambda: None)
        self._handlers[self.topics.catalogue](arrived)

    def _reply(self, command_id: str, command: Command) -> Reply | None:
        luck = self._chance.random()
        if luck < ANSWERED:
            return Reply(id=command_id, ticket=self._ticket(command_id, command))
        if luck < REFUSED:
            code = self._chance.choice(list(RefusalCode))
            return Reply(id=command_id, refusal=RefusalView(code=code, facts=FACTS))
        return None

    def _ticket(self, command_id: str, command: Command) -> TicketView | None:
        new = {"id": command_id, "number": f"A {self._asked % 1000:03d}"}
        match command:
            case TakeTicket(service, language):
                return demo.ticket(language).model_copy(update={**new, "service": service})
            case CheckIn(_, language):
                starts_at = demo.NOW + timedelta(minutes=self._chance.randint(-30, 30))
                return demo.slot_ticket(language, starts_at).model_copy(update=new)
            case FindTicket(ticket):
                status = self._chance.choice(list(Status))
                found = demo.standing(demo.ticket(self._chance.choice(["lv", "en"])), status)
                rated = self._chance.random() < 0.3
                return found.model_copy(update={"id": ticket, "rated": rated})
            case _:
                return None


class RandomPrinter:
    """See Printer. `numbers`: what came out whole. Once in a while it raises."""

    def __init__(self, chance: Random) -> None:
        self.numbers: set[str] = set()
        self._chance = chance

    def status(self) -> PrinterStatus:
        return MUTE

    def print_ticket(self, paper: TicketPaper) -> PrintOutcome:
        if self._chance.random() < 0.05:
            raise MeantError("a printer's driver that fails")
        result = self._chance.choice(list(PrintResult))
        if result is not PrintResult.PRINTED:
            return PrintOutcome(result, "paper_out")
        self.numbers.add(paper.number)
        return PrintOutcome(result)

    def fate(self) -> None: ...

    def close(self) -> None: ...


class Hand:
    """See Scanner: `scan` holds a text to it."""

    def __init__(self) -> None:
        self.scan: Callable[[str], None] = lambda text: None
        self.report: Callable[[bool], None] = lambda there: None

    def start(self, on_code: Callable[[str], None], on_state: Callable[[bool], None]) -> None:
        self.scan, self.report = on_code, on_state
        on_state(True)

    def stop(self) -> None: ...

"""Schedules that get in each other's way, and a register of them at a desk of its own."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from consultations.commands import Command, Done, Order, Refusal
from consultations.register import Register
from consultations.schedule import Schedule
from queue_core.centre import Hours, OpenInterval, weekly

Answer = TypeVar("Answer")
RIGA = ZoneInfo("Europe/Riga")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
SECRET = "a secret of the tests"
HELD = timedelta(hours=2)
MORNINGS = weekly(*(OpenInterval(day, time(9), time(10)) for day in range(5)))
DAYTIME = weekly(*(OpenInterval(day, time(8), time(17)) for day in range(5)))
ANNA = frozenset({"specialist:anna"})


def schedule(
    name: str,
    minutes: int,
    busy: dict[str, frozenset[str]],
    capacity: int = 1,
    hours: Hours = MORNINGS,
) -> Schedule:
    """On weekday mornings from nine to ten, at most thirty days ahead."""
    return Schedule(
        id=name,
        service="vid-konsultacija",
        busy=busy,
        hours=hours,
        opening=DAYTIME,
        timezone=RIGA,
        length=timedelta(minutes=minutes),
        capacity=capacity,
        least_lead=timedelta(minutes=30),
        most_lead=timedelta(days=30),
    )


SCHEDULES = {
    each.id: each
    for each in (
        schedule("short", 20, {"demo": ANNA}),
        schedule("long", 30, {"demo": ANNA | {"counter:demo:1"}, "other": ANNA}),
        schedule("group", 60, {"demo": frozenset({"schedule:group"})}, capacity=2),
    )
}


def at(hour: str, day: date = DAY) -> datetime:
    """The moment of Riga's clock on the day."""
    return datetime.combine(day, time.fromisoformat(hour), RIGA)


class Desk:
    """A register in a thread of its own, as each program has one."""

    def __init__(self, url: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._register = self._thread.submit(Register.open, url, SCHEDULES, SECRET, HELD).result()

    def start(self, order: Order, now: datetime = NOW) -> Future[Done | Refusal]:
        """Begin to do it."""
        return self._thread.submit(self._register.do, order, now)

    def do(
        self, command: Command, now: datetime = NOW, command_id: str = "", staff: str = "ilze"
    ) -> Done | Refusal:
        """Do it under an id of its own or the given one."""
        order = Order(command_id or f"{command}{now}", staff, command)
        return self.start(order, now).result()

    def done(self, command: Command, now: datetime = NOW, command_id: str = "") -> Done:
        """The same, and it is not refused."""
        answer = self.do(command, now, command_id)
        assert isinstance(answer, Done), answer
        return answer

    def ask(self, question: Callable[[Register], Answer]) -> Answer:
        """What the register says to it."""
        return self._thread.submit(question, self._register).result()

    def close(self) -> None:
        """Let go of the database."""
        self._thread.submit(self._register.close).result()
        self._thread.shutdown()

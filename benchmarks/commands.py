"""How many tickets a second go through broker, rules and disk, and how long one takes."""

import queue
import threading
import time

from benchmarks.timing import Sample
from config.programs import BrokerSettings
from messaging.link import Link, Unit
from messaging.messages import Reply, Role, UnitStatus
from messaging.topics import Topics
from queue_core.commands import TakeTicket

ONE_BY_ONE = 300
MANY = 2000
UNDER_WAY = 50
"""Commands under way at once, spread over UNITS."""

UNITS = 10
SERVICES = ("vsaa-slimiba", "vid-eds", "lad-eps", "nva-darbs", "novads-cits")


class _Asker:
    """A unit that keeps some commands under way."""

    def __init__(self, name: str, port: int) -> None:
        self.work: queue.Queue[object] = queue.Queue()
        status = UnitStatus(unit=name, role=Role.KIOSK, version="bench", online=True)
        self.link = Link(BrokerSettings(port=port), Topics("demo"), Unit(status), self.work.put)
        self.link.start()
        while not self.link.connected:
            self._turn()

    def ask(self, count: int, under_way: int) -> list[float]:
        """Take `count` tickets; the seconds of each."""
        seconds: list[float] = []
        asked = 0
        while len(seconds) < count:
            while asked < count and asked - len(seconds) < under_way:
                self._take(seconds, SERVICES[asked % len(SERVICES)])
                asked += 1
            self._turn()
        return seconds

    def stop(self) -> None:
        self.link.stop()

    def _take(self, seconds: list[float], service: str) -> None:
        start = time.perf_counter()

        def answered(reply: Reply | None) -> None:
            if reply is None or reply.ticket is None:
                raise RuntimeError(f"no ticket: {reply}")
            seconds.append(time.perf_counter() - start)

        self.link.request(TakeTicket(service, "lv"), 30, answered)

    def _turn(self) -> None:
        try:
            task = self.work.get(timeout=0.05)
        except queue.Empty:
            self.link.tick()
        else:
            assert callable(task)
            task()


def one_by_one(port: int) -> Sample:
    """One command after another, as one kiosk does."""
    asker = _Asker("bench-0", port)
    sample = Sample("a ticket: command → stored → reply", asker.ask(ONE_BY_ONE, 1))
    asker.stop()
    return sample


def rate(port: int) -> float:
    """Tickets a second with many under way from ten units."""
    askers = [_Asker(f"bench-{number}", port) for number in range(1, UNITS + 1)]
    shares = (MANY // UNITS, UNDER_WAY // UNITS)
    threads = [threading.Thread(target=each.ask, args=shares) for each in askers]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    for each in askers:
        each.stop()
    return MANY / took

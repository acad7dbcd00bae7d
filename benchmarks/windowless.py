"""`python -m benchmarks.windowless --site FILE`: a kiosk without its window, and its visitors.

Flow, store, link and printer are the kiosk's. What visitors see goes to standard output, each a
line of JSON, at the moment they see it. After SIGUSR1 nobody comes any more.
"""

import argparse
import json
import logging
import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from config.load import load_settings
from config.settings import Settings
from drivers.build import build_printer
from drivers.supervisor import SystemdSupervisor
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.flow import SETTLE_SECONDS, begin, step
from kiosk.own_numbers import OwnNumbers
from kiosk.paper import ticket_paper
from kiosk.printing import Job, Printing
from kiosk.reach import Reach
from kiosk.store import Store
from messaging.link import Link, Unit
from messaging.messages import Role, TicketView, UnitStatus
from messaging.topics import Topics

TURN_SECONDS = 0.2
HASTE = 0.2
"""Mean seconds that a visitor looks at a screen, besides those in which no touch counts."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A number on the screen. `at`: monotonic seconds of this machine; `alone`: the kiosk gave it
    by itself; `touches`: since the sight before, and of them while the module was away."""

    ticket: str
    number: str
    at: float
    alone: bool
    touches: int
    cut_off: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What the kiosk knows when nobody comes any more."""

    sequence: int
    connected: bool
    unmerged: int


def sights(log: Path) -> list[Sight]:
    """What the visitors of a kiosk saw."""
    return [Sight(**each) for each in _told(log) if "ticket" in each]


def rest(log: Path) -> Rest | None:
    """What it knows now; None while visitors come."""
    found = [Rest(**each) for each in _told(log) if "unmerged" in each]
    return found[-1] if found else None


class Windowless:
    """As `kiosk.app`, without what is drawn and spoken."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._clock = settings, settings.to_clock()
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        status = UnitStatus(unit=settings.unit.id, role=Role.KIOSK, version="chaos", online=True)
        link = Link(settings.broker, Topics(settings.site.id), Unit(status), self._work.put)
        store = Store(Path(settings.kiosk.database))
        self.own = OwnNumbers(settings.to_centre(), status.unit, store, self._clock)
        seconds = settings.kiosk.reply_seconds
        self._reach = Reach(link, self.own, self._clock, self.put, seconds, time.monotonic)
        self._printing = Printing(build_printer(settings.kiosk.printer), self._work.put)
        self.model = begin(settings, time.monotonic(), self._clock.now())

    def start(self) -> None:
        """Connect, and look at the printer."""
        self._reach.start(self._settings.unit.id)
        self._printing.start(lambda faults: None)

    def turn(self) -> None:
        """Let so much time pass, and do what comes meanwhile."""
        until = time.monotonic() + TURN_SECONDS
        with suppress(queue.Empty):
            while (left := until - time.monotonic()) > 0:
                self._work.get(timeout=left)()
        self._reach.turn()
        self.put()

    def put(self, *inputs: i.Input) -> None:
        """See TicketKiosk."""
        for each in (i.Tick(time.monotonic(), self._clock.now()), *inputs):
            self.model, effects = step(self.model, each)
            for effect in effects:
                self._do(effect)

    def _do(self, effect: e.Effect) -> None:
        match effect:
            case e.SendCommand() | e.AnswerAlone() | e.CancelTicket():
                self._reach.do(effect)
            case e.PrintTicket(ticket):
                self._print(ticket)

    def _print(self, ticket: TicketView) -> None:
        if self.model.catalogue:
            site = self._settings.site.id
            paper = ticket_paper(ticket, self.model.catalogue, self._clock.now(), site=site)
            came = lambda outcome: self.put(i.PaperCame(ticket.id, outcome))  # noqa: E731
            self._printing.submit(Job(paper, came))


class Visitors:
    """One after another, each touching what leads to a number."""

    def __init__(self, kiosk: Windowless, chance: Random) -> None:
        self._kiosk, self._chance = kiosk, chance
        self._come, self._seen = True, ""
        self._rest: Rest | None = None
        self._next = 0.0
        self._touches = self._cut_off = 0
        signal.signal(signal.SIGUSR1, lambda *_: self._go_home())

    def turn(self) -> None:
        """Look at the screen, and touch it."""
        model = self._kiosk.model
        self._look(model)
        moment = max(self._next, model.changed_at + SETTLE_SECONDS)
        touch = self._wish(model) if time.monotonic() >= moment else None
        if touch:
            self._next = time.monotonic() + self._chance.expovariate(1 / HASTE)
            self._touches += 1
            self._cut_off += not model.connected
            self._kiosk.put(touch)

    def _go_home(self) -> None:
        self._come = False

    def _look(self, model: m.Model) -> None:
        match model.screen:
            case m.TicketReady(ticket) if ticket.id != self._seen:
                alone, at = ticket.ahead is None, time.monotonic()
                _tell(Sight(ticket.id, ticket.number, at, alone, self._touches, self._cut_off))
                self._seen, self._touches, self._cut_off = ticket.id, 0, 0
            case m.Start() if not self._come and model.catalogue:
                unmerged = len(self._kiosk.own.waiting)
                rest = Rest(model.catalogue.sequence, model.connected, unmerged)
                if rest != self._rest:
                    self._rest = rest
                    _tell(rest)

    def _wish(self, model: m.Model) -> i.Touch | None:
        match model.screen:
            case m.Start():
                return i.NeedService() if self._come and model.serves else None
            case m.Institutions():
                there = [each.id for each in model.offer.institutions if each.open]
                return i.ChooseInstitution(self._chance.choice(there)) if there else i.StartAgain()
            case m.Services(institution):
                return self._service(model, institution)
            case m.Channel():
                return i.ChooseChannel(computer=self._chance.random() < 0.2)
            case m.TicketReady(_, outcome):
                return i.Done() if outcome else None
            case m.Message():
                return i.Done()
            case _:
                return None

    def _service(self, model: m.Model, name: str) -> i.Touch:
        institution = model.offer.institution(name)
        services = model.offer.services_of(institution) if institution else ()
        return i.ChooseService(self._chance.choice(services).id) if services else i.StartAgain()


def _tell(seen: Sight | Rest) -> None:
    """In one write: a kill leaves a line whole or does not begin it."""
    os.write(1, json.dumps(asdict(seen)).encode() + b"\n")


def _told(log: Path) -> Iterator[dict[str, Any]]:
    lines = log.read_text(errors="replace").splitlines()
    return (json.loads(each) for each in lines if each.startswith("{"))


def main() -> None:
    """Run until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, required=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    kiosk = Windowless(load_settings([parser.parse_args().site], os.environ))
    visitors, supervisor = Visitors(kiosk, Random()), SystemdSupervisor()
    kiosk.start()
    kiosk.turn()
    supervisor.ready()
    while True:
        kiosk.turn()
        visitors.turn()


if __name__ == "__main__":
    main()

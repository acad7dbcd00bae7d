"""Papers of appointments: desks ask for them, and the ticket printer has them between visitors."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from drivers.printer import PrintOutcome, PrintResult
from kiosk.paper import confirmation_paper
from kiosk.printing import Job, Printing
from messaging.appointments import PRINT_SECONDS, PaperAnswer, PaperOutcome, PrintPaper
from messaging.booking_code import booking_digest, made_code
from messaging.codec import decode, encode
from messaging.link import Arrived, Link
from messaging.messages import CatalogueState, Role
from messaging.roles import desk_of

log = logging.getLogger(__name__)

REMEMBERED = 100
"""Askings of which the answer is known; by then the first is too old to be printed again."""


class Confirming:
    """For the link's thread. `offered`: what the centre offers while the printer is free and nobody
    is at the kiosk; else None. `now`: the module's time. `roles`: of the units that are listed;
    with none listed, nobody is asked for a role."""

    def __init__(
        self,
        link: Link,
        printing: Printing,
        roles: Mapping[str, Role],
        site: str,
        secret: str,
        offered: Callable[[], CatalogueState | None],
        now: Callable[[], datetime],
    ) -> None:
        self._link, self._printing, self._roles = link, printing, roles
        self._site, self._secret = site, secret
        self._offered, self._now = offered, now
        self._kiosk = ""
        self._outcomes: dict[tuple[str, str], PaperOutcome | None] = {}

    def listen(self, kiosk: str) -> None:
        """Hear what is asked of this kiosk; before the link starts."""
        self._kiosk = kiosk
        self._link.on(self._link.topics.to_print(kiosk=kiosk), self._arrived)

    def _arrived(self, arrived: Arrived) -> None:
        desk = desk_of(arrived.topic, self._link.topics, self._roles)
        asked = decode(arrived.payload, PrintPaper)
        arrived.done()
        if (desk, asked.id) in self._outcomes:
            self._answer(desk, asked.id)
        else:
            self._begin(desk, asked)

    def _begin(self, desk: str, asked: PrintPaper) -> None:
        self._remember(desk, asked.id)
        code = made_code(self._secret, asked.made.by, asked.made.question)
        catalogue, now = self._offered(), self._now()
        if booking_digest(self._secret, code) != asked.booking:
            self._done(desk, asked.id, PaperOutcome.FOREIGN)
        elif abs(now - asked.asked_at) > timedelta(seconds=PRINT_SECONDS):
            self._done(desk, asked.id, PaperOutcome.LATE)
        elif catalogue is None:
            self._done(desk, asked.id, PaperOutcome.BUSY)
        else:
            paper = confirmation_paper(asked, code, catalogue, now, site=self._site)
            self._printing.submit(Job(paper, lambda out: self._done(desk, asked.id, _of(out))))

    def _remember(self, desk: str, asking: str) -> None:
        self._outcomes[desk, asking] = None
        if len(self._outcomes) > REMEMBERED:
            del self._outcomes[next(iter(self._outcomes))]

    def _done(self, desk: str, asking: str, outcome: PaperOutcome) -> None:
        """A printer that takes the paper back says so later; by then the desk has its answer."""
        if self._outcomes.get((desk, asking), outcome) is None:
            log.info("an appointment's paper for %s: %s", desk, outcome)
            self._outcomes[desk, asking] = outcome
            self._answer(desk, asking)

    def _answer(self, desk: str, asking: str) -> None:
        """If it is known yet."""
        if outcome := self._outcomes[desk, asking]:
            topic = self._link.topics.printed(desk, self._kiosk)
            self._link.publish(topic, encode(PaperAnswer(id=asking, outcome=outcome)))


def _of(printed: PrintOutcome) -> PaperOutcome:
    match printed.result:
        case PrintResult.PRINTED | PrintResult.TAKEN_BACK:
            return PaperOutcome.PRINTED
        case PrintResult.UNKNOWN:
            return PaperOutcome.DOUBTFUL
        case PrintResult.FAILED:
            return PaperOutcome(printed.reason or "printer_offline")

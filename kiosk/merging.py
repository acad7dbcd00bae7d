"""Telling the module what the kiosk gave by itself, and asking it for numbers for the next time."""

from collections.abc import Callable
from datetime import date

from kiosk.own_numbers import OwnNumbers
from kiosk.store import Fate
from messaging.link import Link
from messaging.messages import Reply
from queue_core.commands import LeaseNumbers, MergeTicket
from queue_core.refusals import RefusalCode

ANSWER_SECONDS = 10.0
PAUSE_SECONDS = 2.0
"""The module could not do it now; it is asked again after so long."""

NOT_NOW = frozenset({RefusalCode.MODULE_FAULT, RefusalCode.NOT_STORED})
"""Refused so, the same can be done later."""


class Merging:
    """One after another, the oldest first, each until it is answered. For one thread."""

    def __init__(self, link: Link, own: OwnNumbers, monotonic: Callable[[], float]) -> None:
        self._link, self._own, self._monotonic = link, own, monotonic
        self._asked = False
        self._leased_on: date | None = None
        self._rest_until = 0.0

    def lost(self) -> None:
        """The module is away: it may have forgotten this kiosk when it comes back."""
        self._leased_on = None

    def go_on(self) -> None:
        """Ask the module for what is next; for while it is there."""
        if self._asked or self._monotonic() < self._rest_until:
            return
        ticket = self._own.to_merge()
        if ticket:
            self._asked = True
            self._link.request(
                ticket,
                ANSWER_SECONDS,
                lambda reply: self._merged(ticket, reply),
                f"merge-{ticket.ticket}",
            )
        elif self._own.journal and self._leased_on != self._own.today:
            self._asked = True
            asked_on, command = self._own.today, LeaseNumbers(self._own.journal)
            self._link.request(command, ANSWER_SECONDS, lambda reply: self._lent(asked_on, reply))

    def _merged(self, ticket: MergeTicket, reply: Reply | None) -> None:
        self._asked, self._leased_on = False, None
        later = reply is None or (reply.refusal and reply.refusal.code in NOT_NOW)
        fate = Fate.REFUSED if reply and reply.refusal else Fate.MERGED
        if later or not self._own.settle(ticket.ticket, fate):
            self._rest_until = self._monotonic() + PAUSE_SECONDS
        else:
            self.go_on()

    def _lent(self, asked_on: date, reply: Reply | None) -> None:
        self._asked = False
        if reply is None or reply.refusal:
            self._rest_until = self._monotonic() + PAUSE_SECONDS
        else:
            self._leased_on = asked_on

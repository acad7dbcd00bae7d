"""What the kiosk asks of the queue module, and what it says by itself while that is away."""

import math
from collections.abc import Callable
from uuid import uuid4

from config.clock import Clock
from kiosk import effects as e
from kiosk import inputs as i
from kiosk.merging import Merging
from kiosk.own_numbers import OwnNumbers
from messaging.codec import decode
from messaging.link import Arrived, Link
from messaging.messages import BookingsState, CatalogueState, LeaseState, Presence, Reply
from queue_core.commands import Cancel, Command

SILENT_SECONDS = 5.0
"""The module speaks at least every two seconds."""

ALONE_AFTER_SECONDS = 3.0
"""A kiosk that starts hears of the module within two seconds, if it is there."""

OFFER_SECONDS = 5.0
MEND_SECONDS = 5.0
"""A kiosk on its own looks so often whether its disk is well again."""

CANCEL_SECONDS = 600
"""A ticket that nobody has seen is cancelled even when the broker comes back this much later."""

Put = Callable[[i.Input], None]


class Reach:
    """For one thread; whatever comes is given to `put`. `clock_ahead`: seconds that the kiosk's own
    clock was before the module's when that spoke last."""

    def __init__(
        self,
        link: Link,
        own: OwnNumbers,
        clock: Clock,
        put: Put,
        reply_seconds: float,
        monotonic: Callable[[], float],
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.clock_ahead: float | None = None
        self._link, self._own, self._clock, self._put = link, own, clock, put
        self._reply_seconds, self._monotonic, self._new_id = reply_seconds, monotonic, new_id
        self._merging = Merging(link, own, monotonic)
        self._began_at = monotonic()
        self._heard_at = self._offer_at = self._mend_at = -math.inf
        self._unit = ""
        self._can_serve = self._own_are_there = False
        self._catalogue: CatalogueState | None = None

    @property
    def silent(self) -> float:
        """Seconds since the module spoke; infinite if it never did."""
        return self._monotonic() - self._heard_at

    @property
    def faults(self) -> frozenset[str]:
        """What staff should know."""
        return self._own.faults | ({"works_alone"} if self._is_alone else set())

    def start(self, unit: str) -> None:
        """Listen, and connect."""
        self._unit, link, topics = unit, self._link, self._link.topics
        link.on(topics.catalogue, self._catalogue_arrived)
        link.on(topics.bookings, self._bookings_arrived)
        link.on(topics.lease(unit), self._leases_arrived)
        link.on(topics.all_presence, self._presence_arrived)
        link.on_connection(lambda connected: self._look_at_module())
        link.start()

    def turn(self) -> None:
        """Let time pass; done several times a second."""
        self._link.tick()
        self._look_at_module()
        self._look_at_own_numbers()

    def do(self, effect: e.SendCommand | e.AnswerAlone | e.CancelTicket) -> None:
        """What the flow wants."""
        match effect:
            case e.SendCommand(command):
                self._send(command)
            case e.AnswerAlone(command, command_id):
                reply = self._own.answer(command, command_id or self._new_id())
                self._put(i.AnsweredAlone(reply, command, command_id))
            case e.CancelTicket(ticket):
                self._link.request(Cancel(ticket), CANCEL_SECONDS, lambda _: None)

    @property
    def _is_alone(self) -> bool:
        return self._own_are_there and not self._can_serve

    def _look_at_module(self) -> None:
        """The module is there while it speaks; what the broker has kept of it does not count."""
        can_serve = self._link.connected and self.silent < SILENT_SECONDS
        if can_serve is not self._can_serve:
            self._can_serve = can_serve
            self._put(i.Connection(can_serve))

    def _look_at_own_numbers(self) -> None:
        """At its start the kiosk waits a little for the module before it goes on alone."""
        is_late = self._monotonic() - self._began_at >= ALONE_AFTER_SECONDS
        there = self._own.are_there and is_late
        if there is not self._own_are_there:
            self._own_are_there = there
            self._put(i.OwnNumbers(there))
        if self._can_serve:
            self._merging.go_on()
        else:
            self._merging.lost()
            self._mend()
        if self._is_alone:
            self._offer_alone()

    def _mend(self) -> None:
        if self._monotonic() >= self._mend_at:
            self._mend_at = self._monotonic() + MEND_SECONDS
            self._own.mend()

    def _offer_alone(self) -> None:
        """Hours go on while nobody tells them."""
        if self._monotonic() >= self._offer_at:
            self._offer_at = self._monotonic() + OFFER_SECONDS
            self._take(self._own.offered(self._catalogue))

    def _send(self, command: Command) -> None:
        def answered(reply: Reply | None) -> None:
            self._put(i.ReplyCame(reply, command) if reply else i.NoReply(command_id, command))

        command_id = self._link.request(command, self._reply_seconds, answered)

    def _take(self, catalogue: CatalogueState) -> None:
        self._catalogue = catalogue
        self._put(i.CatalogueCame(catalogue))

    def _catalogue_arrived(self, arrived: Arrived) -> None:
        catalogue = decode(arrived.payload, CatalogueState)
        self._take(catalogue)
        self._own.take_tickets_end(catalogue.tickets_end)
        arrived.done()
        if not arrived.retained:
            self._heard_at = self._monotonic()
            self.clock_ahead = (self._clock.now() - catalogue.at).total_seconds()
            self._own.saw(catalogue.at)
            self._look_at_module()

    def _bookings_arrived(self, arrived: Arrived) -> None:
        self._own.take_bookings(decode(arrived.payload, BookingsState))
        arrived.done()

    def _leases_arrived(self, arrived: Arrived) -> None:
        self._own.take_leases(decode(arrived.payload, LeaseState))
        arrived.done()

    def _presence_arrived(self, arrived: Arrived) -> None:
        news = decode(arrived.payload, Presence)
        arrived.done()
        if news.kiosk == self._unit:
            self._put(i.SomebodyThere(news.present))

"""The state of the queue and the log it comes from: an event counts when it is on disk."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import chain, islice

from queue_core.centre import Centre
from queue_core.events import DayOpened, Recorded
from queue_core.evolve import evolve
from queue_core.figures import figures_of
from queue_core.model import State
from queue_module import memory
from queue_module.journal import Journal, Page
from queue_module.memory import Memory
from queue_module.reading import Head
from queue_module.storage import Fault, StorageError
from queue_module.tokens import in_state, tokens_of
from queue_module.waits import Waits

log = logging.getLogger(__name__)

KEEP_EVERY = 1000
"""Events after which the state is kept: 40 ms of replay. On a day with more commands than these,
after as many again (as the state knows), so that keeping costs each event the same."""

UNFIT = (ArithmeticError, LookupError, TypeError, ValueError)
"""What the rules may raise on an event that they would never have decided on."""

LONG_REPLAY = 10_000
"""Events that are read in half a second; more only after a change of the rules."""


class Ledger:
    """The state, as of the last event on disk; `replayed`: how many events `restore` had to read.

    Events are kept for `keep_days`. For one thread.
    """

    def __init__(self, journal: Journal, waits: Waits, keep_days: int) -> None:
        self.state, self.replayed = State(), 0
        self._journal, self._waits = journal, waits
        self._rules = memory.rules(waits.times)
        self._kept = self._place()
        self._keep_days, self._pages = keep_days, list[Page]()
        self._told: Fault | None = None
        self._tokens_of: date | None = None

    @property
    def fault(self) -> Fault | None:
        """Why nothing can be stored; None while all is well."""
        return self._journal.fault

    @property
    def last_at(self) -> datetime | None:
        """The moment of the last event on disk; None if there is none, or it cannot be read."""
        return self._journal.last_at()

    def restore(self) -> None:
        """Take up the newest memory that can be used, and replay what came after it.

        Where the file cannot be written, or is damaged, take what can be read; `fault` says so.
        """
        with self._watched():
            self._journal.open()
        with self._watched():
            self._replay(self._recall())
            self._forget_tokens()
            self._name_services()
        log.info("day %s, event %d, %d replayed", *self._place(), self.replayed)

    def go_by(self, centre: Centre) -> None:
        """Other services are given from now on. A disk that fails is told; `fault` says so."""
        self._waits.go_by(centre)
        with self._watched():
            self._name_services()

    def store(self, state: State, recorded: Sequence[Recorded]) -> None:
        """Store events, and only then take the state after them. Raises StorageError."""
        try:
            self._journal.append(recorded)
        except StorageError as error:
            self._tell(error)
            raise
        if any(isinstance(each.event, DayOpened) for each in recorded):
            for each in recorded:
                self._take(each)
            return
        self.state = state
        for each in recorded:
            self._waits.learn(each, state)

    def mend(self) -> list[Recorded]:
        """If nothing can be stored, try again. Gives events found on the disk although they were
        refused: a disk that fails in the middle of writing may have done it."""
        found: list[Recorded] = []
        if self.fault:
            with self._watched():
                self._journal.open()
                self.state = in_state(self.state, self._journal.tokens.token)  # if unread before
                for recorded in self._following(self._journal.head):
                    found.append(recorded)  # also those before a fault
                self._forget_tokens()
                self._keep()
                self._name_services()
                log.info("the log can be written again")
                self._told = None
        return found

    def keep_if_due(self) -> None:
        """Keep the state for the next start: on each new day, and after so many events."""
        day, sequence = self._kept
        since = self.state.sequence - sequence
        is_due = day != self.state.day or since >= max(
            KEEP_EVERY, len(self.state.answers), len(self.state.tickets)
        )
        if since and is_due and not self.fault:
            with self._watched():
                self._keep()

    def forget(self) -> None:
        """Forget with each new day what the state has forgotten, and take the oldest day out of the
        log if it has been kept long enough: one at a time, so that the queue never waits for many.
        """
        if not self.fault:
            with self._watched():
                self._forget_tokens()
                if self._journal.forget(self._keep_days):
                    log.info("the oldest of more than %d days is forgotten", self._keep_days)
                self._journal.wipe()

    def _recall(self) -> Head:
        """The state as it was kept last, or that from which the log begins; its head."""
        for head, text in chain(self._journal.kept(self._rules), self._beginning()):
            try:
                recalled = memory.decode(text)
            except ValueError:
                log.warning("what was kept at event %d cannot be read", head.sequence)
                continue
            self.state = in_state(recalled.state, self._journal.tokens.token)
            self._waits.times = recalled.times
            self._kept = self._place()
            return head
        return Head()

    def _beginning(self) -> Iterator[tuple[Head, str]]:
        head, text = self._journal.beginning()
        if text:
            yield head, text

    def _replay(self, head: Head) -> None:
        """Keep what is done of a long one, so that who is stopped in it need not begin again."""
        is_long = True
        while is_long:
            before = self.replayed
            for _ in islice(self._following(head), LONG_REPLAY):
                self.replayed += 1
            head, is_long = self._journal.head, self.replayed - before == LONG_REPLAY
            if is_long and not self.fault:
                self._keep()

    def _place(self) -> tuple[date | None, int]:
        return self.state.day, self.state.sequence

    def _following(self, head: Head) -> Iterator[Recorded]:
        """The events after this head, each taken. Raises StorageError, also where one does not fit
        those before it: whoever can count the chain can write anything."""
        for recorded in self._journal.following(head):
            try:
                self._take(recorded)
            except UNFIT:
                sentence = f"Event {recorded.sequence} does not fit those before it."
                raise self._journal.unusable_after(head, sentence) from None
            head = self._journal.head
            yield recorded

    def _take(self, recorded: Recorded) -> None:
        before, self.state = self.state, evolve(self.state, recorded)
        self._waits.learn(recorded, self.state)
        if isinstance(recorded.event, DayOpened):
            morning = replace(self.state, earlier_answers={})  # nobody asks again after so long
            figures = figures_of(before, self._waits.centre.timezone)
            self._pages.append(Page(recorded.sequence, self._written(morning), figures))

    def _keep(self) -> None:
        self._kept = self._place()
        self._journal.keep(self._rules, self._written(self.state), self._pages)
        self._pages.clear()

    def _written(self, state: State) -> str:
        referring = in_state(state, self._journal.tokens.reference)
        return memory.encode(Memory(referring, self._waits.times))

    def _forget_tokens(self) -> None:
        """Once a day; also finds whether all that are needed are there."""
        if self._tokens_of != self.state.day and not self.fault:
            self._journal.forget_tokens(tokens_of(self.state))
            self._tokens_of = self.state.day

    def _name_services(self) -> None:
        services = self._waits.centre.services.values()
        if not self.fault:
            self._journal.name_services({each.id: each.institution for each in services})

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except StorageError as error:
            self._tell(error)

    def _tell(self, error: StorageError) -> None:
        """Once for each kind of fault."""
        if self.fault is not self._told:
            log.error("nothing can be stored (%s): %s", self.fault, error)
        self._told = self.fault

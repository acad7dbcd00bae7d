"""What a clerk sees, made from the snapshots. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.watch import Watch
from messaging.credentials import enrolled_as
from messaging.messages import (
    AccuracyView,
    BookingView,
    ComputerView,
    DeskCounter,
    DeskTicket,
    DoneView,
    QueueState,
    RatingsView,
    Role,
    SelfTestReport,
    UnitStatus,
)
from queue_core.life import Verb, after
from queue_core.model import Kind
from queue_core.reports import FEWEST_RATINGS
from texts import Language, checks, sentences

NOT_SHOWN_AFTER = timedelta(seconds=3)
"""A board confirms a call well within a second; after three the visitor has not seen it."""

URGENT = frozenset(
    {"paper_out", "cover_open", "printer_offline", "disk_full", "disk_fault", "log_damaged"}
)
"""Faults with which visitors get no paper, or no number."""

ACTIONS = (Verb.START, Verb.FINISH, Verb.RECALL, Verb.NO_SHOW, Verb.HOLD, Verb.TRANSFER)


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A visitor at a unit asks for help; `place` is what staff call the unit."""

    unit: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a unit, in a sentence; `urgent`: visitors are without something. `at`:
    when it was found, where that may be long ago."""

    sentence: str
    urgent: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One counter's page at the moment `now`. `counter` is None until the queue is known.

    `counters`: the other ones. `undoable`: the last action at the counter, if it can be taken back.
    `offered`, `stranded`: how many are to be told of an offered time, or of another one.
    `ratings` are None until there are FEWEST_RATINGS.
    """

    now: datetime
    news: datetime | None
    fresh: bool
    counter: DeskCounter | None
    counters: tuple[DeskCounter, ...]
    mine: tuple[DeskTicket, ...]
    others: tuple[DeskTicket, ...]
    held: tuple[DeskTicket, ...]
    missed: tuple[DeskTicket, ...]
    served: int
    undoable: Verb | None
    keep_overnight: bool
    tickets_end: datetime | None
    accuracy: AccuracyView | None
    accuracy_before: AccuracyView | None
    ratings: RatingsView | None
    computer: ComputerView | None
    help: tuple[HelpCall, ...]
    slots: tuple[BookingView, ...]
    problems: tuple[Problem, ...]
    not_shown: bool
    offered: int
    stranded: int

    @property
    def ticket(self) -> DeskTicket | None:
        """The ticket at the counter."""
        return self.counter.ticket if self.counter else None

    @property
    def actions(self) -> tuple[str, ...]:
        """What can be done with the ticket at the counter."""
        ticket = self.ticket
        return tuple(each for each in ACTIONS if ticket and after(ticket.status, each))

    @property
    def overdue(self) -> tuple[DeskTicket, ...]:
        """Who waits for this counter longer than promised; nobody while it is closed."""
        if self.counter is None or self.counter.status == "closed":
            return ()
        return tuple(each for each in self.mine if each.due_at < self.now)

    def waited(self, ticket: DeskTicket) -> int:
        """Whole minutes since the visitor came."""
        return max(0, int((self.now - ticket.arrived_at).total_seconds() // 60))

    def given_in(self, done: DoneView) -> list[dict[str, Any]]:
        """What was done, for the page to start from."""
        return [asdict(each) for each in done.given]

    def can_call(self, ticket: DeskTicket) -> bool:
        """Whether the counter is free for this very ticket."""
        return (
            self.counter is not None
            and self.counter.status == "open"
            and self.counter.ticket is None
            and may_call(self.counter, ticket)
        )

    def can_prioritise(self, ticket: DeskTicket) -> bool:
        """Whether staff may let this visitor be called earlier."""
        return ticket.kind is Kind.WALK_IN and after(ticket.status, Verb.PRIORITISE) is not None


def view(watch: Watch, counter: str, language: Language) -> View:
    """The page of this counter from what is known now."""
    queue, now = watch.queue, watch.now
    own = next((c for c in queue.counters if c.id == counter), None) if queue else None
    waiting = queue.waiting if queue else ()
    mine = tuple(each for each in waiting if own and may_call(own, each))
    return View(
        now=now,
        news=queue.at if queue else None,
        fresh=watch.fresh,
        counter=own,
        counters=tuple(each for each in queue.counters if each is not own) if queue else (),
        mine=mine,
        others=tuple(each for each in waiting if not (own and may_call(own, each))),
        held=queue.held if queue else (),
        missed=queue.missed if queue else (),
        served=queue.served if queue else 0,
        undoable=queue.undoable.get(counter) if queue else None,
        keep_overnight=queue is not None and queue.keep_overnight,
        tickets_end=queue.tickets_end if queue else None,
        accuracy=queue.accuracy if queue else None,
        accuracy_before=queue.accuracy_before if queue else None,
        ratings=_ratings(queue),
        computer=queue.computer if queue else None,
        help=tuple(_help(language, watch)),
        slots=watch.bookings.bookings if watch.bookings else (),
        problems=(
            *_problems(language, watch.units),
            *_self_tests(language, watch.self_tests.values()),
        ),
        not_shown=is_unseen(own, now),
        offered=watch.register.offered if watch.register else 0,
        stranded=watch.register.stranded if watch.register else 0,
    )


def may_call(counter: DeskCounter, ticket: DeskTicket) -> bool:
    """Whether the counter serves what the ticket is for."""
    return ticket.service in counter.serves and (ticket.for_counter or counter.id) == counter.id


def is_unseen(counter: DeskCounter | None, now: datetime) -> bool:
    """Whether the board should have shown the call by now, and has not."""
    call = counter.ticket.call if counter and counter.ticket else None
    return call is not None and call.shown_at is None and now > call.at + NOT_SHOWN_AFTER


def _ratings(queue: QueueState | None) -> RatingsView | None:
    ratings = queue.ratings if queue else None
    return ratings if ratings and ratings.count >= FEWEST_RATINGS else None


def _help(language: Language, watch: Watch) -> Iterable[HelpCall]:
    for each in watch.queue.help if watch.queue else ():
        unit = watch.units.get(each.unit)
        yield HelpCall(each.unit, _place(language, unit) if unit else each.unit, each.at)


def _place(language: Language, unit: UnitStatus) -> str:
    return language.pick(unit.name) or enrolled_as(unit.unit)


def _problems(language: Language, units: Mapping[str, UnitStatus]) -> Iterable[Problem]:
    for _, unit in sorted(units.items()):
        place = _place(language, unit)
        if unit.online:
            for fault in unit.faults:
                yield Problem(f"{place}: {sentences.fault(language, fault)}", fault in URGENT)
            if unit.unmerged:
                sentence = sentences.unmerged(language, unit.unmerged)
                yield Problem(f"{place}: {sentence}", urgent=False)
        elif not _is_told_by_its_program(units, unit):
            urgent = unit.role not in {Role.DESK, Role.VISITOR_PAGE, Role.MACHINE}
            yield Problem(f"{place}: {_silent(language, unit.role)}", urgent)


def _is_told_by_its_program(units: Mapping[str, UnitStatus], unit: UnitStatus) -> bool:
    """Where a whole Pi is off, its kiosk's or board's silence says enough."""
    program = units.get(enrolled_as(unit.unit), unit)
    return program is not unit and not program.online


def _self_tests(language: Language, reports: Iterable[SelfTestReport]) -> Iterable[Problem]:
    for report in sorted(reports, key=lambda each: each.unit):
        if report.bad:
            sentence = language.text(
                "Self-test of {place}: {bad} of {all} to put right: {findings}",
                place=language.pick(report.name) or report.unit,
                bad=len(report.bad),
                all=len(report.tried),
                findings=" ".join(
                    checks.line(language, each.check, each.code, each.facts) for each in report.bad
                ),
            )
            yield Problem(sentence, urgent=False, at=report.at)


def _silent(language: Language, role: Role) -> str:
    match role:
        case Role.KIOSK:
            return language.text("The ticket kiosk does not answer.")
        case Role.DISPLAY:
            return language.text("The board does not answer.")
        case Role.BRIDGE:
            return sentences.fault(language, "controller_offline")
        case Role.MODULE:
            return language.text("The queue module does not answer.")
        case Role.CONSULTATIONS:
            return language.text("The register of consultations does not answer.")
        case Role.DESK:
            return language.text("This staff page is switched off.")
        case Role.VISITOR_PAGE:
            return language.text("The visitors' phone page does not answer.")
        case Role.MACHINE:
            return language.text("What watches over this unit does not answer.")

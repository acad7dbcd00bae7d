"""Any day that anybody could cause, at random: what must hold, holds after every step."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from config.load import load_settings
from queue_core import commands as c
from queue_core.calling import may_call, order_key
from queue_core.centre import OpenInterval, weekly
from queue_core.decide import handle
from queue_core.events import DayOpened, TicketTaken
from queue_core.evolve import evolve
from queue_core.life import AT_COUNTER, Status
from queue_core.model import CallRule, Channel, CounterStatus, GivenService, State
from queue_core.tickets import plain, whole
from tests.conftest import DEMO, MORNING
from tests.queue_core.conftest import Day

CENTRE = load_settings([DEMO / "site.toml"], {}).to_centre()
ALWAYS = weekly(*(OpenInterval(day, time(), time.max) for day in range(7)))
SERVICES = sorted(each.id for each in CENTRE.services.values() if each.walk_in)
COUNTERS = sorted(CENTRE.counters)
EARLIEST = frozenset({CallRule.EARLIEST_DUE, CallRule.ONLY_ONE, CallRule.EARLY_NOBODY_ELSE})

counters = st.sampled_from(COUNTERS)
services = st.sampled_from(SERVICES)


class AnyDay(RuleBasedStateMachine):
    """Random commands from two kiosks and three desks, in any order, with repeats and time."""

    centre, begins = CENTRE, MORNING

    def __init__(self) -> None:
        super().__init__()
        self.day = Day(self.centre, self.begins)
        self.states = {0: self.day.state}
        self.accepted: set[str] = set()
        self.last_command: tuple[c.Command, str] | None = None

    @initialize(open_counters=st.sets(counters, min_size=1))
    def begin(self, open_counters: set[str]) -> None:
        for minutes in (5, 9, 30):
            booking = c.AddBooking(
                f"booking-{minutes}",
                "vsaa-konsultacija",
                self.begins + timedelta(minutes=minutes),
                20,
            )
            self.do(booking)
        for counter in sorted(open_counters):
            self.do(c.OpenCounter(counter))

    def do(self, command: c.Command) -> None:
        command_id = f"step-{len(self.accepted)}-{len(self.day.log)}"
        before = self.day.state
        answer = self.day.do(command, command_id)
        self.last_command = (command, command_id)
        self.states[self.day.state.sequence] = self.day.state
        if answer.refusal is None:
            self.check_call(before, command)
        if self.day.state is not before:
            self.accepted.add(command_id)

    def check_call(self, before: State, command: c.Command) -> None:
        """The called ticket is never later due than one the counter could have served."""
        if not isinstance(command, c.CallNext):
            return
        called = self.day.state.tickets[self.day.state.at_counter[command.counter]]
        assert called.call
        if called.call.reason.rule not in EARLIEST:
            return
        others = [
            t
            for t in before.tickets.values()
            if t.status is Status.WAITING and may_call(self.centre, command.counter, t)
        ]
        assert order_key(called)[0] == min(order_key(t)[0] for t in others)

    @rule(service=services)
    def take(self, service: str) -> None:
        self.do(c.TakeTicket(service, "lv"))

    @rule(minutes=st.sampled_from((5, 9, 30)))
    def check_in(self, minutes: int) -> None:
        self.do(c.CheckIn(f"booking-{minutes}", "lv"))

    @rule(offered=st.booleans(), instead_of=st.sampled_from(("", "vid-deklaracija")))
    def choose_the_computer(self, offered: bool, instead_of: str) -> None:
        self.do(c.TakeTicket(CENTRE.computer_service, "lv", offered, instead_of))

    @rule(data=st.data(), score=st.integers(0, 11))
    def rate(self, data: st.DataObject, score: int) -> None:
        """A mark is given once, by who was served, and nothing takes it back."""
        if not self.day.state.tickets:
            return
        ticket = data.draw(st.sampled_from(sorted(self.day.state.tickets)))
        before = self.day.state.tickets[ticket]
        self.do(c.Rate(ticket, score))
        fits = before.rated is None and before.status is Status.SERVED and 1 <= score <= 10
        if after := self.day.state.tickets.get(ticket):  # unless a new day begins
            assert after.rated == (score if fits else before.rated)

    @rule(unit=st.sampled_from(("kiosk", "kiosk-2")), answered=st.booleans())
    def help(self, unit: str, answered: bool) -> None:
        self.do(c.OpenDay())
        before, command = self.day.state, c.AnswerHelp(unit) if answered else c.AskHelp()
        self.day.do(command, f"help-{len(self.day.log)}-{self.day.now}", unit)
        there = any(each is not CounterStatus.CLOSED for each in before.counters.values())
        if answered or there:
            assert (unit in self.day.state.help) is not answered

    @rule(unit=st.sampled_from(("kiosk", "kiosk-2")), store=st.sampled_from("ab"))
    def lease(self, unit: str, store: str) -> None:
        self.day.do(c.LeaseNumbers(f"journal-{unit}-{store}"), None, unit)
        self.states[self.day.state.sequence] = self.day.state

    @rule(data=st.data(), minutes=st.integers(-60, 3000), offset=st.integers(0, 49))
    def merge(self, data: st.DataObject, minutes: int, offset: int) -> None:
        """A number given by a kiosk, for a ticket that is known already or is not."""
        if not self.day.state.leases:
            return
        lease = data.draw(st.sampled_from(self.day.state.leases))
        ticket = data.draw(st.sampled_from(["own", *sorted(self.day.state.tickets)]))
        issued_at = self.day.now - timedelta(minutes=minutes)
        number = min(lease.first + offset, lease.last)
        booking = data.draw(st.sampled_from((None, "booking-9")))
        service = next(s.id for s in CENTRE.services.values() if s.series == lease.series)
        ticket = f"own-{len(self.day.log)}" if ticket == "own" else ticket
        self.day.do(
            c.MergeTicket(ticket, lease.series, number, service, "lv", issued_at, booking),
            None,
            lease.unit,
        )
        self.states[self.day.state.sequence] = self.day.state

    @rule(data=st.data())
    def find(self, data: st.DataObject) -> None:
        """To look at a ticket changes nothing."""
        before = self.day.state
        ticket = data.draw(st.sampled_from(["nobody's", *sorted(before.tickets)]))
        answer = self.day.do(c.FindTicket(ticket))
        assert self.day.state is before
        assert (answer.ticket == ticket) is (ticket in before.tickets)

    @rule(counter=counters, insist=st.booleans())
    def call_next(self, counter: str, insist: bool) -> None:
        self.do(c.CallNext(counter, insist))

    @rule(counter=counters, what=st.sampled_from((c.Recall, c.Start, c.NoShow, c.Hold)))
    def act(self, counter: str, what: Any) -> None:
        self.do(what(counter, self.day.state.at_counter.get(counter, "nobody")))

    @rule(counter=counters, service=services)
    def finish(self, counter: str, service: str) -> None:
        ticket = self.day.state.at_counter.get(counter, "nobody")
        self.do(c.Finish(counter, ticket, (GivenService(service),)))

    @rule(counter=counters, service=services, channel=st.sampled_from(Channel))
    def account(self, counter: str, service: str, channel: Channel) -> None:
        self.do(c.Account(counter, (GivenService(service, 2, channel),)))

    @rule(counter=counters, place=st.integers(0, 3), given=st.lists(services, max_size=2))
    def amend(self, counter: str, place: int, given: list[str]) -> None:
        done = self.day.state.done.get(counter, ())
        record = done[place] if place < len(done) else "nobody's"
        channel = Channel.PHONE if record in self.day.state.accounts else Channel.IN_PERSON
        what = tuple(GivenService(each, channel=channel) for each in given)
        self.do(c.Amend(counter, record, what))

    @rule(counter=counters, service=services, to_counter=st.none() | counters)
    def transfer(self, counter: str, service: str, to_counter: str | None) -> None:
        ticket = self.day.state.at_counter.get(counter, "nobody")
        self.do(c.Transfer(counter, ticket, service, to_counter))

    @rule(data=st.data(), what=st.sampled_from((c.Cancel, c.Resume, c.Prioritise)))
    def change(self, data: st.DataObject, what: Any) -> None:
        if self.day.state.tickets:
            self.do(what(data.draw(st.sampled_from(sorted(self.day.state.tickets)))))

    @rule(data=st.data(), counter=counters)
    def choose(self, data: st.DataObject, counter: str) -> None:
        if self.day.state.tickets:
            ticket = data.draw(st.sampled_from(sorted(self.day.state.tickets)))
            self.do(c.CallTicket(counter, ticket, "asked"))

    @rule(counter=counters, what=st.sampled_from((c.OpenCounter, c.PauseCounter, c.CloseCounter)))
    def change_counter(self, counter: str, what: Any) -> None:
        self.do(what(counter))

    @rule(counter=counters)
    def undo(self, counter: str) -> None:
        """Undo restores exactly what was before, but for the log."""
        last = self.day.state.undoable.get(counter)
        self.do(c.Undo(counter))
        after = last and self.day.state.tickets.get(last.before.id)  # none once a new day begins
        if last and after and counter not in self.day.state.undoable:
            assert after == last.before

    @rule(minutes=st.sampled_from((0.1, 1, 7, 45)))
    def wait(self, minutes: float) -> None:
        self.day.wait(minutes)

    @rule(keep=st.booleans())
    def overnight(self, keep: bool) -> None:
        self.do(c.KeepOvernight(keep))
        self.day.wait(24 * 60)
        self.do(c.OpenDay())

    @rule(at=st.none() | st.sampled_from((time(9), time(23))))
    def end_and_give_tickets(self, at: time | None) -> None:
        self.do(c.EndTickets(at))
        self.do(c.GiveTickets())
        assert self.day.state.tickets_end is None

    @rule()
    def repeat(self) -> None:
        """The same command again, as after a lost reply, changes nothing."""
        if self.last_command:
            command, command_id = self.last_command
            request = c.Request(command_id, "desk", command)
            outcome = handle(self.centre, self.day.state, request, self.day.now)
            if self.day.state.answer_to(command_id):
                assert outcome.state is self.day.state
                assert outcome.recorded == ()

    @invariant()
    def what_follows_from_the_tickets_follows(self) -> None:
        assert whole(plain(self.day.state)) == self.day.state

    @invariant()
    def numbers_are_unique(self) -> None:
        tickets = self.day.state.tickets.values()
        labels = [each.label for each in tickets if each.status is not Status.EXPIRED]
        assert len(set(labels)) == len(labels)

    @invariant()
    def what_was_done_is_what_is_accounted_for(self) -> None:
        """Each served visitor has something given, and nobody else; what is listed exists."""
        state = self.day.state
        served = {t.id for t in state.tickets.values() if t.status is Status.SERVED}
        accounted = {t.id for t in state.tickets.values() if t.given and t.id in served}
        assert served == accounted
        listed = {each for records in state.done.values() for each in records}
        assert listed <= served | set(state.accounts)

    @invariant()
    def everybody_at_a_counter_is_there_once(self) -> None:
        state = self.day.state
        there = {
            t.id: t.call.counter
            for t in state.tickets.values()
            if t.status in AT_COUNTER and t.call
        }
        assert {ticket: counter for counter, ticket in state.at_counter.items()} == there

    @invariant()
    def the_log_is_whole_and_gap_free(self) -> None:
        sequences = [each.sequence for each in self.day.log]
        assert sequences == list(range(1, len(sequences) + 1))

    def teardown(self) -> None:
        """Replayed, the log gives every state that there was; nobody disappears within a day.

        Every command that changed anything is in it once.
        """
        state, here = State(), set[str]()
        for recorded in self.day.log:
            state = evolve(state, recorded)
            match recorded.event:
                case TicketTaken(ticket=ticket):
                    here.add(ticket)
                case DayOpened():
                    here = set(state.tickets)
            assert here <= set(state.tickets)
            assert state == self.states.get(recorded.sequence, state)
        assert state == self.day.state
        assert all(each in CounterStatus for each in state.counters.values())
        commands = [name for name, _ in groupby(each.command_id for each in self.day.log)]
        assert len(commands) == len(set(commands))
        assert self.accepted <= set(commands)


class AnyNight(AnyDay):
    """The same through a night in which clocks go back, with few numbers."""

    centre = replace(
        CENTRE,
        institutions={i.id: replace(i, hours=ALWAYS) for i in CENTRE.institutions.values()},
        last_number=3,
    )
    begins = datetime(2026, 10, 24, 22, 50, tzinfo=CENTRE.timezone)

    @rule(minutes=st.sampled_from((60, 120, 185)))
    def wait_long(self, minutes: int) -> None:
        self.day.now = (self.day.now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(
            CENTRE.timezone
        )


AnyDay.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyDay = AnyDay.TestCase
AnyNight.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAnyNight = AnyNight.TestCase

"""Any orders, at two desks at once: as if they had come one after another, in some order.

What the two threads are answered over one database, and what is in it then, must be what a model
in plain Python says of one of the possible orders.
"""

from datetime import timedelta
from itertools import permutations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from consultations.commands import (
    Accept,
    Book,
    Booking,
    Cancel,
    Command,
    Done,
    JoinList,
    Move,
    Order,
    Refusal,
    Status,
)
from consultations.register import Register
from consultations.rules import Refused
from consultations.schedule import Slot, slots
from tests.consultations.conftest import empty
from tests.consultations.model import DONE, Model
from tests.consultations.register_parts import DAY, HELD, NOW, RIGA, SCHEDULES, Desk, at

STARTS = st.sampled_from([at(hour) for hour in ("09:00", "09:20", "09:30", "09:40", "10:00")])
PLACES = [(name, centre) for name, each in SCHEDULES.items() for centre in each.busy]
PLACE = st.sampled_from(PLACES)


class TwoDesks(RuleBasedStateMachine):
    """At each step up to three orders at once."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        empty(self.url)
        self.desks = Desk(self.url), Desk(self.url)
        self.model, self.now, self.orders = Model(), NOW, 0
        self.answered: list[tuple[Order, Done | Refusal]] = []

    def teardown(self) -> None:
        for desk in self.desks:
            desk.close()

    @rule(data=st.data(), count=st.integers(1, 3))
    def ordered_at_once(self, data: st.DataObject, count: int) -> None:
        batch = [Order(str(self.orders + n), "ilze", self.command(data)) for n in range(count)]
        self.orders += count
        begun = [self.desks[n % 2].start(each, self.now) for n, each in enumerate(batch)]
        answers = dict(zip(batch, (each.result() for each in begun), strict=True))
        said = {each: a.code if isinstance(a, Refusal) else DONE for each, a in answers.items()}
        self.model = next(
            model
            for serial in permutations(batch)
            for told, model in [self.one_after_another(serial)]
            if told == said and self.is_stored(model)
        )
        self.answered += answers.items()

    @rule(data=st.data(), desk=st.integers(0, 1))
    def ordered_again(self, data: st.DataObject, desk: int) -> None:
        if self.answered:
            order, answer = self.answered[data.draw(st.integers(0, 99)) % len(self.answered)]
            assert self.desks[desk].start(order, self.now).result() == answer

    @rule(share=st.sampled_from([0.5, 1.0]))
    def time_passes(self, share: float) -> None:
        self.now += timedelta(seconds=HELD.total_seconds() * share)
        self.desks[0].ask(lambda register: register.renew(self.now))
        self.model = self.model.ended(self.now)

    @invariant()
    def what_is_stored_is_what_was_answered(self) -> None:
        assert self.is_stored(self.model)

    @invariant()
    def free_slots_are_those_with_room(self) -> None:
        for schedule, centre in PLACES:
            free = {slot for slot, _ in self.free(schedule, centre)}
            for slot in slots(SCHEDULES[schedule], DAY, DAY):
                wanted = Booking("", Status.BOOKED, schedule, centre, slot)
                try:
                    self.model.check_room(wanted)
                except Refused:
                    assert slot not in free
                else:
                    near = self.now + SCHEDULES[schedule].least_lead
                    assert (slot in free) == (slot.starts_at >= near)

    def command(self, data: st.DataObject) -> Command:
        schedule, centre = data.draw(PLACE)
        ids = [b.id for b in self.model.bookings] or ["nobody"]
        known = ids[data.draw(st.integers(0, 99)) % len(ids)]  # threads decide how many there are
        kinds: list[Command] = [
            Book(schedule, centre, data.draw(STARTS)),
            JoinList(schedule, centre, DAY, DAY),
            Move(known, data.draw(STARTS)),
            Cancel(known),
            Accept(known),
        ]
        return data.draw(st.sampled_from(kinds))

    def one_after_another(self, orders: tuple[Order, ...]) -> tuple[dict[Order, str], Model]:
        model, told = self.model, {}
        for order in orders:
            told[order], model = model.told(order, self.now)
        return told, model

    def is_stored(self, model: Model) -> bool:
        """These bookings and no others, and those on the waiting list in the order of the model."""

        def every(register: Register) -> tuple[set[Booking], tuple[Booking, ...]]:
            return {*register.agenda(DAY, RIGA), *register.waiting()}, register.waiting()

        listed = tuple(each for each in model.bookings if each.status is not Status.BOOKED)
        return self.desks[1].ask(every) == (set(model.bookings), listed)

    def free(self, schedule: str, centre: str) -> tuple[tuple[Slot, int], ...]:
        return self.desks[0].ask(lambda r: r.free(schedule, centre, DAY, DAY, self.now))


def test_any_orders_at_two_desks(url: str) -> None:
    machine = type("AtUrl", (TwoDesks,), {"url": url})
    most = 8 if url.startswith("postgresql") else 40  # a server is slower
    run_state_machine_as_test(
        machine, settings=settings(max_examples=most, stateful_step_count=15, deadline=None)
    )

"""Who is called next across centres, and what the page is told of each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.demo import NOW, ticket
from desk.specialist.view import RoomView, View, Visitor
from messaging.messages import DeskTicket
from queue_core.life import Status, Verb
from queue_core.model import CounterStatus


def waiting(number: str, due: int, *, early: bool = False) -> DeskTicket:
    """Due so many minutes from now."""
    due_at = NOW + timedelta(minutes=due)
    changes = {"due_at": due_at, "early": early}
    return ticket(number, "vsaa-konsultacija", NOW, 5).model_copy(update=changes)


VISITOR = waiting("K 099", 0).model_copy(update={"status": Status.SERVING})
DUES = st.lists(st.integers(-30, 60), max_size=4).map(sorted)


@st.composite
def rooms(draw: st.DrawFn) -> tuple[RoomView, ...]:
    """Of up to five centres; any may be lost, closed, taken, or have a visitor in the room."""
    made = []
    for centre in range(draw(st.integers(1, 5))):
        dues = draw(DUES)
        made.append(
            RoomView(
                centre=f"centre-{centre}",
                now=NOW,
                fresh=draw(st.booleans()),
                status=draw(st.sampled_from(CounterStatus)),
                visitor=draw(st.sampled_from([None, None, None, VISITOR])),
                taken=draw(st.sampled_from([False, False, True])),
                waiting=tuple(waiting(f"K {centre}{n:02}", due) for n, due in enumerate(dues)),
            )
        )
    return tuple(made)


@given(rooms())
def test_next_is_the_earliest_due_of_those_present_and_nobody_while_somebody_is_in_a_room(
    rooms: tuple[RoomView, ...],
) -> None:
    view = View(rooms)
    callable_now = [each.due_at for room in rooms if room.ready for each in room.waiting]
    if any(room.fresh and room.visitor for room in rooms) or not callable_now:
        assert view.next is None
    else:
        assert view.next
        room, called = view.next
        assert room.ready
        assert called in room.waiting
        assert called.due_at == min(callable_now)


def test_who_is_early_waits_for_others_elsewhere() -> None:
    early = RoomView("a", NOW, waiting=(waiting("K 001", 3, early=True),))
    later = RoomView("b", NOW, waiting=(waiting("K 002", 20),))
    assert View((early, later)).next == (later, later.waiting[0])
    assert View((early, replace(later, waiting=()))).next == (early, early.waiting[0])


def test_a_centre_that_comes_back_does_not_take_the_page_from_the_visitor_now() -> None:
    both = (RoomView("a", NOW, visitor=VISITOR), RoomView("b", NOW, visitor=VISITOR))
    busy = View(both, last="b").busy
    assert busy
    assert busy.centre == "b"


@pytest.mark.parametrize(("fresh", "undone"), [(True, "a"), (False, None)])
def test_the_last_action_is_taken_back_where_it_was_done(fresh: bool, undone: str | None) -> None:
    done = RoomView("a", NOW, fresh=fresh, undoable=Verb.FINISH)
    room = View((RoomView("b", NOW, undoable=Verb.NO_SHOW), done), last="a").undo
    assert (room.centre if room else None) == undone


def test_delay_counts_for_who_is_expected_or_waits() -> None:
    begun = NOW - timedelta(minutes=12, seconds=30)
    expected = Visitor("a", begun, "vsaa-konsultacija", now=NOW)
    assert expected.delay == 12
    assert replace(expected, number="K 001", ticket=waiting("K 001", 0)).delay == 12
    assert replace(expected, number="K 001", ticket=VISITOR).delay == 0
    assert replace(expected, number="K 001").delay == 0
    assert replace(expected, at=NOW + timedelta(minutes=3)).delay == 0

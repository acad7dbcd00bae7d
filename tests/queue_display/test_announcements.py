"""Whatever happens in a day, no announcement is lost, doubled, overlapped or out of turn."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from queue_display.board import (
    HIGHLIGHT_SECONDS,
    LONGEST_SECONDS,
    Board,
    Step,
    heard,
    receive,
    tick,
)
from tests.queue_display.board_steps import STALE_SECONDS, call, snapshot


@dataclass(frozen=True)
class Visitor:
    """One call as the module knows it. `announced`: the second of its last announcement."""

    announced: float
    recalls: int = 0
    is_open: bool = True


@dataclass(frozen=True)
class Begun:
    """An announcement that began at `second`, of the call as announced at `announced`."""

    call: int
    second: float
    announced: float


@dataclass
class Room:
    """A module whose news come at least every three seconds, a board, and who listens to it."""

    board: Board = field(default_factory=lambda: Board(STALE_SECONDS, 0.0))
    now: float = 0.0
    visitors: dict[int, Visitor] = field(default_factory=dict)
    begun: list[Begun] = field(default_factory=list)
    heard_current: bool = True
    sequence: int = 0

    def call(self) -> None:
        self.visitors[len(self.visitors) + 1] = Visitor(self._next())

    def recall(self, which: int) -> None:
        self._change(which, lambda v: replace(v, announced=self._next(), recalls=v.recalls + 1))

    def come(self, which: int) -> None:
        self._change(which, lambda v: replace(v, is_open=False))

    def undo(self, which: int) -> None:
        self._change(which, lambda v: replace(v, is_open=True), was_open=False)

    def hear(self) -> None:
        if self.board.current:
            self.heard_current = True
            self._take(heard(self.board, self.board.current.call, self.now))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._take(tick(self.board, self.now))
        calls = [
            call(number, v.announced, recalls=v.recalls, is_open=v.is_open)
            for number, v in self.visitors.items()
        ]
        self._take(receive(self.board, snapshot(self.sequence, self.now, calls), self.now))

    def empty(self) -> None:
        """Let all be announced that waits."""
        self.wait(1.0)
        while self.board.current:
            self.hear()
            self.wait(1.0)

    def _next(self) -> float:
        self.sequence += 1
        return self.now + self.sequence / 1000

    def _change(
        self, which: int, change: Callable[[Visitor], Visitor], was_open: bool = True
    ) -> None:
        number = which % (len(self.visitors) or 1) + 1
        if number in self.visitors and self.visitors[number].is_open is was_open:
            self.visitors[number] = change(self.visitors[number])
            self.sequence += 1

    def _take(self, step: Step) -> None:
        self.board, begins = step
        if begins is None:
            return
        if self.begun:
            assert self._is_over(self.begun[-1]), "an announcement overlaps another"
        self.heard_current = False
        self.begun.append(Begun(begins.call, self.now, begins.announced_at.timestamp()))

    def _is_over(self, last: Begun) -> bool:
        elapsed = self.now - last.second
        return elapsed >= (HIGHLIGHT_SECONDS if self.heard_current else LONGEST_SECONDS)


WHICH = st.integers(0, 3)
HAPPENINGS = st.one_of(
    st.tuples(st.just("call")),
    st.tuples(st.just("recall"), WHICH),
    st.tuples(st.sampled_from(["come", "undo"]), WHICH),
    st.tuples(st.just("wait"), st.floats(0.1, 3.0)),
    st.tuples(st.just("hear")),
)


TAKEN_BACK = [("call",), ("call",), ("wait", 1.0), ("come", 1), ("wait", 1.0), ("undo", 1)]


@settings(max_examples=300)
@example(TAKEN_BACK)
@given(st.lists(HAPPENINGS, min_size=5, max_size=40))
def test_every_call_left_open_is_announced_once_for_each_time_it_was_called(
    happenings: list[tuple[Any, ...]],
) -> None:
    room = Room()
    room.wait(0.1)
    for name, *facts in happenings:
        getattr(room, name)(*facts)
    room.empty()
    assert len({(each.call, each.announced) for each in room.begun}) == len(room.begun)
    for number, visitor in room.visitors.items():
        begun = [each for each in room.begun if each.call == number]
        assert len(begun) <= 1 + visitor.recalls
        if visitor.is_open:
            assert begun, f"call {number} was never announced"
            assert begun[-1].second >= visitor.announced - 0.1, "a recall was not announced"


@given(st.lists(st.floats(0.0, 3.0), max_size=30))
def test_calls_are_announced_in_their_order(pauses: list[float]) -> None:
    room = Room()
    room.wait(0.1)
    for pause in pauses:
        room.call()
        room.wait(pause)
    room.empty()
    assert [each.call for each in room.begun] == sorted(room.visitors)

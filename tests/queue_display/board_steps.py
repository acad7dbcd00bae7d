"""Snapshots and a board to feed them to, in few words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from messaging.messages import BoardCall, BoardState, CounterView, WaitingGroup, WaitView
from queue_display.board import Board, Step, heard, receive, tick

START = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
STALE_SECONDS = 5.0


def at(seconds: float) -> datetime:
    """The wall clock so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def call(
    number: int,
    second: float = 0,
    *,
    recalls: int = 0,
    is_open: bool = True,
    language: str = "lv",
    counter: int = 1,
) -> BoardCall:
    """Call `number`, of ticket ``A 0<number>``, announced at that second."""
    return BoardCall(
        call=number,
        number=f"A {number:03d}",
        language=language,
        counter=CounterView(
            id=str(counter),
            sign=str(counter),
            name={"lv": f"{counter}. lodziņš", "en": f"Counter {counter}"},
            spoken={"lv": "pie pirmā lodziņa", "en": "to counter one"},
        ),
        announced_at=at(second),
        recalls=recalls,
        open=is_open,
    )


def snapshot(
    sequence: int,
    second: float,
    calls: Sequence[BoardCall] = (),
    waiting: int = 0,
    notices: Sequence[dict[str, str]] = (),
) -> BoardState:
    """What the module says at that second."""
    return BoardState(
        sequence=sequence,
        at=at(second),
        name={"lv": "Paraugpils VPVKAC", "en": "Paraugpils service centre"},
        timezone="Europe/Riga",
        calls=tuple(calls),
        waiting=waiting,
        groups=(
            WaitingGroup(
                institution="vsaa",
                name={"lv": "VSAA"},
                waiting=waiting,
                wait=WaitView(low=10, high=20),
            ),
            WaitingGroup(institution="vid", name={"lv": "VID"}, waiting=1),
        )
        if waiting
        else (),
        notices=tuple(notices),
    )


class Story:
    """A board and the numbers of the calls that it has announced so far."""

    def __init__(self) -> None:
        self.board = Board(STALE_SECONDS, 0.0)
        self.announced: list[int] = []

    def news(self, second: float, sequence: int, *calls: BoardCall) -> None:
        """A snapshot arrives."""
        self._take(receive(self.board, snapshot(sequence, second, calls), second))

    def heard(self, second: float) -> None:
        """The voice has finished the current announcement."""
        assert self.board.current
        self._take(heard(self.board, self.board.current.call, second))

    def passes(self, second: float) -> None:
        """It is that second now, and nothing else happened."""
        self._take(tick(self.board, second))

    @property
    def calling(self) -> int | None:
        """The call that is announced now."""
        return self.board.current.call.call if self.board.current else None

    def _take(self, step: Step) -> None:
        self.board, call = step
        if call:
            self.announced.append(call.call)

"""What the board knows and what it announces: pure, from snapshots and a monotonic clock.

Announcements wait for one another. What a starting board finds is shown without announcement, for
another may have announced it. After a gap in the news longer than `stale_seconds`, during which
visitors were told to listen to the staff, only what was called a moment ago is still announced.
A shorter gap hides nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from messaging.messages import BoardCall, BoardState

HIGHLIGHT_SECONDS = 8.0
"""An announcement stays highlighted at least this long, with or without sound."""

LONGEST_SECONDS = 60.0
"""A voice that never reports its end does not hold the others up for longer."""

NEW_FOR = timedelta(seconds=15)
"""After a gap, what was called longer ago is no longer new."""

TICK_SECONDS = 0.2
"""How often `tick` is to be called: with the settings' `stale_seconds` no more than five."""

MOST_REMEMBERED = 200
"""Calls whose announcement is remembered besides those of the newest snapshot."""


Known = tuple[tuple[int, datetime], ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A call being announced since `began`; `heard` once its sound is over."""

    call: BoardCall
    began: float
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """All that the board knows. Times are seconds of a monotonic clock.

    `received`: when the last news came, or the board started. `known`: announcements, each a call
    and its moment, that were shown or put into `queue`.
    """

    stale_seconds: float
    received: float
    snapshot: BoardState | None = None
    known: Known = ()
    queue: tuple[BoardCall, ...] = ()
    current: Announcement | None = None


Step = tuple[Board, BoardCall | None]
"""The board afterwards, and the call whose announcement begins now."""


def receive(board: Board, snapshot: BoardState, now: float) -> Step:
    """Take a snapshot; one that is older than what is shown changes nothing until that is stale."""
    if _is_older(board, snapshot, now):
        return board, None
    queue = _still_new(board, snapshot, now, _queue(board, snapshot))
    known = _known(board, snapshot, now)
    return tick(replace(board, received=now, snapshot=snapshot, known=known, queue=queue), now)


def heard(board: Board, call: BoardCall, now: float) -> Step:
    """The sound of this announcement is over, or there was none."""
    current = board.current
    if current and current.call == call:
        board = replace(board, current=replace(current, heard=True))
    return tick(board, now)


def tick(board: Board, now: float) -> Step:
    """Let time pass: an announcement ends, the next one begins."""
    if board.current and _is_over(board.current, now):
        board = replace(board, current=None)
    if board.current or not board.queue:
        return board, None
    call, *later = board.queue
    return replace(board, current=Announcement(call, now), queue=tuple(later)), call


def is_stale(board: Board, now: float) -> bool:
    """Whether no news came for too long."""
    return now - board.received >= board.stale_seconds


def _is_older(board: Board, snapshot: BoardState, now: float) -> bool:
    # A lower sequence with a later time is a module that began anew, not an older snapshot; and
    # once the board is stale, what it shows may itself be wrong, such as dated in the future.
    shown = board.snapshot
    if shown is None or is_stale(board, now):
        return False
    return snapshot.sequence < shown.sequence and snapshot.at <= shown.at


def _still_new(
    board: Board, snapshot: BoardState, now: float, queue: tuple[BoardCall, ...]
) -> tuple[BoardCall, ...]:
    if board.snapshot is None or snapshot.sequence < board.snapshot.sequence:
        return ()
    if is_stale(board, now):
        return tuple(call for call in queue if snapshot.at - call.announced_at <= NEW_FOR)
    return queue


def _known(board: Board, snapshot: BoardState, now: float) -> Known:
    """What closed before it was announced is not known: it is announced if it opens again."""
    after_gap = board.snapshot is None or is_stale(board, now)
    unannounced = {_key(call) for call in board.queue}
    before = [each for each in board.known if each not in unannounced]
    seen = [_key(call) for call in snapshot.calls if call.open or after_gap]
    return tuple(dict.fromkeys((*before[-MOST_REMEMBERED:], *seen)))


def _queue(board: Board, snapshot: BoardState) -> tuple[BoardCall, ...]:
    open_calls = {call.call: call for call in snapshot.calls if call.open}
    waiting = tuple(open_calls[call.call] for call in board.queue if call.call in open_calls)
    queued = {call.call for call in waiting}
    news = [
        call
        for number, call in open_calls.items()
        if number not in queued and _key(call) not in board.known
    ]
    return (*waiting, *sorted(news, key=lambda call: call.announced_at))


def _key(call: BoardCall) -> tuple[int, datetime]:
    return call.call, call.announced_at


def _is_over(announcement: Announcement, now: float) -> bool:
    elapsed = now - announcement.began
    return elapsed >= (HIGHLIGHT_SECONDS if announcement.heard else LONGEST_SECONDS)

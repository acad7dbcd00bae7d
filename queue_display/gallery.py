"""Every state of the board as a picture, with made-up but realistic calls.

`python -m queue_display.gallery FOLDER LANGUAGE WIDTHxHEIGHT`
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from config.devices import WindowSettings
from drivers.window import prepare_window
from messaging.messages import BoardCall, BoardState, CounterView, WaitingGroup, WaitView
from queue_display.board import Board, receive
from queue_display.view import Painter, View
from texts import language

NOW = datetime(2026, 11, 24, 8, 42, tzinfo=UTC)
NAME = {"lv": "Paraugpils VPVKAC", "en": "Paraugpils service centre"}
STALE_SECONDS = 5.0
FRAMES = 4
"""Enough for every size to have reached every label."""

COUNTERS = (
    ("1", {"lv": "1. lodziņš", "en": "Counter 1"}),
    ("2", {"lv": "2. lodziņš", "en": "Counter 2"}),
    ("3", {"lv": "3. lodziņš", "en": "Counter 3"}),
    ("K", {"lv": "Konsultāciju kabinets", "en": "Consultation room"}),
)
WAITING = (
    ("VSAA", "VSAA", 5, (20, 35)),
    ("VID", "VID", 3, (15, 30)),
    ("LAD", "LAD", 1, (0, 5)),
    ("NVA", "NVA", 2, None),
    ("Novada pašvaldība", "Municipality", 4, (5, 15)),
)
NOTICES = (
    {
        "lv": "Piektdien strādājam līdz 15.00.",
        "en": "On Friday we are open until 15:00.",
    },
)
TOMORROW = datetime(2026, 11, 25, 6, tzinfo=UTC)


def main(arguments: Sequence[str]) -> int:
    """Draw all states in this process, without a display. Returns the exit status."""
    folder, code, size = Path(arguments[0]), arguments[1], arguments[2]
    folder.mkdir(parents=True, exist_ok=True)
    width, height = map(int, size.split("x"))
    for name, screen in screens(code, (width, height)):
        path = folder / f"display-{name}-{code}-{size}.png"
        Path(screen.get_root_window().screenshot(name=str(path))).replace(path)
    return 0


def screens(code: str, size: tuple[int, int]) -> Iterator[tuple[str, Any]]:
    """Each state by its name, drawn; once in a process, as Kivy has one window."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    languages = (language(code), language("en" if code == "lv" else "lv"))
    painter = Painter(NAME, ZoneInfo("Europe/Riga"), languages)
    window = WindowSettings(fullscreen=False, width=size[0], height=size[1])
    with TemporaryDirectory() as home:
        prepare_window(window, Path(home), smooth=False)
        yield from _drawn(views(painter))


def _drawn(all_views: Mapping[str, View]) -> Iterator[tuple[str, Any]]:
    from kivy.animation import Animation
    from kivy.base import EventLoop, runTouchApp
    from kivy.core.window import Window

    from queue_display.screen import BoardScreen

    screen = BoardScreen(next(iter(all_views.values())))
    runTouchApp(screen, embedded=True)
    for name, view in all_views.items():
        screen.view = view
        Animation.cancel_all(screen)  # the same picture every time
        for _ in range(FRAMES):
            Window.canvas.ask_update()
            EventLoop.idle()
        yield name, screen
    EventLoop.close()


def views(painter: Painter) -> Mapping[str, View]:
    """What a board may show, by the name of its picture."""
    calls = [_call(10 - age, age) for age in range(8)]
    awaited = [call.model_copy(update={"open": True}) for call in calls]
    once_more = calls[1].model_copy(update={"recalls": 1, "announced_at": NOW})
    boards = {
        "empty": _board(_state(1, [])),
        "call": _board(_state(1, calls[1:]), _state(2, calls)),
        "recall": _board(_state(2, calls[1:3]), _state(3, [once_more, calls[2]], NOTICES)),
        "many": _board(_state(1, awaited[1:]), _state(2, awaited)),
        "awaited": _board(_state(2, awaited[:3], NOTICES)),
        "quiet": _board(_state(2, calls[4:], NOTICES)),
    }
    evening = NOW + timedelta(hours=10)
    over = _state(9, calls[4:], NOTICES, waiting=())
    closed = _board(over.model_copy(update={"open": False, "opens_at": TOMORROW}))
    start = Board(STALE_SECONDS, 0.0)
    return {
        "starting": painter.paint(start, 0.0, NOW),
        "no-news": painter.paint(start, STALE_SECONDS, NOW),
        **{name: painter.paint(board, 0.0, NOW) for name, board in boards.items()},
        "stale": painter.paint(boards["awaited"], STALE_SECONDS, NOW + timedelta(minutes=7)),
        "closed": painter.paint(closed, 0.0, evening),
        "apology": painter.apology(NOW),
    }


def _board(*snapshots: BoardState) -> Board:
    board = Board(STALE_SECONDS, 0.0)
    for snapshot in snapshots:
        board, _ = receive(board, snapshot, 0.0)
    return board


def _state(
    sequence: int,
    calls: Sequence[BoardCall],
    notices: Sequence[dict[str, str]] = (),
    waiting: Sequence[tuple[str, str, int, tuple[int, int] | None]] = WAITING,
) -> BoardState:
    groups = [
        WaitingGroup(
            institution=lv.lower(),
            name={"lv": lv, "en": en},
            waiting=count,
            wait=WaitView(low=wait[0], high=wait[1]) if wait else None,
        )
        for lv, en, count, wait in waiting
    ]
    return BoardState(
        sequence=sequence,
        at=NOW,
        name=NAME,
        timezone="Europe/Riga",
        calls=tuple(calls),
        waiting=sum(group.waiting for group in groups),
        groups=tuple(groups),
        notices=tuple(notices),
    )


def _call(number: int, age: int) -> BoardCall:
    sign, name = COUNTERS[(age + 2) % len(COUNTERS)]
    series = "AABAKPAC"[age]
    return BoardCall(
        call=number,
        number=f"{series} {32 + number:03d}",
        language="lv",
        counter=CounterView(id=sign.lower(), sign=sign, name=name, spoken={}),
        announced_at=NOW - timedelta(minutes=2 * age),
        recalls=0,
        open=age in {0, 1, 3},
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

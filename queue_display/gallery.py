"""Every state of the board as a picture, with made-up but realistic calls.

`python -m queue_display.gallery FOLDER LANGUAGE WIDTHxHEIGHT`
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from config.settings import WindowSettings
from drivers.window import prepare_window
from messaging.messages import BoardCall, BoardState, CounterView, WaitingGroup
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
    ("VSAA", "VSAA", 5),
    ("VID", "VID", 3),
    ("LAD", "LAD", 1),
    ("NVA", "NVA", 2),
    ("Novada pašvaldība", "Municipality", 4),
)


def main(arguments: Sequence[str]) -> int:
    """Draw all states in this process, without a display. Returns the exit status."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    folder, code, size = Path(arguments[0]), arguments[1], arguments[2]
    width, height = map(int, size.split("x"))
    other = "en" if code == "lv" else "lv"
    painter = Painter(NAME, ZoneInfo("Europe/Riga"), (language(code), language(other)))
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        prepare_window(WindowSettings(fullscreen=False, width=width, height=height), Path(home))
        _draw(_views(painter), lambda name: folder / f"display-{name}-{code}-{size}.png")
    return 0


def _draw(views: Mapping[str, View], path: Callable[[str], Path]) -> None:
    from kivy.base import EventLoop, runTouchApp
    from kivy.core.window import Window

    from queue_display.screen import BoardScreen

    screen = BoardScreen(next(iter(views.values())))
    runTouchApp(screen, embedded=True)
    for name, view in views.items():
        screen.view = view
        for _ in range(FRAMES):
            Window.canvas.ask_update()
            EventLoop.idle()
        Path(Window.screenshot(name=str(path(name)))).replace(path(name))
    EventLoop.close()


def _views(painter: Painter) -> Mapping[str, View]:
    calls = [_call(10 - age, age) for age in range(8)]
    awaited = [call.model_copy(update={"open": True}) for call in calls]
    empty, one, mixed = _state(1, []), _state(2, calls[:1]), _state(2, calls)
    once_more = calls[1].model_copy(update={"recalls": 1, "announced_at": NOW})
    again = _state(3, [once_more, calls[2], calls[3]])
    boards = {
        "empty": _board(empty),
        "one": _board(empty, one),
        "recall": _board(_state(2, calls[1:4]), again),
        "many": _board(_state(1, awaited[1:]), _state(2, awaited)),
        "quiet": _board(mixed),
    }
    views = {name: painter.paint(board, 0.0, NOW) for name, board in boards.items()}
    start = Board(STALE_SECONDS, 0.0)
    later = NOW + timedelta(minutes=7)
    return {
        "starting": painter.paint(start, 0.0, NOW),
        "no-news": painter.paint(start, STALE_SECONDS, NOW),
        **views,
        "stale": painter.paint(boards["quiet"], STALE_SECONDS, later),
        "apology": painter.apology(NOW),
    }


def _board(*snapshots: BoardState) -> Board:
    board = Board(STALE_SECONDS, 0.0)
    for snapshot in snapshots:
        board, _ = receive(board, snapshot, 0.0)
    return board


def _state(sequence: int, calls: Sequence[BoardCall]) -> BoardState:
    groups = [
        WaitingGroup(institution=lv.lower(), name={"lv": lv, "en": en}, waiting=waiting)
        for lv, en, waiting in WAITING
    ]
    return BoardState(
        sequence=sequence,
        at=NOW,
        name=NAME,
        timezone="Europe/Riga",
        calls=tuple(calls),
        waiting=sum(group.waiting for group in groups),
        groups=tuple(groups),
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

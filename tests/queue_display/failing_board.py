"""A board whose third picture fails: prints what it shows then, and ends when it is back."""

import logging
import os
import signal
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.clock import Clock
from config.devices import BacklightSettings, WindowSettings
from config.programs import BrokerSettings
from drivers.audio import NoAudio
from drivers.build import build_daylight
from drivers.speech import NoSpeech
from drivers.supervisor import SystemdSupervisor
from drivers.window import prepare_window
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics
from queue_display.announcer import Announcer
from queue_display.board import Board
from queue_display.chime import CHIME
from queue_display.view import Painter, View
from texts import language


@dataclass(frozen=True)
class FailingPainter(Painter):
    """Fails once, and says what comes after."""

    painted: list[str] = field(default_factory=list)

    def paint(self, board: Board, now: float, wall: datetime) -> View:
        self.painted.append("paint")
        if len(self.painted) == 3:
            raise ZeroDivisionError
        if len(self.painted) == 4:
            _say("back")
            os.kill(os.getpid(), signal.SIGTERM)
        return super().paint(board, now, wall)

    def apology(self, wall: datetime) -> View:
        view = super().apology(wall)
        _say(view.message.second.replace("\n", " "))
        return view


def run(port: int, home: Path) -> None:
    """Run it against a broker that need not be there."""
    prepare_window(WindowSettings(fullscreen=False, width=800, height=480), home)
    from queue_display.app import DisplayApp, Parts, post

    status = UnitStatus(unit="board", role=Role.DISPLAY, version="test", online=True)
    languages = (language("lv"), language("en"))
    parts = Parts(
        link=Link(BrokerSettings(port=port), Topics("demo"), Unit(status), post),
        announcer=Announcer(NoAudio(), NoSpeech(), CHIME, post),
        painter=FailingPainter({"lv": "Centrs"}, ZoneInfo("Europe/Riga"), languages),
        languages=languages,
        clock=Clock(),
        supervisor=SystemdSupervisor(),
        status=status,
        silent=True,
        speaks=False,
        daylight=build_daylight(BacklightSettings(), "UTC"),
        stale_seconds=5,
    )
    DisplayApp(parts).run()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    run(int(sys.argv[1]), Path(sys.argv[2]))

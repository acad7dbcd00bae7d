"""The waiting-room board: the newest call large, announced by voice, one call after another."""

from pathlib import Path
from tempfile import TemporaryDirectory

from config import VERSION
from config.settings import Settings
from drivers.build import build_audio, build_daylight, build_speech
from drivers.supervisor import Supervisor
from drivers.window import prepare_window
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics
from queue_display.announcer import Announcer
from queue_display.chime import CHIME
from queue_display.view import Painter
from texts import language

FRAMES_PER_SECOND = 30
"""Enough for a board; twice as many would only warm a small computer."""


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Build the board and run it until it is told to end; returns the exit status."""
    with TemporaryDirectory(prefix="rinda-board-") as folder:
        prepare_window(
            settings.display.window, Path(folder, "kivy"), FRAMES_PER_SECOND, smooth=False
        )
        return _run(settings, supervisor, Path(folder, "speech"))


def _run(settings: Settings, supervisor: Supervisor, speech_folder: Path) -> int:
    from queue_display.app import DisplayApp, Parts, post

    display, centre = settings.display, settings.to_centre()
    languages = tuple(map(language, centre.languages))
    status = UnitStatus(
        unit=settings.unit.id,
        role=Role.DISPLAY,
        version=VERSION,
        online=True,
        name=settings.unit.name,
    )
    audio, speech = build_audio(display.audio), build_speech(display.audio, speech_folder)
    parts = Parts(
        link=Link(settings.broker, Topics(centre.id), Unit(status), post),
        announcer=Announcer(audio, speech, CHIME, post),
        painter=Painter(
            settings.site.name,
            centre.timezone,
            languages,
        ),
        languages=languages,
        clock=settings.to_clock(),
        daylight=build_daylight(display.backlight, settings.site.timezone),
        supervisor=supervisor,
        status=status,
        silent=display.audio.kind == "none",
        speaks=display.audio.speech,
        stale_seconds=display.stale_seconds,
    )
    DisplayApp(parts).run()
    return 0

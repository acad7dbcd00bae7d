"""Whatever is raised on Kivy's thread, the visitor sees the fail-safe screen and it goes again."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.devices import BacklightSettings, WindowSettings
from config.pins import Throttle
from drivers.audio import NoAudio
from drivers.build import build_daylight
from drivers.printer import NoPrinter
from drivers.scanner import NoScanner
from drivers.speech import NoSpeech
from drivers.window import prepare_window
from kiosk import demo
from kiosk.maintenance import LogTail, PinCheck
from kiosk.model import FailSafe, Start
from kiosk.own_numbers import OwnNumbers
from kiosk.patience import FAIL_SAFE_SECONDS
from kiosk.printing import Printing
from kiosk.store import Store
from kiosk.voice import Voice
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from tests.parts import TOPICS, Supervised


def test_a_mistake_is_shown_as_fail_safe_and_the_program_goes_on() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        words = process.submit(seen_after_a_mistake).result(60)
    assert "Lūdzu, vērsieties pie darbinieka" in words[0]
    assert "Iekārta sāk darbu." in words[1]


def seen_after_a_mistake() -> list[str]:
    """All words on the screen after the mistake, and after the time of the fail-safe screen."""
    os.environ.update(SDL_VIDEODRIVER="offscreen", LIBGL_ALWAYS_SOFTWARE="1")
    with TemporaryDirectory() as home:
        window = WindowSettings(fullscreen=False, width=800, height=480)
        prepare_window(window, Path(home))
        return _seen(Path(home))


def _seen(home: Path) -> list[str]:
    from kivy.clock import Clock

    from kiosk.app import Parts, TicketKiosk, post

    status = UnitStatus(unit="kiosk", role=Role.KIOSK, version="test", online=True)
    settings = demo.settings()
    link = Link(settings.broker, TOPICS, Unit(status), post)
    parts = Parts(
        settings=settings,
        clock=settings.to_clock(),
        link=link,
        status=status,
        printing=Printing(NoPrinter(), post),
        scanner=NoScanner(),
        voice=Voice(NoAudio(), NoSpeech(), home, post),
        own=OwnNumbers(
            settings.to_centre(), "kiosk", Store(home / "kiosk.db"), settings.to_clock()
        ),
        daylight=build_daylight(BacklightSettings(), "UTC"),
        supervisor=Supervised(),
        pins=PinCheck("", Throttle(lambda: 0.0), post),
        log_tail=LogTail(),
    )
    clock = FailingClock()
    app = TicketKiosk(parts, monotonic=clock.monotonic)
    seen: list[str] = []

    def look(_: float) -> None:
        if not seen and isinstance(app.screen, FailSafe):
            seen.append(words_of(app.root))
            clock.seconds += FAIL_SAFE_SECONDS
        elif seen and isinstance(app.screen, Start):
            seen.append(words_of(app.root))
            app.stop()

    Clock.schedule_once(lambda _: clock.fail())
    Clock.schedule_interval(look, 0)
    Clock.schedule_once(lambda _: app.stop(), 20)
    app.run()
    return seen


class FailingClock:
    """Raises once when told to: inside the tick by which the kiosk's own time goes on."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self._fails = False

    def fail(self) -> None:
        self._fails = True

    def monotonic(self) -> float:
        if self._fails:
            self._fails = False
            raise ZeroDivisionError
        return self.seconds


def words_of(root: Any) -> str:
    return " ".join(str(each.given.words) for each in root.walk() if hasattr(each, "given"))

"""Whatever is raised on Kivy's thread, the visitor sees the fail-safe screen and it goes again."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.settings import WindowSettings
from drivers.printer import NoPrinter
from drivers.scanner import NoScanner
from drivers.window import prepare_window
from kiosk import demo
from kiosk.printing import Printing
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
        return _seen()


def _seen() -> list[str]:
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
        supervisor=Supervised(),
    )
    seconds = [100.0]
    app = TicketKiosk(parts, monotonic=lambda: seconds[0])
    seen: list[str] = []

    def look(_: float) -> None:
        seen.append(words_of(app.root))
        seconds[0] += 11
        app.put()
        seen.append(words_of(app.root))
        app.ask_to_stop()

    Clock.schedule_once(lambda _: wrong())
    Clock.schedule_once(lambda _: Clock.schedule_once(look))
    app.run()
    return seen


def wrong() -> Any:
    raise ZeroDivisionError


def words_of(root: Any) -> str:
    return " ".join(str(each.words) for each in root.walk() if hasattr(each, "words"))

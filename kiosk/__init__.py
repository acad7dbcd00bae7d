"""The ticket kiosk: a visitor's flow, its screens, and the printing of tickets."""

import gc
import logging
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from config import VERSION
from config.pins import Throttle
from config.settings import Settings
from drivers.build import build_audio, build_daylight, build_printer, build_scanner, build_speech
from drivers.supervisor import Supervisor
from drivers.window import prepare_window
from kiosk.maintenance import LogTail, PinCheck
from kiosk.own_numbers import OwnNumbers
from kiosk.printing import Printing
from kiosk.store import Store
from kiosk.voice import Voice
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Build the kiosk and run it until SIGTERM or SIGINT; returns the exit status."""
    with TemporaryDirectory(prefix="rinda-kiosk-") as home:
        prepare_window(settings.kiosk.window, Path(home))
        return _run(settings, supervisor, Path(home))


def _run(settings: Settings, supervisor: Supervisor, home: Path) -> int:
    from kiosk.app import Parts, TicketKiosk, post

    status = UnitStatus(
        unit=settings.unit.id,
        role=Role.KIOSK,
        version=VERSION,
        online=True,
        name=settings.unit.name,
        prints=settings.kiosk.printer.kind != "none",
    )
    clock = settings.to_clock()
    store = Store(Path(settings.kiosk.database))
    audio, log_tail = settings.kiosk.audio, LogTail()
    logging.getLogger().addHandler(log_tail)
    app = TicketKiosk(
        Parts(
            settings=settings,
            clock=clock,
            link=Link(settings.broker, Topics(settings.site.id), Unit(status), post),
            status=status,
            printing=Printing(build_printer(settings.kiosk.printer), post),
            scanner=build_scanner(settings.kiosk.scanner),
            voice=Voice(build_audio(audio), build_speech(audio, home / "speech"), home, post),
            own=OwnNumbers(settings.to_centre(), settings.unit.id, store, clock),
            daylight=build_daylight(settings.kiosk.backlight, settings.site.timezone),
            supervisor=supervisor,
            pins=PinCheck(settings.kiosk.maintenance_pin, Throttle(time.monotonic), post),
            log_tail=log_tail,
        )
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: app.ask_to_stop())
    gc.collect()
    gc.freeze()
    gc.disable()  # the app collects between pictures
    app.run()
    store.close()
    return 0

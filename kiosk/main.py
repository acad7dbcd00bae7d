"""The kiosk's program: builds every object and runs them."""

import signal
from datetime import timedelta
from importlib.metadata import version

from config.clock import Clock
from config.settings import Settings
from drivers.build import build_printer, build_scanner
from drivers.supervisor import Supervisor
from kiosk import kivy_setup
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.topics import Topics


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Runs until SIGTERM or SIGINT; the exit code."""
    kivy_setup.prepare(settings.kiosk.window)
    from kiosk.app import TicketKiosk, post
    from kiosk.printing import Printing

    status = UnitStatus(
        unit=settings.unit.id, role=Role.KIOSK, version=version("rinda"), online=True
    )
    app = TicketKiosk(
        settings=settings,
        now=Clock(timedelta(seconds=settings.clock.offset_seconds)).now,
        link=Link(settings.broker, Topics(settings.site.id), Unit(status), post),
        status=status,
        printing=Printing(build_printer(settings.kiosk.printer), post),
        scanner=build_scanner(settings.kiosk.scanner),
        supervisor=supervisor,
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: app.ask_to_stop())
    app.run()
    return 0

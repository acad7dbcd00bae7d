"""The queue module (rindu vadības modulis): the single authority over a centre's queue."""

import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config import VERSION
from config.load import load_bookings
from config.settings import Settings
from drivers.supervisor import Supervisor
from messaging.booking_code import booking_digest
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.roles import roles_of
from messaging.topics import Topics
from messaging.work import Work
from queue_core.commands import AddBooking
from queue_module.administration import Administration
from queue_module.health import Health
from queue_module.journal import Journal
from queue_module.ledger import Ledger
from queue_module.module import QueueModule
from queue_module.reports import Reports
from queue_module.steady_clock import SteadyClock
from queue_module.waits import Waits

SESSION_SECONDS = 3600
"""How long the broker keeps commands for a module that is away; each command expires sooner."""

SWITCH_SECONDS = 0.0005
"""How long the thread of the queue may keep the link's thread from sending a reply that is ready.
Python's five milliseconds are as long as all the rest of a command."""


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Run the queue module until SIGTERM or SIGINT. Raises ConfigError for a bad bookings file."""
    sys.setswitchinterval(SWITCH_SECONDS)
    bookings = _bookings(settings)
    clock = SteadyClock(settings.to_clock())
    database = Path(settings.module.database)
    journal = Journal(database)
    status = UnitStatus(
        unit=settings.unit.id,
        role=Role.MODULE,
        version=VERSION,
        online=True,
        name=settings.unit.name,
    )
    work = Work()
    unit = Unit(status, session_seconds=SESSION_SECONDS)
    link = Link(settings.broker, Topics(settings.site.id), unit, work.post)
    administration = Administration(settings, Path(settings.module.changes_folder))
    centre = administration.centre
    waits = Waits(centre, random.Random())  # noqa: S311 - of waits, not of secrets
    ledger = Ledger(journal, waits, settings.module.keep_days)
    health = Health(status, link, database, backed_up=bool(settings.module.backup_folder))
    roles = roles_of(settings.identity)
    threads = ThreadPoolExecutor(1, "reports")
    reports = Reports(database, administration.ever, threads.submit)
    module = QueueModule(
        centre, ledger, link, work, clock, waits, health, roles, reports, administration
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: module.stop())
    ledger.restore()
    if ledger.last_at:
        clock.not_before(ledger.last_at)
    module.seed(bookings)
    link.start()
    module.run(supervisor)
    threads.shutdown(cancel_futures=True)
    link.stop()
    journal.close()
    return 0


def _bookings(settings: Settings) -> list[AddBooking]:
    zone = settings.to_centre().timezone
    return [
        AddBooking(
            booking=booking_digest(settings.site.booking_secret, entry.code),
            service=entry.service,
            starts_at=entry.starts_at
            if entry.starts_at.tzinfo
            else entry.starts_at.replace(tzinfo=zone),
            minutes=entry.minutes,
        )
        for entry in load_bookings(settings)
    ]

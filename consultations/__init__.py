"""Consultations by appointment: schedules, their slots, and the register of who has booked."""

import logging
import signal
from datetime import timedelta

from config import VERSION
from config.settings import Settings
from consultations.program import Consultations
from consultations.register import Register
from consultations.schedule import schedules_of
from consultations.storage import StorageError
from drivers.supervisor import Supervisor
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.roles import roles_of
from messaging.topics import Topics
from messaging.work import Work

log = logging.getLogger(__name__)


def main(settings: Settings, supervisor: Supervisor) -> int:
    """Keep the register until SIGTERM or SIGINT. Returns 0, or 1 if its database is away."""
    schedules = schedules_of(settings)
    own = settings.consultations
    held = timedelta(minutes=own.held_minutes)
    try:
        register = Register.open(own.database, schedules, settings.site.booking_secret, held)
    except StorageError as error:
        log.warning("the register cannot be opened: %s", error)
        return 1
    status = UnitStatus(
        unit=settings.unit.id,
        role=Role.CONSULTATIONS,
        version=VERSION,
        online=True,
        name=settings.unit.name,
    )
    work = Work()
    link = Link(settings.broker, Topics(settings.site.id), Unit(status), work.post)
    program = Consultations(
        settings=settings,
        register=register,
        link=link,
        work=work,
        clock=settings.to_clock(),
        kept=timedelta(days=own.keep_days),
        roles=roles_of(settings.identity),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: program.stop())
    link.start()
    program.run(supervisor)
    link.stop()
    register.close()
    return 0

"""The register's program in a thread, and desks that ask it over the broker."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from config.clock import Clock
from config.programs import BrokerSettings
from config.settings import Settings
from consultations.program import Consultations
from consultations.register import Register
from consultations.schedule import schedules_of
from messaging.appointments import Answer, Ask, Question
from messaging.codec import decode, encode
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from tests.parts import TOPICS, ProgramThread, UnitThread, wait_until


class RegisterThread(ProgramThread):
    """The real register."""

    program: Consultations

    def __init__(
        self,
        settings: Settings,
        database: Path,
        port: int,
        clock: Clock,
        roles: Mapping[str, Role] | None = None,
    ) -> None:
        super().__init__()
        self._settings, self._database, self._port, self._clock = settings, database, port, clock
        self._roles = roles or {}

    def run(self) -> None:
        settings, work = self._settings, self.work
        schedules = schedules_of(settings)
        secret = settings.site.booking_secret
        register = Register.open(str(self._database), schedules, secret, timedelta(hours=2))
        status = UnitStatus(
            unit="consultations", role=Role.CONSULTATIONS, version="test", online=True
        )
        link = self.link = Link(BrokerSettings(port=self._port), TOPICS, Unit(status), work.post)
        self.program = Consultations(
            settings,
            register,
            link,
            work,
            self._clock,
            timedelta(days=400),
            self._roles,
        )
        link.start()
        self.program.run(self.supervisor)
        link.stop()
        register.close()


class AskingDesk(UnitThread):
    """A desk that asks the register, each question once."""

    def __init__(self, port: int, name: str = "desk") -> None:
        super().__init__(port, name)
        self._name = name
        self.listen(TOPICS.booked(name))

    def say(self, ask: Ask, question_id: str) -> None:
        """Ask, and wait for nothing."""
        payload = encode(Question(id=question_id, by="ilze", ask=ask))
        topic = TOPICS.book(self._name)
        self.call(lambda: self.link.send(topic, TOPICS.booked(self._name), question_id, payload))

    def heard(self) -> Answer:
        """The next answer."""
        return decode(self.arrived.get(timeout=10).payload, Answer)

    def put(self, ask: Ask, question_id: str = "question-1") -> Answer:
        """Ask, and wait for the answer."""
        wait_until(lambda: self.link.connected)
        self.say(ask, question_id)
        return self.heard()

"""The register's program in a thread, and desks that ask it over the broker."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self

from config.clock import Clock
from config.settings import BrokerSettings, Settings
from consultations.program import Consultations
from consultations.register import Register
from consultations.schedule import schedules_of
from messaging.appointments import Answer, Ask, Question
from messaging.codec import decode, encode
from messaging.link import Link, Unit
from messaging.messages import Role, UnitStatus
from messaging.work import Work
from tests.parts import TOPICS, Supervised, UnitThread, wait_until


class RegisterThread:
    """The real program, run in a thread."""

    def __init__(
        self,
        settings: Settings,
        database: Path,
        port: int,
        clock: Clock,
        roles: Mapping[str, Role] | None = None,
    ) -> None:
        self._settings, self._database, self._port, self._clock = settings, database, port, clock
        self._roles = roles or {}
        self._supervisor = Supervised()
        self._thread = threading.Thread(target=self._run, name="consultations")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._supervisor.is_ready.wait(10)
        wait_until(lambda: self._link.connected)
        return self

    def __exit__(self, *_: object) -> None:
        self.program.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        settings, work = self._settings, Work()
        schedules = schedules_of(settings)
        secret = settings.site.booking_secret
        register = Register.open(str(self._database), schedules, secret, timedelta(hours=2))
        status = UnitStatus(
            unit="consultations", role=Role.CONSULTATIONS, version="test", online=True
        )
        link = self._link = Link(BrokerSettings(port=self._port), TOPICS, Unit(status), work.post)
        self.program = Consultations(
            settings.to_centre(),
            schedules,
            register,
            link,
            work,
            self._clock,
            timedelta(days=400),
            self._roles,
        )
        link.start()
        self.program.run(self._supervisor)
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

"""What the staff's page may ask of a Pi: to restart, and what is wrong with it."""

import base64
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from messaging.codec import BadMessageError, decode, encode
from messaging.link import Arrived, Link
from messaging.machine import MachineAnswer, MachineOrder
from messaging.messages import Role
from messaging.roles import desk_of

log = logging.getLogger(__name__)

REMEMBERED = 3
"""Answers that may be asked for again; each may have a bundle."""

Asking = tuple[str, str]
"""The desk, and the order's id."""


class Orders:
    """For the link's thread. `submit` has a task done elsewhere, whose end comes back by `post`.
    `restart`: the file by which root is asked to. `roles`: of the units that are listed; with none
    listed, the broker alone sees to it that only desks ask."""

    def __init__(
        self,
        link: Link,
        unit: str,
        roles: Mapping[str, Role],
        diagnose: Callable[[], bytes],
        submit: Callable[[Callable[[], None]], object],
        post: Callable[[Callable[[], None]], object],
        restart: Path,
    ) -> None:
        self._link, self._unit, self._roles = link, unit, roles
        self._diagnose, self._submit, self._post = diagnose, submit, post
        self._restart = restart
        self._answers: dict[Asking, MachineAnswer] = {}
        self._is_busy = False
        link.on(link.topics.machine_order(unit=unit), self._arrived)

    def _arrived(self, arrived: Arrived) -> None:
        if arrived.retained:
            raise BadMessageError("an order that the broker had kept")
        desk = desk_of(arrived.topic, self._link.topics, self._roles)
        order = decode(arrived.payload, MachineOrder)
        arrived.done()
        if (desk, order.id) in self._answers:
            self._answer(desk, order.id)
        elif order.do == "restart":
            log.warning("%s restarts this unit", desk)
            self._done(desk, MachineAnswer(id=order.id))
            self._restart.touch()
        elif not self._is_busy:  # a desk asks again
            log.info("%s asks what is wrong", desk)
            self._is_busy = True
            self._submit(lambda: self._make_bundle(desk, order.id))

    def _make_bundle(self, desk: str, order: str) -> None:
        """Elsewhere."""
        try:
            bundle = base64.b64encode(self._diagnose()).decode()
            self._post(lambda: self._done(desk, MachineAnswer(id=order, bundle=bundle)))
        finally:
            self._post(self._rest)

    def _rest(self) -> None:
        self._is_busy = False

    def _done(self, desk: str, answer: MachineAnswer) -> None:
        self._answers[desk, answer.id] = answer
        if len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]
        self._answer(desk, answer.id)

    def _answer(self, desk: str, order: str) -> None:
        topic = self._link.topics.machine_answer(desk, self._unit)
        self._link.publish(topic, encode(self._answers[desk, order]))

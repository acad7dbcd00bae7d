"""Who may sign in at the desk."""

import asyncio
from collections.abc import Iterable

from config.changes import leads
from config.pins import Throttle, WrongPinError, pin_matches
from config.settings import StaffSettings
from messaging.messages import Role
from messaging.roles import ORDERS

OF_LEADS = frozenset({"keep_overnight", "end_tickets", "give_tickets", "change_settings"})

# What a PIN that belongs to nobody is compared with, so that it takes the same time.
_NOBODY = f"scrypt:00:{'00' * 32}"


class Door:
    """Lets staff in by PIN."""

    def __init__(self, staff: Iterable[StaffSettings], throttle: Throttle) -> None:
        known = tuple(staff)
        self._pins = {each.id: each.pin for each in known}
        self._roles = {each.id: each.role for each in known}
        self._leads = leads(known)
        self._throttle = throttle

    def orders(self, person: str) -> frozenset[str]:
        """What this person may order."""
        role = self._roles.get(person, "technician")
        if role == "technician":
            return frozenset()
        return ORDERS[Role.DESK] - (frozenset() if person in self._leads else OF_LEADS)

    def manages_units(self, person: str) -> bool:
        """Whether this person may add and shut out units, restart them, and see what is wrong."""
        return self._roles.get(person) == "technician" or person in self._leads

    async def check(self, person: str, pin: str, address: str) -> None:
        """Return if the PIN is this person's. Raises SignInError otherwise."""
        known = person if person in self._pins else ""
        self._throttle.attempt(address, known)
        stored = self._pins.get(known, _NOBODY)
        if not await asyncio.to_thread(pin_matches, stored, pin):
            raise WrongPinError("wrong PIN")
        self._throttle.succeeded(address, known)

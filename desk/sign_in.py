"""Who may sign in at the desk."""

import asyncio
from collections.abc import Iterable

from config.pins import Throttle, WrongPinError, pin_matches
from config.settings import StaffSettings

# What a PIN that belongs to nobody is compared with, so that it takes the same time.
_NOBODY = f"scrypt:00:{'00' * 32}"


class Door:
    """Lets staff in by PIN."""

    def __init__(self, staff: Iterable[StaffSettings], throttle: Throttle) -> None:
        self._pins = {each.id: each.pin for each in staff}
        self._throttle = throttle

    async def check(self, person: str, pin: str, address: str) -> None:
        """Return if the PIN is this person's. Raises SignInError otherwise."""
        known = person if person in self._pins else ""
        self._throttle.attempt(address, known)
        stored = self._pins.get(known, _NOBODY)
        if not await asyncio.to_thread(pin_matches, stored, pin):
            raise WrongPinError("wrong PIN")
        self._throttle.succeeded(address, known)

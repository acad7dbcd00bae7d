"""Who is signed in, at which counter. In memory only: after a restart everybody signs in again."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from messaging.messages import Role
from messaging.roles import ORDERS


@dataclass(frozen=True, slots=True)
class Session:
    """A person at a counter. `orders`: names of what this person may order of the queue;
    `manages_units`: whether units are this person's to look after."""

    staff: str
    counter: str
    orders: frozenset[str] = ORDERS[Role.DESK]
    manages_units: bool = False


class Sessions:
    """Sessions by their random token; each ends `minutes` after its last use."""

    def __init__(
        self,
        minutes: int,
        monotonic: Callable[[], float],
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        self._seconds, self._monotonic, self._new_token = minutes * 60, monotonic, new_token
        self._open: dict[str, tuple[Session, float]] = {}

    def open(self, session: Session) -> str:
        """Begin a session; returns its token."""
        now = self._monotonic()
        self._open = {token: each for token, each in self._open.items() if now < each[1]}
        token = self._new_token()
        self._open[token] = (session, now + self._seconds)
        return token

    def look(self, token: str) -> Session | None:
        """The session, if it has not ended. Looking is not using."""
        session, ends = self._open.get(token, (None, 0.0))
        return session if self._monotonic() < ends else None

    def use(self, token: str) -> Session | None:
        """The session, if it has not ended, which now lasts for its full time again."""
        session = self.look(token)
        if session:
            self._open[token] = (session, self._monotonic() + self._seconds)
        return session

    def close(self, token: str) -> None:
        """End it, if it has not ended."""
        self._open.pop(token, None)

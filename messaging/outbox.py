"""Commands that wait for their answer: bounded, sent again until answered or too old. Pure."""

from dataclasses import dataclass, field

RESEND_SECONDS = 1.0
"""A reply takes milliseconds; one that is not there after a second is worth asking for again."""

MOST_PENDING = 100
"""More unanswered commands than a unit can make before somebody looks at it."""


class OutboxFullError(Exception):
    """So much is unanswered that nothing more is accepted."""


@dataclass(slots=True)
class _Pending:
    payload: bytes
    deadline: float
    next_send: float


@dataclass(slots=True)
class Outbox:
    """Pending commands by id, oldest first. All times are monotonic seconds."""

    limit: int = MOST_PENDING
    _pending: dict[str, _Pending] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, command_id: str, payload: bytes, now: float, seconds: float) -> None:
        """Keep a command for `seconds`; it is due to be sent at once. Raises OutboxFullError."""
        if len(self._pending) >= self.limit:
            raise OutboxFullError
        self._pending[command_id] = _Pending(payload, now + seconds, now)

    def take(self, command_id: str) -> bool:
        """An answer came: forget the command. False if nobody waits for it."""
        return self._pending.pop(command_id, None) is not None

    def due(self, now: float) -> list[tuple[str, bytes]]:
        """Id and payload of each to send now; it is due again after RESEND_SECONDS."""
        ready = [(name, each) for name, each in self._pending.items() if each.next_send <= now]
        for _, each in ready:
            each.next_send = now + RESEND_SECONDS
        return [(name, each.payload) for name, each in ready]

    def expired(self, now: float) -> list[str]:
        """Ids whose time is over; they are forgotten."""
        ids = [name for name, each in self._pending.items() if each.deadline <= now]
        for name in ids:
            del self._pending[name]
        return ids

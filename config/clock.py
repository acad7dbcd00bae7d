"""The clock, as an object that programs are given."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """The time of day in UTC. `offset` moves it, so that a demonstration has its own day."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The aware UTC moment."""
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        """Seconds from some start, for durations: never set back."""
        return time.monotonic()

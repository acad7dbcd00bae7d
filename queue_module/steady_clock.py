"""The queue's time: the machine's, but it never goes back."""

from datetime import UTC, datetime, timedelta

from config.clock import Clock

SECOND = timedelta(seconds=1)

PACE = 0.5
"""Behind what it said before, the clock goes on at half its pace until the machine's has caught up:
nobody who comes later is then before somebody who came earlier."""


class SteadyClock(Clock):
    """A machine without a battery in its clock starts with a moment long ago, and is set later."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock.offset)
        self._clock = clock
        self._last, self._seconds = datetime.min.replace(tzinfo=UTC), clock.monotonic()

    def not_before(self, moment: datetime) -> None:
        """Something has happened at this moment."""
        self._last, self._seconds = max(self._last, moment), self.monotonic()

    def now(self) -> datetime:
        """See Clock."""
        seconds = self.monotonic()
        at_least = self._last + (seconds - self._seconds) * PACE * SECOND
        self._last, self._seconds = max(self._clock.now(), at_least), seconds
        return self._last

    def monotonic(self) -> float:
        """See Clock."""
        return self._clock.monotonic()

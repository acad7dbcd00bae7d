"""How long to wait before a lost device is tried again."""

FIRST, LAST = 0.5, 2.0
"""Seconds. A device that is back is known within five."""


class BackOff:
    """Each pause is twice the one before, until the device was there."""

    def __init__(self) -> None:
        self._pause = FIRST

    def next_pause(self) -> float:
        """Seconds until the next attempt."""
        pause, self._pause = self._pause, min(2 * self._pause, LAST)
        return pause

    def reset(self) -> None:
        """The device is there."""
        self._pause = FIRST

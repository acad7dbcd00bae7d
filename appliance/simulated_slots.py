"""A card without a card: two slots, U-Boot's counters, and bundles that are files of JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.rauc import UpdateError
from appliance.updates import Bundle, Reason

ATTEMPTS, FIRST_ATTEMPTS = 3, 2
"""As image/root/etc/rauc/system.conf has them."""


@dataclass(slots=True)
class SimulatedSlots:
    """`versions`: slot → what is in it, "" for half of something. `step`: before each of writing;
    what it raises ends it there."""

    versions: dict[str, str]
    step: Callable[[], None] = lambda: None
    running: str = "A"
    order: str = "AB"
    left: dict[str, int] = field(default_factory=lambda: {"A": ATTEMPTS, "B": ATTEMPTS})

    def look_at(self, bundle: str) -> Bundle:
        """See Slots."""
        try:
            found = json.loads(Path(bundle).read_text())
            return Bundle(found["version"], found["compatible"])
        except (OSError, ValueError, KeyError):
            raise UpdateError(Reason.UNTRUSTED) from None

    def install(self, bundle: str, percent: Callable[[int], None]) -> None:
        """See Slots: first the other slot is started no more, last it is the first."""
        other = "B" if self.running == "A" else "A"
        self.step()
        self.left[other] = 0
        self.step()
        self.versions[other] = ""
        percent(50)
        self.step()
        self.versions[other] = self.look_at(bundle).version
        self.step()
        self.order, self.left[other] = other + self.running, FIRST_ATTEMPTS
        percent(100)
        self.step()

    def mark_good(self) -> None:
        """See Slots."""
        self.left[self.running] = ATTEMPTS

    def mark_bad(self) -> None:
        """See Slots."""
        self.left[self.running] = 0

    def start(self) -> str:
        """As image/boot/boot.cmd does; the version that comes up, "" where none does."""
        for slot in self.order:
            if self.left[slot]:
                self.left[slot] -= 1
                self.running = slot
                return self.versions[slot]
        self.order, self.left = "AB", {"A": ATTEMPTS, "B": ATTEMPTS}
        return ""

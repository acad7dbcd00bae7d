"""Topics of the contract, built and parsed here only. All begin with ``rinda/v1/{site}/``."""

import re
from dataclasses import dataclass

ROOT = "rinda/v1"

_WORD = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")


class BadTopicError(ValueError):
    """A site or unit name that cannot stand in a topic."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one site. Names are checked, so that no wildcard or slash slips in."""

    site: str

    def __post_init__(self) -> None:
        _checked(self.site)

    def command(self, sender: str) -> str:
        """Any unit → module."""
        return self._under("cmd", _checked(sender))

    def reply(self, sender: str) -> str:
        """Module → the unit that asked."""
        return self._under("reply", _checked(sender))

    def book(self, unit: str) -> str:
        """Desk → register."""
        return self._under("book", _checked(unit))

    def booked(self, unit: str) -> str:
        """Register → the desk that asked."""
        return self._under("booked", _checked(unit))

    def to_print(self, desk: str = "", kiosk: str = "") -> str:
        """Desk → kiosk: an appointment's paper. Of any where none is named."""
        return self._under("print", _any_or(desk), _any_or(kiosk))

    def printed(self, desk: str = "", kiosk: str = "") -> str:
        """Kiosk → the desk that asked: what became of the paper. Of any where none is named."""
        return self._under("printed", _any_or(desk), _any_or(kiosk))

    def seen(self, unit: str) -> str:
        """Board → module: call shown, spoken."""
        return self._under("seen", _checked(unit))

    def unit_status(self, unit: str) -> str:
        """Unit → all, retained; the last will says offline."""
        return self._under("unit", _checked(unit), "status")

    def presence(self, unit: str) -> str:
        """Bridge → all, retained: whether somebody stands before a kiosk."""
        return self._under("presence", _checked(unit))

    def self_test(self, unit: str) -> str:
        """Unit → all, retained: what its last self-test found."""
        return self._under("unit", _checked(unit), "self-test")

    def machine(self, unit: str) -> str:
        """A Pi's own agent → all, retained: how it is."""
        return self._under("unit", _checked(unit), "machine")

    def machine_order(self, desk: str = "", unit: str = "") -> str:
        """Desk → a Pi's own agent. Of any where none is named."""
        return self._under("machine", _any_or(desk), _any_or(unit))

    def machine_answer(self, desk: str = "", unit: str = "") -> str:
        """The agent → the desk that asked. Of any where none is named."""
        return self._under("diagnosis", _any_or(desk), _any_or(unit))

    def lease(self, unit: str) -> str:
        """Module → kiosk, retained: numbers that it may give by itself."""
        return self._under("lease", _checked(unit))

    def certificates(self, unit: str) -> str:
        """Authority → the unit, retained: its certificates, renewed."""
        return self._under("certificates", _checked(unit))

    @property
    def event(self) -> str:
        """Module → all."""
        return self._under("event")

    @property
    def board(self) -> str:
        """Module → all, retained: what a board shows."""
        return self._under("state", "board")

    @property
    def queue(self) -> str:
        """Module → all, retained: what a desk shows."""
        return self._under("state", "queue")

    @property
    def catalogue(self) -> str:
        """Module → all, retained: institutions, services and whether they are open."""
        return self._under("state", "catalogue")

    @property
    def bookings(self) -> str:
        """Module → all, retained: the slots of the day."""
        return self._under("state", "bookings")

    @property
    def register(self) -> str:
        """Register → module, retained: what is booked in the coming days."""
        return self._under("register")

    @property
    def all_book(self) -> str:
        """Filter of the register."""
        return self._under("book", "+")

    @property
    def all_booked(self) -> str:
        """What the register may say."""
        return self._under("booked", "+")

    @property
    def settings(self) -> str:
        """Module → desk and register, retained: what a lead may change, and what was changed."""
        return self._under("state", "settings")

    @property
    def all_replies(self) -> str:
        """What the module may say."""
        return self._under("reply", "+")

    @property
    def all_leases(self) -> str:
        """What the module may say."""
        return self._under("lease", "+")

    @property
    def all_presence(self) -> str:
        """What a kiosk may hear."""
        return self._under("presence", "+")

    @property
    def all_certificates(self) -> str:
        """What the authority may say."""
        return self._under("certificates", "+")

    @property
    def all_commands(self) -> str:
        """Filter of the module."""
        return self._under("cmd", "+")

    @property
    def all_seen(self) -> str:
        """Filter of the module."""
        return self._under("seen", "+")

    @property
    def all_unit_status(self) -> str:
        """Filter of whoever watches the units."""
        return self._under("unit", "+", "status")

    @property
    def all_self_tests(self) -> str:
        """Filter of whoever watches the units."""
        return self._under("unit", "+", "self-test")

    @property
    def all_machines(self) -> str:
        """Filter of whoever watches the units."""
        return self._under("unit", "+", "machine")

    def sender_of(self, topic: str) -> str:
        """The unit that says `cmd/…`, `book/…`, `print/…`, `machine/…`, `seen/…`, `unit/…/status`.
        Raises BadTopicError."""
        parts = topic.removeprefix(f"{ROOT}/{self.site}/").split("/")
        if len(parts) < 2 or parts[0] not in {"cmd", "book", "machine", "print", "seen", "unit"}:
            raise BadTopicError(f"no sender in topic {topic[:80]!r}")
        return _checked(parts[1])

    def _under(self, *parts: str) -> str:
        return "/".join((ROOT, self.site, *parts))


def _any_or(word: str) -> str:
    return _checked(word) if word else "+"


def _checked(word: str) -> str:
    if not _WORD.fullmatch(word):
        raise BadTopicError(f"not a name for a topic: {word[:80]!r}")
    return word

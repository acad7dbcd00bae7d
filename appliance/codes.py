"""The codes with which units may join: a file of the hub's authority, without the codes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from appliance.authority import write
from appliance.enrolment import Key, Refusal, RefusedError, key_of, new_code

ASKED = timedelta(minutes=30)
"""So long a code that somebody asked for can be used."""

OF_A_CARD = timedelta(days=30)
"""So long one can that stands in a hub's card: the units may be on their way. It counts from the
moment that the hub knows the time: at its first start it may have that of its image."""

UNCOUNTED = datetime(9999, 1, 1, tzinfo=UTC)
"""Until the hub does."""

REMEMBERED = timedelta(days=7)
"""So long a code that somebody asked for is told from a wrong one, once it is over."""

MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Awaited:
    """Who may come with a code. `roles`: of each identity that it is given; the first is the unit's
    own. `taken_by`: the digest of the public key that used it, and may ask again for a while: its
    answer may have been lost."""

    key: Key
    roles: Mapping[str, str]
    until: datetime
    from_card: bool = False
    taken_by: str = ""

    @property
    def unit(self) -> str:
        """The unit's id."""
        return next(iter(self.roles))


_CODES: TypeAdapter[tuple[Awaited, ...]] = TypeAdapter(tuple[Awaited, ...])


class Codes:
    """All that are remembered. What came from a card stays, so that no code of it is good twice."""

    def __init__(self, file: Path, now: datetime) -> None:
        self._file, self._now = file, now
        known = _CODES.validate_json(file.read_bytes()) if file.exists() else ()
        self._known = {each.key.name: each for each in known}

    @property
    def open(self) -> tuple[Awaited, ...]:
        """Those with which somebody may come now, or come again."""
        return tuple(each for each in self._known.values() if self.is_open(each))

    @property
    def uncounted(self) -> tuple[Awaited, ...]:
        """Whose time has not begun."""
        return tuple(each for each in self._known.values() if each.until == UNCOUNTED)

    def count(self) -> None:
        """The hub's clock is right: their time begins."""
        for each in self.uncounted:
            self._keep(replace(each, until=self._now + OF_A_CARD))

    def is_open(self, awaited: Awaited) -> bool:
        """Whether its time is not over."""
        return self._now < awaited.until

    def get(self, name: str) -> Awaited | None:
        """By the name of its key; also one that is used or over."""
        return self._known.get(name)

    def ask(self, roles: Mapping[str, str]) -> str:
        """A new code, in place of an open one for the same unit. Raises RefusedError."""
        if len(self.open) >= MOST_OPEN:
            raise RefusedError(Refusal.TOO_MANY)
        code = new_code()
        self._end(next(iter(roles)))
        self._keep(Awaited(key_of(code), roles, self._now + ASKED))
        return code

    def expect(self, roles: Mapping[str, str], code: str) -> None:
        """One that stands in the hub's card, unless it is known already; in place of others for the
        same unit."""
        key = key_of(code)
        if key.name not in self._known:
            self._end(next(iter(roles)))
            self._keep(Awaited(key, roles, UNCOUNTED, from_card=True))

    def take(self, awaited: Awaited, by: str) -> None:
        """It was used, by the holder of this key."""
        until = min(awaited.until, self._now + ASKED)
        self._keep(replace(awaited, taken_by=by, until=until))

    def revoke(self, unit: str) -> None:
        """No code is good for this unit any longer."""
        self._end(unit)
        self._write()

    def _end(self, unit: str) -> None:
        for each in self.open:
            if each.unit == unit:
                self._known[each.key.name] = replace(each, until=self._now)

    def _keep(self, awaited: Awaited) -> None:
        self._known[awaited.key.name] = awaited
        self._write()

    def _write(self) -> None:
        oldest = self._now - REMEMBERED
        kept = tuple(e for e in self._known.values() if e.from_card or e.until > oldest)
        write(self._file, _CODES.dump_json(kept).decode())

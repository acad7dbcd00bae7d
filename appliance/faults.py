"""When a Pi's readings are a fault, and when no longer: one table, and no fault flickers. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from appliance.gauges import Readings


@dataclass(frozen=True, slots=True)
class Seen:
    """What faults are told from. `synchronised`: the clock; `resting`: services that failed."""

    readings: Readings
    synchronised: bool | None = None
    resting: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """The fault begins when `begins` was so for `after` seconds, and is over when `ends` was so for
    `stays` seconds."""

    code: str
    begins: Callable[[Seen], bool]
    ends: Callable[[Seen], bool]
    after: float = 0
    stays: float = 0


HOT, COOL = 80, 75
"""°C. From 80 on a Pi slows down."""

NEARLY_FULL, ROOM = 300, 400
"""Megabytes. Below 200 the self-test says that it is full."""

WORN = 90
"""Percent."""

MINUTE = 60.0

RULES: Sequence[Rule] = (
    Rule(
        "under_voltage",
        lambda seen: seen.readings.under_voltage is True,
        lambda seen: not seen.readings.under_voltage,
        stays=10 * MINUTE,
    ),
    Rule(
        "hot",
        lambda seen: _or(seen.readings.celsius, COOL) >= HOT,
        lambda seen: _or(seen.readings.celsius, COOL - 1) < COOL,
        stays=MINUTE,
    ),
    Rule(
        "data_nearly_full",
        lambda seen: _or(seen.readings.data_free_megabytes, ROOM) < NEARLY_FULL,
        lambda seen: _or(seen.readings.data_free_megabytes, ROOM) >= ROOM,
    ),
    Rule(
        "card_errors",
        lambda seen: seen.readings.card_errors > 0,
        lambda seen: seen.readings.card_errors == 0,
    ),
    Rule(
        "card_worn",
        lambda seen: _or(seen.readings.card_used_percent, 0) >= WORN,
        lambda seen: _or(seen.readings.card_used_percent, 0) < WORN,
    ),
    Rule(
        "clock_unset",
        lambda seen: seen.synchronised is False,
        lambda seen: seen.synchronised is not False,
        after=15 * MINUTE,
    ),
    Rule(
        "card_file_wrong",
        lambda seen: seen.readings.card_file_wrong,
        lambda seen: not seen.readings.card_file_wrong,
    ),
    Rule(
        "program_failing",
        lambda seen: bool(seen.resting),
        lambda seen: not seen.resting,
        stays=2 * MINUTE,
    ),
)


@dataclass(slots=True)
class Faults:
    """Remembers what is told, and since when that would change."""

    _told: set[str] = field(default_factory=set)
    _since: dict[str, float] = field(default_factory=dict)

    def told(self, seen: Seen, now: float) -> tuple[str, ...]:
        """The codes of what is wrong; `now` in monotonic seconds."""
        for rule in RULES:
            is_told = rule.code in self._told
            changes = rule.ends(seen) if is_told else rule.begins(seen)
            if not changes:
                self._since.pop(rule.code, None)
            elif now - self._since.setdefault(rule.code, now) >= _patience(rule, is_told=is_told):
                del self._since[rule.code]
                self._told ^= {rule.code}
        return tuple(rule.code for rule in RULES if rule.code in self._told)


def _patience(rule: Rule, *, is_told: bool) -> float:
    return rule.stays if is_told else rule.after


def _or(value: float | None, unknown: float) -> float:
    return unknown if value is None else value

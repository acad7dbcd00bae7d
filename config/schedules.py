"""Schedules of appointments as settings say them, and the hours that a date has in one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from config.opening_hours import DatedHours, HoursByRule, OpeningCalendar, parse_interval
from config.values import Identifier, OptionalIdentifier, Section
from queue_core.centre import Hours, Span

STEP = 5
"""Minutes. Slots begin and end on it, so that two that overlap share a step."""


class ScheduleSettings(Section):
    """When visitors come by appointment for one service.

    Its days are those of `recurrence`, and of `exception`, where some dates have other hours; a
    mobile centre's stops are such dates alone. `follows`: slots are only while the institution is
    open here; or on all days but public holidays, and in both on a Saturday worked for a Monday as
    on a Monday; or on any. `counter`, `specialist`: who takes them, never booked twice at a time,
    also not by two schedules. `centres`: where the visitors of a remote specialist sit; empty:
    here. `capacity`: visitors in one slot, which is booked at least `least_lead_minutes` and at
    most `most_lead_days` ahead.
    """

    id: Identifier
    service: Identifier
    counter: OptionalIdentifier = ""
    specialist: OptionalIdentifier = ""
    remote: bool = False
    centres: tuple[Identifier, ...] = ()
    minutes: Annotated[int, Field(ge=5, le=480)] = 20
    capacity: Annotated[int, Field(ge=1, le=200)] = 1
    least_lead_minutes: Annotated[int, Field(ge=0, le=43_200)] = 60
    most_lead_days: Annotated[int, Field(ge=1, le=400)] = 60
    follows: Literal["opening", "holidays", "nothing"] = "opening"
    valid_from: date | None = None
    valid_until: date | None = None
    recurrence: tuple[HoursByRule, ...] = ()
    exception: tuple[DatedHours, ...] = ()

    def who(self, centre: str) -> frozenset[str]:
        """Who or what is busy while somebody has a slot at the centre; else the schedule itself."""
        named = {f"specialist:{self.specialist}"} if self.specialist else set()
        if self.counter:
            named.add(f"counter:{centre}:{self.counter}")
        return frozenset(named or {f"schedule:{self.id}"})

    def mistakes(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Key path and message of what it says against itself."""
        if self.minutes % STEP:
            yield ("minutes",), f"expected a multiple of {STEP}"
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            yield ("valid_until",), "is before valid_from"
        if not self.recurrence and not any(each.hours for each in self.exception):
            yield ("recurrence",), "is missing, or an exception that has hours"
        for key in ("recurrence", "exception"):
            for position, each in enumerate(getattr(self, key)):
                edges = [edge for text in each.hours for edge in parse_interval(text)]
                if any(edge.minute % STEP for edge in edges):
                    yield (key, position, "hours"), f"expected times on {STEP} minutes"


@dataclass(frozen=True)
class ScheduleCalendar:
    """Which hours each date has in a schedule. `opening`: outside of them there is none."""

    own: OpeningCalendar
    opening: Hours | None = None
    first: date = date.min
    last: date = date.max

    def __call__(self, day: date) -> tuple[Span, ...]:
        """Its intervals of the day, in order."""
        if not self.first <= day <= self.last:
            return ()
        own = self.own(day)
        return _common(own, self.opening.spans(day)) if self.opening else own


def _common(left: tuple[Span, ...], right: tuple[Span, ...]) -> tuple[Span, ...]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right)
    return tuple((opens, closes) for opens, closes in both if opens < closes)

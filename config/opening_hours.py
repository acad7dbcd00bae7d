"""Opening hours as settings say them, and the one answer to which hours a date has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.phrase import phrase
from config.public_holidays import public_holidays
from config.recurrence import check_recurrence, recurs, span_of_dates
from config.values import OptionalIdentifier, Section
from queue_core.centre import Hours, Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TIME = r"((?:[01]\d|2[0-3]):[0-5]\d)"
_INTERVAL = re.compile(rf"\s*{_TIME}\s*-\s*{_TIME}\s*", re.ASCII)


def parse_interval(text: str) -> Span:
    """``"08:00-12:00"`` → the two times. Raises ValueError otherwise."""
    found = _INTERVAL.fullmatch(text)
    if not found:
        raise ValueError(phrase("expected opening and closing time such as 08:00-12:00"))
    return time.fromisoformat(found[1]), time.fromisoformat(found[2])


def _interval(text: str) -> str:
    opens, closes = parse_interval(text)
    if opens >= closes:
        raise ValueError(phrase("the closing time must be later than the opening time"))
    return text


def _dates(text: str) -> str:
    span_of_dates(text)
    return text


Interval = Annotated[str, AfterValidator(_interval)]
Dates = Annotated[
    str,
    BeforeValidator(lambda given: given.isoformat() if isinstance(given, date) else given),
    AfterValidator(_dates),
]
"""A date, or the first and the last as ``2027-07-05/2027-07-16``."""


class HoursSettings(Section):
    """Opening hours of a week; a day that is left out is closed."""

    monday: tuple[Interval, ...] = ()
    tuesday: tuple[Interval, ...] = ()
    wednesday: tuple[Interval, ...] = ()
    thursday: tuple[Interval, ...] = ()
    friday: tuple[Interval, ...] = ()
    saturday: tuple[Interval, ...] = ()
    sunday: tuple[Interval, ...] = ()

    def of_weekday(self, weekday: int) -> tuple[Span, ...]:
        """0 = Monday; in order."""
        return spans(getattr(self, WEEKDAYS[weekday]))


class HoursByRule(Section):
    """Days that have hours of their own by a rule of RFC 5545, e.g. the second Friday:
    `FREQ=MONTHLY;BYDAY=2FR`; an institution's go before the hours of its week. `since`: the day
    from which an INTERVAL or COUNT counts.
    """

    rule: str
    since: date | None = None
    hours: Annotated[tuple[Interval, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_good(self) -> Self:
        check_recurrence(self.rule, self.since)
        return self


class DatedHours(Section):
    """Dates whose hours are not the usual ones; closed where `hours` is empty. `dates`: each a
    date, or the first and the last as `"2027-07-05/2027-07-16"`.
    """

    dates: Annotated[tuple[Dates, ...], Field(min_length=1)]
    hours: tuple[Interval, ...] = ()

    def has(self, day: date) -> bool:
        """Whether it is of this day."""
        return any(first <= day <= last for first, last in map(span_of_dates, self.dates))


class ExceptionSettings(DatedHours):
    """Dates whose hours are not the usual ones, of one `institution` or, where that is left out, of
    the whole centre; closed where `hours` is empty. An institution's own go before the centre's,
    and both before public holidays. `dates`: each a date, or the first and the last of a vacation
    as `"2027-07-05/2027-07-16"`.
    """

    institution: OptionalIdentifier = ""


@dataclass(frozen=True)
class OpeningCalendar:
    """Which hours each date has: of one institution, or of a counter. `exceptions`: the first that
    has the day counts. `country`: whose public holidays are kept; where they are not `off`, only
    the working days that its government moves. `shorter`: how much earlier it closes on the eve of
    a holiday, and on a day worked for such an eve.
    """

    week: HoursSettings
    by_rule: tuple[HoursByRule, ...] = ()
    exceptions: tuple[DatedHours, ...] = ()
    country: str = ""
    shorter: timedelta = timedelta()
    off: bool = True
    _known: dict[date, tuple[Span, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, day: date) -> tuple[Span, ...]:
        """The open intervals of the day, in order."""
        if day not in self._known:
            self._known[day] = self._reckon(day)
        return self._known[day]

    def to_hours(self) -> Hours:
        """The same as the rules of the queue use it."""
        return Hours(self)

    def _reckon(self, day: date) -> tuple[Span, ...]:
        for exception in self.exceptions:
            if exception.has(day):
                return spans(exception.hours)
        holidays = public_holidays(self.country, day.year)
        if self.off and day in holidays.off:
            return ()
        worked = holidays.day_worked(day)
        is_short = self._is_eve(day) or self._is_eve(worked)
        usual = self._usual(worked)
        return _shortened(usual, self.shorter) if is_short else usual

    def _is_eve(self, day: date) -> bool:
        following = day + timedelta(days=1)
        return following in public_holidays(self.country, following.year).feasts

    def _usual(self, day: date) -> tuple[Span, ...]:
        ruled = [each for each in self.by_rule if recurs(each.rule, each.since, day)]
        if ruled:
            return spans([text for each in ruled for text in each.hours])
        return self.week.of_weekday(day.weekday())


def spans(texts: Sequence[str]) -> tuple[Span, ...]:
    """The intervals, in order, those that meet or overlap as one."""
    merged: list[Span] = []
    for opens, closes in sorted(map(parse_interval, texts)):
        if merged and opens <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(closes, merged[-1][1])
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _shortened(usual: tuple[Span, ...], shorter: timedelta) -> tuple[Span, ...]:
    if not usual:
        return ()
    closing = datetime.combine(date.max, usual[-1][1]) - shorter
    if closing.date() < date.max:
        return ()
    return tuple((o, min(c, closing.time())) for o, c in usual if o < closing.time())

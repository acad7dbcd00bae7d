"""Public holidays, from the library `holidays`: they move, and governments move working days."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Of one country in one year. `off`: nobody works. `feasts`: of them, those whose eve is a
    short day. `worked`: a day at a week's end → the day off in whose place it is worked."""

    off: frozenset[date] = frozenset()
    feasts: frozenset[date] = frozenset()
    worked: tuple[tuple[date, date], ...] = ()

    def day_worked(self, day: date) -> date:
        """The day whose hours this one has: itself, or the day off that it is worked for."""
        return dict(self.worked).get(day, day)


def is_country(code: str) -> bool:
    """Whether the library knows its holidays; "" is a country without any."""
    return not code or code in holidays.list_supported_countries()


@lru_cache(maxsize=50)
def public_holidays(country: str, year: int) -> PublicHolidays:
    """Those of a country such as ``LV``; of "" there are none."""
    if not country:
        return PublicHolidays()
    language = "lv" if country == "LV" else None  # whose dates are read below
    named = holidays.country_holidays(country, years=year, language=language)
    moved = {  # their name says from where: "Brīvdiena (pārcelta no 17.01.2026)"
        worked: off
        for worked in sorted(named.weekend_workdays)
        for off, name in named.items()
        if f"{worked:%d.%m.%Y}" in name
    }
    off = frozenset(named)
    return PublicHolidays(off, off - frozenset(moved.values()), tuple(moved.items()))

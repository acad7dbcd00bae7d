"""What people read: Latvian and English from gettext catalogues. Another language is a `.po` file.

Sources are plain English. A `.po` file is read when a program starts; nothing is compiled.
"""

import io
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.dates import format_date, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE_LANGUAGE = "en"
_FOLDER = Path(__file__).parent


class Language:
    """One language: its code and its texts. Make it with `language(code)`."""

    def __init__(self, code: str, translations: NullTranslations) -> None:
        self.code = code
        self._translations = translations

    def text(self, source: str, **facts: object) -> str:
        """The text for a source sentence, with ``{names}`` filled in."""
        return self._translations.gettext(source).format(**facts)

    def plural(self, one: str, many: str, count: int, **facts: object) -> str:
        """The form for `count`, by the language's own rule; ``{count}`` is filled in."""
        return self._translations.ngettext(one, many, count).format(count=count, **facts)

    def pick(self, by_language: Mapping[str, str]) -> str:
        """A configured text in this language, or in the first one it has."""
        return by_language.get(self.code) or next(iter(by_language.values()), "")

    def number(self, value: float) -> str:
        """A number with one decimal, e.g. ``8,7``."""
        return format_decimal(value, format="0.0", locale=self.code)

    def clock(self, moment: datetime, zone: tzinfo) -> str:
        """Time of day, e.g. ``10:40``."""
        return moment.astimezone(zone).strftime("%H:%M")

    def weekday(self, number: int) -> str:
        """A day of the week, 0 is Monday: ``pirmdiena``."""
        return str(get_day_names("wide", "stand-alone", locale=self.code)[number])

    def day(self, day: date) -> str:
        """Weekday and date in full, e.g. ``otrdiena, 24. novembris``."""
        form = "EEEE, d. MMMM" if self.code == "lv" else "EEEE, d MMMM"
        return format_date(day, form, locale=self.code)


@cache
def language(code: str) -> Language:
    """The language with this code; one without a catalogue speaks the source language."""
    path = _FOLDER / f"{code}.po"
    return Language(code, _read(path, code) if path.exists() else NullTranslations())


def _read(path: Path, code: str) -> GNUTranslations:
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)

"""The sections of the page of figures, in words: every figure, by all that it can be divided by."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from babel.dates import format_date

from desk import sheets
from desk.charts import bars
from desk.pages import Pages
from messaging.messages import FiguresView
from queue_core.figures import COUNTERS, MINUTES, VISITS, WORK, Row
from queue_core.model import Kind
from queue_core.reports import (
    Column,
    called_within,
    columns,
    discreet,
    mean_minutes,
    mean_rating,
    share,
    summed,
    total,
)
from texts import Language

DIVISIONS = (Column.HOUR, Column.KIND, Column.INSTITUTION, Column.SERVICE, Column.COUNTER)
"""By what the page divides, beside days or months."""

Rows = Sequence[Row]
Value = Callable[[Row, Rows | None], str]
"""Of visits, added up, and their work; None where work is not divided so."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table, each row beginning with its name, and a chart of its first numbers, or none. `by`:
    as what a file of the same is asked for."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    chart: str = ""
    by: Sequence[Column] = ()


class Division:
    """What a question came to that was asked by `by`, of which the first is what divides."""

    def __init__(self, by: Sequence[Column], answer: Sequence[FiguresView]) -> None:
        self.by, self.column = by, by[0]
        self.visits, self.work, self.counters = (each.objects for each in answer)

    def parts(self) -> Iterator[tuple[str, Row, Rows | None]]:
        """In order, the name of each part, its visits, and its work."""
        none, has_work = total(VISITS, ()), bool(columns(WORK, (self.column,)))
        came = {str(row[self.column]): row for row in discreet(self.visits)}
        done = {str(row[self.column]) for row in self.work} if has_work else set()
        for name in sorted(came.keys() | done):
            given = [row for row in self.work if row[self.column] == name] if has_work else None
            yield name, came.get(name, none), given


def sections(words: Language, pages: Pages, divisions: Sequence[Division]) -> list[Section]:
    """All of the page; the first division is by days or months, the others are `DIVISIONS`."""
    told, (step, hours, kinds, institutions, services, counters) = _Told(words, pages), divisions
    visits = total(VISITS, step.visits)
    return [
        told.summary(visits, step.work),
        told.waits(visits),
        told.steps(step),
        told.hours(hours),
        told.kinds(kinds),
        told.institutions(institutions),
        told.services(services),
        told.channels(step.work),
        told.counters(counters),
        told.use(counters.counters),
    ]


class _Told:
    def __init__(self, words: Language, pages: Pages) -> None:
        self._words, self._pages = words, pages
        self._figures = self._all_figures()

    def summary(self, visits: Row, work: Rows) -> Section:
        text = self._words.text
        rows = [(name, value(visits, work)) for name, _, value in self._figures]
        note = text("A mean rating is told only of five ratings or more.")
        return Section(text("At a glance"), (text("Figure"), text("Value")), rows, note)

    def waits(self, visits: Row) -> Section:
        shares = called_within(visits)
        labels = [
            self._words.text("within {minutes} min", minutes=minutes)
            for minutes, _ in zip(MINUTES, shares, strict=False)
        ]
        rows = [(label, _percent(each)) for label, each in zip(labels, shares, strict=True)]
        head = (self._words.text("Called"), self._words.text("Of those called"))
        chart = bars(labels, [round(100 * each) for each in shares]) if shares else ""
        return Section(self._words.text("Waiting, %"), head, rows, chart=chart)

    def steps(self, step: Division) -> Section:
        is_day = step.column is Column.DAY
        title = self._words.text("Visits by day") if is_day else self._words.text("Visits by month")
        return self._divided(title, step, self._day, chart=bars)

    def hours(self, hours: Division) -> Section:
        title = self._words.text("Visits by hour of arrival")
        note = self._words.text("Services count in the hour in which they were given.")
        return self._divided(title, hours, _hour, note, bars)

    def kinds(self, kinds: Division) -> Section:
        text = self._words.text
        names: dict[str, str] = {
            Kind.WALK_IN: text("Without appointment"),
            Kind.SLOT: text("With an appointment"),
            Kind.PRIORITY: text("With priority"),
        }
        title = text("Visits with and without an appointment")
        return self._divided(title, kinds, lambda kind: names.get(kind, "–"))

    def institutions(self, institutions: Division) -> Section:
        named = partial(self._pages.institution, self._words)
        title = self._words.text("Visits by institution")
        return self._divided(title, institutions, named, chart=partial(bars, lying=True), most=True)

    def services(self, services: Division) -> Section:
        named = partial(self._pages.service, self._words)
        note = self._words.text("Visitors come for one service and may be given another.")
        return self._divided(self._words.text("Services"), services, named, note, most=True)

    def channels(self, work: Rows) -> Section:
        text, names = self._words.text, sheets.channels(self._words)
        rows = [
            (names[str(row["channel"])], str(row["records"]), str(row["count"]))
            for row in summed(WORK, work, (Column.CHANNEL,))
        ]
        head = (text("Channel"), text("Visits and contacts"), text("Services given"))
        return Section(text("Channels"), head, rows)

    def counters(self, counters: Division) -> Section:
        note = self._words.text("Counters have no ratings.")
        title = self._words.text("Visits by counter")
        return self._divided(title, counters, self._counter, note, most=True)

    def use(self, times: Rows) -> Section:
        text = self._words.text
        rows = [
            (
                self._counter(str(row["counter"])),
                self._words.number(int(row["open_seconds"]) / 3600),
                self._words.number(int(row["paused_seconds"]) / 3600),
                _percent(share(row, "busy_seconds", "open_seconds", "paused_seconds")),
            )
            for row in times
            if any(row[name] for name in COUNTERS.sums)
        ]
        head = (text("Counter"), text("Open, h"), text("Paused, h"), text("With a visitor"))
        return Section(text("Use of the counters"), head, rows)

    def _divided(
        self,
        title: str,
        division: Division,
        named: Callable[[str], str],
        note: str = "",
        chart: Callable[[Sequence[str], Sequence[float]], str] | None = None,
        *,
        most: bool = False,
    ) -> Section:
        """All figures of each part; `most`: those with the most visits first."""
        parts = list(division.parts())
        if most:
            parts.sort(key=lambda part: -int(part[1]["tickets"]))
        told = [(head, value) for _, head, value in self._figures if head]
        names = [named(name) for name, _, _ in parts]
        rows = [
            (name, *(value(visits, work) for _, value in told))
            for name, (_, visits, work) in zip(names, parts, strict=True)
        ]
        values = [int(visits["tickets"]) for _, visits, _ in parts]
        drawn = chart(names, values) if chart and len(parts) > 1 else ""
        head = ("", *(head for head, _ in told))
        return Section(title, head, rows, note, drawn, division.by if rows else ())

    def _all_figures(self) -> Sequence[tuple[str, str, Value]]:
        """In words; at the head of a column, or "" where only all visits have it; the value."""
        text = self._words.text
        wait, at_slot, served = (
            self._mean(*each)
            for each in (
                ("wait_seconds", "called"),
                ("slot_seconds", "slots"),
                ("serving_seconds", "served"),
            )
        )
        return (
            (text("Visits"), text("Visits"), _count("tickets")),
            (text("Served"), text("Served"), _count("served")),
            (text("Called and did not come"), text("Did not come"), _count("missed")),
            (text("Left or not served by the end of the day"), "", _not_served),
            (text("Mean wait of visitors, min"), text("Mean wait, min"), wait),
            (
                text("Called by the promised time"),
                text("Called in time"),
                _share("called_in_time", "called_in_time", "called_late"),
            ),
            (
                text("Told waiting time was right"),
                text("Told wait was right"),
                _share("promises_kept", "promises"),
            ),
            (
                text("Appointments called on time"),
                text("Appointments on time"),
                _share("slots_punctual", "slots"),
            ),
            (text("Mean wait with an appointment, min"), "", at_slot),
            (text("Mean time of service, min"), text("Mean service, min"), served),
            (text("Mean rating, 1 to 10"), text("Rating"), self._rating),
            (text("Services given"), text("Services"), _given),
            (text("Done as e-services"), text("Done as e-services"), _online),
            (
                text("Chose the computer where it was offered"),
                text("Chose the computer"),
                _share("computer_chosen", "computer_offered"),
            ),
            (text("Contacts by phone and e-mail"), "", _contacts),
        )

    def _rating(self, visits: Row, _: Rows | None) -> str:
        return self._number(mean_rating(visits))

    def _mean(self, seconds: str, among: str) -> Value:
        return lambda visits, _: self._number(mean_minutes(visits, seconds, among))

    def _number(self, value: float | None) -> str:
        return "–" if value is None else self._words.number(value)

    def _day(self, name: str) -> str:
        if len(name) == len("2026-11"):
            month = date.fromisoformat(f"{name}-01")
            return str(format_date(month, "LLL yyyy", locale=self._words.code))
        return f"{date.fromisoformat(name):%d.%m.}"

    def _counter(self, name: str) -> str:
        return self._pages.counter(self._words, name) or "–"


def _hour(name: str) -> str:
    return f"{name}:00" if name else "–"


def _count(name: str) -> Value:
    return lambda visits, _: str(visits[name])


def _share(part: str, *whole: str) -> Value:
    return lambda visits, _: _percent(share(visits, part, *whole))


def _not_served(visits: Row, _: Rows | None) -> str:
    return str(sum(int(visits[name]) for name in ("cancelled", "never_called", "unfinished")))


def _given(_: Row, work: Rows | None) -> str:
    return "–" if work is None else str(total(WORK, work)["count"])


def _online(_: Row, work: Rows | None) -> str:
    """The share of services that were done as e-services."""
    online = [row for row in work or () if row["e_service"] == "yes"]
    count = int(total(WORK, work or ())["count"])
    return _percent(int(total(WORK, online)["count"]) / count if count else None)


def _contacts(_: Row, work: Rows | None) -> str:
    contacts = [row for row in work or () if row["channel"] in {"phone", "email"}]
    return str(total(WORK, contacts)["records"])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"

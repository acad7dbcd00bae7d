"""What a lead changes, in words: what was and will be, what is wrong, what was changed before."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.changes import WITH_IDS, Change, entry_differences
from config.versions import Version
from desk.fields import FIELDS, in_words, shown
from messaging.messages import SettingsState
from texts import Language


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changes, in words. `was` is None where there is nothing to compare."""

    what: str
    was: str | None
    now: str


class Wording:
    """Of one answer. `names`: what institutions and services are called, by id."""

    def __init__(self, words: Language, names: Mapping[str, str], told: SettingsState) -> None:
        self._words, self._names, self._told = words, names, told
        self._tables: Any = told.tables
        self._once: Any = told.gone

    def lines(self, changes: Iterable[Change]) -> list[Line]:
        """Each setting on a line of its own."""
        return [line for each in changes for line in self._lines(each)]

    def history(self) -> list[dict[str, Any]]:
        """The last versions, the newest first, with what each changed."""
        versions = self._told.versions
        return [
            {"version": each, "lines": self._version(each), "newest": each is versions[0]}
            for each in versions
        ]

    def name(self, table: str, entry: Any) -> str:
        """What an entry is called."""
        if table == "exception":
            return self._shown(entry)
        return self._words.pick(entry.get("text" if table == "notice" else "name", {}))

    def problem(self, key: str, message: str) -> str:
        """What is wrong, or what depends on the thing that is to be taken away."""
        return (
            self._dependence(key)
            if "there is no" in message
            else in_words(self._words, key, message)
        )

    def _lines(self, change: Change) -> Iterator[Line]:
        if change.table not in WITH_IDS or change.key:
            yield Line(self._what(change), self._shown(change.was), self._shown(change.now))
            return
        was: Any = change.was
        now: Any = change.now
        if now is None:
            yield Line(self.name(change.table, was), None, self._words.text("taken away"))
        elif was is None:
            title = self._titles()[change.table]
            yield Line(f"{title}: {self.name(change.table, now)}", None, self._words.text("new"))
            for each in FIELDS[change.table]:
                if each.key in now and each.key != "name":
                    yield Line(self._words.text(each.label), None, self._shown(now[each.key]))
        else:
            yield from self.lines(entry_differences(change.table, change.id, was, now))

    def _what(self, change: Change) -> str:
        if change.table not in FIELDS or change.table in {"notice", "exception"}:
            return self._titles()[change.table]
        field = next((each for each in FIELDS[change.table] if each.key == change.key), None)
        label = self._words.text(field.label) if field else change.key
        entries = (*self._tables[change.table], *self._once[change.table]) if change.id else ()
        known = [each for each in entries if each["id"] == change.id]
        return f"{self.name(change.table, known[0])}: {label}" if known else label

    def _version(self, version: Version) -> list[Line]:
        versions = self._told.versions
        earlier = next((each for each in versions if each.number == version.number - 1), None)
        before = {each.place: each.now for each in earlier.change} if earlier else {}
        places = {each.place: each for each in (earlier.change if earlier else ())}
        places.update({each.place: each for each in version.change})
        now = {each.place: each.now for each in version.change}
        steps = [
            each.model_copy(
                update={"was": before.get(place, each.was), "now": now.get(place, each.was)}
            )
            for place, each in places.items()
        ]
        return self.lines(_without_parts([each for each in steps if each.was != each.now]))

    def _titles(self) -> Mapping[str, str]:
        return {
            "notice": self._words.text("Notices on the board"),
            "exception": self._words.text("Days with other hours"),
            "service": self._words.text("Service"),
            "counter": self._words.text("Counter"),
        }

    def _shown(self, value: Any) -> str:
        return shown(self._words, self._names, value)

    def _dependence(self, key: str) -> str:
        text, found = self._words.text, re.match(r"(\w+)\[(\d+)\]", key)
        if found and found[1] == "counter":
            counter = self._tables["counter"][int(found[2])]
            return text("{counter} serves nothing else.", counter=self.name("counter", counter))
        return {
            "schedule": text("Appointments are made for it. A technician can end that."),
            "situation": text(
                "Kiosks show it among the events of life. A technician can end that."
            ),
            "site": text("It is the help at the public computer. A technician can end that."),
            "bridge": text("It has a call button. A technician can end that."),
        }.get(re.split(r"[.\[]", key)[0], text("Choose one that there is."))


def _without_parts(steps: Sequence[Change]) -> Iterator[Change]:
    """Of what comes or goes as a whole, its settings are not told one by one."""
    whole = {(each.table, each.id) for each in steps if each.id and not each.key}
    return (each for each in steps if not each.key or (each.table, each.id) not in whole)

"""The regions of the page, drawn once for all who look at the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.pages import Pages
from desk.sessions import Session
from desk.view import View, view
from desk.watch import Watch
from texts import Language


@dataclass(frozen=True, slots=True)
class Drawing:
    """A counter's page: what it was drawn from, and its regions by name."""

    view: View
    regions: Mapping[str, str]

    def beside(self, before: Mapping[str, str]) -> dict[str, str]:
        """The regions that are not as they were."""
        return {name: html for name, html in self.regions.items() if before.get(name) != html}


class Drawings:
    """Who looks at the same counter in the same language, with the same rights, sees the same. A
    drawing counts until there is news, and within its second."""

    def __init__(self, pages: Pages, watch: Watch) -> None:
        self._pages, self._watch = pages, watch
        self._drawn = dict[tuple[object, ...], tuple[tuple[int, datetime], Drawing]]()

    def newest(self, session: Session, words: Language) -> Drawing:
        """As the page looks now."""
        key = (session.counter, session.orders, words.code)
        moment = (self._watch.version, self._watch.now.replace(microsecond=0))
        drawn_at, drawing = self._drawn.get(key, (None, None))
        if drawing is None or drawn_at != moment:
            drawing = self._draw(session, words)
            self._drawn[key] = moment, drawing
        return drawing

    def _draw(self, session: Session, words: Language) -> Drawing:
        seen = view(self._watch, session.counter, words)
        return Drawing(seen, self._pages.regions(words, session, seen))

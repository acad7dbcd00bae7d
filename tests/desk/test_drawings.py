"""A page is drawn once for all who look at the same, and never shown when it is old."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Settings
from desk.demo import Morning
from desk.drawings import Drawings
from desk.pages import Pages
from desk.sessions import Session
from desk.watch import Watch
from texts import Language, language

CLERK = Session("klientu-1", "1")
LATVIAN, ENGLISH = language("lv"), language("en")


class Desk:
    """Drawings of a morning; `seconds` is the clock."""

    def __init__(self, settings: Settings) -> None:
        self.seconds = 0.0
        self.watch = Watch(lambda: self.seconds, "desk")
        self.drawings = Drawings(Pages(settings), self.watch)
        self.hear(Morning())

    def hear(self, morning: Morning) -> None:
        self.watch.take_queue(morning.state())


@pytest.fixture
def desk(demo_settings: Settings) -> Desk:
    return Desk(demo_settings)


def test_who_looks_at_the_same_shares_a_drawing(desk: Desk) -> None:
    own = desk.drawings.newest(CLERK, LATVIAN)
    desk.seconds += 0.5
    assert desk.drawings.newest(replace(CLERK, staff="klientu-2"), LATVIAN) is own


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (replace(CLERK, counter="2"), LATVIAN),
        (replace(CLERK, orders=frozenset()), LATVIAN),
        (CLERK, ENGLISH),
    ],
)
def test_who_sees_something_else_has_a_drawing_of_its_own(
    desk: Desk, session: Session, words: Language
) -> None:
    own = desk.drawings.newest(CLERK, LATVIAN)
    other = desk.drawings.newest(session, words)
    assert other.beside(own.regions)
    assert desk.drawings.newest(CLERK, LATVIAN) is own


def test_news_and_time_are_drawn(desk: Desk) -> None:
    before = desk.drawings.newest(CLERK, LATVIAN)
    desk.hear(Morning(help=True))
    helped = desk.drawings.newest(CLERK, LATVIAN)
    assert set(helped.beside(before.regions)) == {"help"}
    desk.seconds += timedelta(minutes=1) / timedelta(seconds=1)
    assert set(desk.drawings.newest(CLERK, LATVIAN).beside(helped.regions)) == {"waiting"}

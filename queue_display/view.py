"""What is on the screen, in words: a frozen picture of the board, drawn by `screen`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from messaging.codec import BadMessageError
from messaging.messages import BoardCall, BoardState, WaitingGroup
from queue_display.board import Board, is_stale
from texts import Language
from texts.sentences import opening

PAGE_SECONDS = 10.0
"""How long a notice, and a page of waits, stays: time to read it twice. Nothing moves meanwhile."""

NO_BREAK = "\u00a0"

SENTENCE_END = re.compile(r"(?<=\.) (?=[^\W\d_a-zāčēģīķļņšūž])")
"""The space before a capital letter, not the one in ``24. novembris``."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the centre's first language and, smaller beneath it, in the second, if any."""

    first: str
    second: str = ""


NOTHING = Words("")


@dataclass(frozen=True, slots=True)
class Called:
    """A number and where it goes. `open`: the visitor is still awaited there."""

    call: int
    announced_at: datetime
    number: str
    sign: str
    place: Words
    open: bool
    again: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """How long somebody who came now would wait for an institution, in minutes."""

    name: str
    minutes: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole screen. A `message` stands instead of calls and waits; `heading` over the main
    call or, without one, instead of it; `aside` so with the waits. `strip` is a notice of the
    centre or, with `warning`, about the board, in each language in its turn. `page` counts on, for
    what has no room at once.
    """

    centre: Words
    hour: str
    day: str
    message: Words = NOTHING
    heading: Words = NOTHING
    announcing: bool = False
    main: Called | None = None
    others: tuple[Called, ...] = ()
    aside: Words = NOTHING
    waits: tuple[Wait, ...] = ()
    strip: str = ""
    warning: bool = False
    page: int = 0

    @property
    def awaited(self) -> frozenset[tuple[int, datetime]]:
        """The announcements of open calls that a reader finds on this screen."""
        calls = (self.main, *self.others)
        return frozenset((each.call, each.announced_at) for each in calls if each and each.open)


@dataclass(frozen=True, slots=True)
class Painter:
    """Turns boards into views for one centre: its name, time zone, one or two languages."""

    name: dict[str, str]
    zone: tzinfo
    languages: Sequence[Language]

    def paint(self, board: Board, now: float, wall: datetime) -> View:
        """The view at the monotonic moment `now`, which is `wall` on the clock."""
        stale, snapshot, page = is_stale(board, now), board.snapshot, int(now // PAGE_SECONDS)
        if snapshot is None:
            return self._message(wall, _no_news if stale else _starting)
        strips = self._stale_since(snapshot.at) if stale else self._notices(snapshot)
        strip = _whole_end(strips[page % len(strips)]) if strips else ""
        if not stale and _is_closed(board, snapshot):
            return self._message(wall, lambda w: self._closed(w, snapshot.opens_at, wall), strip)
        main = board.current.call if board.current else _newest(snapshot)
        return View(
            centre=self._words(lambda w: w.pick(snapshot.name)),
            hour=self._hour(wall),
            day=self._day(wall),
            heading=self._words(lambda w: _heading(w, main)),
            announcing=board.current is not None,
            main=self._called(main) if main else None,
            others=tuple(map(self._called, _others(snapshot, main))),
            aside=self._words(lambda w: _aside(w, snapshot, stale)),
            waits=() if stale else tuple(map(self._wait, snapshot.groups)),
            strip=strip,
            warning=stale,
            page=page,
        )

    def check(self, snapshot: BoardState) -> None:
        """Raises BadMessageError for a time that has no local one, at the calendar's very ends."""
        try:
            calls = (call.announced_at for call in snapshot.calls)
            for moment in (snapshot.at, snapshot.opens_at or snapshot.at, *calls):
                moment.astimezone(self.zone)
        except OverflowError:
            raise BadMessageError("a time outside the calendar") from None

    def apology(self, wall: datetime) -> View:
        """The view when something went wrong in the board itself."""
        return self._message(wall, _recovering)

    def _message(self, wall: datetime, text: Callable[[Language], str], strip: str = "") -> View:
        return View(
            centre=self._words(lambda w: w.pick(self.name)),
            hour=self._hour(wall),
            day=self._day(wall),
            message=self._words(lambda w: SENTENCE_END.sub("\n", text(w))),
            strip=strip,
        )

    def _words(self, text: Callable[[Language], str]) -> Words:
        texts = tuple(dict.fromkeys(text(each) for each in self._two))
        return Words(*texts)

    @property
    def _two(self) -> Sequence[Language]:
        return self.languages[:2]

    def _hour(self, wall: datetime) -> str:
        return self.languages[0].clock(wall, self.zone)

    def _day(self, wall: datetime) -> str:
        return self.languages[0].day(wall.astimezone(self.zone).date())

    def _stale_since(self, at: datetime) -> Sequence[str]:
        return [w.text("No news since {hour}", hour=w.clock(at, self.zone)) for w in self._two]

    def _notices(self, snapshot: BoardState) -> Sequence[str]:
        texts = (w.pick(notice) for notice in snapshot.notices for w in self._two)
        return tuple(dict.fromkeys(texts))

    def _closed(self, language: Language, opens_at: datetime | None, wall: datetime) -> str:
        closed = language.text("Closed now.")
        if opens_at is None:
            return closed
        return f"{closed} {_whole_end(opening(language, opens_at, self.zone, wall))}"

    def _wait(self, group: WaitingGroup) -> Wait:
        minutes = f"{group.wait.low}–{group.wait.high}" if group.wait else "—"
        return Wait(self.languages[0].pick(group.name), minutes)

    def _called(self, call: BoardCall) -> Called:
        return Called(
            call=call.call,
            announced_at=call.announced_at,
            number=call.number.replace(" ", NO_BREAK),
            sign=call.counter.sign,
            place=self._words(lambda w: w.pick(call.counter.name)),
            open=call.open,
            again=call.open and call.recalls > 0,
        )


def _is_closed(board: Board, snapshot: BoardState) -> bool:
    """Whether every institution is, and nobody is left in the room."""
    is_awaited = board.current or any(call.open for call in snapshot.calls)
    return not (snapshot.open or snapshot.waiting or is_awaited)


def _newest(snapshot: BoardState) -> BoardCall | None:
    return max(snapshot.calls, key=lambda call: call.announced_at, default=None)


def _others(snapshot: BoardState, main: BoardCall | None) -> list[BoardCall]:
    """Those still awaited, the newest first."""
    others = [c for c in snapshot.calls if c.open and (main is None or c.call != main.call)]
    return sorted(others, key=lambda call: call.announced_at, reverse=True)


def _heading(language: Language, main: BoardCall | None) -> str:
    if main is None:
        return _whole_end(language.text("Your number will appear here"))
    if not main.open:
        return language.text("Last called")
    return language.text("Calling again") if main.recalls else language.text("Now calling")


def _whole_end(text: str) -> str:
    """No line for the last word alone."""
    return NO_BREAK.join(text.rsplit(" ", 1))


def _starting(language: Language) -> str:
    return language.text("The board is starting. Please wait a moment.")


def _no_news(language: Language) -> str:
    return language.text("The board has no news of the queue. Please listen to the staff.")


def _recovering(language: Language) -> str:
    return language.text("The board will be back in a moment. Please listen to the staff.")


def _aside(language: Language, snapshot: BoardState, stale: bool) -> str:
    if stale:
        return language.text("Please listen to the staff.")
    if snapshot.groups:
        return language.text("Waiting, minutes")
    return language.text("Nobody is waiting")

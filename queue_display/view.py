"""What is on the screen, in words: a frozen picture of the board, drawn by `screen`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from messaging.codec import BadMessageError
from messaging.messages import BoardCall, BoardState
from queue_display.board import Board, is_stale
from texts import Language

OTHERS = 5
"""Calls beside the large one, so that each is large enough to read."""

MOST_OTHERS = 7
"""More, but smaller, when so many are awaited at once."""

NO_BREAK = "\u00a0"


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


@dataclass(frozen=True, slots=True)
class Group:
    """How many wait for an institution."""

    name: str
    waiting: int


@dataclass(frozen=True, slots=True)
class View:
    """The whole screen. With a `message` there is nothing else; `notice` stands above the calls."""

    centre: Words
    hour: str
    day: str
    message: Words = NOTHING
    notice: Words = NOTHING
    heading: Words = NOTHING
    highlighted: bool = False
    main: Called | None = None
    others_heading: Words = NOTHING
    others: tuple[Called, ...] = ()
    hint: Words = NOTHING
    waiting: Words = NOTHING
    groups: tuple[Group, ...] = ()

    @property
    def awaited(self) -> frozenset[tuple[int, datetime]]:
        """The announcements of open calls that a reader finds on this screen."""
        calls = (self.main, *self.others)
        return frozenset((each.call, each.announced_at) for each in calls if each and each.open)


@dataclass(frozen=True, slots=True)
class Painter:
    """Turns boards into views for one centre: its name, time zone and one or two languages."""

    name: dict[str, str]
    zone: tzinfo
    languages: Sequence[Language]

    def paint(self, board: Board, now: float, wall: datetime) -> View:
        """The view at the monotonic moment `now`, which is `wall` on the clock."""
        stale, snapshot = is_stale(board, now), board.snapshot
        if snapshot is None:
            return self._message(wall, _no_news if stale else _starting)
        main = board.current.call if board.current else _newest(snapshot)
        others = _others(snapshot, main)
        return View(
            centre=self._words(lambda w: w.pick(snapshot.name)),
            hour=self._hour(wall),
            day=self._day(wall),
            notice=self._stale_since(snapshot.at) if stale else NOTHING,
            heading=self._heading(board, main),
            highlighted=board.current is not None,
            main=self._called(main) if main else None,
            others_heading=self._words(_called_before) if others else NOTHING,
            others=tuple(map(self._called, others)),
            hint=NOTHING if others else self._words(_hint),
            waiting=self._words(lambda w: _waiting(w, snapshot.waiting)),
            groups=tuple(
                Group(self.languages[0].pick(group.name), group.waiting)
                for group in snapshot.groups
                if group.waiting
            ),
        )

    def check(self, snapshot: BoardState) -> None:
        """Raises BadMessageError for a time that has no local one, at the calendar's very ends."""
        try:
            for moment in (snapshot.at, *(call.announced_at for call in snapshot.calls)):
                moment.astimezone(self.zone)
        except OverflowError:
            raise BadMessageError("a time outside the calendar") from None

    def apology(self, wall: datetime) -> View:
        """The view when something went wrong in the board itself."""
        return self._message(wall, _recovering)

    def _message(self, wall: datetime, text: Callable[[Language], str]) -> View:
        return View(
            centre=self._words(lambda w: w.pick(self.name)),
            hour=self._hour(wall),
            day=self._day(wall),
            message=self._words(lambda w: text(w).replace(". ", ".\n")),
        )

    def _words(self, text: Callable[[Language], str]) -> Words:
        texts = tuple(dict.fromkeys(text(each) for each in self.languages[:2]))
        return Words(*texts)

    def _hour(self, wall: datetime) -> str:
        return self.languages[0].clock(wall, self.zone)

    def _day(self, wall: datetime) -> str:
        return self.languages[0].day(wall.astimezone(self.zone).date())

    def _stale_since(self, at: datetime) -> Words:
        return self._words(
            lambda w: w.text(
                "No news since {hour}. Please listen to the staff.", hour=w.clock(at, self.zone)
            )
        )

    def _heading(self, board: Board, main: BoardCall | None) -> Words:
        if main is None:
            return self._words(lambda w: w.text("No number has been called yet"))
        if board.current is None:
            return self._words(lambda w: w.text("Last called"))
        if main.recalls:
            return self._words(lambda w: w.text("Calling again"))
        return self._words(lambda w: w.text("Now calling"))

    def _called(self, call: BoardCall) -> Called:
        return Called(
            call=call.call,
            announced_at=call.announced_at,
            number=call.number.replace(" ", NO_BREAK),
            sign=call.counter.sign,
            place=self._words(lambda w: w.pick(call.counter.name)),
            open=call.open,
        )


def _newest(snapshot: BoardState) -> BoardCall | None:
    return max(snapshot.calls, key=lambda call: call.announced_at, default=None)


def _others(snapshot: BoardState, main: BoardCall | None) -> list[BoardCall]:
    """The awaited first, then those of before; in each the newest first."""
    others = [call for call in snapshot.calls if main is None or call.call != main.call]
    others.sort(key=lambda call: call.announced_at, reverse=True)
    others.sort(key=lambda call: not call.open)
    awaited = sum(call.open for call in others)
    return others[: min(MOST_OTHERS, max(OTHERS, awaited))]


def _starting(language: Language) -> str:
    return language.text("The board is starting. Please wait a moment.")


def _no_news(language: Language) -> str:
    return language.text("The board has no news of the queue. Please listen to the staff.")


def _recovering(language: Language) -> str:
    return language.text("The board will be back in a moment. Please listen to the staff.")


def _called_before(language: Language) -> str:
    return language.text("Other numbers called")


def _hint(language: Language) -> str:
    return language.text("Your number will appear here when it is your turn.")


def _waiting(language: Language, count: int) -> str:
    if count == 0:
        return language.text("Nobody is waiting")
    return language.plural("{count} person is waiting", "{count} people are waiting", count)

"""What the board says on the screen."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from messaging.codec import BadMessageError
from messaging.messages import BoardState
from queue_display.board import Board, receive
from queue_display.view import MOST_OTHERS, OTHERS, Painter, View, Words
from tests.queue_display.board_steps import Story, at, call, snapshot
from texts import language

NAME = {"lv": "Paraugpils VPVKAC", "en": "Paraugpils service centre"}
PAINTER = Painter(NAME, ZoneInfo("Europe/Riga"), (language("lv"), language("en")))


def paint(story: Story, second: float) -> View:
    return PAINTER.paint(story.board, second, at(second))


def paint_plain(state: BoardState) -> View:
    board, _ = receive(Board(5.0, 0.0), state, 0.0)
    return PAINTER.paint(board, 0.0, at(0))


def test_before_any_news_it_says_that_it_starts_and_then_that_it_hears_nothing() -> None:
    story = Story()
    assert paint(story, 1).message.first == "Tablo ieslēdzas.\nLūdzu, mazliet uzgaidiet."
    assert "nesaņem ziņas" in paint(story, 6).message.first
    assert paint(story, 6).message.second.startswith("The board has no news")


def test_centre_hour_and_day_are_the_centres_own() -> None:
    view = paint(Story(), 1)
    assert view.centre == Words("Paraugpils VPVKAC", "Paraugpils service centre")
    assert (view.hour, view.day) == ("10:30", "otrdiena, 24. novembris")


def test_an_announcement_is_highlighted_with_its_number_and_counter() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 2, call(7, 1, counter=3))
    view = paint(story, 2)
    assert view.highlighted
    assert view.heading == Words("Aicinām", "Now calling")
    assert view.main
    assert (view.main.number, view.main.sign) == ("A\u00a0007", "3")
    assert view.main.place == Words("3. lodziņš", "Counter 3")
    story.heard(3)
    story.passes(20)
    view = paint(story, 20)
    assert not view.highlighted
    assert view.heading.first == "Pēdējais izsauktais numurs"


def test_a_recall_says_again() -> None:
    story = Story()
    story.news(0, 1, call(7, -60))
    story.news(1, 2, call(7, 1, recalls=1))
    assert paint(story, 2).heading == Words("Aicinām atkārtoti", "Calling again")


def test_the_awaited_come_first_then_the_newest_and_none_twice() -> None:
    calls = [call(number, number, is_open=number in {2, 5}) for number in range(1, 11)]
    view = paint_plain(snapshot(20, 20, calls))
    assert view.main
    assert view.main.call == 10
    assert [each.call for each in view.others] == [5, 2, 9, 8, 7]
    assert len(view.others) == OTHERS


def test_all_awaited_are_shown_as_far_as_there_is_room() -> None:
    view = paint_plain(snapshot(20, 20, [call(number, number) for number in range(1, 11)]))
    assert len(view.others) == MOST_OTHERS
    assert {number for number, _ in view.awaited} == {10, 9, 8, 7, 6, 5, 4, 3}


def test_only_open_calls_count_as_awaited_and_a_recall_is_another_announcement() -> None:
    first = paint_plain(snapshot(2, 9, [call(2, 2), call(1, 1, is_open=False)]))
    again = paint_plain(snapshot(3, 9, [call(2, 8, recalls=1), call(1, 1, is_open=False)]))
    assert first.awaited == {(2, at(2))}
    assert again.awaited == {(2, at(8))}


def test_waiting_people_are_counted_in_good_latvian() -> None:
    texts = {n: paint_plain(snapshot(1, 0, waiting=n)).waiting.first for n in (0, 1, 2, 11, 21)}
    assert texts == {
        0: "Neviens negaida",
        1: "Gaida 1 cilvēks",
        2: "Gaida 2 cilvēki",
        11: "Gaida 11 cilvēki",
        21: "Gaida 21 cilvēks",
    }
    assert paint_plain(snapshot(1, 0)).waiting.second == "Nobody is waiting"


def test_only_institutions_with_somebody_waiting_are_named() -> None:
    view = paint_plain(snapshot(1, 0, waiting=3))
    assert [(group.name, group.waiting) for group in view.groups] == [("VSAA", 3)]


def test_stale_says_since_when_and_keeps_the_calls() -> None:
    story = Story()
    story.news(0, 1, call(7, -60))
    view = paint(story, 600)
    assert view.notice.first == "Nav jaunu ziņu kopš 10:30. Lūdzu, klausieties darbinieku."
    assert view.notice.second == "No news since 10:30. Please listen to the staff."
    assert view.main
    assert view.main.call == 7
    story.news(601, 1, call(7, -60))
    assert paint(story, 602).notice == Words("")


def test_one_language_is_not_repeated() -> None:
    painter = Painter(NAME, ZoneInfo("Europe/Riga"), (language("lv"),))
    view = painter.apology(at(0))
    assert view.message.second == ""
    assert view.centre == Words("Paraugpils VPVKAC")


def test_times_without_a_local_one_are_refused() -> None:
    good = snapshot(1, 0, [call(7)])
    PAINTER.check(good)
    last = datetime.max.replace(tzinfo=UTC)
    late_call = call(7).model_copy(update={"announced_at": last})
    for facts in ({"at": last}, {"calls": (late_call,)}):
        with pytest.raises(BadMessageError):
            PAINTER.check(good.model_copy(update=facts))

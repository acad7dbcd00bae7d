"""What the board says on the screen."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from messaging.codec import BadMessageError
from messaging.messages import BoardState
from queue_display.board import Board, receive
from queue_display.view import NO_BREAK, PAGE_SECONDS, Painter, View, Words
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
    assert view.announcing
    assert view.heading == Words("Aicinām", "Now calling")
    assert view.main
    assert (view.main.number, view.main.sign) == ("A\u00a0007", "3")
    assert view.main.place == Words("3. lodziņš", "Counter 3")
    story.heard(3)
    story.passes(20)
    view = paint(story, 20)
    assert not view.announcing
    assert view.heading.first == "Aicinām", "the visitor has not come yet"
    story.news(21, 3, call(7, 1, is_open=False))
    assert paint(story, 21).heading.first == "Pēdējais izsauktais"


def test_a_recall_says_again_until_the_visitor_comes() -> None:
    story = Story()
    story.news(0, 1, call(7, -60))
    story.news(1, 2, call(7, 1, recalls=1))
    for second in (2, 70):
        story.passes(second)
        view = paint(story, second)
        assert view.heading == Words("Aicinām atkārtoti", "Calling again")
        assert view.main
        assert view.main.again
    story.news(71, 3, call(7, 1, recalls=1, is_open=False))
    view = paint(story, 71)
    assert view.heading.second == "Last called"
    assert view.main
    assert not view.main.again


def test_beside_the_newest_all_who_are_awaited_are_shown_the_newest_first_and_nobody_else() -> None:
    calls = [call(number, number, is_open=number in {2, 5}) for number in range(1, 11)]
    view = paint_plain(snapshot(20, 20, calls))
    assert view.main
    assert view.main.call == 10
    assert [each.call for each in view.others] == [5, 2]
    everybody = paint_plain(snapshot(20, 20, [call(number, number) for number in range(1, 9)]))
    assert [each.call for each in everybody.others] == [7, 6, 5, 4, 3, 2, 1]


def test_only_open_calls_count_as_awaited_and_a_recall_is_another_announcement() -> None:
    first = paint_plain(snapshot(2, 9, [call(2, 2), call(1, 1, is_open=False)]))
    again = paint_plain(snapshot(3, 9, [call(2, 8, recalls=1), call(1, 1, is_open=False)]))
    assert first.awaited == {(2, at(2))}
    assert again.awaited == {(2, at(8))}


def test_waits_are_ranges_by_institution() -> None:
    view = paint_plain(snapshot(1, 0, waiting=3))
    assert view.aside == Words("Jāgaida, minūtes", "Waiting, minutes")
    assert [(wait.name, wait.minutes) for wait in view.waits] == [("VSAA", "10–20"), ("VID", "—")]
    assert paint_plain(snapshot(1, 0)).aside == Words("Neviens negaida", "Nobody is waiting")


def test_stale_says_since_when_keeps_the_calls_and_promises_no_wait() -> None:
    story = Story()
    story.board, _ = receive(story.board, snapshot(1, 0, [call(7, -60)], waiting=3), 0)
    assert not paint(story, 4.9).warning
    view = paint(story, 600)
    assert view.warning
    assert view.strip == f"Nav jaunu ziņu kopš{NO_BREAK}10:30"
    assert paint(story, 600 + PAGE_SECONDS).strip == f"No news since{NO_BREAK}10:30"
    assert view.aside == Words(
        "Lūdzu, klausieties, ko saka darbinieks.", "Please listen to the staff."
    )
    assert view.waits == ()
    assert view.main
    assert view.main.call == 7
    story.news(601, 1, call(7, -60))
    assert not paint(story, 602).warning


def test_notices_take_turns_in_each_language() -> None:
    notices = [{"lv": "Piektdien slēgts", "en": "Closed on Friday"}, {"lv": "Wi-Fi"}]
    story = Story()
    strips = []
    for page in range(4):
        second = page * PAGE_SECONDS
        story.board, _ = receive(story.board, snapshot(1, 0, notices=notices), second)
        strips.append(paint(story, second).strip.replace(NO_BREAK, " "))
    assert strips == ["Piektdien slēgts", "Closed on Friday", "Wi-Fi", "Piektdien slēgts"]
    assert paint_plain(snapshot(1, 0)).strip == ""


def closed(state: BoardState, opens_at: datetime | None) -> Words:
    return paint_plain(state.model_copy(update={"open": False, "opens_at": opens_at})).message


def test_closed_says_when_it_opens_once_nobody_is_left() -> None:
    tomorrow = datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert closed(snapshot(1, 0), tomorrow).first == (
        f"Pašlaik slēgts.\nAtver: trešdiena, 25. novembris, plkst.{NO_BREAK}09:00."
    )
    assert paint_plain(snapshot(1, 0)).message == Words("")
    for state in (snapshot(1, 0, waiting=1), snapshot(1, 0, [call(7, -60)])):
        assert closed(state, tomorrow) == Words("")
    assert closed(snapshot(1, 0), None) == Words("Pašlaik slēgts.", "Closed now.")


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
    for facts in ({"at": last}, {"opens_at": last}, {"calls": (late_call,)}):
        with pytest.raises(BadMessageError):
            PAINTER.check(good.model_copy(update=facts))

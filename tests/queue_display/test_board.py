"""The board as lists of steps: what is announced, when, and what is not."""

from dataclasses import replace

from config.programs import DisplaySettings
from queue_display.board import (
    HIGHLIGHT_SECONDS,
    LONGEST_SECONDS,
    MOST_REMEMBERED,
    NEW_FOR,
    TICK_SECONDS,
    is_stale,
    receive,
)
from tests.queue_display.board_steps import Story, at, call, snapshot


def test_a_new_call_is_announced_once() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 2, call(7, 1))
    story.heard(4)
    assert story.calling == 7
    story.news(1 + HIGHLIGHT_SECONDS, 2, call(7, 1))
    assert story.announced == [7]
    assert story.calling is None


def test_three_calls_at_once_are_announced_one_after_another_in_their_order() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 4, call(9, 1.2), call(8, 1.1), call(7, 1))
    assert story.announced == [7]
    story.heard(5)
    assert story.announced == [7], "the sound is over, the highlight not yet"
    story.passes(1 + HIGHLIGHT_SECONDS)
    assert story.announced == [7, 8]
    story.passes(30)
    assert story.announced == [7, 8], "the voice still speaks"
    story.heard(31)
    story.heard(40)
    assert story.announced == [7, 8, 9]


def test_a_recall_is_announced_again_after_what_is_being_announced() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 2, call(7, 1))
    story.news(4, 3, call(7, 4, recalls=1))
    assert story.announced == [7]
    story.heard(5)
    story.passes(1 + HIGHLIGHT_SECONDS)
    assert story.announced == [7, 7]
    assert story.board.current
    assert story.board.current.call.recalls == 1


def test_a_recall_of_what_still_waits_for_its_announcement_adds_none() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 3, call(8, 1.1), call(7, 1))
    story.news(4, 4, call(8, 4, recalls=1), call(7, 1))
    assert [each.call for each in story.board.queue] == [8]


def test_recalled_and_closed_before_it_was_announced_it_is_announced_when_it_opens_again() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 3, call(8, 1.1), call(7, 1))
    story.news(7, 4, call(8, 7, recalls=1), call(7, 1))
    story.news(8, 5, call(8, 7, recalls=1, is_open=False), call(7, 1))
    story.news(9, 6, call(8, 7, recalls=1), call(7, 1))
    story.heard(10)
    story.passes(20)
    assert story.announced == [7, 8]


def test_who_has_already_come_is_not_announced() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 3, call(8, 1.1), call(7, 1))
    story.news(2, 4, call(8, 1.1, is_open=False), call(7, 1))
    story.heard(3)
    story.passes(20)
    assert story.announced == [7]


def test_after_a_start_old_calls_are_shown_without_announcement() -> None:
    story = Story()
    story.news(1, 5, call(8, -30), call(7, -60))
    story.news(2, 5, call(8, -30), call(7, -60))
    story.passes(20)
    assert story.announced == []
    assert story.board.snapshot


def test_after_a_gap_old_calls_are_shown_without_announcement_and_new_ones_announced() -> None:
    story = Story()
    story.news(0, 1)
    story.news(60, 3, call(8, 60 - NEW_FOR.total_seconds() - 1), call(7, 20))
    assert story.announced == []
    story.news(61, 4, call(9, 61), call(8, 44), call(7, 20))
    assert story.announced == [9]


def test_a_call_at_the_end_of_a_gap_is_announced_unless_it_was_before_the_gap() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 2, call(7, 1))
    story.heard(5)
    story.passes(10)
    story.news(14, 3, call(8, 12), call(7, 1))
    assert story.announced == [7, 8]


def test_what_was_called_within_a_short_gap_is_new() -> None:
    story = Story()
    story.news(0, 1)
    story.news(4, 2, call(7, 2))
    assert story.announced == [7]


def test_announcements_that_waited_through_a_gap_are_given_up() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 3, call(8, 1.1), call(7, 1))
    story.news(40, 3, call(8, 1.1), call(7, 1))
    story.heard(41)
    story.passes(60)
    assert story.announced == [7]


def test_without_news_the_board_is_stale_and_any_snapshot_ends_that() -> None:
    story = Story()
    assert not is_stale(story.board, 4.9)
    assert is_stale(story.board, 5)
    story.news(6, 3)
    assert not is_stale(story.board, 10.9)
    assert is_stale(story.board, 11)
    story.news(12, 3)
    assert not is_stale(story.board, 13)


def test_as_it_is_set_up_stale_news_is_marked_within_five_seconds() -> None:
    assert DisplaySettings().stale_seconds + TICK_SECONDS <= 5


def test_an_older_snapshot_changes_nothing_and_is_no_news() -> None:
    story = Story()
    story.news(1, 5, call(8, -1))
    board = story.board
    story.news(0.5, 4, call(9, 0))
    assert story.board == board


def test_a_repeated_snapshot_is_a_heartbeat() -> None:
    story = Story()
    story.news(1, 5, call(8, -1))
    story.news(3, 5, call(8, -1))
    assert story.board.received == 3
    assert story.announced == []


def test_a_module_that_restarts_with_the_same_or_a_higher_sequence_goes_on() -> None:
    story = Story()
    story.news(1, 5, call(8, -1))
    story.news(4, 5, call(8, -1))
    story.news(5, 6, call(9, 5), call(8, -1))
    assert story.announced == [9]


def test_a_module_that_began_anew_is_followed_without_announcing_what_it_has() -> None:
    story = Story()
    story.news(1, 900, call(800, -1))
    story.news(3, 2, call(1, 2))
    assert story.announced == []
    story.news(4, 4, call(3, 4), call(1, 2))
    assert story.announced == [3]


def test_a_snapshot_from_the_future_is_given_up_once_the_board_is_stale() -> None:
    story = Story()
    story.news(1, 5, call(8, -1))
    future = 10**8
    story.board, _ = receive(story.board, snapshot(10**6, future, [call(99, future)]), 2)
    story.news(4, 6, call(9, 4), call(8, -1))
    assert story.board.snapshot
    assert story.board.snapshot.sequence == 10**6
    story.news(7, 6, call(9, 4), call(8, -1))
    assert story.board.snapshot.sequence == 6
    assert story.announced == []
    story.news(8, 7, call(10, 8), call(9, 4), call(8, -1))
    story.passes(2 + LONGEST_SECONDS)
    assert story.announced == [10]


def test_an_old_snapshot_that_comes_after_a_gap_lets_nothing_be_announced_again() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 2, call(7, 1))
    story.news(10, 3, call(7, 10, recalls=1))
    story.heard(12)
    story.heard(29)
    story.board, _ = receive(story.board, snapshot(2, 1, [call(7, 1)]), 30)
    story.news(31, 3, call(7, 10, recalls=1))
    story.passes(60)
    assert story.announced == [7, 7]


def test_a_clock_that_is_set_back_silences_nobody() -> None:
    story = Story()
    story.news(1, 5, call(8, 0))
    story.news(2, 6, call(9, -3600), call(8, 0))
    assert story.announced == [9]


def test_a_voice_that_never_ends_does_not_hold_the_others_up_for_ever() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 3, call(8, 1.1), call(7, 1))
    story.passes(LONGEST_SECONDS)
    assert story.announced == [7]
    story.passes(1 + LONGEST_SECONDS)
    assert story.announced == [7, 8]


def test_a_voice_that_ends_too_late_does_not_end_the_next_announcement() -> None:
    story = Story()
    story.news(0, 1)
    story.news(1, 3, call(8, 1.1), call(7, 1))
    first = story.board.current
    story.passes(1 + LONGEST_SECONDS)
    assert first
    second = story.board.current
    assert second
    assert second.call != first.call
    assert replace(second, heard=True) != second
    assert not second.heard


def test_a_year_of_calls_is_not_remembered() -> None:
    story = Story()
    for number in range(1, 1001):
        story.news(number, number, call(number, number))
    assert len(story.board.known) < 500
    assert story.board.known[-1] == (1000, at(1000))


def test_many_strange_calls_do_not_push_out_the_memory_of_the_real_ones() -> None:
    story = Story()
    story.news(0, 1, *(call(10**6 + number, -1) for number in range(MOST_REMEMBERED)))
    story.news(1, 2, call(7, 1))
    story.heard(2)
    story.news(4, 2, call(7, 1))
    story.news(8, 2, call(7, 1))
    story.passes(1 + HIGHLIGHT_SECONDS)
    assert story.announced == [7]
    assert not story.board.queue

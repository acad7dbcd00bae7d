"""Bookings: refused by name, moved, cancelled, waited for; never two for one place."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from consultations.commands import (
    Accept,
    Book,
    Cancel,
    Done,
    JoinList,
    Move,
    Order,
    Refusal,
    Status,
)
from consultations.commands import RefusalCode as Code
from consultations.register import Register
from consultations.storage import StorageError, open_database
from messaging.booking_code import LETTERS, booking_digest
from tests.consultations.register_parts import DAY, HELD, NOW, RIGA, SECRET, Desk, at

BOOK = Book("short", "demo", at("09:00"))
WISH = JoinList("short", "demo", DAY, DAY)


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """One desk over an empty register of each kind."""
    opened = Desk(url)
    yield opened
    opened.close()


def test_a_visitor_is_booked_and_only_the_digest_is_kept(desk: Desk, url: str) -> None:
    done = desk.done(BOOK)
    assert done.booking == booking_digest(SECRET, done.code)
    assert len(done.code) == 10
    assert set(done.code) <= set(LETTERS)
    database = open_database(url)
    for table in ("booking", "taken", "answer", "history"):
        assert done.code not in repr(database.run(f"select * from {table}"))
    database.close()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(BOOK, schedule="nothing"), Code.UNKNOWN_SCHEDULE),
        (replace(BOOK, centre="other"), Code.UNKNOWN_SCHEDULE),
        (replace(BOOK, starts_at=datetime(2026, 11, 24, 9)), Code.BAD_VALUE),  # noqa: DTZ001
        (replace(BOOK, starts_at=at("09:00", date(2026, 11, 20))), Code.PAST),
        (replace(BOOK, starts_at=datetime.min.replace(tzinfo=UTC)), Code.PAST),
        (replace(BOOK, starts_at=datetime.max.replace(tzinfo=UTC)), Code.TOO_FAR),
        (replace(BOOK, starts_at=at("09:00", date(2026, 12, 29))), Code.TOO_FAR),
        (replace(BOOK, starts_at=at("09:00", date(2026, 11, 28))), Code.CLOSED_DAY),
        (replace(BOOK, starts_at=at("10:00")), Code.OUT_OF_HOURS),
        (replace(BOOK, starts_at=at("08:59")), Code.OUT_OF_HOURS),
        (replace(BOOK, starts_at=at("09:05")), Code.OVERLAPPING),
        (Move("unknown", at("09:00")), Code.UNKNOWN_BOOKING),
        (Cancel("unknown"), Code.UNKNOWN_BOOKING),
        (Accept("unknown"), Code.UNKNOWN_BOOKING),
        (replace(WISH, last_day=date(2026, 11, 1)), Code.PAST),
        (replace(WISH, first_day=date(2027, 1, 1)), Code.BAD_VALUE),
        (replace(WISH, last_day=date(2029, 1, 1)), Code.BAD_VALUE),
    ],
)
def test_what_cannot_be_is_refused_by_name(desk: Desk, command: Book, code: Code) -> None:
    assert desk.do(command) == Refusal(code)
    assert not desk.ask(lambda register: register.waiting())


def test_too_soon(desk: Desk) -> None:
    assert desk.do(BOOK, at("08:45")) == Refusal(Code.TOO_SOON)
    assert desk.do(BOOK, at("08:30")) != Refusal(Code.TOO_SOON)


def test_nobody_is_booked_twice_at_a_time(desk: Desk) -> None:
    desk.done(BOOK)
    assert desk.do(BOOK, command_id="again") == Refusal(Code.FULL)
    # Anna is busy, whichever schedule and centre it is.
    assert desk.do(Book("long", "other", at("09:00"))) == Refusal(Code.OVERLAPPING)
    desk.done(Book("long", "other", at("09:30")))
    assert desk.do(replace(BOOK, starts_at=at("09:20"))) == Refusal(Code.OVERLAPPING)


def test_a_group_has_as_many_as_fit(desk: Desk) -> None:
    group = Book("group", "demo", at("09:00"))
    first, _ = (desk.done(group, command_id=each) for each in "ab")
    assert desk.do(group, command_id="c") == Refusal(Code.FULL)
    desk.done(Cancel(first.booking))
    desk.done(group, command_id="d")


def test_the_same_order_again_changes_nothing(desk: Desk) -> None:
    first = desk.done(BOOK, command_id="x")
    assert desk.done(BOOK, NOW + timedelta(hours=1), command_id="x") == first
    other = replace(BOOK, starts_at=at("09:20"))
    assert desk.do(other, command_id="x") == Refusal(Code.ID_USED)
    assert desk.do(BOOK, command_id="x", staff="anna") == Refusal(Code.FULL)
    refused = desk.do(BOOK, command_id="y")
    desk.done(Cancel(first.booking))
    assert desk.do(BOOK, command_id="y") == refused


def test_a_booking_is_moved(desk: Desk) -> None:
    first = desk.done(BOOK)
    other = desk.done(replace(BOOK, starts_at=at("09:20")))
    assert desk.do(Move(first.booking, at("09:20"))) == Refusal(Code.FULL)
    moved = desk.done(Move(first.booking, at("09:40")))
    assert moved.booking == first.booking
    assert not moved.code
    assert desk.done(Move(other.booking, at("09:00"))).slot == first.slot
    agenda = desk.ask(lambda register: register.agenda(DAY, RIGA, "demo"))
    assert [each.id for each in agenda] == [other.booking, first.booking]


def test_what_has_begun_stays(desk: Desk) -> None:
    first = desk.done(BOOK)
    later = at("09:01")
    assert desk.do(Cancel(first.booking), later) == Refusal(Code.PAST)
    assert desk.do(Move(first.booking, at("09:40")), later) == Refusal(Code.PAST)


def test_free_slots(desk: Desk) -> None:
    def free(schedule: str) -> list[tuple[str, int]]:
        found = desk.ask(lambda register: register.free(schedule, "demo", DAY, DAY, NOW))
        return [(f"{slot.starts_at.astimezone(RIGA):%H:%M}", seats) for slot, seats in found]

    assert free("short") == [("09:00", 1), ("09:20", 1), ("09:40", 1)]
    desk.done(Book("long", "demo", at("09:30")))
    assert free("short") == [("09:00", 1)]
    desk.done(Book("group", "demo", at("09:00")))
    assert free("group") == [("09:00", 1)]
    assert free("nothing") == []


def test_a_freed_slot_is_offered_in_turn_and_held(desk: Desk) -> None:
    booked = desk.done(BOOK)
    first, second, third = (desk.done(WISH, command_id=each) for each in "abc")
    desk.done(Cancel(booked.booking))
    assert desk.do(replace(BOOK), command_id="x") == Refusal(Code.FULL)  # it is held
    assert desk.do(Accept(second.booking)) == Refusal(Code.NOT_OFFERED)
    after = NOW + HELD
    assert desk.do(Accept(first.booking), after) == Refusal(Code.UNKNOWN_BOOKING)  # too late
    accepted = desk.done(Accept(second.booking), after)
    assert accepted.slot == booked.slot
    found = desk.ask(lambda register: register.waiting())
    assert [(each.id, each.status) for each in found] == [(third.booking, Status.WAITING)]
    past = desk.ask(lambda register: register.history(second.booking))
    assert [(each.staff, each.verb) for each in past] == [
        ("ilze", "joined_list"),
        ("", "offered"),
        ("ilze", "accepted"),
    ]
    assert past[-1].at == after


def test_nobody_is_passed_over_while_the_house_is_closed(desk: Desk) -> None:
    booked = desk.done(Book("short", "demo", at("09:40")))
    for each in "ab":
        desk.done(WISH, command_id=each)
    desk.done(Cancel(booked.booking), at("16:30", DAY - timedelta(days=1)))
    desk.ask(partial(Register.renew, now=at("08:00")))
    first, second = desk.ask(Register.waiting)
    assert (first.status, first.until) == (Status.OFFERED, at("09:30"))
    assert second.status is Status.WAITING


def test_a_declined_offer_goes_to_the_next_and_an_unwanted_one_is_free(desk: Desk) -> None:
    booked = desk.done(BOOK)
    first, second = (desk.done(WISH, command_id=each) for each in "ab")
    desk.done(Move(booked.booking, at("09:40")))
    desk.done(Cancel(first.booking))
    offered = desk.ask(lambda register: register.find(second.booking))
    assert offered
    assert (offered.status, offered.slot, offered.until) == (
        Status.OFFERED,
        booked.slot,
        NOW + HELD,
    )
    desk.ask(lambda register: register.renew(NOW + HELD))
    desk.done(BOOK, NOW + HELD, "x")


def test_a_freed_time_is_offered_to_who_waits_for_another_schedule_of_the_same_person(
    desk: Desk,
) -> None:
    long = desk.done(Book("long", "other", at("09:00")))
    waiting = [desk.done(WISH, command_id=each) for each in "abc"]
    elsewhere = desk.done(JoinList("group", "demo", DAY, DAY))
    desk.done(Cancel(long.booking))
    found = {each.id: each for each in desk.ask(lambda register: register.waiting())}
    offers = [found[each.booking].slot for each in waiting]
    assert [each and each.starts_at for each in offers] == [at("09:00"), at("09:20"), None]
    assert found[elsewhere.booking].status is Status.WAITING


def test_what_is_over_is_forgotten(desk: Desk) -> None:
    booked = desk.done(BOOK)
    desk.done(replace(BOOK, starts_at=at("09:20", date(2026, 11, 25))))
    later = datetime(2026, 11, 25, tzinfo=UTC)
    desk.ask(lambda register: register.forget(later))
    assert desk.ask(lambda register: register.find(booked.booking)) is None
    desk.done(BOOK, command_id="x")


def test_nobody_waits_for_days_that_are_over(desk: Desk) -> None:
    waiting = desk.done(WISH)
    for hours, count in ((0, 1), (24, 0)):
        noon = at("12:00") + timedelta(hours=hours)
        desk.ask(partial(Register.renew, now=noon))
        assert len(desk.ask(Register.waiting)) == count
    past = desk.ask(lambda register: register.history(waiting.booking))
    assert [each.verb for each in past] == ["joined_list", "wait_passed"]


def test_a_second_row_for_one_seat_is_impossible(url: str) -> None:
    first, second = open_database(url), open_database(url)
    insert = "insert into booking values (%s, 'booked', 's', 'c', '', '', '', '', 1, '')"
    for database, name in ((first, "a"), (second, "b")):
        database.run(insert, name)
    first.run("insert into taken values ('anna', 1, 0, 'a')")
    with pytest.raises(StorageError):
        second.run("insert into taken values ('anna', 1, 0, 'b')")
    first.close()
    second.close()


def test_a_crowd_of_desks_for_one_place(url: str) -> None:
    desks = [Desk(url) for _ in range(6)]
    group = Book("group", "demo", at("09:00"))
    with ThreadPoolExecutor(6) as crowd:
        answers = list(
            crowd.map(
                lambda n: desks[n % 6].start(Order(str(n), "ilze", group), NOW).result(), range(30)
            )
        )
    assert sum(isinstance(each, Done) for each in answers) == 2
    assert answers.count(Refusal(Code.FULL)) == 28
    for desk in desks:
        desk.close()


def test_a_lost_connection_is_made_anew(postgresql: str) -> None:
    desk, killer = Desk(postgresql), open_database(postgresql)
    killer.run(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = 'postgres' and pid <> pg_backend_pid()"
    )
    with pytest.raises(StorageError):
        desk.do(Cancel("unknown"), command_id="lost")
    assert desk.do(Cancel("unknown"), command_id="lost") == Refusal(Code.UNKNOWN_BOOKING)
    desk.close()
    killer.close()


def test_who_lost_the_network_keeps_nobody_waiting_for_long(postgresql: str) -> None:
    desk, lost = Desk(postgresql), open_database(postgresql)
    (ends,) = desk.ask(
        lambda register: register._database.run("show idle_in_transaction_session_timeout")
    )
    assert ends == ("10s",)
    with lost.transaction():
        desk.ask(lambda register: register.renew(NOW))  # nothing passed: it asks for no lock
        desk.ask(lambda register: register._database.run("set lock_timeout = '50ms'"))
        with pytest.raises(StorageError):
            desk.do(BOOK, command_id="waits")
    assert isinstance(desk.do(BOOK, command_id="waits"), Done)
    desk.close()
    lost.close()

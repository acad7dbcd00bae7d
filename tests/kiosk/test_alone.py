"""Visitors at a kiosk that has numbers of its own, with and without the queue module."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk import model as m
from kiosk.own_numbers import OwnNumbers
from kiosk.store import Fate, Store
from kiosk.views import Ticket
from messaging.booking_code import booking_digest, qr_text, ticket_qr
from messaging.messages import BookingsState, BookingView, LeaseState, LeaseView, RefusalView
from queue_core.commands import TakeTicket
from queue_core.life import Status
from queue_core.refusals import RefusalCode
from tests.kiosk.visitor import Visitor
from tests.parts import clock_at

TODAY = demo.NOW.date()
DIGEST = booking_digest(demo.settings().site.booking_secret, demo.CODE)


def booking(minutes: float, ticket: str | None = None, number: str | None = None) -> BookingView:
    return BookingView(
        booking=DIGEST,
        service="vsaa-konsultacija",
        starts_at=demo.NOW + timedelta(minutes=minutes),
        minutes=20,
        ticket=ticket,
        number=number,
    )


class AloneVisitor(Visitor):
    """At a kiosk whose module is away; what the kiosk itself can answer, it answers."""

    def __init__(self, folder: Path, *bookings: BookingView, first: int = 950) -> None:
        self.store = Store(folder / "kiosk.db")
        self.own = OwnNumbers(demo.settings().to_centre(), "kiosk", self.store, clock_at(demo.NOW))
        views = tuple(LeaseView(day=TODAY, series=series, first=first, last=999) for series in "AK")
        self.own.take_leases(LeaseState(unit="kiosk", journal=self.own.journal, leases=views))
        self.own.take_bookings(BookingsState(sequence=1, at=demo.NOW, bookings=(), later=bookings))
        super().__init__()
        self.give(i.OwnNumbers(self.own.are_there))
        self.away()

    def scan(self, text: str) -> None:
        super().scan(text)
        self.wait(1)

    def away(self) -> None:
        self.give(i.Connection(connected=False))

    def back(self) -> None:
        self.give(i.Connection(connected=True))

    def give(self, given: i.Input) -> None:
        before = len(self.effects)
        super().give(given)
        for each in self.effects[before:]:
            if isinstance(each, e.AnswerAlone):
                new = f"own-{len(self.effects):08d}"
                reply = self.own.answer(each.command, each.command_id or new)
                super().give(i.AnsweredAlone(reply, each.command, each.command_id))

    def take(self) -> str:
        """Takes a number; what the screen says is the number."""
        self.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
        return self.number

    @property
    def number(self) -> str:
        assert isinstance(self.frame.view, Ticket), self.frame.view
        return self.frame.view.number


@pytest.fixture
def visitor(tmp_path: Path) -> AloneVisitor:
    return AloneVisitor(tmp_path)


def test_without_the_module_a_visitor_gets_a_number_and_paper(visitor: AloneVisitor) -> None:
    assert visitor.take() == "A 950"
    assert "Pašlaik nevar pateikt, cik ilgi būs jāgaida." in visitor.words
    assert [type(each) for each in visitor.effects] == [e.AnswerAlone, e.PrintTicket]
    (ticket,) = visitor.own.waiting
    assert (ticket.number, ticket.service, ticket.language) == (950, "vsaa-pensija", "lv")
    visitor.touch("done")
    assert visitor.take() == "A 951"


def test_a_late_module_is_not_waited_for_and_the_command_keeps_its_id(
    visitor: AloneVisitor,
) -> None:
    visitor.back()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    assert isinstance(visitor.asked, TakeTicket)
    visitor.give(i.NoReply("made-command", visitor.asked))
    assert visitor.number == "A 950"
    assert visitor.own.waiting[0].ticket == "made-command"
    assert not any(isinstance(each, e.CancelTicket) for each in visitor.effects)


@pytest.mark.parametrize("code", [RefusalCode.NOT_STORED, RefusalCode.MODULE_FAULT])
def test_a_module_that_cannot_store_is_done_without(
    visitor: AloneVisitor, code: RefusalCode
) -> None:
    visitor.back()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    visitor.refuse(RefusalView(code=code))
    assert visitor.number == "A 950"


def test_when_the_numbers_are_over_the_visitor_is_told(tmp_path: Path) -> None:
    visitor = AloneVisitor(tmp_path, first=999)
    assert visitor.take() == "A 999"
    visitor.touch("done", "need_service", "institution:vsaa", "service:vsaa-pensija")
    assert "Šodien numuriņu vairs nav" in visitor.words
    visitor.back()
    visitor.touch("back", "service:vsaa-pensija")
    visitor.give(i.NoReply("made-command", visitor.asked))
    assert e.CancelTicket("made-command") in visitor.effects


def test_without_numbers_it_is_as_without_the_module(visitor: AloneVisitor) -> None:
    visitor.give(i.OwnNumbers(there=False))
    assert "need_service" not in visitor.buttons()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (9, "Jūs izsauks ap plkst. 10:40."),
        (-5, "Jūsu pieraksts ir plkst. 10:26."),
        (-30, "Pieraksta laiks ir pagājis."),
    ],
)
def test_an_appointment_is_known(tmp_path: Path, minutes: float, words: str) -> None:
    visitor = AloneVisitor(tmp_path, booking(minutes))
    visitor.scan(qr_text("demo", demo.CODE))
    assert visitor.number == "K 950"
    assert words in visitor.words
    assert visitor.own.waiting[0].booking == DIGEST
    visitor.touch("done")
    visitor.scan(qr_text("demo", demo.CODE))
    assert visitor.number == "K 950"
    assert len(visitor.own.waiting) == 1


def test_an_appointment_that_was_used_with_the_module_shows_its_number(tmp_path: Path) -> None:
    visitor = AloneVisitor(tmp_path, booking(9, "a-ticket", "K 007"))
    visitor.scan(qr_text("demo", demo.CODE))
    assert visitor.number == "K 007"
    assert not visitor.own.waiting


def test_an_appointment_of_another_day_is_told_in_the_same_words(tmp_path: Path) -> None:
    visitor = AloneVisitor(tmp_path, booking(24 * 60))
    visitor.scan(qr_text("demo", demo.CODE))
    assert "Jūsu pieraksts ir citā dienā" in visitor.words


def test_an_unknown_appointment_is_not_said_to_be_none(visitor: AloneVisitor) -> None:
    visitor.scan(qr_text("demo", demo.CODE))
    assert "Pašlaik nevar pārbaudīt jūsu pierakstu" in visitor.words
    visitor.touch("need_service")
    assert visitor.sees(m.Institutions)


def test_of_its_own_numbers_the_kiosk_knows_that_they_wait(visitor: AloneVisitor) -> None:
    visitor.take()
    visitor.touch("done")
    visitor.scan(ticket_qr("demo", visitor.own.waiting[0].ticket))
    assert visitor.number == "A 950"
    visitor.touch("done")
    visitor.scan(ticket_qr("demo", "a" * 16))
    assert "Pašlaik tas nav iespējams" in visitor.words


def test_a_visit_cannot_be_rated_now(visitor: AloneVisitor) -> None:
    served = demo.standing(demo.ticket(), Status.SERVED)
    visitor.back()
    visitor.scan(ticket_qr("demo", served.id))
    visitor.answer(served)
    visitor.away()
    visitor.wait(1)
    visitor.touch("score:9")
    assert "Pašlaik tas nav iespējams" in visitor.words


def test_after_a_restart_it_goes_on_with_the_next_number(tmp_path: Path) -> None:
    before = AloneVisitor(tmp_path, booking(9))
    before.take()
    before.store.close()
    store = Store(tmp_path / "kiosk.db")
    own = OwnNumbers(demo.settings().to_centre(), "kiosk", store, clock_at(demo.NOW))
    assert own.are_there
    reply = own.answer(TakeTicket("vsaa-pensija", "lv"), "after-restart")
    assert reply
    assert reply.ticket
    assert reply.ticket.number == "A 951"
    assert [each.number for each in own.waiting] == [950, 951]
    own.settle("after-restart", Fate.MERGED)
    assert [each.number for each in own.waiting] == [950]


def test_a_clock_that_fell_back_in_a_restart_goes_on_from_what_was_seen(tmp_path: Path) -> None:
    before = AloneVisitor(tmp_path)
    before.own.saw(demo.NOW)
    before.store.close()
    store = Store(tmp_path / "kiosk.db")
    years_ago = clock_at(demo.NOW.replace(year=2020))
    own = OwnNumbers(demo.settings().to_centre(), "kiosk", store, years_ago)
    own.answer(TakeTicket("vsaa-pensija", "lv"), "years-ago")
    assert own.waiting[0].issued_at == demo.NOW


def test_the_moment_is_told_by_the_modules_clock(visitor: AloneVisitor) -> None:
    visitor.take()
    visitor.own.saw(demo.NOW + timedelta(hours=3))
    told = visitor.own.to_merge()
    assert told
    since = demo.NOW + timedelta(hours=3) - told.issued_at
    assert since < timedelta(minutes=1)


def test_when_staff_have_ended_the_days_tickets_it_gives_none_until_the_next(
    tmp_path: Path,
) -> None:
    before = AloneVisitor(tmp_path, booking(9))
    before.own.take_tickets_end(demo.NOW)
    before.store.close()
    visitor = AloneVisitor(tmp_path, booking(9))
    (vsaa, *_) = visitor.own.offered(None).institutions
    assert (vsaa.open, vsaa.given_out) == (False, True)
    reply = visitor.own.answer(TakeTicket("vsaa-pensija", "lv"), "own-ended")
    assert reply
    assert reply.refusal
    assert reply.refusal.code is RefusalCode.TICKETS_GIVEN_OUT
    visitor.scan(qr_text("demo", demo.CODE))
    assert visitor.number == "K 950"  # who has an appointment gets a number
    visitor.own.saw(demo.NOW + timedelta(days=1))
    assert not any(each.given_out for each in visitor.own.offered(None).institutions)
    visitor.own.take_tickets_end(None)
    assert visitor.store.known.tickets_end is None


def test_a_damaged_store_is_moved_aside_and_another_begun(tmp_path: Path) -> None:
    visitor = AloneVisitor(tmp_path)
    visitor.take()
    visitor.store.close()
    (tmp_path / "kiosk.db").write_bytes(b"not a database" * 500)
    store = Store(tmp_path / "kiosk.db")
    own = OwnNumbers(demo.settings().to_centre(), "kiosk", store, clock_at(demo.NOW))
    assert own.faults == {"store_damaged"}
    assert own.journal != visitor.own.journal
    assert not own.are_there
    assert (tmp_path / "kiosk.db.damaged").exists()
    old = LeaseState(unit="kiosk", journal=visitor.own.journal, leases=())
    own.take_leases(old)
    assert store.known.leases is None


def test_what_is_damaged_is_not_repeated_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = AloneVisitor(tmp_path)
    visitor.take()
    (ticket,) = visitor.own.waiting
    visitor.store.close()
    with closing(sqlite3.connect(tmp_path / "kiosk.db", isolation_level=None)) as other:
        other.execute("update ticket set body = replace(body, '}', '')")
    assert Store(tmp_path / "kiosk.db").faults == {"store_damaged"}
    assert ticket.ticket not in caplog.text


def test_without_a_place_to_write_it_gives_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "kiosk.db")
    own = OwnNumbers(demo.settings().to_centre(), "kiosk", store, clock_at(demo.NOW))
    assert own.faults == {"store_broken"}
    assert not own.journal


def test_a_store_that_could_not_be_opened_is_opened_when_the_disk_is_well(tmp_path: Path) -> None:
    AloneVisitor(tmp_path).store.close()
    tmp_path.joinpath("kiosk.db").rename(tmp_path / "elsewhere")
    tmp_path.joinpath("kiosk.db").mkdir()
    store = Store(tmp_path / "kiosk.db")
    own = OwnNumbers(demo.settings().to_centre(), "kiosk", store, clock_at(demo.NOW))
    assert own.faults == {"store_broken"}
    own.mend()
    assert not own.are_there
    tmp_path.joinpath("kiosk.db").rmdir()
    tmp_path.joinpath("elsewhere").rename(tmp_path / "kiosk.db")
    own.mend()
    assert not own.faults
    assert own.are_there


def test_a_number_that_cannot_be_kept_is_not_given(visitor: AloneVisitor) -> None:
    visitor.store.close()
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    assert "Numuriņu neizdevās izsniegt" in visitor.words
    assert visitor.own.faults == {"store_broken"}
    assert not visitor.own.are_there


def test_while_the_module_is_away_a_store_is_tried_again(visitor: AloneVisitor) -> None:
    visitor.store._database.execute("pragma query_only = 1")
    visitor.touch("need_service", "institution:vsaa", "service:vsaa-pensija")
    assert not visitor.own.are_there
    visitor.own.mend()
    assert visitor.own.faults == {"store_broken"}
    visitor.store._database.execute("pragma query_only = 0")
    visitor.own.mend()
    assert not visitor.own.faults
    assert visitor.own.are_there


def test_numbers_that_were_lent_while_nothing_could_be_written_are_kept_later(
    visitor: AloneVisitor,
) -> None:
    told = visitor.store.known.leases
    assert told
    more = told.model_copy(update={"leases": told.leases[:1]})
    visitor.store._database.execute("pragma query_only = 1")
    visitor.own.take_leases(more)
    visitor.own.saw(demo.NOW)
    assert visitor.own.faults == {"store_broken"}
    assert visitor.store.known.leases == told
    visitor.store._database.execute("pragma query_only = 0")
    visitor.own.saw(demo.NOW)
    assert not visitor.own.faults
    assert visitor.store.known.leases == more


def test_what_came_late_does_not_tell_the_time(visitor: AloneVisitor) -> None:
    visitor.own.saw(demo.NOW)
    visitor.own.saw(demo.NOW - timedelta(seconds=40))
    assert visitor.own.now >= demo.NOW
    visitor.own.saw(demo.NOW + timedelta(hours=1))
    assert visitor.own.now >= demo.NOW + timedelta(hours=1)

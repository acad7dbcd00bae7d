"""What stands on the paper ticket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from drivers.printer import TicketPaper
from kiosk import demo
from kiosk.paper import ticket_paper
from messaging.booking_code import ticket_in_qr
from messaging.messages import TicketView, WaitView

CATALOGUE = demo.catalogue(demo.settings().to_centre())


def paper_of(ticket: TicketView, *, copy: bool = False) -> TicketPaper:
    return ticket_paper(ticket, CATALOGUE, demo.NOW, site="demo", copy=copy)


def lines_of(ticket: TicketView) -> tuple[str, ...]:
    return paper_of(ticket).lines


def waiting(low: int, high: int, language: str = "lv") -> str:
    wait = WaitView(low=low, high=high)
    return lines_of(demo.ticket(language).model_copy(update={"wait": wait}))[0]


def test_a_ticket_in_latvian() -> None:
    paper = paper_of(demo.ticket("lv"))
    assert paper.centre == "Paraugpils VPVKAC"
    assert paper.number == "A 042"
    assert paper.service == "Slimības pabalsts"
    assert paper.lines == (
        "Jums jāgaida apmēram 10 līdz 20 minūtes.",
        "Numurs parādīsies tablo, un to nosauks balsī.",
        "Lūdzu, apsēdieties zālē pie tablo.",
    )
    assert paper.printed_at == "Izdrukāts: otrdiena, 24. novembris, 10:31"
    assert paper.qr
    assert ticket_in_qr(paper.qr, "demo") == demo.ticket().id


def test_a_copy_says_so_and_is_the_same_ticket_otherwise() -> None:
    first, copy = paper_of(demo.ticket("lv")), paper_of(demo.ticket("lv"), copy=True)
    assert copy.printed_at == "Atkārtota izdruka: otrdiena, 24. novembris, 10:31"
    assert replace(copy, printed_at=first.printed_at) == first


def test_a_service_that_the_catalogue_lost_is_left_off() -> None:
    gone = demo.ticket("en").model_copy(update={"service": "gone"})
    assert paper_of(gone).service == ""


def test_the_wait_is_a_range() -> None:
    assert waiting(0, 5) == "Jums jāgaida mazāk nekā 5 minūtes."
    assert waiting(0, 5, "en") == "You will wait less than 5 minutes."
    assert waiting(45, 60, "en") == "You will wait about 45 to 60 minutes."


@pytest.mark.parametrize("wait", [None, WaitView(low=5, high=15)])
def test_who_is_early_is_told_the_time_of_day(wait: WaitView | None) -> None:
    early = demo.slot_ticket("en", demo.NOW + timedelta(minutes=9), wait)
    assert lines_of(early)[:2] == (
        "You will be called at about 10:40.",
        "You are in good time. You may be called sooner.",
    )


def test_who_is_early_for_a_slot_that_will_begin_late_is_told_the_wait() -> None:
    delayed = demo.slot_ticket("lv", demo.NOW + timedelta(minutes=9), WaitView(low=20, high=40))
    assert lines_of(delayed)[:2] == (
        "Jums jāgaida apmēram 20 līdz 40 minūtes.",
        "Jūsu pieraksts ir plkst. 10:40.",
    )


def test_who_comes_within_the_tolerance_is_on_time() -> None:
    on_time = demo.slot_ticket("lv", demo.NOW - timedelta(minutes=6), WaitView(low=0, high=5))
    assert lines_of(on_time)[:2] == (
        "Jums jāgaida mazāk nekā 5 minūtes.",
        "Jūsu pieraksts ir plkst. 10:25.",
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lv", "Pieraksta laiks ir pagājis. Numuriņš der: gaidiet kopējā rindā."),
        ("en", "Your appointment time has passed. Your number is valid in the general queue."),
    ],
)
def test_who_is_late_keeps_a_valid_number(language: str, words: str) -> None:
    late = demo.slot_ticket(
        language, demo.NOW - timedelta(minutes=21), WaitView(low=15, high=30), late=True
    )
    wait, valid, *_ = lines_of(late)
    assert "15" in wait
    assert valid == words


def test_where_the_wait_is_unknown_latvian_counts_people_as_latvians_do() -> None:
    def ahead(count: int) -> str:
        return lines_of(demo.ticket("lv").model_copy(update={"ahead": count, "wait": None}))[0]

    assert ahead(0) == "Pirms jums neviens negaida."
    assert ahead(1) == "Pirms jums gaida 1 cilvēks."
    assert ahead(11) == "Pirms jums gaida 11 cilvēki."
    assert ahead(21) == "Pirms jums gaida 21 cilvēks."

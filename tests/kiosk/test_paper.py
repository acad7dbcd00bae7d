"""What stands on the paper ticket, and how text is made to fit."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk import demo
from kiosk.fitting import SMALLEST, fit
from kiosk.paper import ticket_paper
from queue_core.model import Kind

CATALOGUE = demo.catalogue(demo.settings().to_centre())


def test_a_ticket_in_latvian() -> None:
    paper = ticket_paper(demo.ticket("lv"), CATALOGUE, demo.NOW)
    assert paper.centre == "Paraugpils VPVKAC"
    assert paper.number == "A 042"
    assert paper.service == "Slimības pabalsts"
    assert paper.lines == ("Pirms jums gaida 3 cilvēki.", "Numuru izsauks uz tablo un balsī.")
    assert paper.printed_at == "otrdiena, 24. novembris, 10:31"
    assert paper.qr is None


def test_a_slot_in_english() -> None:
    starts_at = demo.NOW + timedelta(minutes=9)
    slot = {"kind": Kind.SLOT, "slot_starts_at": starts_at, "ahead": 0, "service": "gone"}
    paper = ticket_paper(demo.ticket("en").model_copy(update=slot), CATALOGUE, demo.NOW)
    assert paper.service == ""
    assert paper.lines[:2] == ("Your appointment is at 10:40.", "Nobody is waiting before you.")


def test_latvian_counts_people_as_latvians_do() -> None:
    def ahead(count: int) -> str:
        ticket = demo.ticket("lv").model_copy(update={"ahead": count})
        return ticket_paper(ticket, CATALOGUE, demo.NOW).lines[0]

    assert ahead(0) == "Pirms jums neviens negaida."
    assert ahead(1) == "Pirms jums gaida 1 cilvēks."
    assert ahead(11) == "Pirms jums gaida 11 cilvēki."
    assert ahead(21) == "Pirms jums gaida 21 cilvēks."


def measure(line: str, size: float) -> tuple[float, float]:
    return len(line) * size * 0.6, size * 1.2


@given(
    st.text(alphabet="abc \n", min_size=1, max_size=80),
    st.floats(50, 2000),
    st.floats(20, 2000),
)
def test_text_fits_or_is_as_small_as_it_gets(text: str, width: float, height: float) -> None:
    fitted = fit(text, width, height, 100, measure)
    lines = fitted.text.split("\n")
    fits = len(lines) * fitted.size * 1.2 <= height and all(
        measure(line, fitted.size)[0] <= width for line in lines
    )
    assert fits or fitted.size == SMALLEST
    assert fitted.text.split() == text.split()


def test_dates_hours_and_numbers_are_not_torn_apart() -> None:
    text = "Jūsu numurs ir A 042, 26. novembris, plkst. 09:00."
    lines = fit(text, 150, 1000, 20, measure).text.replace("\u00a0", "_").split("\n")
    assert "26._novembris," in " ".join(lines)
    assert "plkst._09:00." in lines
    assert any("A_042" in line for line in lines)

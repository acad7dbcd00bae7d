"""How text is made to fit, and how a row is shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.fitting import EVEN, Wanted, fit, shared


def measure(line: str, size: float) -> tuple[float, float]:
    return len(line) * size * 0.6, size * 1.2


def lines_of(text: str, width: float, size: float) -> list[str]:
    fitted, _ = fit([Wanted(text, size, size, measure)], width, 1000, 0)
    return fitted[0].text.replace("\u00a0", "_").split("\n")


@given(
    st.lists(st.text(alphabet="abc \n", min_size=1, max_size=80), min_size=1, max_size=3),
    st.floats(50, 2000),
    st.floats(20, 2000),
)
def test_texts_fit_or_are_as_small_as_they_get(
    texts: list[str], width: float, height: float
) -> None:
    wanted = [Wanted(text, 100, 20, measure) for text in texts]
    fitted, _ = fit(wanted, width, height, 3)
    tall = sum(each.height for each in fitted) + 3 * (len(texts) - 1)
    wide = max(measure(line, f.size)[0] for f in fitted for line in f.text.split("\n"))
    assert (wide <= width and tall <= height) or max(each.size for each in fitted) <= 3 * EVEN
    assert [each.text.split() for each in fitted] == [text.split() for text in texts]


def test_the_larger_text_gives_way_before_one_falls_below_what_can_be_read() -> None:
    wanted = [Wanted("abc", 100, 20, measure), Wanted("abc", 30, 20, measure)]
    assert [each.size for each in fit(wanted, 1000, 80, 0)[0]] == [46, 20]


def test_dates_hours_and_numbers_are_not_torn_apart() -> None:
    lines = lines_of("Jūsu numurs ir A 042, 26. novembris, plkst. 09:00.", 150, 20)
    assert "26._novembris," in " ".join(lines)
    assert "plkst._09:00." in lines
    assert any("A_042" in line for line in lines)


def test_lines_are_about_equally_long() -> None:
    lines = lines_of("Jums jāgaida apmēram 10 līdz 20 minūtes.", 330, 20)
    assert lines == ["Jums jāgaida apmēram", "10_līdz 20_minūtes."]


@given(st.lists(st.floats(1, 500), min_size=1, max_size=5), st.floats(1, 2.5))
def test_a_row_is_shared_equally_but_each_gets_what_it_needs(
    needs: list[float], more: float
) -> None:
    room = sum(needs) * more
    widths = shared(needs, room)
    assert sum(widths) == pytest.approx(room)
    assert all(width >= need - 1e-9 for width, need in zip(widths, needs, strict=True))
    grown = {round(width, 6) for width, need in zip(widths, needs, strict=True) if width > need}
    assert len(grown) <= 1

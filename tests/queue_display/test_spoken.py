"""What the voice says."""

import pytest

from queue_display.spoken import LETTERS, sentences
from tests.queue_display.board_steps import call
from texts import language

LATVIAN, ENGLISH = language("lv"), language("en")


def said(number: str) -> str:
    one = call(1).model_copy(update={"number": number})
    return sentences(one, (LATVIAN, ENGLISH))[0].text


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("A 001", "Numurs ā, viens"),
        ("A 042", "Numurs ā, četrdesmit divi"),
        ("B 007", "Numurs bē, septiņi"),
        ("C 010", "Numurs cē, desmit"),
        ("D 011", "Numurs dē, vienpadsmit"),
        ("E 019", "Numurs ē, deviņpadsmit"),
        ("K 020", "Numurs kā, divdesmit"),
        ("P 021", "Numurs pē, divdesmit viens"),
        ("S 100", "Numurs es, simts"),
        ("T 101", "Numurs tē, simtu viens"),
        ("V 250", "Numurs vē, divi simti piecdesmit"),
        ("Z 999", "Numurs zē, deviņi simti deviņdesmit deviņi"),
        ("A 1000", "Numurs ā, tūkstotis"),
        ("A 1234", "Numurs ā, tūkstotis divi simti trīsdesmit četri"),
    ],
)
def test_latvian_says_the_letter_the_number_and_the_way(number: str, words: str) -> None:
    assert said(number) == f"{words}, lūdzu, pie pirmā lodziņa."


def test_every_letter_has_a_latvian_name_and_every_number_words() -> None:
    assert set(LETTERS["lv"]) == {chr(code) for code in range(ord("A"), ord("Z") + 1)}
    for number in range(1, 1000):
        spoken = said(f"A {number:03d}")
        assert not any(letter.isdigit() for letter in spoken), spoken


def test_a_visitor_who_chose_english_hears_both() -> None:
    latvian, english = sentences(call(42, language="en"), (LATVIAN, ENGLISH))
    assert (latvian.language, english.language) == ("lv", "en")
    assert english.text == "Number A, forty-two. Please go to counter one."


@pytest.mark.parametrize("spoken_by", ["lv", "ru", ""])
def test_others_hear_the_first_language_only(spoken_by: str) -> None:
    assert [s.language for s in sentences(call(42, language=spoken_by), (LATVIAN, ENGLISH))] == [
        "lv"
    ]


@pytest.mark.parametrize("number", ["", "A", "042", "A x", "{way} 1", "A " + "9" * 5000, "A ٣"])
def test_no_number_makes_the_voice_fail(number: str) -> None:
    assert said(number).endswith("lūdzu, pie pirmā lodziņa.")

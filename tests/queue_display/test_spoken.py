"""What the voice says, against Latvian numerals written out here once more."""

import pytest

from messaging.messages import CounterView
from queue_display.spoken import LETTERS, sentences
from tests.queue_display.board_steps import call
from texts import language

LATVIAN, ENGLISH = language("lv"), language("en")

UNITS = ["viens", "divi", "trīs", "četri", "pieci", "seši", "septiņi", "astoņi", "deviņi"]
STEMS = ["vien", "div", "trīs", "četr", "piec", "seš", "septiņ", "astoņ", "deviņ"]
ORDINALS = ["pirmā", "otrā", "trešā", "ceturtā", "piektā", "sestā", "septītā", "astotā", "devītā"]


def said(number: str, *, sign: str = "", recalls: int = 0) -> str:
    counter = call(1).counter
    if sign:
        counter = CounterView(id=sign.lower(), sign=sign, name={}, spoken={})
    facts = {"number": number, "counter": counter, "recalls": recalls}
    return sentences(call(1).model_copy(update=facts), (LATVIAN, ENGLISH))[0].text


def latvian(number: int) -> str:
    """0 to 999 in words, nominative; "simtu viens" but "simts desmit", as is usual."""
    if number == 0:
        return "nulle"
    hundreds, rest = divmod(number, 100)
    if hundreds and not rest:
        return "simts" if hundreds == 1 else f"{UNITS[hundreds - 1]} simti"
    before = ["", "simtu" if rest < 10 else "simts", *(f"{unit} simti" for unit in UNITS[1:])][
        hundreds
    ]
    tens, unit = divmod(rest, 10)
    if 10 < rest < 20:
        words = f"{STEMS[unit - 1]}padsmit"
    else:
        ten = ["", "desmit", *(f"{stem}desmit" for stem in STEMS[1:])][tens]
        words = f"{ten} {UNITS[unit - 1] if unit else ''}".strip()
    return f"{before} {words}".strip()


def latvian_ordinal(number: int) -> str:
    """1 to 99: the way to such a counter."""
    tens, unit = divmod(number, 10)
    if 10 < number < 20 or not unit:
        return f"{latvian(number)}ā"
    return f"{latvian(tens * 10) if tens else ''} {ORDINALS[unit - 1]}".strip()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("A 001", "Numurs ā, viens"),
        ("A 042", "Numurs ā, četrdesmit divi"),
        ("B 007", "Numurs bē, septiņi"),
        ("E 019", "Numurs ē, deviņpadsmit"),
        ("S 100", "Numurs es, simts"),
        ("T 101", "Numurs tē, simtu viens"),
        ("Z 999", "Numurs zē, deviņi simti deviņdesmit deviņi"),
        ("A 1000", "Numurs ā, tūkstotis"),
        ("A 1234", "Numurs ā, tūkstotis divi simti trīsdesmit četri"),
    ],
)
def test_latvian_says_the_letter_the_number_and_the_way(number: str, words: str) -> None:
    assert said(number) == f"{words}, lūdzu, pie pirmā lodziņa."


def test_every_letter_and_number_is_said_as_latvians_do() -> None:
    assert set(LETTERS["lv"]) == {chr(code) for code in range(ord("A"), ord("Z") + 1)}
    for letter, name in LETTERS["lv"].items():
        assert said(f"{letter} 042").startswith(f"Numurs {name}, četrdesmit divi, ")
    for number in range(1000):
        expected = f"Numurs ā, {latvian(number)}, lūdzu, pie pirmā lodziņa."
        assert said(f"A {number:03d}") == expected


def test_every_numbered_counter_is_named_in_its_case() -> None:
    for sign in range(1, 100):
        assert said("A 042", sign=str(sign)).endswith(
            f"lūdzu, pie {latvian_ordinal(sign)} lodziņa."
        )
    assert said("A 042", sign="21").endswith("lūdzu, pie divdesmit pirmā lodziņa.")
    english = CounterView(id="2", sign="2", name={}, spoken={})
    both = sentences(call(1, language="en").model_copy(update={"counter": english}), (ENGLISH,))
    assert both[0].text == "Number A, one. Please go to counter two."


def test_a_recall_is_said_to_be_one() -> None:
    assert (
        said("A 042", recalls=1)
        == "Aicinām atkārtoti: numurs ā, četrdesmit divi, lūdzu, pie pirmā lodziņa."
    )


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


@pytest.mark.parametrize("sign", ["K", "٣", "007", "{x}", "²", "000"])
def test_no_sign_makes_the_voice_fail(sign: str) -> None:
    assert said("A 042", sign=sign).startswith("Numurs ā, četrdesmit divi, lūdzu, ")

"""What the voice says: the number and the way, never a name or a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from num2words import num2words

from messaging.messages import BoardCall, CounterView
from texts import Language

LONGEST_SPELLED = 6
"""Digits; a longer number is no ticket's and is left to the voice as it is."""

_LATVIAN = "ā bē cē dē ē ef gā hā ī jē kā el em en ō pē kū er es tē ū vē dubultvē iks igreks zē"

LETTERS: Mapping[str, Mapping[str, str]] = {
    "lv": dict(zip(ascii_uppercase, _LATVIAN.split(), strict=True))
}
"""How letters are named where espeak-ng would say them as short sounds."""

_LAST_WORDS = {
    "viens": "pirmā",
    "divi": "otrā",
    "trīs": "trešā",
    "četri": "ceturtā",
    "pieci": "piektā",
    "seši": "sestā",
    "septiņi": "septītā",
    "astoņi": "astotā",
    "deviņi": "devītā",
    "simts": "simtā",
    "simti": "simtā",
}
"""Of a Latvian ordinal, as after *pie*: masculine, genitive. Any other last word takes an -ā."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and the language of the voice that says them."""

    text: str
    language: str


def sentences(call: BoardCall, languages: Sequence[Language]) -> tuple[Sentence, ...]:
    """The announcement in the first of `languages`, then in the visitor's own if it is another."""
    chosen = [each for each in languages if each in languages[:1] or each.code == call.language]
    return tuple(Sentence(_announcement(call, each), each.code) for each in chosen)


def _announcement(call: BoardCall, language: Language) -> str:
    series, _, digits = call.number.partition(" ")
    facts = {
        "letter": LETTERS.get(language.code, {}).get(series, series),
        "number": _in_words(digits, language.code),
        "way": _way(call.counter, language),
    }
    if call.recalls:
        return language.text("Calling again: number {letter}, {number}. Please go {way}.", **facts)
    return language.text("Number {letter}, {number}. Please go {way}.", **facts)


def _way(counter: CounterView, language: Language) -> str:
    if counter.spoken or not counter.sign.isdecimal():
        return language.pick(counter.spoken)
    words = _in_words(counter.sign, language.code)
    if language.code == "lv":
        *words_before, last = words.split()
        words = " ".join((*words_before, _LAST_WORDS.get(last, f"{last}ā")))
    return language.text("to counter {number}", number=words)


def _in_words(digits: str, language: str) -> str:
    if not digits.isdecimal() or len(digits) > LONGEST_SPELLED:
        return digits
    try:
        return str(num2words(int(digits), lang=language))
    except NotImplementedError:  # num2words says so of a language it does not know
        return str(int(digits))

"""What the voice says of a screen: all that is to be read on it, and how to choose. Pure.

The service of a ticket is not said: others may hear.
"""

import re
from collections.abc import Iterator

from kiosk.views import (
    Choice,
    Choices,
    Frame,
    Invitation,
    Keypad,
    Notice,
    Rating,
    Report,
    ShowCode,
    Ticket,
)
from texts import Language


def spoken(frame: Frame, language: Language, *, by_keys: bool) -> tuple[str, ...]:
    """Sentences in the order in which they are to be said."""
    said = [frame.question or frame.news, *_view(frame, language)]
    said += [choice_spoken(each, language) for each in frame.foot]
    if frame.choices():
        said.append(_how(language, by_keys=by_keys))
    return tuple(aloud(each, language) for each in said if each)


def choice_spoken(choice: Choice, language: Language) -> str:
    """One choice, when it is reached by keys too."""
    state = ""
    if choice.on is not None:
        state = language.text("Switched on") if choice.on else language.text("Switched off")
    return aloud(". ".join(each for each in (choice.title, choice.detail, state) if each), language)


def aloud(text: str, language: Language) -> str:
    """The same as a voice says it: names of institutions by their letters, no abbreviations."""
    text = re.sub(r"(?<=\w)\n+", ". ", text).replace("\n", " ")
    text = re.sub(r"\b([A-Z]) 0*(\d+)\b", r"\1, \2", text)
    text = re.sub(r"\b[A-ZĀČĒĢĪĶĻŅŠŪŽ]{2,5}\b", lambda found: " ".join(found[0]), text)
    return text.replace("plkst.", "pulksten") if language.code == "lv" else text


def _view(frame: Frame, language: Language) -> Iterator[str]:
    view = frame.view
    yield view.heading
    match view:
        case Choices(detail=detail, note=note):
            yield detail
            yield from _each(view.choices, language)
            yield note
        case Invitation(sentence=sentence):
            yield sentence
        case Notice(sentence=sentence) | ShowCode(sentence=sentence):
            yield sentence
            yield from _each(view.choices, language)
        case Keypad():
            yield view.sentence
            yield " ".join(view.typed)
        case Rating():
            yield view.sentence
            yield f"1: {view.worst}. 10: {view.best}."
        case Ticket():
            yield from (view.number, *view.lines, view.paper)
            yield from _each(view.choices, language)
        case Report():
            yield from (f"{each.name}: {each.words}" for each in view.lines)
            yield from _each(view.choices, language)


def _each(choices: tuple[Choice, ...], language: Language) -> Iterator[str]:
    return (choice_spoken(each, language) for each in choices)


def _how(language: Language, *, by_keys: bool) -> str:
    if by_keys:
        return language.text("Move with the arrow keys. Choose with the key in the middle.")
    return language.text("Please touch your choice.")

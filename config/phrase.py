"""A sentence in English that another layer can say in another language."""

from collections.abc import Mapping
from typing import Self


class Phrase(str):
    """English, which remembers what it was made of: its source, with ``{names}``, and the facts.
    `texts.mistakes` says it in another language."""

    source: str
    facts: Mapping[str, object]

    def __new__(cls, source: str, facts: Mapping[str, object]) -> Self:
        made = super().__new__(cls, source.format(**facts))
        made.source, made.facts = source, facts
        return made


def phrase(source: str, **facts: object) -> Phrase:
    """The source, with the facts in it."""
    return Phrase(source, facts)


def source(sentence: str) -> str:
    """The sentence itself: marks one of which a phrase is made elsewhere."""
    return sentence

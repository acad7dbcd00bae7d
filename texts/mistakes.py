"""What is wrong in a settings file or a card, said to a technician."""

from config.load import Problem
from config.phrase import Phrase
from texts import Language


def mistake(language: Language, problem: Problem) -> str:
    """Where it is, and what was expected there. What has no translation stays English."""
    facts = {
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "words": message(language, problem.message),
    }
    if problem.line and problem.key:
        return language.text("{file}, line {line}, {key}: {words}", **facts)
    if problem.line:
        return language.text("{file}, line {line}: {words}", **facts)
    if problem.key:
        return language.text("{file}, {key}: {words}", **facts)
    return language.text("{file}: {words}", **facts)


def message(language: Language, words: object) -> str:
    """What was expected, without the place."""
    if not isinstance(words, Phrase):
        return str(words)
    return language.text(
        words.source, **{name: message(language, fact) for name, fact in words.facts.items()}
    )

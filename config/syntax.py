"""What keeps a text from being TOML, line by line; tomllib itself stops at the first mistake."""

import re
import tomllib
from collections.abc import Iterator

from config.phrase import Phrase, phrase

MOST = 20
"""Mistakes named at once."""

_HEADER = re.compile(r"\s*\[+([^\[\]=\"']*)\]*\s*(#.*)?$")

_BRACKET = phrase("a bracket ] is missing at the end")
_UNCLOSED = {
    "Unclosed array": _BRACKET,
    "Unclosed inline table": phrase("a bracket }} is missing at the end"),
}
_LINE = phrase('expected a line such as name = "text"')
_QUOTE = phrase("a quote is missing at the end")
_QUOTES = phrase('text stands in quotes, such as name = "text"')

_KINDS = (
    (r"Expected '\]", _BRACKET),
    (r"Expected '='", _LINE),
    (r"Unterminated string|Illegal character '\\n'|Expected [\"']", _QUOTE),
    (r"twice|overwrite|Duplicate|redefine|mutate", phrase("stands here for the second time")),
    (r"Unescaped|Escaped|Invalid hex", phrase("write \\\\ instead of \\")),
    (r"Illegal|Found invalid", phrase("has a character that cannot be seen; write the line anew")),
    (r"date", phrase("expected a date such as 2027-01-31")),
    (r"initial|statement$", _LINE),
)


def mistakes(text: str) -> Iterator[tuple[int | None, Phrase]]:
    """1-based line, where it can be said, and what is wrong with it."""
    rows = text.replace("\r\n", "\n").split("\n")
    for number in range(MOST):
        try:
            tomllib.loads("\n".join(rows))
        except tomllib.TOMLDecodeError as error:
            at = _line(error, rows)
            kind = str(error).partition(" (at ")[0]
            if kind in _UNCLOSED:  # what follows is still inside, for all that can be known
                yield _written(rows, at, kind), _UNCLOSED[kind]
                return
            yield at, _words(kind, rows[at - 1])
            if not rows[at - 1]:
                return
            is_header = _HEADER.match(rows[at - 1])
            rows[at - 1] = f"[mistake-{number}]" if is_header else ""
        except (ValueError, RecursionError):  # of digits or brackets by the thousand
            yield None, phrase("cannot be understood: it goes on and on")
            return
        else:
            return


def _line(error: tomllib.TOMLDecodeError, rows: list[str]) -> int:
    found = re.search(r"at line (\d+)", str(error))
    if found:
        return int(found[1])
    return max((at for at, row in enumerate(rows, 1) if row.strip()), default=1)


def _written(rows: list[str], at: int, kind: str) -> int:
    """The line on which the bracket should have been: `at` itself, or the one before it."""
    try:
        tomllib.loads(rows[at - 1])
    except tomllib.TOMLDecodeError as error:
        if str(error).startswith(kind):
            return at
    above = (n for n in range(at - 1, 0, -1) if rows[n - 1].strip())
    return next(above, at)


def _words(kind: str, row: str) -> Phrase:
    _, is_setting, value = (each.strip() for each in row.partition("="))
    if is_setting and kind == "Invalid value":
        return _QUOTES if value else phrase("nothing stands after =")
    if is_setting and kind.startswith("Expected newline"):
        return phrase("something stands after the closing quote") if value[:1] in "\"'" else _QUOTES
    if value[:1] == "{":
        return phrase("something is wrong between the brackets {{ and }}")
    for pattern, words in _KINDS:
        if re.search(pattern, kind):
            return words
    return phrase("cannot be understood ({why})", why=kind)

"""What Windows, Notepad and Word make of a text file, taken back; lines keep their numbers."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

_MARKS = "“”„‟‘’‚‛«»‹›″′`´"
"""What stands for a quote on paper."""

_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_NOTHING = re.compile("[\u200b-\u200f\u2060\ufeff\x1a]")
_ANY_QUOTE = re.compile(f"[\"'{_MARKS}](?=\\s*($|[,\\]}}#=]))")
_MARK = re.compile(f"[{_MARKS}](?=\\s*($|[,\\]}}#=]))")


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16, or the letters of a Windows of these parts. Raises UnicodeError."""
    text = _decoded(content)
    if "\0" in text:
        raise UnicodeError("text has no zeros")
    return text


def repaired(text: str) -> str:
    """With straight quotes around texts, plain spaces between them and plain ends of lines; what is
    inside quotes stays as it is."""
    rows, inside = [], False
    for row in re.split("\r\n|\r|\n|\u2028|\u2029|\u0085", text):
        rows.append(row if inside else _repaired(row))
        if len(re.findall(r"\"\"\"|'''", row)) % 2:
            inside = not inside
    return "\n".join(rows)


def _decoded(content: bytes) -> str:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1257")


def _repaired(row: str) -> str:
    done, at = "", 0
    while at < len(row):
        if row[at] == "#":
            return done + row[at:]
        if row[at] in "\"'" + _MARKS:
            piece, at = _quoted(row, at)
        else:
            piece, at = _NOTHING.sub("", _SPACES.sub(" ", row[at])), at + 1
        done += piece
    return done


def _quoted(row: str, start: int) -> tuple[str, int]:
    """The text that begins at `start`, in the quotes of TOML, and where the row goes on."""
    if row[start] in "\"'":
        if end := _straight_end(row, start):
            return row[start:end], end
        found = _MARK.search(row, start + 1)
    else:
        found = _ANY_QUOTE.search(row, start + 1)
    if found is None:
        return '"' * (row[start] in _MARKS) + row[start:].lstrip(_MARKS), len(row)
    inner = row[start + 1 : found.start()]
    return '"' + re.sub(r'(?<!\\)"', r'\\"', inner) + '"', found.end()


def _straight_end(row: str, start: int) -> int | None:
    """Behind the quote that closes the one at `start`."""
    pattern = r'"(?:\\.|[^"\\])*"' if row[start] == '"' else r"'[^']*'"
    found = re.compile(pattern).match(row, start)
    return found.end() if found else None

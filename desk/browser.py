"""What a browser's request says of who sends it."""

from collections.abc import Sequence

from starlette.requests import Request

from desk.interface import SESSION
from texts import Language, language

LANGUAGE = "rinda_language"


def token(request: Request) -> str:
    """Of the session; empty where there is none."""
    return request.cookies.get(SESSION, "")


def language_of(request: Request, languages: Sequence[str]) -> Language:
    """The chosen one of these, or the first."""
    code = request.cookies.get(LANGUAGE, "")
    return language(code if code in languages else languages[0])

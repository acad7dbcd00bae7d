"""What a browser's request says: who sends it, in which language, what it carries."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from desk.interface import SESSION
from texts import Language, language

LANGUAGE = "rinda_language"

Respond = Callable[[Request], Awaitable[Response]]


def token(request: Request) -> str:
    """Of the session; empty where there is none."""
    return request.cookies.get(SESSION, "")


def language_of(request: Request, languages: Sequence[str]) -> Language:
    """The chosen one of these, or the first."""
    code = request.cookies.get(LANGUAGE, "")
    return language(code if code in languages else languages[0])


def taking(kind: str, respond: Respond) -> Respond:
    """Answer only what is said to be of this content type."""

    async def respond_if_so(request: Request) -> Response:
        given, _, _ = request.headers.get("content-type", "").partition(";")
        if given.strip().lower() != kind:
            return PlainTextResponse("Refused: of another content type.\n", 415)
        return await respond(request)

    return respond_if_so


def sending(file: Path) -> Respond:
    """Answer with this file."""

    async def respond(request: Request) -> Response:
        return FileResponse(file)

    return respond

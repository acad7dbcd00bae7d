"""The way in to every page of staff: signing in and out, the language."""

import logging
from collections.abc import Callable, Collection, Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from config.pins import SignInError, TooManyAttemptsError
from desk.browser import LANGUAGE, language_of, taking, token
from desk.interface import FORM, SESSION
from desk.pages import SignInForm
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from texts import Language

log = logging.getLogger(__name__)

LAST = "rinda_last"
YEAR = 365 * 24 * 3600


class Entrance:
    """`routes` are for the application. `draw` makes the sign-in page. One signs in at one of
    `counters`: at "" where there is no choice."""

    def __init__(
        self,
        draw: Callable[[Language, SignInForm], str],
        door: Door,
        sessions: Sessions,
        languages: Sequence[str],
        counters: Callable[[], Collection[str]] = lambda: ("",),
    ) -> None:
        self._draw, self._door, self._sessions = draw, door, sessions
        self._languages, self._counters = languages, counters
        self.routes = [
            Route("/sign-in", taking(FORM, self._sign_in), methods=["POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            Route("/language/{code}", self._choose_language),
        ]

    def page(self, request: Request) -> Response:
        """For a stranger; it starts with who signed in here last."""
        staff, _, counter = request.cookies.get(LAST, "").partition(".")
        return self._page(request, SignInForm(staff, counter))

    def _page(self, request: Request, form: SignInForm, status: int = 200) -> Response:
        return HTMLResponse(self._draw(language_of(request, self._languages), form), status)

    async def _sign_in(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode(errors="replace")))
        staff, counter = given.get("staff", ""), given.get("counter", "")
        words = language_of(request, self._languages)
        address = request.client.host if request.client else ""
        if counter not in self._counters():
            return self._page(request, SignInForm(staff, message=out_of_date(words)), 400)
        try:
            await self._door.check(staff, given.get("pin", ""), address)
        except SignInError as error:
            log.warning("a sign-in was refused, from %s: %s", address, error)
            return self._page(request, SignInForm(staff, counter, _refusal(words, error)), 403)
        response = RedirectResponse("/", 303)
        door = self._door
        session = Session(staff, counter, door.orders(staff), door.manages_units(staff))
        opened = self._sessions.open(session)
        _set_cookie(request, response, SESSION, opened, None)
        _set_cookie(request, response, LAST, f"{staff}.{counter}", YEAR)
        return response

    async def _sign_out(self, request: Request) -> Response:
        self._sessions.close(token(request))
        return RedirectResponse("/", 303)

    async def _choose_language(self, request: Request) -> Response:
        response = RedirectResponse("/", 303)
        code = request.path_params["code"]
        known = code if code in self._languages else self._languages[0]
        _set_cookie(request, response, LANGUAGE, known, YEAR)
        return response


def out_of_date(words: Language) -> str:
    """What a page is told that asks for what it could not have shown."""
    return words.text("The page is out of date. Load it again.")


def _set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int | None
) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure
    )


def _refusal(words: Language, error: SignInError) -> str:
    if isinstance(error, TooManyAttemptsError):
        seconds = max(1, round(error.seconds))
        return words.plural(
            "Too many attempts. Wait {count} second.",
            "Too many attempts. Wait {count} seconds.",
            seconds,
        )
    return words.text("The PIN is not right. Try once more.")

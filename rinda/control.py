"""The demonstration's control page: the world around its devices, for this machine only."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sse_starlette.event import JSONServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

import texts
from desk.pages import FOLDER as DESK
from firmware_bridge.simulated_controller import PLACES
from messaging.messages import UnitStatus
from rinda.broker import free_port
from rinda.centre_at_hand import CentreAtHand
from rinda.errors import CentreError
from rinda.observer import Observer
from rinda.world import World
from texts import Language, sentences
from web.guard import Guard

HOST = "127.0.0.1"
ADDRESS = "control.txt"
"""In the demonstration's folder: where the page is."""

LANGUAGES = ("lv", "en")
LOOK_SECONDS = 0.3
LATEST_TICKETS = 8
OWN = Path(__file__).parent
SHOWN = {"control.css": OWN, "control.js": OWN, "desk.css": DESK, "icon.svg": DESK}

TOLD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "printer": ("kiosk", ("printer", "paper", "cover")),
    "scanner": ("kiosk", ("scanner",)),
    "controller": ("bridge", ("",)),
}
"""Device → the unit that reports it, and how its faults begin."""


class ControlPage:
    """Serves while it is entered. `url` is the page, which shows and turns what `world` has."""

    def __init__(self, centre: CentreAtHand, observer: Observer, world: World) -> None:
        self._centre, self._observer, self._world = centre, observer, world
        self._port = free_port()
        self._closing = False
        templates = Environment(
            loader=FileSystemLoader(OWN),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = templates.get_template("control.html")
        application = Starlette(
            routes=[
                Route("/", self._home),
                Route("/world", self._lines),
                Route("/turn/{device}/{switch}/{position}", self._turn, methods=["POST"]),
                Route("/events/{code}", self._events),
                Route("/tickets/{name}", self._ticket),
                Route("/shown/{name}", _shown),
            ],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
                Middleware(Guard),
            ],
        )
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                host=HOST,
                port=self._port,
                log_config=None,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._server.run, name="control page", daemon=True)

    @property
    def url(self) -> str:
        """For a browser on this machine."""
        return f"http://{HOST}:{self._port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)
        (self._centre.folder / ADDRESS).write_text(f"{HOST}:{self._port}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = self._server.should_exit = True
        self._thread.join()

    async def _home(self, request: Request) -> Response:
        language = texts.language(_known(request.query_params.get("language", "")))
        return HTMLResponse(self._page.render(self._facts(language)))

    async def _lines(self, request: Request) -> Response:
        return PlainTextResponse("\n".join(self._world.lines()) + "\n")

    async def _turn(self, request: Request) -> Response:
        try:
            await asyncio.to_thread(self._world.turn, **request.path_params)
        except CentreError as error:
            return PlainTextResponse(f"{error}\n", 404)
        return Response(status_code=204)

    async def _ticket(self, request: Request) -> Response:
        printed = {each.image.name: each.image for each in self._centre.printer.tickets}
        image = printed.get(request.path_params["name"])
        return FileResponse(image) if image else Response(status_code=404)

    async def _events(self, request: Request) -> Response:
        language = texts.language(_known(request.path_params["code"]))
        return EventSourceResponse(self._stream(language), ping=3600)

    async def _stream(self, language: Language) -> AsyncIterator[JSONServerSentEvent]:
        """Each device's part of the page when it has changed."""
        sent: dict[str, str] = {}
        while not self._closing:
            facts = self._facts(language)
            for device in self._world.devices:
                context = self._page.new_context({**facts, "device": device})
                html = "".join(self._page.blocks["device"](context))
                if sent.get(device) != html:
                    sent[device] = html
                    yield JSONServerSentEvent({"device": device, "html": html})
            await asyncio.sleep(LOOK_SECONDS)

    def _facts(self, language: Language) -> dict[str, object]:
        controller = self._centre.controller
        return {
            "language": language,
            "language_names": {code: texts.language(code).text("English") for code in LANGUAGES},
            "text": language.text,
            "devices": self._world.devices,
            "names": {
                "printer": language.text("Printer"),
                "scanner": language.text("Scanner"),
                "controller": language.text("Call buttons and displays"),
            },
            "told": {name: self._told(language, name) for name in TOLD},
            "tickets": [each.image.name for each in self._centre.printer.tickets][
                : -LATEST_TICKETS - 1 : -1
            ],
            "displays": [(each, controller.number(each), controller.lit(each)) for each in PLACES],
            "kiosk_lamp": controller.lit(0),
            "desk": self._centre.desk_url,
        }

    def _told(self, language: Language, device: str) -> list[str]:
        """What the desk is told of it, in words; empty where all is well."""
        unit, beginnings = TOLD[device]
        topic = self._observer.topics.unit_status(unit)
        status = self._observer.latest(topic, UnitStatus)
        if status is None or not status.online:
            return [language.text("The unit is starting, or away.")]
        own = [each for each in status.faults if each.startswith(beginnings)]
        return [sentences.fault(language, each) for each in own]


def twin(folder: Path, words: list[str]) -> str:
    """Turn a switch of the demonstration that runs in the folder; without words, what there is.

    Returns what is to be said. Raises CentreError.
    """
    if len(words) not in (0, 3):
        raise CentreError("say a device, a switch and its position")
    try:
        address = (folder / ADDRESS).read_text()
        with closing(HTTPConnection(address, timeout=10)) as page:
            if words:
                place = "/".join(quote(each, safe="") for each in words)
                page.request("POST", f"/turn/{place}", b"", {"Origin": f"http://{address}"})
            else:
                page.request("GET", "/world")
            answer = page.getresponse()
            said = answer.read().decode().rstrip()
    except (OSError, HTTPException):
        raise CentreError(f"no demonstration runs in {folder}") from None
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise CentreError(said)
    return said


def _known(code: str) -> str:
    return code if code in LANGUAGES else LANGUAGES[0]


async def _shown(request: Request) -> Response:
    name = request.path_params["name"]
    return FileResponse(SHOWN[name] / name) if name in SHOWN else Response(status_code=404)

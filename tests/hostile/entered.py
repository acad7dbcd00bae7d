"""What browsers send, what is held to a scanner, what comes over a serial line, who comes to a
hub's door.

Each target takes bytes and raises when they were neither understood nor refused.
"""

import asyncio
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.enrolment import (
    ANSWER,
    REQUEST,
    Answer,
    Joined,
    Key,
    No,
    Refusal,
    RefusedError,
    Request,
    key_name,
    opened_answer,
    opened_request,
    sealed,
    sealed_request,
)
from appliance.known_units import programs_of
from config.pins import Throttle
from desk.demo import Morning, appointments
from desk.pages import Pages
from desk.sessions import Session, Sessions
from desk.sign_in import Door
from desk.watch import Watch
from desk.web import Web
from drivers.scanner import CodeCheck
from drivers.serial_scanner import LineAssembler
from firmware_bridge import frames
from firmware_bridge.wire import Decoder
from firmware_bridge.wire import encode as encode_packet
from kiosk import demo
from kiosk import effects as e
from kiosk import inputs as i
from kiosk.flow import begin, step
from kiosk.frames import frame_of
from messaging.booking_code import qr_text, ticket_qr
from messaging.codec import (
    decode_command,
    encode_command,
)
from messaging.enrolling import ORDER, Ask, Look, Revoke
from messaging.messages import (
    Reply,
)
from queue_core import commands as c
from rinda.centre_at_hand import MORNING
from tests.hostile.said import SETTINGS


class Browsers:
    """To the desk's page: a line ``METHOD path``, lines of headers, an empty one, the body; from
    its own page, by somebody who is signed in."""

    def __init__(self, folder: Path) -> None:
        watch = Watch(lambda: 0.0, "desk")
        watch.take_connection(True)
        watch.take_queue(Morning().state())
        watch.take_queue(Morning(sequence=58, moment=MORNING).state())
        watch.close()  # streams end at once
        sessions = Sessions(10, lambda: 0.0, lambda: "token")
        sessions.open(Session("klientu-1", "1"))
        self._loop = asyncio.new_event_loop()
        pages = Pages(SETTINGS)
        self._application = Web(
            pages=pages,
            door=Door(SETTINGS.staff, Throttle(lambda: 0.0)),
            sessions=sessions,
            watch=watch,
            ask=self._ask,
            languages=SETTINGS.site.languages,
            bookings=appointments(SETTINGS, pages, sessions, watch),
        ).application

    @staticmethod
    def seeds() -> Iterable[bytes]:
        own = "host: a\norigin: http://a\ncookie: rinda_session=token; rinda_language=en"
        json_, form = "application/json", "application/x-www-form-urlencoded"
        for path in ("/", "/events", "/health", "/language/en", "/desk.js", "/x"):
            yield f"GET {path}\n{own}\n\n".encode()
        for path, kind, body in (
            ("/command", json_, '{"name": "call_next", "body": {}}'),
            ("/command", json_, '{"name": "recall", "body": {"ticket": "12345678"}}'),
            ("/sign-in", form, "staff=klientu-1&counter=1&pin=0000"),
            ("/sign-out", form, ""),
            ("/bookings/question-1/paper", form, "kiosk=kiosk&language=lv"),
        ):
            head = f"content-type: {kind}\ncontent-length: {len(body)}"
            yield f"POST {path}\n{own}\n{head}\n\n{body}".encode()

    def __call__(self, data: bytes) -> None:
        head, _, body = data.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        method, _, path = first.decode("latin-1").partition(" ")
        headers = [
            (name.lower(), value.strip()) for name, _, value in (h.partition(b":") for h in lines)
        ]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "scheme": "http",
        }
        said: list[MutableMapping[str, Any]] = []
        comes = iter([{"type": "http.request", "body": body}])

        async def receive() -> MutableMapping[str, Any]:
            return next(comes, {"type": "http.disconnect"})

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(message)

        self._loop.run_until_complete(self._application(scope, receive, send))
        assert said[0]["status"] < 500, said[0]

    async def _ask(self, command: c.Command, by: str) -> Reply:
        return Reply(id="12345678")


class Codes:
    """To the kiosk: what a scanner types. The visitor goes on, whatever it is."""

    def __init__(self, folder: Path) -> None:
        model = begin(demo.settings(), 100.0, demo.NOW)
        catalogue = demo.catalogue(demo.settings().to_centre(), demo.NOW)
        for given in (i.Connection(True), i.ScannerThere(True), i.CatalogueCame(catalogue)):
            model, _ = step(model, given)
        self._model = model

    @staticmethod
    def seeds() -> Iterable[bytes]:
        texts = (qr_text("demo", demo.CODE), ticket_qr("demo", "a" * 16), qr_text("x", demo.CODE))
        yield from (each.encode() for each in (*texts, "https://example.org/ā", "4750000000007"))
        yield "\r\n".join(texts).encode()

    def __call__(self, data: bytes) -> None:
        lines, model = LineAssembler(CodeCheck()), self._model
        for code in [*lines.feed(data), *lines.end_line()]:
            model, effects = step(model, i.Scanned(code))
            frame_of(model)
            for each in effects:
                if isinstance(each, e.SendCommand):
                    request = c.Request("12345678", "kiosk", each.command)
                    assert decode_command(encode_command(request), "kiosk") == request
            model = replace(model, seconds=model.seconds + 1)


class Line:
    """To the bridge: bytes of the serial line."""

    def __init__(self, folder: Path) -> None: ...

    @staticmethod
    def seeds() -> Iterable[bytes]:
        for each in (frames.ButtonPressed(1, frames.Button.NEXT), frames.Temperature(-5)):
            yield encode_packet(bytes(3) + frames.write(each))

    def __call__(self, data: bytes) -> None:
        for packet in Decoder().feed(data):
            try:
                frame = frames.read(packet[3:])
            except ValueError:
                continue
            assert frames.write(frame) == packet[3:]


class Doors:
    """To a hub that lets units in: a line from anybody, an order over the desk's socket, and what
    somebody with the right code says; to a unit, what a hub answers it."""

    def __init__(self, folder: Path) -> None:
        del folder
        self._key = Key("a" * 32, "5e" * 32)
        self._asked = sealed_request(self._key, Request("signing"))

    @staticmethod
    def seeds() -> Iterable[bytes]:
        key = Key("a" * 32, "5e" * 32)
        request = Request("signing", "kiosk-2", "kiosk", "[kiosk]")
        joined = Joined("kiosk-2", "kiosk", "[site]", "[bridge]")
        yield sealed_request(key, request)
        yield REQUEST.dump_json(request)
        answers = (Answer("", {}, joined), No(Refusal.CODE_USED))
        orders = (Ask(["kiosk-2"]), Look(), Revoke(["kiosk-2"]))
        yield from (ANSWER.dump_json(each) for each in answers)
        yield from (ORDER.dump_json(each) for each in orders)
        yield b'[bridge]\nid = "kiosk-2-bridge"'

    def __call__(self, data: bytes) -> None:
        for line in (data, sealed(self._key, data)):
            key_name(line)
            with suppress(ValueError):
                opened_request(self._key, line)
        with suppress(ValueError, RefusedError):
            opened_answer(self._key, self._asked, sealed(self._key, data, self._asked))
        with suppress(ValueError):
            ORDER.validate_json(data)
        with suppress(ValueError):
            programs_of("kiosk-2", {"kiosk-2": "kiosk"}, data.decode(errors="replace"))

"""The hub has the newest version for its units: by HTTPS, for those with a certificate.

A unit asks from time to time, says what it runs, hears what there is and whether it has the turn.
"""

import asyncio
import hashlib
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from appliance.update_files import Asking, Places, write
from appliance.updates import PORT, Asked, Turns
from drivers.supervisor import Supervisor
from messaging.credentials import AUTHORITY, KEY, certificate_file
from web import serving

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - units come from the centre's network
LOOK_SECONDS = 30.0
MOST_UNITS = 200
LONGEST = 60
"""Letters of what a unit says."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Offer:
    """`closed`: whether nobody needs the units now. Who asked is on disk: a hub that was off, or
    started its programs anew, still waits for its units."""

    places: Places
    closed: Callable[[], bool]
    now: Callable[[], datetime]
    _known: tuple[Path, float, dict[str, str | int]] | None = None
    _turns: Turns | None = None

    def newest(self) -> dict[str, str | int]:
        """Version, size and SHA-256 of the bundle; nothing where there is none."""
        bundles = self.places.bundles()
        if not bundles:
            self._known = self._turns = None
            return {}
        bundle, moment = bundles[-1], bundles[-1].stat().st_mtime
        if self._known is None or self._known[:2] != (bundle, moment):
            version = bundle.stem.removeprefix("rinda-")
            with bundle.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = bundle.stat().st_size
            self._known = bundle, moment, {"version": version, "size": size, "sha256": digest}
            since = datetime.fromtimestamp(moment, UTC)
            self._turns = self._turns_of(version, since)
        return self._known[2]

    def ask(
        self, unit: str, version: str, tried: str, *, sleeps: bool = False
    ) -> dict[str, str | int | bool]:
        """What a unit hears that runs `version`, came back from `tried`, and `sleeps`."""
        newest = self.newest()
        if not self._turns or (unit not in self._turns.asked and self._is_full):
            return {}
        asked = Asked(version, tried, self.now())
        turn = self._turns.ask(unit, asked, closed=self.closed(), sleeps=sleeps)
        self._keep(self._turns)
        return {**newest, "turn": turn}

    def tell_hub(self) -> None:
        """Whether it is the hub's own turn: its file is there, or is not."""
        self.newest()
        if self._turns and self._turns.is_hubs(self.now()):
            self.places.turn.touch()
        else:
            self.places.turn.unlink(missing_ok=True)

    def _turns_of(self, version: str, since: datetime) -> Turns:
        kept = self.places.asking()
        whose = kept.whose if kept.version == version else None
        return Turns(version, since, self.now(), dict(kept.asked), whose)

    def _keep(self, turns: Turns) -> None:
        """What is news by more than minutes."""
        asking = Asking(version=turns.version, asked=turns.asked, whose=turns.whose)
        if _by_hours(asking) != _by_hours(self.places.asking()):
            try:
                write(self.places.asked, asking.model_dump_json())
            except OSError as error:
                log.warning("who asked cannot be kept: %s", error)

    @property
    def _is_full(self) -> bool:
        return self._turns is not None and len(self._turns.asked) >= MOST_UNITS


def _by_hours(asking: Asking) -> object:
    hours = {
        unit: (each.version, each.tried, each.at.timestamp() // 3600)
        for unit, each in asking.asked.items()
    }
    return asking.version, asking.whose, hours


def application(offer: Offer) -> Starlette:
    """What units ask."""

    async def ask(request: Request) -> Response:
        said = [request.query_params.get(each, "") for each in ("unit", "version", "tried")]
        if not said[0] or any(len(each) > LONGEST for each in said):
            return Response(status_code=400)
        sleeps = request.query_params.get("sleeps") == "1"
        return JSONResponse(offer.ask(*said, sleeps=sleeps))

    async def bundle(_: Request) -> Response:
        bundles = offer.places.bundles()
        return FileResponse(bundles[-1]) if bundles else Response(status_code=404)

    return Starlette(routes=[Route("/update", ask), Route("/bundle", bundle)])


async def serve(config: uvicorn.Config, offer: Offer, supervisor: Supervisor) -> int:
    """Until SIGTERM. Returns 0, or 1 if the port is not to be had."""

    async def tell_hub() -> None:
        while True:
            offer.tell_hub()
            await asyncio.sleep(LOOK_SECONDS)

    telling = asyncio.create_task(tell_hub())
    try:
        return await serving.serve(config, (), supervisor, lambda: None)
    finally:
        telling.cancel()


def configuration(
    offer: Offer, broker: Path, host: str = EVERY_ADDRESS, port: int = PORT
) -> uvicorn.Config:
    """With the broker's own certificate, of the folder `broker`. Raises OSError."""
    made = serving.config(
        application(offer),
        host,
        port,
        lifespan="off",
        ssl_certfile=str(certificate_file(broker, "broker")),
        ssl_keyfile=str(broker / KEY),
        ssl_ca_certs=str(broker / AUTHORITY),
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )
    made.load()
    if made.ssl and (broker / "revoked.pem").exists():
        made.ssl.load_verify_locations(broker / "revoked.pem")
        made.ssl.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return made

"""A unit gets the newest version from its hub, and goes on where a lost network ended it."""

import hashlib
import http.client
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance.rauc import UpdateError
from appliance.update_files import Order, Places, write
from appliance.updates import PORT, Reason, ordered
from appliance.updating import LARGEST, ROOM

PATIENCE_SECONDS = 20.0
PIECE = 2**20


class Newest(BaseModel):
    """What the hub has. `turn`: it is this unit's."""

    model_config = ConfigDict(frozen=True, strict=True)

    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+~-]{0,39}$")
    size: int = Field(gt=0, le=LARGEST)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    turn: bool


@dataclass(frozen=True, slots=True)
class Hub:
    """Where it is, and who this unit is to it."""

    host: str
    unit: str
    tls: SSLContext
    port: int = PORT

    def newest(self, version: str, tried: str = "", *, sleeps: bool = False) -> Newest | None:
        """What it has, for a unit that runs `version`, came back from `tried`, and `sleeps`. Raises
        OSError where it does not answer, and ValueError where it says what nobody understands."""
        said = {"unit": self.unit, "version": version, "tried": tried, "sleeps": int(sleeps)}
        query = urlencode(said)
        with self._get(f"/update?{query}", 0) as answer:
            heard = json.loads(answer.read(PIECE))
        return Newest.model_validate(heard) if heard else None

    def fetch(self, newest: Newest, to: Path) -> None:
        """Go on with the file `to` where it ends. Raises OSError, or ValueError where it is not
        what was announced."""
        with to.open("ab") as file:
            if (begun := file.tell()) < newest.size:
                with self._get("/bundle", begun) as answer:
                    while file.tell() < newest.size and (piece := answer.read(PIECE)):
                        file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        with to.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if to.stat().st_size >= newest.size and digest != newest.sha256:
            to.unlink()
            raise ValueError("the bundle is not what the hub announced")
        if digest != newest.sha256:
            raise OSError("the hub stopped in the middle")

    def _get(self, path: str, begin: int) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection(
            self.host, self.port, timeout=PATIENCE_SECONDS, context=self.tls
        )
        try:
            connection.request("GET", path, headers={"Range": f"bytes={begin}-"} if begin else {})
            answer = connection.getresponse()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from None
        if answer.status != (206 if begin else 200):
            raise OSError(f"the hub answers {answer.status}")
        return answer


def fetch(places: Places, hub: Hub, *, sleeps: bool = False) -> None:
    """Have the newest version in the store, with the order to install it, if it is this unit's
    turn. Raises OSError or UpdateError."""
    running, record = places.running(), places.recorded()
    tried = record.version if record and record.version in running.tried else ""
    try:
        newest = hub.newest(running.version, tried, sleeps=sleeps)
        if newest is None or not newest.turn:
            return
        if ordered(newest.version) <= ordered(running.version) or newest.version == tried:
            return
        file = places.store / f"rinda-{newest.version}.raucb"
        if not file.exists():
            part = file.with_suffix(f".{newest.sha256[:16]}.part")
            _make_room(places, part, newest)
            hub.fetch(newest, part)
            part.replace(file)
    except (ValueError, ValidationError) as error:
        raise UpdateError(Reason.UNTRUSTED, str(error)) from None
    order = Order(bundle=file.name, hub=True)
    if order != places.ordered():
        write(places.order, order.model_dump_json())


def _make_room(places: Places, part: Path, newest: Newest) -> None:
    for other in places.store.glob("*.part"):
        if other != part:
            other.unlink()
    begun = part.stat().st_size if part.exists() else 0
    if shutil.disk_usage(places.store).free < newest.size - begun + ROOM:
        raise UpdateError(Reason.NO_ROOM, f"{newest.size} bytes")

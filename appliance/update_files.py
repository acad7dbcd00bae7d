"""What is kept of an update, and where: whatever moment the power is cut at, the next start knows.

The store is a folder of the data partition with one bundle and the order what to do with it. The
record says how far it is.
"""

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from appliance.updates import Asked, Reason, Running, State, Turn
from messaging.machine import UpdateView


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


Kept = TypeVar("Kept", bound=_Kept)


class Order(_Kept):
    """What to do with the bundle. `now`: also while the centre is open; `downgrade`, `again`: as
    for `refusal`; `hub`: it is from there; `last`: only after all other units."""

    bundle: str
    now: bool = False
    downgrade: bool = False
    again: bool = False
    hub: bool = False
    last: bool = False


class Record(_Kept):
    """How far the last update is, begun at `at`. `slot`: the one that it is in; `hub`: the unit
    heard its hub then; `tried`: versions that were at fault when the unit came back; `older`: than
    the one before, because somebody meant it."""

    state: State
    version: str
    at: AwareDatetime
    slot: str = ""
    reason: Reason | None = None
    hub: bool = False
    tried: tuple[str, ...] = ()
    older: bool = False


class Asking(_Kept):
    """Who asked this hub for updates, and whose turn it is for `version`."""

    version: str = ""
    asked: dict[str, Asked] = {}
    whose: Turn | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Of all that an update needs, under `root`."""

    root: Path = Path("/")

    @property
    def store(self) -> Path:
        """Bundle and order."""
        return self.root / "data/updates"

    @property
    def order(self) -> Path:
        """What to do with the bundle."""
        return self.store / "order.json"

    @property
    def awake(self) -> Path:
        """As old as the last moment when the unit was on and nobody needed it."""
        return self.store / "awake"

    @property
    def asked(self) -> Path:
        """On a hub: who asked."""
        return self.store / "asked.json"

    @property
    def record(self) -> Path:
        """How far it is."""
        return self.root / "data/unit/update.json"

    @property
    def told(self) -> Path:
        """For the unit's agent, which tells the desk."""
        return self.root / "run/rinda/update.json"

    @property
    def turn(self) -> Path:
        """On a hub: there while it is the hub's own turn."""
        return self.root / "run/rinda-updates/hub"

    @property
    def programs(self) -> Path:
        """The services that this unit has."""
        return self.root / "data/unit/programs"

    def bundles(self) -> list[Path]:
        """What is in the store: never more than one, but for a moment."""
        return sorted(self.store.glob("rinda-*.raucb"), key=lambda each: each.stat().st_mtime)

    def services(self) -> list[str]:
        """Of this unit; none before it was set up."""
        return self.programs.read_text().split() if self.programs.exists() else []

    @property
    def is_hub(self) -> bool:
        """Whether other units ask this one."""
        return "rinda-module.service" in self.services()

    def running(self) -> Running:
        """The version that was started."""
        release = _pairs(self.root / "etc/os-release")
        rauc = _pairs(self.root / "etc/rauc/system.conf")
        record = self.recorded()
        tried = frozenset(record.tried if record else ())
        return Running(release.get("IMAGE_VERSION", ""), rauc.get("compatible", ""), tried)

    def slot(self) -> str:
        """``A`` or ``B``; "" where nobody said which was started."""
        words = (self.root / "proc/cmdline").read_text().split()
        named = (each.removeprefix("rauc.slot=") for each in words if each.startswith("rauc.slot="))
        return next(named, "")

    def ordered(self) -> Order | None:
        """The order, if there is one that can be read. That to go back must be root's own."""
        found = _read(Order, self.order)
        if found and self.order.stat().st_uid != os.geteuid():
            return found.model_copy(update={"downgrade": False})
        return found

    def recorded(self) -> Record | None:
        """How far the last update is."""
        return _read(Record, self.record)

    def asking(self) -> Asking:
        """Who asked, as far as it was kept."""
        return _read(Asking, self.asked) or Asking()

    def awake_at(self) -> datetime | None:
        """When the unit was last known to be on while nobody needed it."""
        try:
            return datetime.fromtimestamp(self.awake.stat().st_mtime, UTC)
        except OSError:
            return None

    def on_for(self) -> timedelta:
        """Since the start."""
        seconds = (self.root / "proc/uptime").read_text().split()[0]
        return timedelta(seconds=float(seconds))

    def wake(self, now: datetime) -> None:
        """It is on now. Raises OSError."""
        self.awake.touch()
        os.utime(self.awake, (now.timestamp(), now.timestamp()))

    def clear(self) -> None:
        """The order is done with; a hub has the bundle still, for its units."""
        self.order.unlink(missing_ok=True)
        for bundle in () if self.is_hub else self.bundles():
            bundle.unlink()

    def keep(self, record: Record) -> None:
        """On the card, before anything else is done; and told."""
        write(self.record, record.model_dump_json())
        self.tell_of(record)

    def tell_of(self, record: Record, percent: int | None = None) -> None:
        """The agent, of this update."""
        is_meant = record.older and record.state != State.FAILED
        reason = Reason.DOWNGRADED if is_meant else record.reason
        self.tell(record.state, record.version, percent, reason)

    def tell(
        self, state: State, version: str, percent: int | None = None, reason: Reason | None = None
    ) -> None:
        """The agent of this unit."""
        view = UpdateView(
            state=str(state), version=version[:80], percent=percent, reason=str(reason or "")
        )
        self.told.parent.mkdir(parents=True, exist_ok=True)
        new = self.told.with_suffix(".new")
        new.write_text(view.model_dump_json())
        new.chmod(0o644)
        new.replace(self.told)


def write(file: Path, text: str) -> None:
    """All of it, or what was there before. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    with new.open("w") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _pairs(file: Path) -> dict[str, str]:
    with contextlib.suppress(OSError):
        lines = (line.partition("=") for line in file.read_text().splitlines())
        return {name.strip(): value.strip().strip('"') for name, _, value in lines}
    return {}


def _read(kind: type[Kept], file: Path) -> Kept | None:
    try:
        return kind.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None

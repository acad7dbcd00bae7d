"""What a hub keeps of each unit that joined, so that a new card in a dead one's place is the same
unit again; and what of the centre's settings leaves the hub."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import TypeAdapter

from appliance.authority import write
from messaging.messages import Role

_COMMON = (
    "site",
    "institution",
    "service",
    "counter",
    "exception",
    "schedule",
    "situation",
    "notice",
    "clock",
)
_OWN: Mapping[Role, tuple[str, ...]] = {
    Role.KIOSK: ("kiosk", "visitor_page"),
    Role.DISPLAY: ("display",),
    Role.DESK: ("kiosk", "visitor_page", "desk"),
}
_KNOWS_BOOKINGS = frozenset({Role.KIOSK, Role.DESK})
_KEPT_BACK = "not known to this unit"


def card_role(role: str) -> str:
    """As a card says it: what is a display among identities is a board there."""
    return "board" if role == Role.DISPLAY else role


def identity_role(role: str) -> str:
    """The other way round."""
    return Role.DISPLAY if role == "board" else role


def site_for(role: str, site_toml: str) -> str:
    """The centre's settings for a unit of this role: without staff, identities and what else only
    the hub needs; without the secret of bookings where it reads none."""
    role = Role(role)
    tables = tomllib.loads(site_toml)
    kept: dict[str, Any] = {
        name: tables[name] for name in (*_COMMON, *_OWN.get(role, ())) if name in tables
    }
    kept["site"].pop("bookings_file", None)  # it is the module's, and lies there
    if role not in _KNOWS_BOOKINGS:
        kept["site"] = kept["site"] | {"booking_secret": _KEPT_BACK}
    return tomli_w.dumps(kept)


def programs_of(unit: str, roles: Mapping[str, str], unit_toml: str) -> dict[str, str]:
    """`roles`, and the bridge that the unit has by its own settings. Raises ValueError."""
    name = f"{unit}-bridge"
    try:
        tables = tomllib.loads(unit_toml)
    except RecursionError:
        raise ValueError("too deep") from None
    match tables:
        case {"bridge": {**own}} if own.get("id", name) == name:
            return {**roles, name: Role.BRIDGE}
    return dict(roles)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """`roles`: of its identities; the first is its own. `unit_toml`: its settings, as a file."""

    roles: Mapping[str, str]
    unit_toml: str = ""


_KNOWN: TypeAdapter[KnownUnit] = TypeAdapter(KnownUnit)


class KnownUnits:
    """A file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, unit: str) -> KnownUnit | None:
        """None for one that never joined."""
        file = self._file(unit)
        return _KNOWN.validate_json(file.read_bytes()) if file.exists() else None

    def keep(self, unit: str, known: KnownUnit) -> None:
        """In place of what was known."""
        self._folder.mkdir(exist_ok=True, mode=0o700)
        write(self._file(unit), _KNOWN.dump_json(known).decode())

    @property
    def roles(self) -> dict[str, str]:
        """Identity → role, of all of them."""
        every = (_KNOWN.validate_json(each.read_bytes()) for each in self._files())
        return {name: role for known in every for name, role in known.roles.items()}

    def _files(self) -> Iterable[Path]:
        return sorted(self._folder.glob("*.json"))

    def _file(self, unit: str) -> Path:
        return self._folder / f"{unit}.json"


def with_identities(unit_toml: str, roles: Mapping[str, str]) -> str:
    """A hub's own settings that list these identities too; all else is as it was written."""
    listed = {each["id"] for each in tomllib.loads(unit_toml).get("identity", ())}
    missing = {name: role for name, role in roles.items() if name not in listed}
    added = (f'\n[[identity]]\nid = "{name}"\nrole = "{role}"\n' for name, role in missing.items())
    return unit_toml + "".join(added)

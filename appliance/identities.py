"""`rinda enrol`, `rinda revoke`, `rinda renew`: who belongs to a centre."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from pydantic import ValidationError

from appliance.authority import (
    REVOKED,
    Authority,
    new_key,
    page_certificate,
    request_for,
    requested_key,
    revoked_in,
    write,
)
from appliance.codes import Awaited, Codes
from appliance.enrolment import (
    Answer,
    EnrolmentError,
    Joined,
    No,
    Refusal,
    RefusedError,
    Request,
    SlowClockError,
)
from appliance.joining import keep, tls_folder, unit_key
from appliance.known_units import (
    KnownUnit,
    KnownUnits,
    card_role,
    identity_role,
    programs_of,
    site_for,
    with_identities,
)
from config.check import contradictions
from config.programs import IdentitySettings
from config.settings import Settings
from messaging.codec import encode
from messaging.credentials import KEY, Credentials, certificate_file, names_of
from messaging.messages import Certificates, Role
from messaging.roles import RENEWAL, access_list, roles_of, told_of
from messaging.topics import Topics

BROKER = "broker"
TELL_SECONDS = 10.0

SERVICE = "queue-enrolment.service"
UNITS = frozenset({Role.KIOSK, Role.DISPLAY})
"""Whom a desk may let in and shut out."""

EARLIEST_YEAR = 2025
"""A clock that says less is slow."""

Tell = Callable[[str], None]
"""Tell a service what to do: ``reload mosquitto.service``."""


def systemctl(words: str) -> None:
    """On a machine that has services."""
    if shutil.which("systemctl"):
        command = ["systemctl", *words.split()]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are on a hub. `authority` is for root only, `broker` for root and Mosquitto."""

    authority: Path = Path("/etc/rinda/authority")
    broker: Path = Path("/etc/mosquitto/rinda")
    site: Path = Path("/etc/rinda/site.toml")
    unit: Path = Path("/etc/rinda/unit.toml")

    @property
    def codes(self) -> Path:
        """Which codes are open."""
        return self.authority / "codes.json"

    @property
    def units(self) -> Path:
        """What is known of those that joined."""
        return self.authority / "units"


class Hub:
    """What a hub decides. With `begin`, what is not there yet is made; else this must be the hub
    already.

    Methods for the technician return one sentence; all raise EnrolmentError.
    """

    def __init__(
        self,
        settings: Settings,
        places: Places,
        tell: Tell = systemctl,
        *,
        begin: bool = True,
    ) -> None:
        if not (begin or places.authority.exists()):
            words = f"Nobody was enrolled here: there is no {places.authority}. Is this the hub?"
            raise EnrolmentError(words)
        self._settings, self._places, self._tell = settings, places, tell
        self._topics = Topics(settings.site.id)
        self._renewal = places.authority / RENEWAL
        self._units = KnownUnits(places.units)
        try:
            now = settings.to_clock().now()
            if now.year < EARLIEST_YEAR:
                raise SlowClockError(now.year)
            self._authority = Authority(places.authority, settings.site.id, now)
            self.codes = Codes(places.codes, now)
            self._roles = roles_of(settings.identity) | {
                name: Role(role) for name, role in self._units.roles.items()
            }
            self._own(BROKER, places.broker, server=True)
            self._own(RENEWAL, self._renewal)
        except OSError as error:
            raise EnrolmentError(f"This is for root, on the hub: {error}.") from None

    def ask(self, names: Sequence[str], role: str = "", *, for_desk: bool = False) -> str:
        """A code for a unit with these identities, which the settings list; or for one that is new
        and of this role, as a card or the settings say it. A desk is given one for units only."""
        roles = self._roles_for(names, role)
        if for_desk:
            _must_be_units(roles.values())
        return self.codes.ask(roles)

    def expect(self, unit: str, role: str, code: str) -> None:
        """A unit will come with a code that stands in the hub's card."""
        self.codes.expect(self._roles_for([unit], role), code)
        self._tell(f"start --no-block {SERVICE}")

    def enrol_here(self, names: Sequence[str]) -> str:
        """Programs of the hub itself need no code."""
        self._must_know(names)
        folder = tls_folder(self._settings)
        certificates = self._issue(names, requested_key(request_for(unit_key(folder))))
        keep(folder, self._authority.certificate, certificates)
        self._told()
        return f"{', '.join(names)}: enrolled on this hub."

    def admit(self, code: str, request: Request) -> Answer | No:
        """A unit that has the code whose key has this name. Raises ValueError for a request that is
        not good; OSError."""
        awaited = self.codes.get(code)
        if not awaited:
            return No(Refusal.CODE_OVER)
        key = requested_key(request.signing)
        by = _digest(key)
        if refusal := self._refusal(awaited, by, request):
            return No(refusal)
        role = awaited.roles[awaited.unit]
        site = site_for(role, self._places.site.read_text())
        known = self._known(awaited, request.unit_toml)
        self.codes.take(awaited, by)
        certificates = self._issue(known.roles, key)
        self._told()
        joined = Joined(awaited.unit, card_role(role), site, known.unit_toml)
        return Answer(self._authority.certificate, certificates, joined)

    def revoke(self, names: Sequence[str], *, for_desk: bool = False) -> str:
        """Shut them out at once, also those that the settings no longer list; no code is good for
        them. Who has the hub's own keys has its authority's too: that is made anew instead."""
        if {BROKER, RENEWAL}.intersection(names):
            raise EnrolmentError("That is the hub itself: see docs/security.md, a stolen hub.")
        awaited = {each.unit for each in self.codes.open}
        known = {*self._roles, *self._authority.names, *awaited} - {BROKER, RENEWAL}
        self._must_know(names, known)
        if for_desk:
            _must_be_units(str(self._roles.get(each, "")) for each in names)
        for unit in names:
            self.codes.revoke(unit)
        joined = [self._units.get(unit) for unit in names]
        every = [*names, *(name for each in joined if each for name in each.roles)]
        for name in _names(dict.fromkeys(every)):
            self._authority.revoke(name)
        self._told()
        self._forget(every)
        return f"{', '.join(names)}: shut out."

    def renew(self) -> str:
        """Certificates in time; each unit is told its newest ones, whether or not it has them."""
        renewed = self._authority.renew()
        for name, folder in ((BROKER, self._places.broker), (RENEWAL, self._renewal)):
            self._own(name, folder, server=name == BROKER)
        self._told()
        self._say((self._topics.certificates(each), self._newest(each)) for each in self._enrolled)
        return f"{len(renewed)} renewed, {len(self._enrolled)} units told."

    @property
    def _enrolled(self) -> list[str]:
        issued = self._authority.names
        return [each for each in self._roles if each in issued]

    def _roles_for(self, names: Sequence[str], role: str) -> dict[str, str]:
        role = identity_role(role)
        if not role or any(each in self._roles for each in names):
            self._must_know(names)
            roles = {name: str(self._roles[name]) for name in names}
        else:
            roles = {name: self._new(name, role) for name in names}
        if role and set(roles.values()) != {role}:
            raise RefusedError(Refusal.OTHER_ROLE)
        return roles

    def _new(self, name: str, role: str) -> str:
        """The role of an identity that the settings will list, if they can."""
        try:
            identity = IdentitySettings.model_validate({"id": name, "role": role})
        except ValidationError:
            raise RefusedError(Refusal.BAD_ID) from None
        listed = (*self._settings.identity, identity)
        asked = self._settings.model_copy(update={"identity": listed})
        if any(path[0] == "identity" for path, _ in contradictions(asked)):
            raise RefusedError(Refusal.BAD_ID)
        return identity.role

    def _refusal(self, awaited: Awaited, by: str, request: Request) -> Refusal | None:
        if awaited.taken_by not in {"", by}:
            return Refusal.CODE_USED
        if not self.codes.is_open(awaited):
            return Refusal.CODE_USED if awaited.taken_by else Refusal.CODE_OVER
        role = awaited.roles[awaited.unit]
        if request.unit in {"", awaited.unit} and identity_role(request.role) in {"", role}:
            return None
        return Refusal.OTHER_UNIT

    def _known(self, awaited: Awaited, unit_toml: str) -> KnownUnit:
        """What is known of a unit from now on."""
        before = self._units.get(awaited.unit)
        unit_toml = unit_toml or (before.unit_toml if before else "")
        known = KnownUnit(programs_of(awaited.unit, awaited.roles, unit_toml), unit_toml)
        for name in known.roles.keys() - self._roles.keys():
            self._new(name, known.roles[name])
        self._units.keep(awaited.unit, known)
        self._roles |= {name: Role(role) for name, role in known.roles.items()}
        return known

    def _issue(self, units: Iterable[str], key: EllipticCurvePublicKey) -> dict[str, str]:
        return {name: self._authority.issue(name, key) for name in _names(units)}

    def _must_know(self, names: Sequence[str], known: Collection[str] = ()) -> None:
        if not names:
            raise EnrolmentError("Say which: names of [[identity]] in the centre's settings.")
        for name in names:
            if name not in (known or self._roles):
                words = f'There is no [[identity]] with id = "{name}" in the centre\'s settings.'
                raise RefusedError(Refusal.UNKNOWN_UNIT, words)

    def _own(self, name: str, folder: Path, *, server: bool = False) -> None:
        """The hub's own: the broker's certificate, and that with which units are told of theirs."""
        folder.mkdir(exist_ok=True, mode=0o750)
        key = new_key(folder / KEY).public_key()
        if not self._authority.has(name, key):
            self._authority.issue(name, key, server=server)
        keep(folder, self._authority.certificate, {name: self._authority.current(name)})

    def _told(self) -> None:
        """The broker knows who may come and who may do what; the module, whose orders to take."""
        revoked = self._places.broker / REVOKED
        before = set(revoked_in(revoked))
        write(revoked, self._authority.revoked)
        enrolled = {unit: self._roles[unit] for unit in self._enrolled}
        write(self._places.broker / "access.acl", access_list(enrolled, self._topics))
        # It reads the list of the revoked at its start only, and ends no connection before.
        verb = "reload" if set(revoked_in(revoked)) <= before else "try-restart"
        self._tell(f"{verb} mosquitto.service")
        if self._list_identities():
            self._tell("try-restart rinda-module.service")

    def _list_identities(self) -> bool:
        """In the hub's own settings; whether there were new ones."""
        file, known = self._places.unit, self._units.roles
        listed = {each.id for each in self._settings.identity}
        if known.keys() <= listed:
            return False
        every = {each.id: each.role for each in self._settings.identity} | known
        before = file.read_text() if file.exists() else ""
        write(file, with_identities(before, every))
        return True

    def _forget(self, names: Sequence[str]) -> None:
        """Nobody waits for what these say of themselves; a broker that is away keeps it."""
        with suppress(EnrolmentError):
            self._say((each, b"") for name in names for each in told_of(name, self._topics))

    def _say(self, retained: Iterable[tuple[str, bytes]]) -> None:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=RENEWAL, protocol=MQTTProtocolVersion.MQTTv5
        )
        Credentials(self._renewal, RENEWAL).secure(client)
        try:
            client.connect(self._settings.broker.host, self._settings.broker.port)
        except OSError as error:
            raise EnrolmentError(f"The broker does not answer: {error}.") from None
        client.loop_start()
        for topic, payload in retained:
            client.publish(topic, payload, qos=1, retain=True).wait_for_publish(TELL_SECONDS)
        client.disconnect()
        client.loop_stop()

    def _newest(self, unit: str) -> bytes:
        names = [name for name in names_of(unit) if name in self._authority.names]
        return encode(Certificates(pem={name: self._authority.current(name) for name in names}))


def page(settings: Settings, addresses: Sequence[str]) -> str:
    """A certificate for the staff's page."""
    if not settings.desk.tls:
        raise EnrolmentError('Set tls = "/var/lib/rinda/tls" in [desk] of this unit\'s settings.')
    folder = Path(settings.desk.tls)
    certificate = page_certificate(addresses, unit_key(folder, "page-key.pem"))
    write(certificate_file(folder, "page"), certificate)
    return f"Let the browsers of the counters trust {certificate_file(folder, 'page')}."


def _names(units: Iterable[str]) -> list[str]:
    return [name for unit in units for name in names_of(unit)]


def _digest(key: EllipticCurvePublicKey) -> str:
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def _must_be_units(roles: Iterable[str]) -> None:
    """A desk that somebody took over is not to become the hub with a code."""
    if not UNITS.issuperset(roles):
        raise RefusedError(Refusal.NOT_ALLOWED)

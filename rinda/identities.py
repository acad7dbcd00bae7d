"""`rinda enrol`, `rinda revoke`, `rinda renew`: who belongs to a centre."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from config.settings import Settings
from messaging.codec import encode
from messaging.credentials import AUTHORITY, KEY, Credentials, certificate_file, names_of
from messaging.messages import Certificates
from messaging.roles import RENEWAL, access_list, roles_of
from messaging.topics import Topics
from rinda.authority import (
    Authority,
    new_key,
    page_certificate,
    request_for,
    requested_key,
    write,
)
from rinda.enrolment import MINUTES, Answer, EnrolmentError, admit, join, new_code

BROKER = "broker"
TELL_SECONDS = 10.0

EARLIEST_YEAR = 2025
"""Certificates of a hub whose clock is slow would have ended when somebody sets it right."""

Tell = Callable[[str], None]
"""Tell the broker's service to ``reload`` its files, or to ``restart``."""


def mosquitto(verb: str) -> None:
    """The broker of this hub, if it is a service that runs."""
    if shutil.which("systemctl"):
        command = ["systemctl", f"try-{verb}" if verb == "restart" else verb, "mosquitto.service"]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


class Hub:
    """What a hub decides. `authority` is for root only, `broker` for root and Mosquitto. With
    `begin`, what is not there yet is made; else this must be the hub already.

    All methods return one sentence for the technician and raise EnrolmentError.
    """

    def __init__(
        self,
        settings: Settings,
        authority: Path,
        broker: Path,
        tell: Tell = mosquitto,
        *,
        begin: bool = True,
    ) -> None:
        if not (begin or authority.exists()):
            words = f"Nobody was enrolled here: there is no {authority}. Is this the hub?"
            raise EnrolmentError(words)
        self._settings, self._broker, self._tell = settings, broker, tell
        self._topics = Topics(settings.site.id)
        self._roles = roles_of(settings.identity)
        self._renewal = authority / RENEWAL
        try:
            now = settings.to_clock().now()
            if now.year < EARLIEST_YEAR:
                raise EnrolmentError(f"The clock of this hub says {now:%Y}: set it right first.")
            self._authority = Authority(authority, settings.site.id, now)
            self._own(BROKER, broker, server=True)
            self._own(RENEWAL, self._renewal)
        except OSError as error:
            raise EnrolmentError(f"This is for root, on the hub: {error}.") from None

    def enrol(self, names: Sequence[str], port: int, say: Callable[[str], None]) -> str:
        """Wait for a unit with the code that is said now."""
        self._must_know(names)
        code = new_code()
        say(f"On the unit: sudo rinda enrol --join {code}")
        say(f"It can be used once, within {MINUTES} minutes; Ctrl-C ends the waiting.")
        asyncio.run(admit(code, lambda asked: self.issue(names, asked), "", port, MINUTES * 60.0))
        self._told("reload")
        return f"{', '.join(names)}: enrolled."

    def enrol_here(self, names: Sequence[str]) -> str:
        """Programs of the hub itself need no code."""
        self._must_know(names)
        folder = _folder(self._settings)
        _keep(folder, self.issue(names, request_for(_unit_key(folder))))
        self._told("reload")
        return f"{', '.join(names)}: enrolled on this hub."

    def issue(self, names: Sequence[str], request: str) -> Answer:
        """Certificates for the key of this request. Raises ValueError if it does not prove it."""
        key = requested_key(request)
        every = [name for unit in names for name in names_of(unit)]
        made = {name: self._authority.issue(name, key) for name in every}
        return Answer(self._authority.certificate, made)

    def revoke(self, names: Sequence[str]) -> str:
        """Shut them out at once, also those that the settings no longer list. Who has the hub's own
        keys has its authority's too: that is made anew instead."""
        if {BROKER, RENEWAL}.intersection(names):
            raise EnrolmentError("That is the hub itself: see docs/security.md, a stolen hub.")
        self._must_know(names, {*self._roles, *self._authority.names} - {BROKER, RENEWAL})
        for unit in names:
            for name in names_of(unit):
                self._authority.revoke(name)
        self._told("restart")
        return f"{', '.join(names)}: shut out."

    def renew(self) -> str:
        """Certificates in time; each unit is told its newest ones, whether or not it has them."""
        renewed = self._authority.renew()
        for name, folder in ((BROKER, self._broker), (RENEWAL, self._renewal)):
            self._own(name, folder, server=name == BROKER)
        self._told("reload")
        self._tell_units()
        return f"{len(renewed)} renewed, {len(self._units)} units told."

    @property
    def _units(self) -> list[str]:
        issued = self._authority.names
        return [each for each in self._roles if each in issued]

    def _must_know(self, names: Sequence[str], known: Collection[str] = ()) -> None:
        if not names:
            raise EnrolmentError("Say which: names of [[identity]] in the centre's settings.")
        for name in names:
            if name not in (known or self._roles):
                words = f'There is no [[identity]] with id = "{name}" in the centre\'s settings.'
                raise EnrolmentError(words)

    def _own(self, name: str, folder: Path, *, server: bool = False) -> None:
        """The hub's own: the broker's certificate, and that with which units are told of theirs."""
        folder.mkdir(exist_ok=True, mode=0o750)
        key = new_key(folder / KEY).public_key()
        if not self._authority.has(name, key):
            self._authority.issue(name, key, server=server)
        _keep(folder, Answer(self._authority.certificate, {name: self._authority.current(name)}))

    def _told(self, verb: str) -> None:
        """The broker knows who may come and who may do what."""
        enrolled = {unit: self._roles[unit] for unit in self._units}
        write(self._broker / "revoked.pem", self._authority.revoked)
        write(self._broker / "access.acl", access_list(enrolled, self._topics))
        self._tell(verb)

    def _tell_units(self) -> None:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=RENEWAL, protocol=MQTTProtocolVersion.MQTTv5
        )
        Credentials(self._renewal, RENEWAL).secure(client)
        try:
            client.connect(self._settings.broker.host, self._settings.broker.port)
        except OSError as error:
            raise EnrolmentError(f"The broker does not answer: {error}.") from None
        client.loop_start()
        for unit in self._units:
            topic, payload = self._topics.certificates(unit), encode(self._newest(unit))
            client.publish(topic, payload, qos=1, retain=True).wait_for_publish(TELL_SECONDS)
        client.disconnect()
        client.loop_stop()

    def _newest(self, unit: str) -> Certificates:
        return Certificates(pem={name: self._authority.current(name) for name in names_of(unit)})


def join_hub(settings: Settings, code: str, port: int) -> str:
    """On a new unit: a key of its own, and a certificate from the hub, where the broker is."""
    folder, host = _folder(settings), settings.broker.host
    answer = asyncio.run(join(code, request_for(_unit_key(folder)), host, port))
    _keep(folder, answer)
    names = [each for each in answer.certificates if not each.endswith("-self-test")]
    return f"Enrolled as {', '.join(names)}."


def page(settings: Settings, addresses: Sequence[str]) -> str:
    """A certificate for the staff's page."""
    if not settings.desk.tls:
        raise EnrolmentError('Set tls = "/var/lib/rinda/tls" in [desk] of this unit\'s settings.')
    folder = Path(settings.desk.tls)
    certificate = page_certificate(addresses, _unit_key(folder, "page-key.pem"))
    write(certificate_file(folder, "page"), certificate)
    return f"Let the browsers of the counters trust {certificate_file(folder, 'page')}."


def _folder(settings: Settings) -> Path:
    if not settings.broker.tls:
        raise EnrolmentError('Set tls = "/var/lib/rinda/tls" in [broker] of this unit\'s settings.')
    return Path(settings.broker.tls)


def _unit_key(folder: Path, name: str = KEY) -> EllipticCurvePrivateKey:
    """Made here, where there is none yet; it belongs to whoever owns the folder."""
    if not folder.exists():
        folder.mkdir(mode=0o750)
        above = folder.parent.stat()
        os.chown(folder, above.st_uid, above.st_gid)
    return new_key(folder / name)


def _keep(folder: Path, answer: Answer) -> None:
    write(folder / AUTHORITY, answer.authority)
    for name, certificate in answer.certificates.items():
        write(certificate_file(folder, name), certificate)

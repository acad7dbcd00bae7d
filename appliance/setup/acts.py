"""What setup decided is done here, as root: one effect after another, and what comes of it."""

import asyncio
import logging
import secrets
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter
from zeroconf import InterfaceChoice

from appliance import files, joining
from appliance.card import FILE, Card, blank_card, read_card
from appliance.enrolment import PORT, EnrolmentError, RefusedError, SlowClockError
from appliance.files import File, files_of, network_files, own_settings
from appliance.hubs import Interfaces, watch_hubs
from appliance.identities import Hub, Places, page
from appliance.known_units import KnownUnits, identity_role
from appliance.network import WIFI
from appliance.setup import effects as e
from appliance.setup import inputs as i
from appliance.setup import model as m
from appliance.setup import result
from appliance.setup.disk import NETWORK, Disk, sums_of
from appliance.setup.effects import Effect
from appliance.setup.inputs import Input
from appliance.setup.model import Kept
from appliance.setup.told import Told
from appliance.tables import Role
from config.lines import line_of
from config.load import ConfigError, Problem, load_settings
from config.phrase import phrase
from config.programs import BrokerSettings
from config.settings import Settings
from drivers.host import SOMEWHERE, system_clock
from messaging.credentials import certificate_file
from messaging.messages import Finding, SelfTestReport
from selftest import REPORT
from selftest.system import INTERFACES, network

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often network and clock are asked."""

SALT_BYTES = 16
DATA = Path("/var/lib/rinda")
HERE = ("module", "desk", "consultations", "visitor-page")
"""Identities of a hub's own programs, besides the unit's."""

SELF_TEST = {"hub": "module", "kiosk": "kiosk", "all-in-one": "kiosk", "board": "display"}
"""Role of a card → what the self-test tries."""

HOLDS_DEVICES = frozenset({"rinda-kiosk.service", "rinda-display.service", "rinda-bridge.service"})
"""They begin when setup is done."""

Seen = TypeVar("Seen")
_ROLE: TypeAdapter[Role] = TypeAdapter(Role)


class Acts:
    """Carries out effects. `interfaces`: where hubs are looked for."""

    def __init__(
        self, disk: Disk, port: int = PORT, interfaces: Interfaces = InterfaceChoice.All
    ) -> None:
        self._disk, self._port, self._interfaces = disk, port, interfaces

    async def do(self, effect: Effect, told: Told, say: Callable[[Input], None]) -> None:
        """`told`: how the unit is; `say` gets what comes of the effect, as it comes."""
        match effect:
            case e.WatchNetwork(wifi, address):
                async for finding in _changes(self._network):
                    say(_network_is(finding, address, wifi=wifi))
            case e.WatchClock():
                async for right in _changes(lambda: bool(system_clock().synchronised)):
                    say(i.ClockIs(right))
            case e.WatchHubs():
                await watch_hubs(
                    lambda hubs: say(i.HubsAre(tuple(hubs))), interfaces=self._interfaces
                )
            case e.Join():
                say(await self._join(effect))
            case _:
                if came := await asyncio.to_thread(self._do_now, effect, told):
                    say(came)

    def _do_now(self, effect: Effect, told: Told) -> Input | None:
        try:
            return self._do(effect, told)
        except OSError:
            log.exception("%s came to nothing", type(effect).__name__)
            return i.Failed("memory")

    def _do(self, effect: Effect, told: Told) -> Input | None:
        match effect:
            case e.Look():
                return i.Looked(replace(self._look(), signer=self._disk.signer()))
            case e.OpenScreen():
                _systemctl("start", "--no-block", "rinda-setup.service")
            case e.PutNetwork(card):
                self._disk.keep_network()
                self._put_network(card)
            case e.PutBack():
                if self._disk.put_network_back():
                    self._network_changed()
            case e.Apply(card, kept):
                return self._apply(card, kept)
            case e.Test(role):
                return i.Tested(self._test(SELF_TEST[role]))
            case e.Remember(sums):
                self._disk.forget_network()
                self._disk.wrong(is_wrong=False)
                self._say(result.done(told))
                self._disk.remember(sums)
            case e.Tell(why):
                self._disk.wrong(is_wrong=True)
                self._say(result.wrong(told, why))
            case e.Start():
                _systemctl("daemon-reload")
                _systemctl("stop", "rinda-setup.service")
                _systemctl("start", "--no-block", "rinda.target")
        return None

    # The card. --------------------------------------------------------------------------------

    def _look(self) -> m.Found:
        applied, kept = self._disk.applied(), self._disk.kept()
        try:
            file = self._disk.card_file()
            if file is None:
                return m.Found(None, (), m.NO_FILE, applied, kept)
            card = read_card(file)
            return m.Found(card, (), sums_of(card.files), applied, kept)
        except ConfigError as error:
            return m.Found(None, error.problems, "", applied, kept)
        except OSError as error:
            if not applied:
                raise
            problem = Problem(FILE, None, "", f"cannot be read: {error.strerror}")
            return m.Found(None, (problem,), "", applied, kept)

    def _say(self, words: str) -> None:
        """On the card, where only another service may write."""
        if self._disk.result(words):
            _systemctl("start", "queue-result.service")

    # The network. -----------------------------------------------------------------------------

    def _put_network(self, card: Card) -> None:
        if self._disk.put(network_files(card), NETWORK):
            self._network_changed()

    def _network_changed(self) -> None:
        _systemctl("reload-or-restart", "systemd-networkd.service")
        _systemctl("restart", "chrony.service")
        has_wifi = self._disk.at(files.SUPPLICANT).exists()
        _systemctl("restart" if has_wifi else "stop", f"wpa_supplicant@{WIFI}.service")

    def _network(self) -> Finding:
        return network(BrokerSettings(host=SOMEWHERE), self._disk.at(INTERFACES))

    async def _join(self, asked: e.Join) -> Input:
        folder, card = self._disk.at(Path(files.TLS)), asked.card
        unit, role = (card.unit.unit, card.unit.role) if card else ("", "")
        own = own_settings(card, secrets.token_bytes(SALT_BYTES)) if card else ""
        try:
            joined = await joining.join(
                asked.hub, asked.code, unit, role, folder, own, port=self._port
            )
        except RefusedError as error:
            return i.Refused(error.refusal)
        except OSError:
            log.exception("%s cannot be written", folder)
            return i.Refused("hub_fails")
        return i.HasJoined(joined)

    # Everything in its place. -----------------------------------------------------------------

    def _apply(self, card: Card | None, kept: Kept | None) -> Input:
        """Raises OSError."""
        if kept:
            self._disk.keep(kept)
        joined = kept.joined if kept else None
        if card is None and joined:
            card = blank_card(_ROLE.validate_python(joined.role), joined.unit)
        if card is None:
            return i.Failed("memory")
        given = (joined.site_toml, joined.unit_toml) if joined else ("", "")
        try:
            made = files_of(card, secrets.token_bytes(SALT_BYTES), *given)
        except ConfigError as error:
            return i.Contradicted(error.problems)
        if others := self._known_otherwise(card):
            return i.Contradicted(others)
        self._disk.put(made, files.OWNED)
        try:
            if card.unit.is_hub:
                self._be_hub(card)
        except SlowClockError:
            return i.Failed("slow_clock")
        except RefusedError as error:
            return i.Failed(error.refusal)
        except EnrolmentError as error:
            raise OSError(str(error)) from error
        self._begin(made)
        return i.Applied()

    def _known_otherwise(self, card: Card) -> tuple[Problem, ...]:
        """Units that the hub's card awaits in another role than they have had in this centre."""
        known = KnownUnits(self._places().units).roles
        return tuple(
            Problem(
                card.settings.name,
                line_of(card.settings.lines, ("enrol", position, "role")),
                f"enrol[{position}].role",
                phrase("{name} has had another role: choose another id", name=repr(each.unit)),
            )
            for position, each in enumerate(card.enrol)
            if known.get(each.unit, identity_role(each.role)) != identity_role(each.role)
        )

    def _be_hub(self, card: Card) -> None:
        """Raises EnrolmentError, OSError."""
        settings = self._settings()
        hub = Hub(settings, self._places())
        listed = {each.id for each in settings.identity}
        hub.enrol_here([each for each in (*HERE, card.unit.id) if each in listed])
        for each in card.enrol:
            hub.expect(each.unit, each.role, each.code)
        if not certificate_file(Path(settings.desk.tls), "page").exists():
            page(settings, [f"{files.hub_name(settings.site.id)}.local"])

    def _settings(self) -> Settings:
        places = [self._disk.at(files.SITE), self._disk.at(files.UNIT)]
        settings = load_settings(places, {})
        tls = str(self._disk.at(Path(files.TLS)))
        broker = settings.broker.model_copy(update={"tls": tls})
        desk = settings.desk.model_copy(update={"tls": tls})
        return settings.model_copy(update={"broker": broker, "desk": desk})

    def _places(self) -> Places:
        usual = Places()
        return Places(*(self._disk.at(getattr(usual, each.name)) for each in fields(usual)))

    def _begin(self, made: Mapping[Path, File]) -> None:
        """What the self-test needs."""
        _systemctl("daemon-reload")
        _run("hostnamectl", "hostname", made[files.HOSTNAME].text.strip())
        if files.ANNOUNCEMENT in made:
            _systemctl("restart", "systemd-resolved.service")
        _systemctl("restart", "chrony.service")
        programs = made[files.PROGRAMS].text.split()
        wait = HOLDS_DEVICES | {f"wpa_supplicant@{WIFI}.service"}
        _systemctl("restart", *(each for each in programs if each not in wait))

    def _test(self, role: str) -> SelfTestReport | None:
        """None where there is no new one."""
        report = self._disk.at(DATA / REPORT)
        before = report.read_bytes() if report.exists() else b""
        _systemctl("start", f"queue-selftest@{role}.service")
        with suppress(FileNotFoundError, ValueError):
            now = report.read_bytes()
            return None if now == before else SelfTestReport.model_validate_json(now)
        return None


async def _changes(look: Callable[[], Seen]) -> AsyncIterator[Seen]:
    """What is seen, whenever it is not as before."""
    before = None
    while True:
        seen = await asyncio.to_thread(look)
        if seen != before:
            before = seen
            yield seen
        await asyncio.sleep(LOOK_SECONDS)


def _network_is(found: Finding, own: str, *, wifi: bool) -> i.NetworkIs:
    match found.code:
        case "network_good":
            return i.NetworkIs("", found.facts["address"])
        case "network_down":
            return i.NetworkIs("no_wifi" if wifi else "no_cable")
        case _:
            return i.NetworkIs("" if own else "no_address", own)


def _systemctl(*words: str) -> None:
    _run("systemctl", *words)


def _run(*command: str) -> None:
    """What fails is in the journal, and the self-test says what does not work for it."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        log.warning("%s: %s", " ".join(command), done.stderr.strip())

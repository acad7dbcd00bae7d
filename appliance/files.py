"""All that follows from a card, as files. Pure: who writes them is `acts.py`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from appliance.card import Card
from appliance.hubs import LONGEST_NAME as LONGEST_SHOWN
from appliance.network import CABLE, WIFI, announcement_file, clock_file, network_file, wifi_file
from config import lines
from config.check import contradictions
from config.load import check, parse
from config.pins import hash_pin
from config.settings import Settings

SITE = Path("/etc/rinda/site.toml")
UNIT = Path("/etc/rinda/unit.toml")
BOOKINGS = Path("/etc/rinda/bookings.toml")
TLS = "/var/lib/rinda/tls"
BROKER_PORT = 8883

CABLE_FILE = Path("/etc/systemd/network/10-cable.network")
WIFI_FILE = Path("/etc/systemd/network/20-wifi.network")
ANNOUNCEMENT = Path("/etc/systemd/network/rinda.dnssd")
"""In the image `/etc/systemd/dnssd` leads to the same folder, which is kept."""
SUPPLICANT = Path("/etc/wpa_supplicant/wpa_supplicant-wlan0.conf")
CLOCK = Path("/etc/chrony/conf.d/rinda.conf")
HOSTNAME = Path("/data/etc/hostname")
SSH_KEYS = Path("/etc/ssh/keys/authorized_keys")
PROGRAMS = Path("/data/unit/programs")

OWNED = frozenset(
    {
        SITE,
        UNIT,
        BOOKINGS,
        CABLE_FILE,
        WIFI_FILE,
        ANNOUNCEMENT,
        SUPPLICANT,
        CLOCK,
        HOSTNAME,
        SSH_KEYS,
        PROGRAMS,
    }
)
"""Every file that can follow from a card: of these, one that does not follow is taken away."""

HUB_ONLY = frozenset(
    {"staff", "identity", "unit", "broker", "module", "desk", "consultations", "bridge"}
)
"""Tables of a hub's card that are its own; the other ones hold for the whole centre."""

PROGRAM_OF = {"kiosk": "kiosk", "all-in-one": "kiosk", "board": "display"}
"""Role of a card → the program that goes by the unit's own id."""

LONGEST_NAME = 63
"""Letters of a host's name, by RFC 1035."""

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - the staff's page is for the counters' computers


@dataclass(frozen=True, slots=True)
class File:
    """What is in it, whose group it is, and who may do what. Its owner is root."""

    text: str
    mode: int = 0o644
    group: str = "root"


def files_of(card: Card, salt: bytes, site: str = "", unit: str = "") -> Mapping[Path, File]:
    """All files of a unit with this card. `site`, `unit`: what the hub gave, as settings files; a
    hub needs neither. `salt`: random bytes for the PIN's hash. Raises ConfigError where the card
    and the centre contradict each other.
    """
    if card.unit.is_hub:
        site = tomli_w.dumps(_common(card))
    hub = card.unit.hub or hub_name(tomllib.loads(site)["site"]["id"]) + ".local"
    own = _unit_file(card, hub, own_settings(card, salt) or unit)
    sources = [parse("site.toml", site, SITE.parent), parse(card.settings.name, own, UNIT.parent)]
    sources[1] = replace(sources[1], lines=_lines(card))
    settings = check(Settings, sources, contradictions)
    return {
        SITE: File(site, 0o640, "rinda"),
        UNIT: File(own, 0o640, "rinda"),
        HOSTNAME: File(host_name(card, settings.site.id) + "\n"),
        CLOCK: File(clock_file(card.network, "" if card.unit.is_hub else hub)),
        PROGRAMS: File("".join(f"{each}\n" for each in services(card, settings))),
        **({BOOKINGS: File(card.bookings, 0o640, "rinda")} if card.bookings else {}),
        **_announcement(card, settings),
        **network_files(card),
    }


def network_files(card: Card) -> Mapping[Path, File]:
    """Those of them that a unit needs before it can ask its hub for the rest."""
    wifi, is_fixed = card.network.wifi, bool(card.network.address)
    cable = network_file(CABLE, card.network, fixed=is_fixed and not wifi.name)
    files = {CABLE_FILE: File(cable)}
    if card.unit.is_hub or card.unit.hub:
        files[CLOCK] = File(clock_file(card.network, "" if card.unit.is_hub else card.unit.hub))
    if wifi.name:
        files[WIFI_FILE] = File(network_file(WIFI, card.network, fixed=is_fixed))
        files[SUPPLICANT] = File(wifi_file(wifi), 0o600)
    if card.unit.ssh_keys:
        files[SSH_KEYS] = File("".join(f"{each}\n" for each in card.unit.ssh_keys))
    return files


def own_settings(card: Card, salt: bytes) -> str:
    """What a card says of its own unit alone, as a settings file, which a hub keeps for the day
    when the card is dead; "" where it says nothing. The PIN is a hash in it.
    """
    values = card.settings.values
    own = {name: dict(each) for name, each in values.items() if isinstance(each, dict)}
    if card.unit.is_hub:
        own = {}
    if card.unit.name:
        own["unit"] = {"name": card.unit.name}
    if card.unit.pin:
        kiosk = own.get("kiosk", {})
        own["kiosk"] = {**kiosk, "maintenance_pin": hashed(card.unit.pin, salt)}
    return tomli_w.dumps(own) if own else ""


def hashed(pin: str, salt: bytes) -> str:
    """The PIN as settings keep it, whether it comes in digits or so already."""
    return hash_pin(pin, salt) if pin.isdigit() else pin


def identities_of(unit: str, role: str, *, bridge: bool) -> Mapping[str, str]:
    """Who a unit of a card with this role is to the broker: MQTT identity → role there."""
    own = {unit: PROGRAM_OF.get(role, "machine")}
    return {**own, **({bridge_of(unit): "bridge"} if bridge else {})}


def bridge_of(unit: str) -> str:
    """The identity of its program that speaks with a controller."""
    return f"{unit}-bridge"


def hub_name(site: str) -> str:
    """What the hub of a centre is called in its network; with ``.local``, where mDNS finds it."""
    return f"rinda-{site}"


def host_name(card: Card, site: str) -> str:
    """What this unit is called in its network."""
    name = hub_name(site) if card.unit.is_hub else f"{hub_name(site)}-{card.unit.id}"
    return name[:LONGEST_NAME].rstrip("-")


def services(card: Card, settings: Settings) -> list[str]:
    """What systemd starts on this unit, once it is set up."""
    return list(_services(card, settings))


def _services(card: Card, settings: Settings) -> Iterator[str]:
    yield "rinda-machine.service"
    if card.unit.is_hub:
        yield from ("mosquitto.service", "queue-enrolment.service", "queue-certificates.timer")
        yield "queue-offer.service"
        yield from ("rinda-module.service", "rinda-desk.service")
        if settings.schedule:
            yield "rinda-consultations.service"
        if settings.visitor_page.address:
            yield "rinda-visitor-page.service"
        if settings.module.backup_folder:
            yield "queue-backup.timer"
    if program := PROGRAM_OF.get(card.unit.role):
        yield f"rinda-{program}.service"
    if "bridge" in settings.model_fields_set:
        yield "rinda-bridge.service"
    if card.network.wifi.name:
        yield f"wpa_supplicant@{WIFI}.service"
    if card.unit.ssh_keys:
        yield "ssh.service"


def _announcement(card: Card, settings: Settings) -> Mapping[Path, File]:
    if not card.unit.is_hub:
        return {}
    site, first = settings.site, settings.site.languages[0]
    name = site.name.get(first, "")[:LONGEST_SHOWN]
    return {ANNOUNCEMENT: File(announcement_file(hub_name(site.id), site.id, name))}


def _lines(card: Card) -> dict[lines.Path, int]:
    """Of the card file; what became `[unit]` stands there in `[card]`."""
    known = card.settings.lines
    return known | {("unit", *path[1:]): at for path, at in known.items() if path[0] == "card"}


def _common(card: Card) -> dict[str, Any]:
    common = {name: each for name, each in card.settings.values.items() if name not in HUB_ONLY}
    if card.bookings:
        common["site"] = {**common["site"], "bookings_file": BOOKINGS.name}
    return common


def _unit_file(card: Card, hub: str, own: str) -> str:
    """The unit's settings: its own, and what follows from its role."""
    values = tomllib.loads(own)
    if card.unit.is_hub:
        given = card.settings.values
        values |= {name: given[name] for name in sorted(HUB_ONLY & given.keys())}
        values["desk"] = {"host": ANY_ADDRESS, "tls": TLS, **given.get("desk", {})}
        values["identity"] = [*_identities(card), *given.get("identity", ())]
    values["unit"] = {**values.get("unit", {}), "id": card.unit.id}
    values["broker"] = {
        "host": "127.0.0.1" if card.unit.is_hub else hub,
        "port": BROKER_PORT,
        "tls": TLS,
    }
    if "bridge" in values:
        values["bridge"] = {"id": bridge_of(card.unit.id), **values["bridge"]}
    return tomli_w.dumps(values)


def _identities(card: Card) -> Iterator[dict[str, str]]:
    """All who may come to this hub."""
    given = card.settings.values
    here = {"module": "module", "desk": "desk"}
    if given.get("schedule"):
        here["consultations"] = "consultations"
    if given.get("visitor_page", {}).get("address"):
        here["visitor-page"] = "visitor-page"
    here |= identities_of(card.unit.id, card.unit.role, bridge="bridge" in given)
    for each in card.enrol:
        here |= identities_of(each.unit, each.role, bridge=each.bridge)
    return ({"id": name, "role": role} for name, role in here.items())

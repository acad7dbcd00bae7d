"""The files by which a unit is in its network: systemd-networkd, wpa_supplicant, chrony."""

from base64 import b64encode
from collections.abc import Iterable, Iterator

from appliance.enrolment import PORT
from appliance.tables import NetworkSettings, WifiSettings

CABLE = "en* eth*"
WIFI = "wlan0"
SERVICE = "_rinda._tcp"
TIME_SERVERS = "pool 2.debian.pool.ntp.org iburst"


def network_file(interface: str, network: NetworkSettings, *, fixed: bool) -> str:
    """Of systemd-networkd, for interfaces of such names; `fixed`: the address stands in the card.

    Nothing waits for the network. A unit keeps the address that DHCP gave it when its card is
    replaced: it asks by the number of its interface, not by one of the card.
    """
    return _text(_network(interface, network, fixed=fixed))


def wifi_file(wifi: WifiSettings) -> str:
    """Of wpa_supplicant."""
    return _text(_wifi(wifi))


def clock_file(network: NetworkSettings, hub: str) -> str:
    """Of chrony. `hub`: whom a unit asks; "": this is the hub, and tells all who ask it, also while
    nobody tells it, so that a centre has one time.
    """
    return _text(_clock(network, hub))


def announcement_file(host: str, site: str, name: str) -> str:
    """Of systemd-resolved: a hub says in its network which centre it is of (DNS-SD)."""
    said = f"TxtData=site={_base64(site)} name={_base64(name)}"
    return _text(("[Service]", f"Name={host}", f"Type={SERVICE}", f"Port={PORT}", said))


def _network(interface: str, network: NetworkSettings, *, fixed: bool) -> Iterator[str]:
    yield from ("[Match]", f"Name={interface}", "")
    yield from ("[Link]", "RequiredForOnline=no", "")
    yield from ("[Network]", "MulticastDNS=yes", "LLMNR=no")
    if fixed:
        yield f"Address={network.address}"
        yield from (f"Gateway={each}" for each in [network.gateway] if each)
    else:
        yield from ("DHCP=yes", "LinkLocalAddressing=yes")
    yield from (f"DNS={each}" for each in network.dns)
    if not fixed:
        metric = 20 if interface == WIFI else 10
        ours = ("UseHostname=no", f"RouteMetric={metric}")
        yield from ("", "[DHCPv4]", "ClientIdentifier=mac", *ours)


def _wifi(wifi: WifiSettings) -> Iterator[str]:
    yield from ("ctrl_interface=/run/wpa_supplicant", f"country={wifi.country}", "network={")
    yield f"\tssid={wifi.name.encode().hex()}"
    if wifi.hidden:
        yield "\tscan_ssid=1"
    if wifi.password:
        yield "\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE"
        yield "\tieee80211w=1"
        yield f'\tpsk="{wifi.password}"'
    else:
        yield "\tkey_mgmt=NONE"
    yield "}"


def _clock(network: NetworkSettings, hub: str) -> Iterator[str]:
    servers = network.ntp or ([hub] if hub else [])
    yield from (f"server {each} iburst" for each in servers)
    if not servers:
        yield TIME_SERVERS
    if not hub:
        yield from ("allow", "local stratum 10")


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()

"""Which hubs announce themselves in this network, by mDNS: for a unit that was told none.

Anybody in the network can announce anything. What is found is only offered: the code proves the
hub.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from appliance import network
from appliance.enrolment import PORT

SERVICE = f"{network.SERVICE}.local."
MOST_HUBS = 20
MOST_ASKED = 100
"""So many names are asked for their address, in one round."""

LONGEST_NAME = 60
ROUND_SECONDS = 3.0

_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Interfaces = InterfaceChoice | Sequence[str]


@dataclass(frozen=True, slots=True, order=True)
class Hub:
    """One that announces itself. `site`: the centre's id; `name`: for people, "" where it gives
    none; `host`: ``rinda-demo.local``."""

    site: str
    name: str
    host: str
    address: str
    port: int = PORT


async def find_hubs(
    seconds: float = ROUND_SECONDS, interfaces: Interfaces = InterfaceChoice.All
) -> list[Hub]:
    """All that answer within so long, at most MOST_HUBS; none where there is no network."""
    try:
        own = AsyncZeroconf(interfaces=interfaces, ip_version=IPVersion.V4Only)
    except OSError:
        await asyncio.sleep(seconds)
        return []
    asked: dict[str, asyncio.Task[Hub | None]] = {}

    # The library passes these by name.
    def heard(
        *, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if name not in asked and len(asked) < MOST_ASKED:
            asked[name] = asyncio.create_task(_asked(zeroconf, name, seconds))

    browser = AsyncServiceBrowser(own.zeroconf, SERVICE, handlers=[heard])
    await asyncio.sleep(seconds)
    await browser.async_cancel()
    for each in asked.values():
        each.cancel()
    found = await asyncio.gather(*asked.values(), return_exceptions=True)
    await own.async_close()
    return sorted({each for each in found if isinstance(each, Hub)})[:MOST_HUBS]


async def watch_hubs(
    changed: Callable[[list[Hub]], None],
    seconds: float = ROUND_SECONDS,
    interfaces: Interfaces = InterfaceChoice.All,
) -> None:
    """Until it is cancelled: say those that there are, and again whenever they are others. The
    network may come or change meanwhile: each round looks anew."""
    before: list[Hub] | None = None
    while True:
        found = await find_hubs(seconds, interfaces)
        if found != before:
            changed(found)
        before = found


async def _asked(zeroconf: Zeroconf, name: str, seconds: float) -> Hub | None:
    """None for one that is none of ours, or says nothing that can be used."""
    info = AsyncServiceInfo(SERVICE, name)
    if not await info.async_request(zeroconf, seconds * 1000):
        return None
    addresses = info.parsed_addresses(IPVersion.V4Only)
    site = _said(info, "site")
    if not (addresses and info.port and info.server and _SITE.fullmatch(site)):
        return None
    host = _shown(info.server).rstrip(".")
    return Hub(site, _said(info, "name"), host, addresses[0], info.port)


def _said(info: AsyncServiceInfo, key: str) -> str:
    return _shown((info.properties.get(key.encode()) or b"").decode(errors="replace"))


def _shown(text: str) -> str:
    """What can stand on a screen: one short line, without marks that turn or hide letters."""
    return "".join(each for each in text if each.isprintable())[:LONGEST_NAME].strip()

"""Where a unit's hub is, once its name leads elsewhere: another device had that name first, or the
network lost it. The hub still says by mDNS of which centre it is; its certificate proves it.

What is found stands in a file to which the image's `/etc/hosts` leads: so every program of the unit
and its clock find the hub by the name that they know.
"""

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from zeroconf import InterfaceChoice

from appliance.hubs import ROUND_SECONDS, Interfaces, find_hubs
from config.settings import Settings
from messaging.credentials import AUTHORITY, KEY, certificate_file, machine_of, tls_context

HOSTS = Path("/run/rinda-hub/hosts")
PATIENCE_SECONDS = 2.0
MOST_ASKED = 5
"""Anybody can say that it is of this centre."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Of the hub of the centre `site`, which this unit knows as `host`; its broker is at `port`."""

    site: str
    host: str
    port: int
    tls: ssl.SSLContext
    file: Path = HOSTS
    interfaces: Interfaces = InterfaceChoice.All
    seconds: float = ROUND_SECONDS

    @classmethod
    def of(cls, settings: Settings, file: Path = HOSTS) -> Self | None:
        """None where the hub is known by its address, is here, or nobody would read the file.
        Raises OSError."""
        broker = settings.broker
        if not (broker.tls and _is_name(broker.host) and file.parent.exists()):
            return None
        folder, own = Path(broker.tls), machine_of(settings.unit.id)
        tls = tls_context(folder / AUTHORITY, certificate_file(folder, own), folder / KEY)
        return cls(settings.site.id, broker.host, broker.port, tls, file)

    def look(self) -> None:
        """Keep where the hub is; or nothing, so that its name is asked for again."""
        found = asyncio.run(find_hubs(self.seconds, self.interfaces))
        address = self._proven(each.address for each in found if each.site == self.site)
        hosts = hosts_file(self.host, address)
        if self.file.exists() and self.file.read_text() == hosts:
            return
        new = self.file.with_suffix(".new")
        new.write_text(hosts)
        new.chmod(0o644)
        new.replace(self.file)
        log.warning("%s is at %s", self.host, address or "the address of its name")

    def _proven(self, addresses: Iterable[str]) -> str:
        asked = list(dict.fromkeys(addresses))[:MOST_ASKED]
        return next((each for each in asked if self._is_hub(each)), "")

    def _is_hub(self, address: str) -> bool:
        try:
            with (
                socket.create_connection((address, self.port), PATIENCE_SECONDS) as line,
                self.tls.wrap_socket(line),
            ):
                return True
        except OSError:
            return False


def hosts_file(host: str, address: str) -> str:
    """As `/etc/hosts` is to be; `address`: of the hub, "" where its name is as good."""
    hub = f"{address} {host}\n" if address else ""
    return f"127.0.0.1 localhost\n::1 localhost\n{hub}"


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host != "localhost"
    return False

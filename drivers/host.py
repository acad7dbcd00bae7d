"""What the system says of the computer itself: its clock, its address."""

import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from ifaddr import get_adapters

SOMEWHERE = "192.0.2.1"
"""An address for documentation (RFC 5737): nothing is sent, only the way is asked for."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """What the system says of its clock; None where it does not say."""

    synchronised: bool | None
    zone: str | None


def system_clock() -> SystemClock:
    """As timedatectl says."""
    said: dict[str, str] = {}
    with suppress(OSError, subprocess.SubprocessError):
        shown = subprocess.run(
            ["timedatectl", "show"], capture_output=True, text=True, check=True, timeout=5
        )
        said = dict(line.partition("=")[::2] for line in shown.stdout.splitlines())
    synchronised = said.get("NTPSynchronized")
    return SystemClock(
        None if synchronised is None else synchronised == "yes", said.get("Timezone") or None
    )


def own_address(host: str) -> str | None:
    """By which address this unit would ask the host; one that it has where there is no way to it,
    as in a network that leads nowhere; None where it has none."""
    with suppress(OSError):
        found = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(found[0], found[1]) as asking:
            asking.connect(found[4])
            return str(asking.getsockname()[0])
    every = (ip_address(str(ip.ip)) for each in get_adapters() for ip in each.ips if ip.is_IPv4)
    given = (each for each in every if not (each.is_loopback or each.is_link_local))
    return next((str(each) for each in given), None)

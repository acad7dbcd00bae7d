"""The guests' Wi-Fi as the kernel holds it: a hub and a phone, each with a network of its own."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "systemd" / "nftables.conf"
HUB, OFFICE, BEHIND = "10.99.1.1", "10.99.2.1", "10.99.2.2"
PAGE, OTHERS = 8090, (22, 8080, 8883, 8884)
NAMES, ADDRESSES, OTHER = 53, 67, 5353

SERVE = """
import select, socket, sys
tcp = [socket.create_server(("", int(port))) for port in sys.argv[1].split()]
udp = [socket.socket(type=socket.SOCK_DGRAM) for _ in sys.argv[2].split()]
for each, port in zip(udp, sys.argv[2].split()):
    each.bind(("", int(port)))
print(flush=True)
while True:
    for each in select.select(udp, [], [])[0]:
        each.sendto(*each.recvfrom(9))
"""
ASK = """
import socket, sys
kind, host, port = sys.argv[1:]
with socket.socket(type=socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as asking:
    asking.settimeout(2)
    for _ in range(5):  # the kernel does not say each time that a datagram was refused
        try:
            asking.connect((host, int(port)))
            if kind == "udp":
                asking.send(b"?")
                asking.recv(9)
            print("reached")
        except ConnectionRefusedError:
            print("refused")
        except TimeoutError:
            continue
        break
"""


class Network:
    """One that only its own processes see, while `running`."""

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._held(["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"]) as holder:
            self.pid = holder.pid
            self.do("ip link set lo up")
            yield

    def do(self, command: str, *more: str) -> str:
        """What it says."""
        done = subprocess.run(
            [*self._within, *command.split(), *more], stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout.strip()

    @contextmanager
    def serving(self, tcp: tuple[int, ...], udp: tuple[int, ...]) -> Iterator[None]:
        """Something listens at these ports."""
        ports = (" ".join(map(str, each)) for each in (tcp, udp))
        with self._held([*self._within, sys.executable, "-c", SERVE, *ports]):
            yield

    def reaches(self, host: str, port: int, kind: str = "tcp") -> str:
        """Whether somebody answers there, or is shut off."""
        return self.do(sys.executable, "-c", ASK, kind, host, str(port))

    @property
    def _within(self) -> list[str]:
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net"]

    @contextmanager
    def _held(self, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
            assert holder.stdout
            holder.stdout.readline()
            try:
                yield holder
            finally:
                holder.kill()


def may() -> bool:
    """Whether this machine lets us."""
    commands = [["unshare", "--net", "nft", "list", "ruleset"], ["ip", "-V"]]
    return all(map(shutil.which, ("nft", "ip"))) and all(
        subprocess.run(each, capture_output=True, check=False).returncode == 0 for each in commands
    )


@pytest.mark.skipif(not may(), reason="needs root, ip and nft")
def test_a_guest_reaches_the_page_and_nothing_else() -> None:
    hub, phone = Network(), Network()
    with hub.running(), phone.running():
        hub.do(f"ip link add wlan1 type veth peer name phone netns {phone.pid}")
        hub.do("ip link add office type veth peer name switch")
        for address, name in ((HUB, "wlan1"), (OFFICE, "office")):
            hub.do(f"ip addr add {address}/24 dev {name}")
            hub.do(f"ip link set {name} up")
        hub.do("sysctl -q net.ipv4.ip_forward=1")
        phone.do("ip addr add 10.99.1.9/24 dev phone")
        phone.do("ip link set phone up")
        phone.do(f"ip route add default via {HUB}")
        with hub.serving((PAGE, *OTHERS), (NAMES, ADDRESSES, OTHER)):
            assert phone.reaches(OFFICE, OTHERS[0]) == "reached"
            hub.do("nft -f", str(RULES))
            assert phone.reaches(HUB, PAGE) == "reached"
            for port in OTHERS:
                assert phone.reaches(HUB, port) == "refused"
            assert phone.reaches(OFFICE, OTHERS[0]) == "refused"
            assert phone.reaches(BEHIND, PAGE) == "refused"
            found = [phone.reaches(HUB, port, "udp") for port in (NAMES, ADDRESSES, OTHER)]
            assert found == ["reached", "reached", "refused"]
            assert hub.reaches(OFFICE, OTHERS[0]) == "reached"

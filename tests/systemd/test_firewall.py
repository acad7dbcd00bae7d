"""The firewall as the kernel holds it: a hub, a unit, a phone, each with a network of its own."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "systemd" / "nftables.conf"
HUB, OFFICE, BEHIND = "10.99.1.1", "10.99.2.1", "10.99.2.2"
PAGE, OTHERS = 8090, (22, 8080, 8883, 8884, 8885)
NAMES, ADDRESSES, CLOCK, SEARCH = 53, 67, 123, 5353
FOREIGN = 1883

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
        with hub.serving((PAGE, *OTHERS), (NAMES, ADDRESSES, SEARCH)):
            assert phone.reaches(OFFICE, OTHERS[0]) == "reached"
            hub.do("nft -f", str(RULES))
            assert phone.reaches(HUB, PAGE) == "reached"
            for port in OTHERS:
                assert phone.reaches(HUB, port) == "refused"
            assert phone.reaches(OFFICE, OTHERS[0]) == "refused"
            assert phone.reaches(BEHIND, PAGE) == "refused"
            found = [phone.reaches(HUB, port, "udp") for port in (NAMES, ADDRESSES, SEARCH)]
            assert found == ["reached", "reached", "refused"]
            assert hub.reaches(OFFICE, OTHERS[0]) == "reached"


@pytest.mark.skipif(not may(), reason="needs root, ip and nft")
def test_the_office_reaches_what_is_documented_and_nothing_else() -> None:
    hub, unit = Network(), Network()
    with hub.running(), unit.running():
        hub.do(f"ip link add eth0 type veth peer name eth0 netns {unit.pid}")
        for each, address in ((hub, "10.99.2.1"), (unit, "10.99.2.2")):
            each.do(f"ip addr add {address}/24 dev eth0")
            each.do("ip link set eth0 up")
        tcp, udp = (PAGE, *OTHERS), (CLOCK, SEARCH)
        with hub.serving((*tcp, FOREIGN), (*udp, FOREIGN)):
            assert unit.reaches(OFFICE, FOREIGN) == "reached"
            hub.do("nft -f", str(RULES))
            assert {unit.reaches(OFFICE, port) for port in tcp} == {"reached"}
            assert {unit.reaches(OFFICE, port, "udp") for port in udp} == {"reached"}
            assert unit.reaches(OFFICE, FOREIGN) == "refused"
            assert unit.reaches(OFFICE, FOREIGN, "udp") == "refused"
            assert hub.reaches("127.0.0.1", FOREIGN) == "reached"


def test_the_rules_and_the_page_that_documents_them_say_the_same() -> None:
    page = (RULES.parents[1] / "docs" / "security.md").read_text()
    documented = {int(port) for port in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert documented == {PAGE, *OTHERS, CLOCK, SEARCH}

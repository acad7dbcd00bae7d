"""The network's files, read by the programs that read them on a unit; no test waits for them."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.files import CABLE_FILE, CLOCK, SUPPLICANT, files_of
from appliance.network import CABLE, network_file
from appliance.tables import NetworkSettings
from tests.appliance.cards import card, hub_text
from tests.conftest import ROOT

NETWORKD = Path("/usr/lib/systemd/systemd-networkd")
IMAGE = ROOT / "image" / "root"
FIXED = '[network]\naddress = "10.1.2.3/24"\ngateway = "10.1.2.1"\ndns = ["10.1.2.1"]\n'

RIG = """
set -e
mount --make-rprivate /
mount -t sysfs none /sys
mount -t tmpfs none /run
mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/udev/data
chown -R systemd-network /run/systemd/netif
cat >/run/systemd/network/10-cable.network
for number in 1 2 3; do echo I:1 >/run/udev/data/n$number; done
ip link add end0 type veth peer name other
ip link set other up
SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console exec /usr/lib/systemd/systemd-networkd 2>&1
"""
"""A network of its own, with one cable, whose other end nobody answers."""


def can_have_a_network() -> bool:
    command = ["unshare", "--net", "--mount", "mount", "-t", "sysfs", "none", "/sys"]
    return NETWORKD.exists() and not subprocess.run(command, capture_output=True).returncode


def told(network: str) -> Iterator[str]:
    """What systemd-networkd says, line by line."""
    command = ["timeout", "30", "unshare", "--net", "--mount", "sh", "-c", RIG]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(network)
        process.stdin.close()
        try:
            yield from process.stdout
        finally:
            process.terminate()


@pytest.mark.skipif(not can_have_a_network(), reason="no network of one's own here")
@pytest.mark.parametrize(("text", "last"), [(FIXED, "Routes set"), ("", "DHCPv4 client: DISCOVER")])
def test_the_cable(tmp_path: Path, text: str, last: str) -> None:
    files = files_of(card(tmp_path, hub_text(text)), b"saltsalt")
    said = []
    for line in told(files[CABLE_FILE].text):
        said.append(line)
        if last in line and "end0" in line:
            break
    else:
        pytest.fail("".join(said))
    assert not [each for each in said if each.startswith("/run/systemd/network")]


def test_a_unit_without_a_card_is_in_the_network_of_its_cable() -> None:
    file = (IMAGE / "usr/lib/systemd/network/90-rinda.network").read_text()
    assert file.partition("\n")[2] == network_file(CABLE, NetworkSettings(), fixed=False)


@pytest.mark.skipif(not shutil.which("chronyd"), reason="no chrony here")
@pytest.mark.parametrize("text", ["", '[network]\nntp = ["10.1.2.1", "ntp.pils.lv"]\n'])
def test_the_clock(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rinda.conf"
    file.write_text(files_of(card(tmp_path, hub_text(text)), b"saltsalt")[CLOCK].text)
    for each in (file, IMAGE / "etc/chrony/chrony.conf"):
        subprocess.run(["chronyd", "-p", "-f", str(each)], check=True)


@pytest.mark.skipif(not shutil.which("wpa_supplicant"), reason="no wpa_supplicant here")
def test_the_wifi(tmp_path: Path) -> None:
    wifi = '[network.wifi]\nname = "Bibliotēka \\"A\\""\npassword = "a \\"b\\" #\\\\"\n'
    text = files_of(card(tmp_path, hub_text(wifi)), b"saltsalt")[SUPPLICANT].text
    file = tmp_path / "wpa.conf"
    file.write_text(text)
    command = ["wpa_supplicant", "-ddK", "-i", "none0", "-D", "wired", "-c", str(file)]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    assert "hexdump_ascii(len=15)" in said
    assert "hexdump_ascii(len=8):\n     61 20 22 62 22 20 23 5c" in said
    assert "key_mgmt: 0x502" in said

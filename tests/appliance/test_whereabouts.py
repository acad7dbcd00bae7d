"""A hub whose name another device has: found by what it announces, proved by its certificate."""

import asyncio
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.authority import Authority
from appliance.machine import LOST_SECONDS, SEARCH_SECONDS
from appliance.whereabouts import Whereabouts, hosts_file
from config.load import load_settings
from messaging.credentials import AUTHORITY, KEY, certificate_file, tls_context
from rinda.broker import Broker
from tests.appliance.test_hubs import HERE, announced, announcing
from tests.appliance.test_machine import Pi
from tests.appliance.test_offering import enrolled
from tests.conftest import DEMO
from tests.parts import wait_until

HUB, IMPOSTOR = "127.0.0.3", "127.0.0.2"


def authority(folder: Path) -> Authority:
    folder.mkdir()
    return Authority(folder, "demo", datetime.now(UTC))


@contextmanager
def broker_at(address: str, folder: Path, port: int = 0) -> Iterator[int]:
    """One that shows the certificate of this folder, where a broker would be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file(folder, "broker"), folder / KEY)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(_hang_up, address, port, ssl=context)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        server.close()
        loop.close()


def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Whereabouts]:
    """Of a centre whose hub is at HUB, while another one pretends at IMPOSTOR."""
    ours, foreign = authority(tmp_path / "ours"), authority(tmp_path / "foreign")
    own = enrolled(ours, tmp_path / "tls", "kiosk-1-machine")
    tls = tls_context(own / AUTHORITY, certificate_file(own, "kiosk-1-machine"), own / KEY)
    with ExitStack() as stack:
        true = enrolled(ours, tmp_path / "hub", "broker", server=True)
        port = stack.enter_context(broker_at(HUB, true))
        false = enrolled(foreign, tmp_path / "impostor", "broker", server=True)
        stack.enter_context(broker_at(IMPOSTOR, false, port))
        site, file = f"demo-{secrets.token_hex(4)}", tmp_path / "hosts"
        yield Whereabouts(site, "rinda-demo.local", port, tls, file, HERE, 1)


async def look(unit: Whereabouts, *addresses: str) -> str:
    """What is kept while hubs announce themselves at these."""
    said = {"site": unit.site, "name": "Demo"}
    hubs = [announced(unit.site, said, each, str(n)) for n, each in enumerate(addresses)]
    async with announcing(*hubs):
        await asyncio.to_thread(unit.look)
    return unit.file.read_text()


async def test_a_hub_that_lost_its_name_is_found(unit: Whereabouts) -> None:
    assert await look(unit, HUB) == hosts_file("rinda-demo.local", HUB)
    assert unit.file.stat().st_mode & 0o777 == 0o644


async def test_an_impostor_is_not_taken_for_it(unit: Whereabouts) -> None:
    assert await look(unit, IMPOSTOR, HUB) == hosts_file("rinda-demo.local", HUB)
    assert await look(unit, IMPOSTOR) == hosts_file("rinda-demo.local", "")


async def test_a_hub_of_another_centre_is_not_asked(unit: Whereabouts) -> None:
    async with announcing(announced(unit.site, {"site": "other", "name": "Demo"}, HUB)):
        await asyncio.to_thread(unit.look)
    assert "rinda-demo" not in unit.file.read_text()


@pytest.mark.parametrize(
    ("host", "looks"),
    [("rinda-demo.local", True), ("hub.lan", True), ("192.168.1.10", False), ("127.0.0.1", False)],
)
def test_only_a_name_can_lead_elsewhere(tmp_path: Path, host: str, looks: bool) -> None:
    enrolled(authority(tmp_path / "ours"), tmp_path / "tls", "kiosk-1-machine")
    own = tmp_path / "unit.toml"
    own.write_text(
        f'[unit]\nid = "kiosk-1"\n[broker]\nhost = "{host}"\ntls = "{tmp_path / "tls"}"\n'
    )
    settings = load_settings([DEMO / "site.toml", own], {})
    assert bool(Whereabouts.of(settings, tmp_path / "hosts")) is looks
    assert Whereabouts.of(settings, tmp_path / "no image/hosts") is None


def test_the_agent_searches_only_for_a_hub_that_is_lost(tmp_path: Path, broker: Broker) -> None:
    with Pi(tmp_path, broker.port, {}).at_work() as pi:
        pi.later(LOST_SECONDS * 3)
        pi.told(lambda each: bool(each.address))
        assert pi.searches == 0
        broker.stop()
        wait_until(lambda: not pi.link.connected)
        pi.later(LOST_SECONDS)
        wait_until(lambda: pi.searches == 1)
        pi.later(SEARCH_SECONDS)
        wait_until(lambda: pi.searches == 2)

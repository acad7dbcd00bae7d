"""A unit gets a version from its hub: real TLS, a real server, a bundle that was begun."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from appliance.authority import Authority, new_key, write
from appliance.fetching import Hub, Newest, fetch
from appliance.offering import Offer, configuration
from appliance.rauc import UpdateError
from appliance.update_files import Places, Record
from appliance.updates import Reason, State
from messaging.credentials import AUTHORITY, KEY, certificate_file, tls_context

NIGHT = datetime(2026, 11, 24, 2, tzinfo=UTC)
BUNDLE = bytes(range(256)) * 9000


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    (tmp_path / "authority").mkdir()
    return Authority(tmp_path / "authority", "ogre", datetime.now(UTC))


def enrolled(authority: Authority, folder: Path, name: str, *, server: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    issued = authority.issue(name, new_key(folder / KEY).public_key(), server=server)
    write(certificate_file(folder, name), issued)
    write(folder / AUTHORITY, authority.certificate)
    return folder


def places(root: Path, version: str = "1.0") -> Places:
    for folder in ("etc/rauc", "data/updates", "data/unit", "run/rinda-updates"):
        (root / folder).mkdir(parents=True)
    (root / "etc/os-release").write_text(f"IMAGE_VERSION={version}\n")
    return Places(root)


@asynccontextmanager
async def hub(root: Path, authority: Authority, offer: Offer) -> AsyncIterator[Hub]:
    """As the unit kiosk-1 knows it."""
    broker = enrolled(authority, root / "broker", "broker", server=True)
    write(broker / "revoked.pem", authority.revoked)
    unit = enrolled(authority, root / "tls", "kiosk-1-machine")
    server = uvicorn.Server(configuration(offer, broker, "127.0.0.1", 0))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    own = certificate_file(unit, "kiosk-1-machine")
    try:
        yield Hub("127.0.0.1", "kiosk-1", tls_context(unit / AUTHORITY, own, unit / KEY), port)
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
def offer(tmp_path: Path) -> Offer:
    own = places(tmp_path / "hub")
    (own.store / "rinda-1.1.raucb").write_bytes(BUNDLE)
    return Offer(own, lambda: True, lambda: NIGHT)


async def test_a_unit_whose_turn_it_is_has_the_bundle_and_the_order(
    tmp_path: Path, authority: Authority, offer: Offer
) -> None:
    unit = places(tmp_path / "unit")
    async with hub(tmp_path, authority, offer) as known:
        await asyncio.to_thread(fetch, unit, known)
    order = unit.ordered()
    assert order
    assert (unit.store / order.bundle).read_bytes() == BUNDLE
    assert order.hub
    assert not order.downgrade


async def test_a_unit_that_sleeps_has_it_while_the_centre_is_open(
    tmp_path: Path, authority: Authority, offer: Offer
) -> None:
    unit, by_day = places(tmp_path / "unit"), Offer(offer.places, lambda: False, lambda: NIGHT)
    async with hub(tmp_path, authority, by_day) as known:
        await asyncio.to_thread(fetch, unit, known)
        assert unit.ordered() is None
        await asyncio.to_thread(fetch, unit, known, sleeps=True)
        order, written = unit.ordered(), unit.order.stat().st_mtime_ns
        await asyncio.to_thread(fetch, unit, known, sleeps=True)
    assert order
    assert unit.order.stat().st_mtime_ns == written  # or the updater would begin again


async def test_what_was_begun_is_gone_on_with(
    tmp_path: Path, authority: Authority, offer: Offer
) -> None:
    unit = places(tmp_path / "unit")
    async with hub(tmp_path, authority, offer) as known:
        newest = await asyncio.to_thread(known.newest, "1.0")
        assert isinstance(newest, Newest)
        part = unit.store / f"rinda-1.1.{newest.sha256[:16]}.part"
        part.write_bytes(BUNDLE[:1_000_000])
        (unit.store / "rinda-1.0.5.0123.part").write_bytes(b"of another")
        await asyncio.to_thread(fetch, unit, known)
    assert [each.read_bytes() for each in unit.bundles()] == [BUNDLE]
    assert sorted(each.name for each in unit.store.iterdir()) == ["order.json", "rinda-1.1.raucb"]


async def test_a_damaged_piece_is_thrown_away(
    tmp_path: Path, authority: Authority, offer: Offer
) -> None:
    unit = places(tmp_path / "unit")
    async with hub(tmp_path, authority, offer) as known:
        newest = await asyncio.to_thread(known.newest, "1.0")
        assert newest
        part = unit.store / f"rinda-1.1.{newest.sha256[:16]}.part"
        part.write_bytes(b"x" * 1_000_000)
        with pytest.raises(UpdateError):
            await asyncio.to_thread(fetch, unit, known)
        assert not part.exists()
        await asyncio.to_thread(fetch, unit, known)
    assert [each.read_bytes() for each in unit.bundles()] == [BUNDLE]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_a_unit_that_has_it_fetches_nothing(
    tmp_path: Path, authority: Authority, offer: Offer, version: str
) -> None:
    unit = places(tmp_path / "unit", version)
    async with hub(tmp_path, authority, offer) as known:
        await asyncio.to_thread(fetch, unit, known)
    assert not list(unit.store.iterdir())


async def test_a_version_that_failed_here_is_not_fetched_again(
    tmp_path: Path, authority: Authority, offer: Offer
) -> None:
    unit = places(tmp_path / "unit")
    failed = Record(
        state=State.FAILED, version="1.1", at=NIGHT, reason=Reason.PROGRAM, tried=("1.1",)
    )
    unit.record.write_text(failed.model_dump_json())
    async with hub(tmp_path, authority, offer) as known:
        await asyncio.to_thread(fetch, unit, known)
    assert not list(unit.store.iterdir())


@pytest.mark.parametrize("stranger", ["none", "revoked", "foreign"])
async def test_nobody_else_is_answered(
    tmp_path: Path, authority: Authority, offer: Offer, stranger: str
) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    others = Authority(foreign, "ogre", datetime.now(UTC))
    own = enrolled(others if stranger == "foreign" else authority, tmp_path / "own", "thief")
    authority.revoke("thief")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if stranger != "none":
        context.load_cert_chain(certificate_file(own, "thief"), own / KEY)
    async with hub(tmp_path, authority, offer) as known:
        thief = Hub(known.host, "thief", context, known.port)
        with pytest.raises(OSError, match=r"alert|closed|reset"):
            await asyncio.to_thread(thief.newest, "1.0")


async def test_nonsense_is_refused(tmp_path: Path, authority: Authority, offer: Offer) -> None:
    async with hub(tmp_path, authority, offer) as known:
        for said in ("x" * 61, ""):
            hub_of = Hub(known.host, said, known.tls, known.port)
            with pytest.raises(OSError, match="400"):
                await asyncio.to_thread(hub_of.newest, "1.0")


def test_a_hub_that_was_started_anew_still_waits_for_its_units(offer: Offer) -> None:
    moment = NIGHT
    first = Offer(offer.places, lambda: True, lambda: moment)
    assert first.ask("kiosk-1", "1.0", "")["turn"] is True
    moment += timedelta(hours=20)
    again = Offer(offer.places, lambda: True, lambda: moment)
    again.tell_hub()
    moment += timedelta(minutes=31)
    again.tell_hub()
    assert not again.places.turn.exists()
    assert again.ask("kiosk-1", "1.1", "")["turn"] is False
    again.tell_hub()
    assert again.places.turn.exists()


def test_a_turn_outlasts_the_hubs_restart(offer: Offer) -> None:
    offer.ask("kiosk-1", "1.0", "")
    again = Offer(offer.places, lambda: True, lambda: NIGHT)
    assert again.ask("board-1", "1.0", "")["turn"] is False


def test_who_asked_is_written_once_an_hour_at_most(offer: Offer) -> None:
    offer.ask("kiosk-1", "1.0", "")
    offer.places.asked.write_text(offer.places.asked.read_text() + " ")
    offer.ask("kiosk-1", "1.0", "")
    assert offer.places.asked.read_text().endswith(" ")
    offer.places.asked.write_text("damaged")
    assert offer.ask("kiosk-1", "1.0", "")["turn"] is True


def test_the_hub_takes_it_when_all_units_have_it(offer: Offer) -> None:
    moment = NIGHT
    at = Offer(offer.places, lambda: True, lambda: moment)
    at.tell_hub()
    assert not at.places.turn.exists()
    assert at.ask("kiosk-1", "1.0", "")["turn"] is True
    moment += timedelta(minutes=40)
    at.tell_hub()
    assert not at.places.turn.exists()
    assert at.ask("kiosk-1", "1.1", "")["turn"] is False
    at.tell_hub()
    assert at.places.turn.exists()
    for bundle in at.places.bundles():
        bundle.unlink()
    at.tell_hub()
    assert not at.places.turn.exists()
    assert json.dumps(at.ask("kiosk-1", "1.1", "")) == "{}"
